Feature: leaving Authy with the phone that one has
  The secret of an authenticator app moves from Authy to Twilio Verify, one person at a time, while
  people log in. Nobody scans anything, and whatever interrupts the move, everybody gets in.

  @sftpgo @process
  Scenario Outline: before, during and after, and on the way back: <hook>
    Given SFTPGo asks <hook> through the HTTP door, and is about to leave Authy for Twilio Verify
    And ann has an account and an authenticator app that Authy knows
    And bob has an account and an authenticator app that Authy knows
    When ann logs in with what <hook> wants
    Then she is in

    When the administrator runs "authyctl migrate plan"
    Then it says "can move                     2"

    Given Authy exports one secret and then no more
    When the administrator runs "authyctl migrate run --to verify", in vain
    Then it says "1 person moved to verify"
    And it says "60154"
    When ann logs in with what <hook> wants
    Then she is in
    And the audit says accepted because the code was right (code_right)
    When bob logs in with what <hook> wants
    Then he is in

    Given Authy exports secrets again
    When the administrator runs "authyctl migrate run --to verify"
    Then it says "1 person moved to verify, 1 before this run"
    When bob logs in with what <hook> wants
    Then he is in
    When the administrator runs "authyctl migrate report --csv"
    Then it says "ann,1001,moved,verify/authy-user-1001/YF"
    Given Twilio Verify alone judges codes
    When ann logs in with what <hook> wants
    Then she is in

    When the administrator runs "authyctl migrate rollback"
    Then it says "2 people at Authy again"
    Given Authy alone judges codes
    When ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |
