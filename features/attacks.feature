@totp-too @verify-too
Feature: attacks on the second factor
  These are attacks that people have tried on hooks like these, and that must fail: codes that are
  not codes, other people's codes, answers that pretend to come from SFTPGo, and ways round the
  hook. All of them are tried on codes that Authy, Twilio Verify and the hooks themselves judge. "No
  request reached the provider" is read from mockauthy's journal: what is not a code never leaves the
  machine.

  Background:
    A code is 6 to 10 digits. Blanks and dashes between digits are understood, and blanks and line
    ends around it mean nothing. Nothing else is understood.

  @both-doors
  Scenario: what is not a code is refused before anybody is asked: keyint
    Given SFTPGo asks keyint with
      | hookd.lockout.per_account_ip | 0 |
    And ann has an account and a second factor
    When somebody who knows ann's password logs in over SFTP with prompts and types these for the code
      | ""                                    |
      | " "                                   |
      | "12345"                               |
      | "1234567890123"                       |
      | "+1234567"                            |
      | "１２３４５６７"                      |
      | "١٢٣٤٥٦٧"                             |
      | "../sms"                              |
      | "..%2fsms"                            |
      | "%2e%2e/sms"                          |
      | "1234567/999"                         |
      | "1234567/999#"                        |
      | "1234567/999?x="                      |
      | "1234567?force=true"                  |
      | "1234567\x00"                         |
      | "1234567\x1b[0m"                      |
      | "0x12d687"                            |
      | "<code of ann>;<code of ann>"         |
      | "<code of bob>/1002#"                 |
      | "<code of bob>/1002?"                 |
      | "<10000 times the digit 1>"           |
    Then each is refused because what was typed is no code (code_malformed)
    And no request reached the provider

  @both-doors
  Scenario Outline: what is not a code is refused before anybody is asked: extauth, over <client>
    Given SFTPGo asks extauth with
      | hookd.lockout.per_account_ip | 0 |
    And ann has an account and a second factor
    When somebody logs in over <client> as ann and types these for the code
      | " "                                   |
      | "12345"                               |
      | "1234567890123"                       |
      | "１２３４５６７"                      |
      | "١٢٣٤٥٦٧"                             |
      | "../sms"                              |
      | "..%2fsms"                            |
      | "%2e%2e/sms"                          |
      | "1234567/999"                         |
      | "1234567/999#"                        |
      | "1234567/999?x="                      |
      | "1234567?force=true"                  |
      | "1234567\nOK"                         |
      | "1234567\x1b[0m"                      |
      | "sms"                                 |
      | "call"                                |
      | "<code of bob>/1002#"                 |
      | "<code of bob>/1002?"                 |
      | "<10000 times the digit 1>"           |
    Then each is refused because what was typed is no code (code_malformed)
    And no request reached the provider

    Examples:
      | client |
      | SFTP   |
      | WebDAV |

  @both-doors
  Scenario Outline: what is not a code is refused before anybody is asked: checkpwd, over <client>
    Given SFTPGo asks checkpwd with
      | hookd.lockout.per_account_ip | 0 |
    And ann has an account and a second factor
    When somebody who knows ann's password logs in over <client> and types these behind it
      | " "                                   |
      | "12345"                               |
      | "１２３４５６７"                      |
      | "١٢٣٤٥٦٧"                             |
      | "../sms"                              |
      | "..%2fsms"                            |
      | "%2e%2e/sms"                          |
      | "1234567/999"                         |
      | "1234567/999#"                        |
      | "1234567/999?x="                      |
      | "1234567?force=true"                  |
      | "1234567\nOK"                         |
      | "1234567\x1b[0m"                      |
      | "<code of bob>/1002#"                 |
    Then each is refused because what was typed is no code (code_malformed)
    And no request reached the provider

    Examples:
      | client |
      | SFTP   |
      | WebDAV |

  Scenario Outline: a zero byte in the password field of <hook>, program door
    SFTPGo cannot hand it to a program and refuses by itself: the program never runs.

    Given SFTPGo asks <hook> through the program door
    And ann has an account and a second factor
    When somebody logs in over SFTP as ann and types these for the code
      | "1234567\x00"     |
      | "\x00"            |
    Then each is refused
    And no request reached the provider

    Examples:
      | hook     |
      | extauth  |
      | checkpwd |

  Scenario: a second line in an answer does not forge SFTPGo's "OK", program door
    SFTPGo hands answers to the keyint program as lines. An answer with a newline is two lines, and
    the second could pass for SFTPGo's own word that the password was right.

    Given SFTPGo asks keyint through the program door
    And ann has an account and a second factor
    When somebody who knows ann's password logs in over SFTP with prompts and types these for the code
      | "1234567\nOK"         |
      | "<code of ann>\nOK"   |
      | "<code of ann>\n\nOK" |
    Then each is refused because an answer came that was not asked for (input_forged)
    And no request reached the provider

  Scenario: a second line in an answer does not forge SFTPGo's "OK", HTTP door
    Given SFTPGo asks keyint through the HTTP door
    And ann has an account and a second factor
    When somebody who knows ann's password logs in over SFTP with prompts and types these for the code
      | "1234567\nOK"         |
      | "<code of ann>\nOK"   |
      | "<code of ann>\n\nOK" |
    Then each is refused because what was typed is no code (code_malformed)
    And no request reached the provider

  @both-doors
  Scenario: a forged "OK" in place of the password
    Given SFTPGo asks keyint
    And ann has an account and a second factor
    When somebody logs in over SFTP with prompts as ann and types these for the password
      | "OK"                  |
      | "OK\n<code of ann>"   |
      | "\nOK"                |
    Then each is refused
    And no request reached the provider

  @both-doors
  Scenario: the code that SFTPGo stored as the password is not a key to another door
    extauth makes SFTPGo store the code as the account's password. Prompts over SSH would be
    answered by SFTPGo itself then; they are denied to such accounts.

    Given SFTPGo asks extauth
    And ann has an account and a second factor
    And ann has logged in over SFTP
    When ann logs in over SFTP with prompts with the same code again as one answer
    Then she is refused
    When ann logs in over FTP with the same code again
    Then she is refused

  @both-doors
  Scenario Outline: the password of a keyint account opens nothing else, over <client>
    Given SFTPGo asks keyint
    And ann has an account and a second factor
    When ann logs in over <client> with her password alone
    Then she is refused

    Examples:
      | client |
      | SFTP   |
      | FTP    |
      | WebDAV |

    @sftpgo
    Examples:
      | client |
      | REST   |

  @both-doors
  Scenario Outline: an SSH key does not stand in for the code: <hook>
    Given SFTPGo asks <hook>
    And ann has an account with an SSH key, and a second factor
    When ann logs in over SFTP with key
    Then she is refused
    And no request reached the provider

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  @both-doors
  Scenario Outline: an account name that is a trap: <hook>
    Given SFTPGo asks <hook>
    And ann has an account and a second factor
    When somebody tries to log in over SFTP under these names
      | "ann/../ann"          |
      | "ann\nbob"            |
      | "ANN"                 |
      | "ann: 1001"           |
      | "1001"                |
      | "*"                   |
    Then each is refused
    And no request reached the provider

    Examples:
      | hook     |
      | extauth  |
      | checkpwd |
