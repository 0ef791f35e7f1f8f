Feature: checkpwd, the check password hook
  This hook is for clients that have a single password field: the person types the password and,
  right after it, the code. The hook cuts off the code and asks Authy. It returns the rest to
  SFTPGo, which compares it with the stored password.

  @both-doors
  Scenario Outline: password and code in one field open a session over <client>
    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because the code was right (code_right)

    Examples:
      | client |
      | SFTP   |
      | FTP    |

    @openssh
    Examples: the sftp command of OpenSSH, which logs in anew for each batch
      | client            |
      | SFTP with OpenSSH |

    @sftpgo
    Examples: WebDAV lives on SFTPGo's cache of logins, the REST API on a token
      | client |
      | WebDAV |
      | REST   |

  @both-doors
  Scenario: where SFTPGo asks by itself at SSH prompts, the hook judges that answer too
    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password and code as one answer
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because the code was right (code_right)
    When ann logs in over SFTP with prompts with her password as one answer
    Then she is refused

  @both-doors @sftpgo
  Scenario: WebDAV keeps a login for a minute, and knows only that one
    SFTPGo caches a WebDAV login under the whole string that was typed. Until the entry goes (the
    shortest time that can be set is a minute), that string opens every request, used or not, and a
    fresh code is refused unasked.

    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her password and her code
    Then she is in
    When ann sends another WebDAV request with her password and the same code again
    Then she is in
    When ann sends another WebDAV request with her password and a fresh code
    Then she is refused
    When ann sends another WebDAV request with her password alone
    Then she is refused
    And Authy was asked once

  @both-doors @sftpgo @process
  Scenario: WebDAV: within the minute a right new code is refused, and no hook is asked
    So the audit says nothing about it, and SFTPGo's defender counts it. Other protocols take the
    new code; a login there does not end the minute.

    Given SFTPGo asks checkpwd with
      | SFTPGO_COMMON__DEFENDER__ENABLED | true |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her password and her code
    Then she is in
    And the audit says accepted because the code was right (code_right)
    When ann sends another WebDAV request with her password and a fresh code
    Then she is refused
    And no hook was asked
    And SFTPGo's defender has points against somebody
    When ann logs in over SFTP with her password and a fresh code
    Then she is in
    And the audit says accepted because the code was right (code_right)
    When ann sends another WebDAV request with her password and a fresh code
    Then she is refused
    And no hook was asked

  @both-doors
  Scenario Outline: a wrong password with a right code, over <client>
    The hook cannot know the password: it judges the code, SFTPGo the rest. The code is used up all
    the same.

    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    When ann logs in over <client> with a wrong password and her code
    Then she is refused
    And the audit says accepted because the code was right (code_right)
    When ann logs in over <client> with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

    Examples:
      | client |
      | SFTP   |
      | FTP    |

  @both-doors
  Scenario Outline: the code decides, over <client>: <code>
    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann logs in over <client> with her password and <code>
    Then she is <result>
    And the audit says <outcome> because <reason>
    And Authy was asked once

    Examples:
      | client | code                        | result  | outcome  | reason                          |
      | SFTP   | a wrong code                | refused | denied   | the code was wrong (code_wrong) |
      | FTP    | a wrong code                | refused | denied   | the code was wrong (code_wrong) |
      | WebDAV | a wrong code                | refused | denied   | the code was wrong (code_wrong) |
      | SFTP   | bob's code                  | refused | denied   | the code was wrong (code_wrong) |
      | SFTP   | the code of the step before | in      | accepted | the code was right (code_right) |
      | SFTP   | a code that has expired     | refused | denied   | the code was wrong (code_wrong) |

    @sftpgo
    Examples:
      | client | code         | result  | outcome | reason                          |
      | REST   | a wrong code | refused | denied  | the code was wrong (code_wrong) |

  @both-doors
  Scenario: a code works once
    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    And ann has logged in over SFTP
    When ann logs in over FTP with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  @both-doors
  Scenario Outline: the password alone is not enough, over <client>
    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password alone
    Then she is refused
    And the audit says denied because what was typed is no code (code_malformed)
    And no request reached Authy

    Examples:
      | client |
      | SFTP   |
      | FTP    |
      | WebDAV |

  @both-doors
  Scenario: the code alone is not enough
    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says denied

  @both-doors
  Scenario Outline: who has no working second factor: <case>
    Given SFTPGo asks checkpwd
    And <who> has an account <case>
    When <who> logs in over SFTP with her password and <code>
    Then she is refused
    And the audit says denied because <reason>

    Examples:
      | who   | case                                          | code         | reason                                                      |
      | carol | but no line in the users file                 | a wrong code | no source knows the account (user_unmapped)                 |
      | dora  | but Authy does not know her id                | a wrong code | the provider does not know the user (provider_unknown_user) |
      | ann   | but was deleted at Authy                      | her code     | the provider does not know the user (provider_unknown_user) |
      | ann   | but Authy has suspended her                   | her code     | the provider has blocked the user (provider_user_blocked)   |
      | ann   | and is at Authy, but has never set up a phone | a wrong code | the code was wrong (code_wrong)                             |

  @both-doors
  Scenario: an account without a line in the users file may be let in by password alone, if so configured
    Given SFTPGo asks checkpwd with
      | unmapped.checkpwd | password_only |
    And carol has an account but no line in the users file
    When carol logs in over SFTP with her password alone
    Then she is in
    And the audit says bypassed because no source knows the account, and that may pass (bypass_unmapped)
    When carol logs in over SFTP with a wrong password
    Then she is refused

  @both-doors
  Scenario: two people log in at the same moment
    Given SFTPGo asks checkpwd
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann and bob log in over SFTP at the same moment, each with password and code
    Then both are in
    And Authy was asked 2 times

  @both-doors @sftpgo
  Scenario: an SSH key first, then password and code
    Given SFTPGo asks checkpwd
    And ann has an account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and password with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    When ann logs in over SFTP with her password and her code
    Then she is refused
    When ann logs in over SFTP with key
    Then she is refused
