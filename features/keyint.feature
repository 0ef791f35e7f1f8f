Feature: keyint, the keyboard-interactive hook
  Over SSH, SFTPGo asks for the password first and checks it itself. Then the hook asks for the code that the person's
  Authy shows. Only both together open a session. SFTPGo reaches the hook through one of two doors: it starts a program,
  or it asks hookd over HTTP; what a person sees is the same.

  Scenario Outline: password and code open a session, <door> door, with <client>
    Given SFTPGo asks keyint through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because "code_right"

    Examples:
      | door    | client               |
      | program | SFTP with prompts |
      | HTTP    | SFTP with prompts |

    @openssh
    Examples: the sftp command of OpenSSH, where it is installed
      | door    | client               |
      | program | SFTP with OpenSSH and prompts |
      | HTTP    | SFTP with OpenSSH and prompts |

  Scenario Outline: a wrong password ends the conversation before the code, <door> door
    Given SFTPGo asks keyint through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with a wrong password and her code
    Then she is refused
    And she was asked for her password only
    And no request reached Authy

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: the code decides, <door> door: <code>
    Given SFTPGo asks keyint through the <door> door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password and <code>
    Then she is <result>
    And the audit says <outcome> because "<reason>"
    And Authy was asked once

    Examples:
      | door    | code                      | result  | outcome  | reason     |
      | program | a wrong code              | refused | denied   | code_wrong |
      | HTTP    | a wrong code              | refused | denied   | code_wrong |
      | program | bob's code                | refused | denied   | code_wrong |
      | HTTP    | bob's code                | refused | denied   | code_wrong |
      | program | the code of the step before | in    | accepted | code_right |
      | HTTP    | the code of the step before | in    | accepted | code_right |
      | program | a code that has expired   | refused | denied   | code_wrong |
      | HTTP    | a code that has expired   | refused | denied   | code_wrong |
      | program | her code in groups "123 4567" | in  | accepted | code_right |
      | HTTP    | her code in groups "123-4567" | in  | accepted | code_right |
      | program | her code in groups " 123 4567 " | in | accepted | code_right |
      | HTTP    | her code in groups " 123 4567 " | in | accepted | code_right |

  Scenario Outline: a code works once, <door> door
    Given SFTPGo asks keyint through the <door> door
    And ann has an account and a phone with Authy
    And ann has logged in over SFTP with prompts
    When ann logs in over SFTP with prompts with her password and the same code again
    Then she is refused
    And the audit says denied because "code_reused"

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: who has no working second factor, <door> door: <case>
    Given SFTPGo asks keyint through the <door> door
    And <who> has an account <case>
    When <who> logs in over SFTP with prompts with her password and <code>
    Then she is refused
    And she was asked for her password and a code
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

  Scenario Outline: two people log in at the same moment, <door> door
    Given SFTPGo asks keyint through the <door> door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann and bob log in over SFTP with prompts at the same moment, each with password and code
    Then both are in
    And Authy was asked 2 times

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: an account without a line in the users file may be let in by password alone, if so configured, <door> door
    Given SFTPGo asks keyint through the <door> door with
      | unmapped.keyint | password_only |
    And carol has an account but no line in the users file
    When carol logs in over SFTP with prompts with her password alone
    Then she is in
    And the audit says bypassed because "bypass_unmapped"
    And no request reached Authy

    Examples:
      | door    |
      | program |
      | HTTP    |

  @sftpgo
  Scenario Outline: an SSH key first, then password and code, <door> door
    Given SFTPGo asks keyint through the <door> door
    And ann has an account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and prompts with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    When ann logs in over SFTP with prompts with her password and a fresh code
    Then she is refused
    When ann logs in over SFTP with key
    Then she is refused

    Examples:
      | door    |
      | program |
      | HTTP    |

  @sftpgo @process
  Scenario: who hangs up at the code leaves no line behind the program
    SFTPGo kills a keyint program when the client is gone, in a way that no program notices. hookd writes a line about it
    (input_timeout), once SSH would not wait any longer.

    Given SFTPGo asks keyint through the program door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password, and hangs up when asked for the code
    Then she was asked for her password and a code
    And SFTPGo kills keyint, and no hook has written a line
