@grace @sftpgo @process
Feature: clients that open several connections with one code
  Many programs open several connections and log in on each with the one password that they have. A
  code works once, so the second connection is refused, and after some refusals SFTPGo's defender
  bans the address. With a grace, hookd lets the same account go on with the same code, from the
  same address, at the same hook, for a fixed time.

  SFTPGo's defender is on here, with its own settings, and a host may have as many connections as
  SFTPGo allows by itself.

  Scenario Outline: <hook>: 20 files over <client>
    Given SFTPGo asks <hook> through the HTTP door with
      | grace                                   | 5m   |
      | hookd.lockout.per_account_ip            | 10   |
      | SFTPGO_COMMON__DEFENDER__ENABLED        | true |
      | SFTPGO_COMMON__MAX_PER_HOST_CONNECTIONS | 20   |
    And ann has an account and a phone with Authy
    When ann copies 20 files over <client> with <what she types>
    Then all of them come back unchanged
    And every login was accepted, one because the code was right (code_right), the others because the code was accepted a moment ago (code_grace)
    And Authy was asked once
    And SFTPGo's defender has nothing against anybody
    When ann logs in over SFTP with <the same> from 127.0.0.2
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    And Authy was asked once

    @rclone
    Examples: rclone copy with its default options
      | hook     | client             | what she types            | the same                             |
      | extauth  | SFTP with rclone   | her code                  | the same code again                  |
      | extauth  | FTP with rclone    | her code                  | the same code again                  |
      | extauth  | WebDAV with rclone | her code                  | the same code again                  |
      | checkpwd | SFTP with rclone   | her password and her code | her password and the same code again |
      | checkpwd | FTP with rclone    | her password and her code | her password and the same code again |
      | checkpwd | WebDAV with rclone | her password and her code | her password and the same code again |

    @lftp
    Examples: lftp mirror --parallel=3
      | hook     | client         | what she types            | the same                             |
      | extauth  | SFTP with lftp | her code                  | the same code again                  |
      | extauth  | FTP with lftp  | her code                  | the same code again                  |
      | checkpwd | SFTP with lftp | her password and her code | her password and the same code again |
      | checkpwd | FTP with lftp  | her password and her code | her password and the same code again |

  @rclone
  Scenario Outline: <hook>: without a grace every connection but the first is refused
    Given SFTPGo asks <hook> through the HTTP door
    And ann has an account and a phone with Authy
    When ann copies 20 files over SFTP with rclone with <what she types>, until a login is refused because the code was used before (code_reused)
    Then Authy was asked once

    Examples:
      | hook     | what she types            |
      | extauth  | her code                  |
      | checkpwd | her password and her code |

  @openssh
  Scenario Outline: <hook>: two sessions of OpenSSH at once
    Given SFTPGo asks <hook> through the HTTP door with
      | grace                            | 5m   |
      | SFTPGO_COMMON__DEFENDER__ENABLED | true |
    And ann has an account and a phone with Authy
    When somebody logs in over <client> as ann twice at the same moment with the same code
    Then both are in
    And Authy was asked once
    And SFTPGo's defender has nothing against anybody

    Examples:
      | hook     | client                        |
      | keyint   | SFTP with OpenSSH and prompts |
      | extauth  | SFTP with OpenSSH             |
      | checkpwd | SFTP with OpenSSH             |

  Scenario: keyint asks for the code once, and elsewhere again
    Given SFTPGo asks keyint through the HTTP door with
      | grace                            | 5m   |
      | SFTPGO_COMMON__DEFENDER__ENABLED | true |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in
    And she was asked for her password and a code
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in
    And she was asked for her password only
    And the audit says accepted because the code was accepted a moment ago (code_grace)
    And Authy was asked once
    When ann logs in over SFTP with prompts with a wrong password and her code
    Then she is refused
    And no hook was asked
    When ann logs in over SFTP with prompts with her password and a wrong code from 127.0.0.2
    Then she is refused
    And she was asked for her password and a code
    And the audit says denied because the code was wrong (code_wrong)

  Scenario Outline: <hook>: who is not mapped any more, or suspended, does not go on
    Given SFTPGo asks <hook> through the HTTP door with
      | grace | 5m |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with <what she types>
    Then she is in
    When the administrator takes ann out of the users file
    And ann logs in over SFTP with <the same>
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When the administrator puts ann back into the users file
    And ann logs in over SFTP with <the same>
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When ann logs in over SFTP with <what she types>
    Then she is in
    When ann logs in over FTP with <the same>
    Then she is in
    And the audit says accepted because the code was accepted a moment ago (code_grace)
    When Authy has suspended her
    And ann logs in over FTP with <wrong>
    Then she is refused
    And the audit says denied because the provider has blocked the user (provider_user_blocked)
    When ann logs in over SFTP with <the same>
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

    Examples:
      | hook     | what she types            | the same                                  | wrong                         |
      | extauth  | her code                  | the code that got her in                  | a wrong code                  |
      | checkpwd | her password and her code | her password and the code that got her in | her password and a wrong code |

  Scenario: programs remember nothing, and have no grace
    Given SFTPGo asks extauth through the program door with
      | grace | 5m |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is in
    When ann logs in over SFTP with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
