Feature: keyint, the keyboard-interactive hook
  Over SSH, SFTPGo asks for the password first and checks it itself. Then the hook asks for the code
  that the person's Authy shows. Only both together open a session. SFTPGo reaches a hook through one
  of two doors: it starts a program, or it asks hookd over HTTP. What a person sees is the same, and
  each scenario tagged @both-doors runs through the one and through the other.

  @both-doors
  Scenario Outline: password and code open a session, with <client>
    Given SFTPGo asks keyint
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because the code was right (code_right)

    Examples:
      | client            |
      | SFTP with prompts |

    @openssh
    Examples: the sftp command of OpenSSH, where it is installed
      | client                        |
      | SFTP with OpenSSH and prompts |

  @both-doors
  Scenario: a wrong password ends the conversation before the code
    Given SFTPGo asks keyint
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with a wrong password and her code
    Then she is refused
    And she was asked for her password only
    And no request reached Authy

  @both-doors
  Scenario Outline: the code decides: <code>
    Given SFTPGo asks keyint
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password and <code>
    Then she is <result>
    And the audit says <outcome> because <reason>
    And Authy was asked once

    Examples:
      | code                            | result  | outcome  | reason                          |
      | a wrong code                    | refused | denied   | the code was wrong (code_wrong) |
      | bob's code                      | refused | denied   | the code was wrong (code_wrong) |
      | the code of the step before     | in      | accepted | the code was right (code_right) |
      | a code that has expired         | refused | denied   | the code was wrong (code_wrong) |
      | her code in groups "123 4567"   | in      | accepted | the code was right (code_right) |
      | her code in groups "123-4567"   | in      | accepted | the code was right (code_right) |
      | her code in groups " 123 4567 " | in      | accepted | the code was right (code_right) |

  @both-doors
  Scenario: a code works once
    Given SFTPGo asks keyint
    And ann has an account and a phone with Authy
    And ann has logged in over SFTP with prompts
    When ann logs in over SFTP with prompts with her password and the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  @both-doors
  Scenario Outline: who has no working second factor: <case>
    Given SFTPGo asks keyint
    And <who> has an account <case>
    When <who> logs in over SFTP with prompts with her password and <code>
    Then she is refused
    And she was asked for her password and a code
    And the audit says denied because <reason>

    Examples:
      | who   | case                                          | code         | reason                                                      |
      | carol | but no line in the users file                 | a wrong code | no source knows the account (user_unmapped)                 |
      | dora  | but Authy does not know her id                | a wrong code | the provider does not know the user (provider_unknown_user) |
      | ann   | but was deleted at Authy                      | her code     | the provider does not know the user (provider_unknown_user) |
      | ann   | but Authy has suspended her                   | her code     | the provider has blocked the user (provider_user_blocked)   |
      | ann   | and is at Authy, but has never set up a phone | a wrong code | the code was wrong (code_wrong)                             |

  @both-doors
  Scenario: two people log in at the same moment
    Given SFTPGo asks keyint
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When ann and bob log in over SFTP with prompts at the same moment, each with password and code
    Then both are in
    And Authy was asked 2 times

  @both-doors
  Scenario: an account without a line in the users file may be let in by password alone, if so configured
    Given SFTPGo asks keyint with
      | unmapped.keyint | password_only |
    And carol has an account but no line in the users file
    When carol logs in over SFTP with prompts with her password alone
    Then she is in
    And the audit says bypassed because no source knows the account, and that may pass (bypass_unmapped)
    And no request reached Authy

  @both-doors @sftpgo
  Scenario: an SSH key first, then password and code
    Given SFTPGo asks keyint
    And ann has an account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and prompts with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged
    When ann logs in over SFTP with prompts with her password and a fresh code
    Then she is refused
    When ann logs in over SFTP with key
    Then she is refused

  @sftpgo @process
  Scenario: who hangs up at the code leaves no line behind the program
    SFTPGo kills a keyint program when the client is gone, in a way that no program notices. hookd
    writes a line about it (input_timeout), once SSH would not wait any longer.

    Given SFTPGo asks keyint through the program door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password, and hangs up when asked for the code
    Then she was asked for her password and a code
    And SFTPGo kills keyint, and no hook has written a line
