@totp
Feature: codes that the hooks judge themselves
  With local TOTP nobody else is asked: the hooks have the secrets, and any authenticator app makes
  the codes. What was used before is remembered on the disk, so that a code opens one door, before
  and after a restart. In these scenarios a step takes a minute, and two steps before and after the
  present one count too.

  @both-doors
  Scenario Outline: <hook>: a right code gets her in, once
    Given SFTPGo asks <hook>, which judges codes by itself
    And ann has an account and an authenticator app
    When ann logs in with what <hook> wants
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because the code was right (code_right)
    When ann logs in over <client> with <again>
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     | client            | again                                |
      | keyint   | SFTP with prompts | her password and the same code again |
      | extauth  | SFTP              | the same code again                  |
      | checkpwd | SFTP              | her password and the same code again |

  @both-doors
  Scenario Outline: over <client> password and code in one field get her in
    Given SFTPGo asks checkpwd, which judges codes by itself
    And ann has an account and an authenticator app
    When ann logs in over <client> with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    When ann logs in over SFTP with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

    Examples:
      | client |
      | FTP    |

    @sftpgo
    Examples: SFTPGo remembers for a minute that WebDAV had a right code
      | client |
      | WebDAV |

  @both-doors
  Scenario: her code opens one door, whichever hook is asked
    Given SFTPGo asks keyint, extauth and checkpwd, which judge codes by themselves
    And ann has a checkpwd account and an authenticator app
    When ann logs in over SFTP with her password and her code
    Then she is in
    Given ann has an extauth account and an authenticator app
    When ann logs in over SFTP with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    Given ann has a keyint account and an authenticator app
    When ann logs in over SFTP with prompts with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in

  Scenario: a code stays used when hookd was killed
    Given SFTPGo asks checkpwd through the HTTP door, which judges codes by itself
    And ann has an account and an authenticator app
    When ann logs in over SFTP with her password and her code
    Then she is in
    Given hookd is killed
    When hookd is started again
    And ann logs in over SFTP with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When ann logs in over SFTP with her password and her code
    Then she is in

  @both-doors
  Scenario: of two logins with one code at the same moment one gets in
    Given SFTPGo asks extauth, which judges codes by itself
    And ann has an account and an authenticator app
    When somebody logs in over SFTP as ann twice at the same moment with the same code
    Then one of the two is in

  @both-doors
  Scenario: a code from a clock that is wrong is refused, and the audit says how wrong it is
    Given SFTPGo asks keyint, which judges codes by itself
    And ann has an account and an authenticator app
    When ann logs in over SFTP with prompts with her password and a code that has expired
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    And the audit says that the code was 5 steps late

  @both-doors
  Scenario: who has no secret yet is refused
    Given SFTPGo asks checkpwd, which judges codes by itself
    And dora has an account but no secret yet
    When dora logs in over SFTP with her password and a wrong code
    Then he is refused
    And the audit says denied because there is no second factor yet (not_enrolled)

  @both-doors
  Scenario: whoever guesses has five tries, and then nobody is judged for a while
    Given SFTPGo asks extauth, which judges codes by itself, with
      | hookd.lockout.per_account_ip | 0 |
    And ann has an account and an authenticator app
    And bob has an account and an authenticator app
    When somebody logs in over SFTP as ann and types these for the code
      | "000000" |
      | "000001" |
      | "000002" |
      | "000003" |
      | "000004" |
    Then each is refused because the code was wrong (code_wrong)
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says denied because no more codes are judged for now (provider_limited)
    When bob logs in over SFTP with his code
    Then he is in

  @both-doors
  Scenario: a stolen password is not enough
    Given SFTPGo asks checkpwd, which judges codes by itself
    And ann has an account and an authenticator app
    And bob has an account and an authenticator app
    When ann logs in over SFTP with her password
    Then she is refused
    When ann logs in over SFTP with her password and bob's code
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When ann logs in over SFTP with a wrong password and her code
    Then she is refused
    When ann logs in over SFTP with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  @both-doors
  Scenario: what is not a code is refused before it is compared: keyint
    Given SFTPGo asks keyint, which judges codes by itself, with
      | hookd.lockout.per_account_ip | 0 |
    And ann has an account and an authenticator app
    When somebody who knows ann's password logs in over SFTP with prompts and types these for the code
      | ""                                    |
      | " "                                   |
      | "12345"                               |
      | "1234567890123"                       |
      | "+123456"                             |
      | "１２３４５６"                        |
      | "١٢٣٤٥٦"                              |
      | "../sms"                              |
      | "123456/999#"                         |
      | "123456?x="                           |
      | "123456\x00"                          |
      | "123456\x1b[0m"                       |
      | "0x1e240"                             |
      | "<code of ann>;<code of ann>"         |
      | "<code of bob>/ann#"                  |
      | "<10000 times the digit 1>"           |
    Then each is refused because what was typed is no code (code_malformed)

  @both-doors
  Scenario Outline: what is not a code is refused before it is compared: extauth, over <client>
    Given SFTPGo asks extauth, which judges codes by itself, with
      | hookd.lockout.per_account_ip | 0 |
    And ann has an account and an authenticator app
    When somebody logs in over <client> as ann and types these for the code
      | " "                           |
      | "12345"                       |
      | "1234567890123"               |
      | "１２３４５６"                |
      | "../sms"                      |
      | "123456/999#"                 |
      | "123456?x="                   |
      | "123456\x1b[0m"               |
      | "sms"                         |
      | "push"                        |
      | "<code of ann>;<code of ann>" |
    Then each is refused because what was typed is no code (code_malformed)

    Examples:
      | client |
      | SFTP   |
      | FTP    |

  @both-doors @process
  Scenario: with her phone lost she gets in by a recovery code, each of which works once
    Given SFTPGo asks keyint, which judges codes by itself
    And ann has an account and an authenticator app
    And the administrator gives ann recovery codes
    When ann logs in over SFTP with prompts with her password and a recovery code
    Then she is in
    And the audit says accepted because it was a recovery code (recovery_code)
    When ann logs in over SFTP with prompts with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When ann logs in over SFTP with prompts with her password and a recovery code
    Then she is in

  @both-doors @process
  Scenario: in one field a recovery code stands behind the separator
    Given SFTPGo asks checkpwd, which judges codes by itself, with
      | checkpwd.separator | , |
    And ann has an account and an authenticator app
    And the administrator gives ann recovery codes
    When ann logs in over FTP with her password and a recovery code with "," between
    Then she is in
    And the audit says accepted because it was a recovery code (recovery_code)

  @both-doors @process
  Scenario: where the code is the only factor a recovery code is refused
    Given SFTPGo asks extauth, which judges codes by itself
    And ann has an account and an authenticator app
    And the administrator gives ann recovery codes
    When ann logs in over SFTP with a recovery code
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
