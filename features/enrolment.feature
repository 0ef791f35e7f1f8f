@totp @process
Feature: enrolment, and the end of it
  With local TOTP the administrator gives somebody a second factor with authyctl: the person scans a
  QR code and types a code of it. A lost phone is replaced, and somebody who leaves is removed. Each
  of them counts at the next login, without a restart.

  @both-doors
  Scenario Outline: from enrolment to removal: <hook>
    Given SFTPGo asks <hook>, which judges codes by itself, with
      | checkpwd.separator | # |
    And carol has an account but no line in the users file
    When carol logs in over <client> with <what> a wrong code <how>
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When the administrator enrols carol, who scans the code
    And carol logs in over <client> with <what> her code <how>
    Then she is in
    And the audit says accepted because the code was right (code_right)
    And a file that she uploads comes back unchanged
    When carol logs in over <client> with <what> a recovery code <how>
    Then she is in
    And the audit says accepted because it was a recovery code (recovery_code)
    When the administrator replaces the secret of carol, who scans the new one
    And carol logs in over <client> with <what> a code of her lost phone <how>
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When carol logs in over <client> with <what> a recovery code of before <how>
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When carol logs in over <client> with <what> her code <how>
    Then she is in
    When the administrator removes carol
    And carol logs in over <client> with <what> her code <how>
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When carol logs in over <client> with <what> a recovery code <how>
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)

    Examples:
      | hook     | client            | what             | how              |
      | keyint   | SFTP with prompts | her password and |                  |
      | checkpwd | SFTP              | her password and | with "#" between |

  @both-doors
  Scenario: the code that was typed to enrol opens no door
    Given SFTPGo asks extauth, which judges codes by itself
    And carol has an account but no line in the users file
    When the administrator enrols carol, who scans the code
    And carol logs in over SFTP with the code that she enrolled with
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When carol logs in over SFTP with her code
    Then she is in
