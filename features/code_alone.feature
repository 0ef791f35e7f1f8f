@codealone
Feature: an extauth account in an SSH client that asks before it sends a password
  psftp, dbclient, lftp and plain OpenSSH try keyboard-interactive before they try the password. If
  the administrator lists an extauth account in keyint.code_alone, keyint asks it for the code and
  nothing else: one factor, as over every other protocol. Nothing that needs a judged password
  applies to such an account.

  Background:
    Given SFTPGo asks keyint, extauth and checkpwd through the HTTP door with
      | keyint.code_alone                | ["bob"] |
      | SFTPGO_COMMON__DEFENDER__ENABLED | true    |

  @sftpgo @process
  Scenario Outline: <client> gets in with the code at its first question
    Given bob has an extauth account that may answer prompts, and a phone with Authy
    When bob logs in over <client> with his code
    Then he is in
    And a file that he uploads comes back unchanged
    And SFTPGo's defender has nothing against anybody

    @openssh
    Examples: OpenSSH without an option about methods
      | client                     |
      | SFTP with OpenSSH as it is |

    @psftp
    Examples: PuTTY
      | client          |
      | SFTP with psftp |

    @dbclient
    Examples: dropbear
      | client             |
      | SFTP with dbclient |

    Examples: libraries
      | client            |
      | SFTP with prompts |
      | SFTP              |

  Scenario: a wrong code, an old code and no code are refused
    Given bob has an extauth account that may answer prompts, and a phone with Authy
    When bob logs in over SFTP with prompts with a wrong code
    Then he is refused
    When bob logs in over SFTP with prompts with his code
    Then he is in
    When bob logs in over SFTP with prompts with the same code again
    Then he is refused
    When bob logs in over SFTP with the same code again
    Then he is refused

  Scenario: a keyint account beside it still needs its password and its code
    Given bob has an extauth account that may answer prompts, and a phone with Authy
    And ann has a keyint account and a phone with Authy
    When ann logs in over SFTP with prompts with her code
    Then she is refused
    And no request reached Authy
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in

  @sftpgo @process @psftp
  Scenario: an extauth account that may not answer prompts is out of reach for such a client
    Given ann has an extauth account and a phone with Authy
    When ann logs in over SFTP with psftp with her code
    Then she is refused
    And SFTPGo's defender has points against somebody
