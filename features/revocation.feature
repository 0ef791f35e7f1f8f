Feature: taking access away
  Whoever is removed is out at once, with all sessions. A mistake in the users file affects nobody
  else, and a lost users file lets nobody in who had to stay out.

  @sftpgo @process @curl @jq
  Scenario Outline: step by step, as production.md says: a <hook> account, with <two> and <three> open
    Given SFTPGo asks <hook> through the HTTP door, and doctor may look at it
    And ann has an account and a phone with Authy
    And ann is logged in over <one> and stays
    And ann is logged in over <two> and stays
    And ann is logged in over <three> and stays
    When the administrator does what step 1 of production.md says, for ann
    Then it says "confirmed: hookd denies account"
    And the sessions still work
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When the administrator does what step 2 of production.md says, for ann
    Then the sessions are closed
    When the administrator does what step 3 of production.md says, for ann
    Then it says "true"
    When ann logs in with what <hook> wants
    Then she is refused

    Examples:
      | hook     | one               | two               | three             |
      | keyint   | SFTP with prompts | SFTP with prompts | SFTP with prompts |
      | extauth  | SFTP              | FTP               | the web client    |
      | checkpwd | SFTP              | REST              | the web client    |
      | checkpwd | SFTP              | FTP               | WebDAV            |

  @sftpgo @process @curl @jq
  Scenario: with a grace that is still running
    Given SFTPGo asks extauth through the HTTP door, and doctor may look at it, with
      | grace | 10m |
    And ann has an account and a phone with Authy
    And ann is logged in over SFTP and stays
    When ann logs in over FTP with the same code again
    Then she is in
    And the audit says accepted because the code was accepted a moment ago (code_grace)
    When the administrator does what step 1 of production.md says, for ann
    Then it says "confirmed: hookd denies account"
    When ann logs in over FTP with the same code again
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)

  @both-doors
  Scenario Outline: while another line is broken: <hook>
    Given SFTPGo asks <hook>
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    And erin has an account and a phone with Authy
    When erin logs in with what <hook> wants
    Then she is in
    When the administrator breaks the users file, with erin taken out
    And erin logs in with what <hook> wants
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When bob logs in with what <hook> wants
    Then he is refused
    And the audit says denied because a source of accounts cannot be read (accounts_unavailable)
    When ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  @process
  Scenario Outline: a file that is <lost> opens nothing, and a reload over it is refused
    Given SFTPGo asks checkpwd through the HTTP door with
      | unmapped.checkpwd | password_only |
    And ann has an account and a phone with Authy
    And carol has an account but no line in the users file
    When ann logs in with what checkpwd wants
    Then she is in
    When the administrator <does> the users file
    And ann logs in over SFTP with her password alone
    Then she is refused
    And the audit names old content
    When ann logs in with what checkpwd wants
    Then she is in
    And the audit names old content
    When hookd is told to reload, and refuses
    And ann logs in over SFTP with her password alone
    Then she is refused
    Given hookd is killed
    When hookd is started again
    And ann logs in over SFTP with her password alone
    Then she is refused
    And the audit says denied because a source of accounts cannot be read (accounts_unavailable)
    When carol logs in over SFTP with her password alone
    Then she is refused
    And the audit says denied because a source of accounts cannot be read (accounts_unavailable)

    Examples:
      | lost    | does    |
      | deleted | deletes |
      | empty   | empties |

  @process
  Scenario: who is taken out does not get in by the password before hookd is told that this is meant
    Given SFTPGo asks checkpwd through the HTTP door with
      | unmapped.checkpwd | password_only |
    And ann has an account and a phone with Authy
    And carol has an account but no line in the users file
    When ann logs in with what checkpwd wants
    Then she is in
    When the administrator takes ann out of the users file
    And ann logs in over SFTP with her password alone
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When carol logs in over SFTP with her password alone
    Then she is in
    When hookd is told to reload
    And ann logs in over SFTP with her password alone
    Then she is in
    And the audit says bypassed because no source knows the account, and that may pass (bypass_unmapped)
