Feature: checkpwd, the check password hook
  For clients that know one password field only: the person types the password and, right behind it, the code. The hook
  cuts the code off and asks Authy; what is left goes back to SFTPGo, which compares it with the stored password.

  Scenario Outline: password and code in one field open a session over <client>, <door> door
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password and her code
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

    @sftpgo
    Examples: WebDAV lives on SFTPGo's cache of logins, the REST API on a token
      | door    | client |
      | program | WebDAV |
      | HTTP    | WebDAV |
      | program | REST   |
      | HTTP    | REST   |

  Scenario Outline: where SFTPGo asks by itself at SSH prompts, the hook judges that answer too, <door> door
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password and code as one answer
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because "code_right"
    When ann logs in over SFTP with prompts with her password as one answer
    Then she is refused

    Examples:
      | door    |
      | program |
      | HTTP    |

  @sftpgo
  Scenario Outline: WebDAV keeps a login for a minute, and knows only that one, <door> door
    SFTPGo caches a WebDAV login under the whole string that was typed. Until the entry goes (the shortest time that
    can be set is a minute), that string opens every request, used or not, and a fresh code is refused unasked.

    Given SFTPGo asks checkpwd through the <door> door
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

    Examples:
      | door    |
      | program |
      | HTTP    |

  @sftpgo @process
  Scenario Outline: WebDAV: within the minute a right new code is refused, and no hook is asked, <door> door
    So the audit says nothing about it, and SFTPGo's defender counts it. Other protocols take the new code; a login there
    does not end the minute.

    Given SFTPGo asks checkpwd through the <door> door with
      | SFTPGO_COMMON__DEFENDER__ENABLED | true |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her password and her code
    Then she is in
    And the audit says accepted because "code_right"
    When ann sends another WebDAV request with her password and a fresh code
    Then she is refused
    And no hook was asked
    And SFTPGo's defender has points against somebody
    When ann logs in over SFTP with her password and a fresh code
    Then she is in
    And the audit says accepted because "code_right"
    When ann sends another WebDAV request with her password and a fresh code
    Then she is refused
    And no hook was asked

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: a wrong password with a right code, <door> door, over <client>
    The hook cannot know the password: it judges the code, SFTPGo the rest. The code is used up all the same.

    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with a wrong password and her code
    Then she is refused
    And the audit says accepted because "code_right"
    When ann logs in over <client> with her password and the same code again
    Then she is refused
    And the audit says denied because "code_reused"

    Examples:
      | door    | client |
      | program | SFTP   |
      | HTTP    | SFTP   |
      | program | FTP    |
      | HTTP    | FTP    |

  Scenario Outline: the code decides, <door> door, over <client>: <code>
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann logs in over <client> with her password and <code>
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

  Scenario Outline: a code works once, <door> door
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    And ann has logged in over SFTP
    When ann logs in over FTP with her password and the same code again
    Then she is refused
    And the audit says denied because "code_reused"

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: the password alone is not enough, <door> door, over <client>
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password alone
    Then she is refused
    And the audit says denied because "code_malformed"
    And no request reached Authy

    Examples:
      | door    | client |
      | program | SFTP   |
      | HTTP    | SFTP   |
      | program | FTP    |
      | HTTP    | FTP    |
      | program | WebDAV |
      | HTTP    | WebDAV |

  Scenario Outline: the code alone is not enough, <door> door
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says denied

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: who has no working second factor, <door> door: <case>
    Given SFTPGo asks checkpwd through the <door> door
    And <who> has an account <case>
    When <who> logs in over SFTP with her password and <code>
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

  Scenario Outline: an account without a line in the users file may be let in by password alone, if so configured, <door> door
    Given SFTPGo asks checkpwd through the <door> door with
      | unmapped.checkpwd | password_only |
    And carol has an account but no line in the users file
    When carol logs in over SFTP with her password alone
    Then she is in
    And the audit says bypassed because "bypass_unmapped"
    When carol logs in over SFTP with a wrong password
    Then she is refused

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: two people log in at the same moment, <door> door
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann and bob log in over SFTP at the same moment, each with password and code
    Then both are in
    And Authy was asked 2 times

    Examples:
      | door    |
      | program |
      | HTTP    |

  @sftpgo
  Scenario Outline: an SSH key first, then password and code, <door> door
    Given SFTPGo asks checkpwd through the <door> door
    And ann has an account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and password with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    When ann logs in over SFTP with her password and her code
    Then she is refused
    When ann logs in over SFTP with key
    Then she is refused

    Examples:
      | door    |
      | program |
      | HTTP    |
