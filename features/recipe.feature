@sftpgo
Feature: one SFTPGo, three kinds of second factor, and accounts without one
  All three hooks are configured at once. The account says which of them it uses: by its hook flags
  and by the login methods that it denies. docker-compose.yml has this set-up.

  @both-doors
  Scenario: each kind of account logs in by its own scheme
    Given SFTPGo asks keyint, extauth and checkpwd
    And ann has a keyint account and a phone with Authy
    And bob has an extauth account and a phone with Authy
    And erin has a checkpwd account and a phone with Authy
    And paul has a plain account
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in
    When bob logs in over SFTP with his code
    Then he is in
    When bob logs in over FTP with his code
    Then he is in
    When bob logs in over WebDAV with his code
    Then he is in
    When bob logs in over REST with his code
    Then he is in
    When erin logs in over SFTP with her password and her code
    Then she is in
    When erin logs in over SFTP with prompts with her password and code as one answer
    Then she is in
    When erin logs in over FTP with her password and her code
    Then she is in
    When erin logs in over WebDAV with her password and her code
    Then she is in
    When erin logs in over REST with her password and her code
    Then she is in
    When paul logs in over SFTP with his password
    Then he is in
    When paul logs in over FTP with his password
    Then he is in

  @both-doors
  Scenario Outline: the static password alone fails everywhere: <kind> account, over <client>
    Given SFTPGo asks keyint, extauth and checkpwd
    And ann has a <kind> account and a phone with Authy
    When ann logs in over <client> with her password alone
    Then she is refused
    And no request reached Authy

    Examples:
      | kind     | client            |
      | keyint   | SFTP              |
      | keyint   | SFTP with prompts |
      | keyint   | FTP               |
      | keyint   | WebDAV            |
      | keyint   | REST              |
      | keyint   | the web client    |
      | extauth  | SFTP              |
      | extauth  | SFTP with prompts |
      | extauth  | FTP               |
      | extauth  | WebDAV            |
      | extauth  | REST              |
      | extauth  | the web client    |
      | checkpwd | SFTP              |
      | checkpwd | SFTP with prompts |
      | checkpwd | FTP               |
      | checkpwd | WebDAV            |
      | checkpwd | REST              |
      | checkpwd | the web client    |

  @both-doors
  Scenario: one kind's scheme does not open another kind's account
    Given SFTPGo asks keyint, extauth and checkpwd
    And ann has a keyint account and a phone with Authy
    And bob has an extauth account and a phone with Authy
    And erin has a checkpwd account and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is refused
    When ann logs in over SFTP with her password and her code
    Then she is refused
    When bob logs in over SFTP with prompts with his password and his code
    Then he is refused
    When bob logs in over SFTP with his password and his code
    Then he is refused
    When erin logs in over SFTP with her code
    Then she is refused

  @both-doors
  Scenario: what opened an account is no key to it afterwards
    Given SFTPGo asks keyint, extauth and checkpwd
    And bob has an extauth account and a phone with Authy
    When bob logs in over SFTP with his code
    Then he is in
    When bob logs in over FTP with the same code again
    Then he is refused
    When bob logs in over SFTP with prompts with the same code again as one answer
    Then he is refused
    When bob logs in over REST with the same code again
    Then he is refused
    When bob logs in over SFTP with his code
    Then he is in
