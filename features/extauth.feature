Feature: extauth, the external authentication hook
  The person types the code, and nothing else, where a password is asked. The hook says yes by giving SFTPGo the account
  exactly as it got it; whatever it left out would be erased. It works on every protocol that has a password field.

  Scenario Outline: the code opens a session over <client>, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because "code_right"

    Examples:
      | door    | client |
      | program | SFTP   |
      | HTTP    | SFTP   |
      | program | FTP    |
      | HTTP    | FTP    |

    @openssh
    Examples: the sftp command of OpenSSH, which logs in anew for each batch
      | door    | client  |
      | program | SFTP with OpenSSH |
      | HTTP    | SFTP with OpenSSH |

    Examples: WebDAV has no session, so each request takes a fresh code
      | door    | client |
      | program | WebDAV |
      | HTTP    | WebDAV |

    @sftpgo
    Examples: the token of the REST API
      | door    | client |
      | program | REST   |
      | HTTP    | REST   |

  Scenario Outline: over WebDAV a code is good for one request, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her code
    Then she is in
    When ann sends another WebDAV request with the same code again
    Then she is refused
    And the audit says denied because "code_reused"
    When ann sends another WebDAV request with a fresh code
    Then she is in

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: the code decides, <door> door, over <client>: <code>
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann logs in over <client> with <code>
    Then she is <result>
    And the audit says <outcome> because "<reason>"
    And Authy was asked once

    Examples:
      | door    | client | code                        | result  | outcome  | reason     |
      | program | SFTP   | a wrong code                | refused | denied   | code_wrong |
      | HTTP    | SFTP   | a wrong code                | refused | denied   | code_wrong |
      | program | FTP    | a wrong code                | refused | denied   | code_wrong |
      | HTTP    | FTP    | a wrong code                | refused | denied   | code_wrong |
      | program | WebDAV | a wrong code                | refused | denied   | code_wrong |
      | HTTP    | WebDAV | a wrong code                | refused | denied   | code_wrong |
      | program | SFTP   | bob's code                  | refused | denied   | code_wrong |
      | HTTP    | SFTP   | bob's code                  | refused | denied   | code_wrong |
      | program | SFTP   | the code of the step before | in      | accepted | code_right |
      | HTTP    | SFTP   | the code of the step before | in      | accepted | code_right |
      | program | SFTP   | a code that has expired     | refused | denied   | code_wrong |
      | HTTP    | SFTP   | a code that has expired     | refused | denied   | code_wrong |

    @sftpgo
    Examples:
      | door    | client | code         | result  | outcome | reason     |
      | program | REST   | a wrong code | refused | denied  | code_wrong |
      | HTTP    | REST   | a wrong code | refused | denied  | code_wrong |

  Scenario Outline: a code works once, <door> door, over <client>
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    And ann has logged in over SFTP
    When ann logs in over <client> with the same code again
    Then she is refused
    And the audit says denied because "code_reused"

    Examples:
      | door    | client |
      | program | SFTP   |
      | HTTP    | SFTP   |
      | program | FTP    |
      | HTTP    | FTP    |

  Scenario Outline: the code of the step before gets in once, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with the code of the step before
    Then she is in
    When ann logs in over SFTP with the same code again
    Then she is refused
    And the audit says denied because "code_reused"

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: the password is worth nothing any more, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her password
    Then she is refused
    And the audit says denied because "code_malformed"
    And no request reached Authy

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: who has no working second factor, <door> door: <case>
    Given SFTPGo asks extauth through the <door> door
    And <who> has an account <case>
    When <who> logs in over SFTP with <code>
    Then she is refused
    And the audit says denied because "<reason>"

    Examples:
      | door    | who   | case                                          | code         | reason                |
      | program | carol | but no line in the users file                 | a wrong code | user_unmapped         |
      | HTTP    | carol | but no line in the users file                 | a wrong code | user_unmapped         |
      | program | dora  | but Authy does not know her id                | a wrong code | provider_unknown_user |
      | HTTP    | dora  | but Authy does not know her id                | a wrong code | provider_unknown_user |
      | program | ann   | but was deleted at Authy                      | her code     | provider_unknown_user |
      | HTTP    | ann   | but was deleted at Authy                      | her code     | provider_unknown_user |
      | program | ann   | but Authy has suspended her                   | her code     | provider_user_blocked |
      | HTTP    | ann   | but Authy has suspended her                   | her code     | provider_user_blocked |
      | program | ann   | and is at Authy, but has never set up a phone | a wrong code | code_wrong            |
      | HTTP    | ann   | and is at Authy, but has never set up a phone | a wrong code | code_wrong            |

  Scenario Outline: nobody comes into being by a right code, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has a phone with Authy, but no account
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says denied because "account_unknown"
    And no request reached Authy

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: extauth never lets anybody in by password alone, whatever is configured, <door> door
    Given SFTPGo asks extauth through the <door> door with
      | unmapped.keyint   | password_only |
      | unmapped.checkpwd | password_only |
      | on_no_answer      | allow         |
    And carol has an account but no line in the users file
    When carol logs in over SFTP with her password
    Then she is refused

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: an account that is <state> stays so, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    And the administrator makes ann's account <state>
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says denied because "account_disabled"
    And no request reached Authy
    And ann's account is still <state>

    Examples:
      | door    | state    |
      | program | disabled |
      | HTTP    | disabled |
      | program | expired  |
      | HTTP    | expired  |

  Scenario Outline: a login leaves every setting of the account as it was, <door> door
    SFTPGo stores what the hook answers, in place of what it had. It changes of its own: the password (the code becomes
    it), the time of the last login, of the last password change and of the last update, and the marks of use.

    Given SFTPGo asks extauth through the <door> door
    And ann has an account with all kinds of settings and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is in
    And no setting of ann's account has changed

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: an account that is disabled while extauth waits for Authy comes back, <door> door
    This is how SFTPGo works, and no hook can help it: the answer carries the account as it was at the question, and
    SFTPGo stores that. Who must lose access at once is unmapped first, then disabled.

    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    And Authy answers after 1 second
    When ann logs in over SFTP with her code, and the administrator disables the account while Authy thinks
    Then she is in
    And ann's account is enabled again

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: two people log in at the same moment, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann and bob log in over SFTP at the same moment, each with a code
    Then both are in
    And Authy was asked 2 times

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: one code, two logins at the same moment: one gets in, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account and a phone with Authy
    When somebody logs in over SFTP as ann twice at the same moment with the same code
    Then one of the two is in

    Examples:
      | door    |
      | program |
      | HTTP    |

  @sftpgo
  Scenario Outline: an SSH key first, then the code, <door> door
    Given SFTPGo asks extauth through the <door> door
    And ann has an account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and password with her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because "code_right"
    When ann logs in over SFTP with her code
    Then she is refused
    When ann logs in over SFTP with key
    Then she is refused
    When ann logs in over FTP with her code
    Then she is refused

    Examples:
      | door    |
      | program |
      | HTTP    |
