Feature: leaving Authy with the phone that one has
  The secret of an authenticator app moves from Authy to Twilio Verify, or to local TOTP, one person
  at a time, while people log in. Nobody scans anything, and whatever interrupts the move, everybody
  gets in.

  @sftpgo @both-doors
  Scenario Outline: before, during and after, and on the way back: <hook>, to <place>
    Given SFTPGo asks <hook>, and is about to leave Authy for <place>
    And ann has an account and an authenticator app that Authy knows
    And bob has an account and an authenticator app that Authy knows
    When ann logs in with what <hook> wants
    Then she is in

    When the administrator runs "authyctl migrate plan"
    Then it says "can move                     2"

    Given Authy exports one secret and then no more
    When the administrator runs "authyctl migrate run --to <name>", in vain
    Then it says "1 person moved to <name>"
    And it says "60154"
    When ann logs in with what <hook> wants
    Then she is in
    And the audit says accepted because the code was right (code_right)
    When bob logs in with what <hook> wants
    Then he is in

    Given Authy exports secrets again
    When the administrator runs "authyctl migrate run --to <name>"
    Then it says "1 person moved to <name>, 1 before this run"
    And <place> alone judges codes
    When bob logs in with what <hook> wants
    Then he is in
    When the administrator runs "authyctl migrate report --csv"
    Then it says "ann,1001,moved,<name>"
    And it says "bob,1002,moved,<name>"

    When the administrator runs "authyctl migrate rollback"
    Then it says "2 people at Authy again"
    And Authy alone judges codes
    When ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     | place         | name   |
      | keyint   | Twilio Verify | verify |
      | extauth  | Twilio Verify | verify |
      | checkpwd | local TOTP    | totp   |
      | keyint   | local TOTP    | totp   |
