Feature: extauth, the external authentication hook
  The person types the code, and nothing else, at the password prompt. The hook says yes by
  returning the account exactly as SFTPGo sent it; SFTPGo would erase what is left out. It works
  over every protocol that has a password field.

  @both-doors
  Scenario Outline: the code opens a session over <client>
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her code
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

    Examples: WebDAV has no session, so each request takes a fresh code
      | client |
      | WebDAV |

    @sftpgo
    Examples: the token of the REST API
      | client |
      | REST   |

  @both-doors
  Scenario: over WebDAV a code is good for one request
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her code
    Then she is in
    When ann sends another WebDAV request with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When ann sends another WebDAV request with a fresh code
    Then she is in

  @both-doors
  Scenario Outline: the code decides, over <client>: <code>
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann logs in over <client> with <code>
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
  Scenario Outline: a code works once, over <client>
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    And ann has logged in over SFTP
    When ann logs in over <client> with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

    Examples:
      | client |
      | SFTP   |
      | FTP    |

  @both-doors
  Scenario: the code of the step before gets in once
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with the code of the step before
    Then she is in
    When ann logs in over SFTP with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  @both-doors
  Scenario: the password is worth nothing any more
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her password
    Then she is refused
    And the audit says denied because what was typed is no code (code_malformed)
    And no request reached Authy

  @both-doors
  Scenario Outline: who has no working second factor: <case>
    Given SFTPGo asks extauth
    And <who> has an account <case>
    When <who> logs in over SFTP with <code>
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
  Scenario: nobody comes into being by a right code
    Given SFTPGo asks extauth
    And ann has a phone with Authy, but no account
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says denied because SFTPGo has no such account (account_unknown)
    And no request reached Authy

  @both-doors
  Scenario: extauth never lets anybody in by password alone, whatever is configured
    Given SFTPGo asks extauth with
      | unmapped.keyint   | password_only |
      | unmapped.checkpwd | password_only |
      | on_no_answer      | allow         |
    And carol has an account but no line in the users file
    When carol logs in over SFTP with her password
    Then she is refused

  @both-doors
  Scenario Outline: an account that is <state> stays so
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    And the administrator makes ann's account <state>
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says denied because the account is disabled or expired (account_disabled)
    And no request reached Authy
    And ann's account is still <state>

    Examples:
      | state    |
      | disabled |
      | expired  |

  @both-doors
  Scenario: a login leaves every setting of the account as it was
    SFTPGo stores what the hook answers, in place of what it had. It changes of its own: the
    password (the code becomes it), the time of the last login, of the last password change and of
    the last update, and the marks of use.

    Given SFTPGo asks extauth
    And ann has an account with all kinds of settings and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is in
    And no setting of ann's account has changed

  @both-doors
  Scenario: an account that is disabled while extauth waits for Authy comes back
    This is how SFTPGo works, and no hook can help it: the answer carries the account as it was at
    the question, and SFTPGo stores that. Who must lose access at once is unmapped first, then
    disabled.

    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    And Authy answers after 1 second
    When ann logs in over SFTP with her code, and the administrator disables the account while Authy thinks
    Then she is in
    And ann's account is enabled again

  @both-doors
  Scenario: two people log in at the same moment
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann and bob log in over SFTP at the same moment, each with a code
    Then both are in
    And Authy was asked 2 times

  @both-doors
  Scenario: one code, two logins at the same moment: one gets in
    Given SFTPGo asks extauth
    And ann has an account and a phone with Authy
    When somebody logs in over SFTP as ann twice at the same moment with the same code
    Then one of the two is in

  @both-doors @sftpgo
  Scenario: an SSH key first, then the code
    Given SFTPGo asks extauth
    And ann has an account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and password with her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because the code was right (code_right)
    When ann logs in over SFTP with her code
    Then she is refused
    When ann logs in over SFTP with key
    Then she is refused
    When ann logs in over FTP with her code
    Then she is refused
