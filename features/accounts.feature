Feature: where the hooks learn who an account is at Authy
  Besides the users file, the id may be in the account's own additional_info, where administrators
  of SFTPGo see it. SFTPGo sends that field to extauth at each login. It sends keyint and checkpwd
  no account: they read it over SFTPGo's REST API, with an API key. A source that cannot answer
  never means "no second factor".

  @both-doors
  Scenario: extauth finds the id in what SFTPGo sends
    Given SFTPGo asks extauth, which looks for ids in additional_info alone
    And carol has a phone with Authy, and an account whose additional_info is
      """
      {"authy_id": 1010, "team": "night shift"}
      """
    When carol logs in with what extauth wants
    Then she is in
    And the audit says accepted because the code was right (code_right)
    And a file that she uploads comes back unchanged
    When carol logs in over SFTP with a wrong code
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)

  Scenario Outline: additional_info is <text>
    Given SFTPGo asks extauth through the program door, which looks for ids in additional_info alone
    And carol has a phone with Authy, and an account whose additional_info is
      """
      <content>
      """
    When carol logs in with what extauth wants
    Then she is refused
    And the audit says denied because <reason>
    And no request reached Authy

    Examples: a staff number may be somebody's id at Authy, so a bare number is none unless configured
      | text             | content             | reason                                                     |
      | a note           | works on Tuesdays   | no source knows the account (user_unmapped)                |
      | a number         | 1010                | no source knows the account (user_unmapped)                |
      | JSON cut short   | {"authy_id": 1010   | a source of accounts cannot be read (accounts_unavailable) |
      | an id of letters | {"authy_id": "ten"} | a source of accounts cannot be read (accounts_unavailable) |

  @both-doors @sftpgo @process
  Scenario Outline: <hook> asks SFTPGo for the id
    Given SFTPGo asks <hook>, which looks for ids in additional_info alone
    And carol has a phone with Authy, and an account whose additional_info is
      """
      {"authy_id": 1010, "team": "night shift"}
      """
    When carol logs in with what <hook> wants
    Then she is in
    And the audit says accepted because the code was right (code_right)
    And a file that she uploads comes back unchanged

    Examples:
      | hook     |
      | keyint   |
      | checkpwd |

  @both-doors @sftpgo @process
  Scenario Outline: without its API key <hook> lets nobody in
    Given SFTPGo asks <hook>, which looks for ids in additional_info alone
    And carol has a phone with Authy, and an account whose additional_info is
      """
      {"authy_id": 1010}
      """
    And the administrator takes the hooks' API key away
    When carol logs in with what <hook> wants
    Then she is refused
    And the audit says denied because a source of accounts cannot be read (accounts_unavailable)
    And no request reached Authy

    Examples:
      | hook     |
      | keyint   |
      | checkpwd |
