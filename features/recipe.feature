@sftpgo
Feature: one SFTPGo, three kinds of second factor, and accounts without one
  All three hooks are configured at once. The account says which one it is for: by its hook flags and by the login
  methods that are denied to it. docker-compose.yml ships this set-up.

  Scenario Outline: each kind of account logs in by its own scheme, <door> door
    Given SFTPGo asks keyint, extauth and checkpwd through the <door> door
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

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: the static password alone fails everywhere: <kind> account, over <client>, <door> door
    Given SFTPGo asks keyint, extauth and checkpwd through the <door> door
    And ann has a <kind> account and a phone with Authy
    When ann logs in over <client> with her password alone
    Then she is refused
    And no request reached Authy

    Examples:
      | kind     | client               | door    |
      | keyint   | SFTP                 | program |
      | keyint   | SFTP with prompts    | program |
      | keyint   | FTP                  | program |
      | keyint   | WebDAV               | program |
      | keyint   | REST                 | program |
      | keyint   | the web client       | program |
      | extauth  | SFTP                 | program |
      | extauth  | SFTP with prompts    | program |
      | extauth  | FTP                  | program |
      | extauth  | WebDAV               | program |
      | extauth  | REST                 | program |
      | extauth  | the web client       | program |
      | checkpwd | SFTP                 | program |
      | checkpwd | SFTP with prompts    | program |
      | checkpwd | FTP                  | program |
      | checkpwd | WebDAV               | program |
      | checkpwd | REST                 | program |
      | checkpwd | the web client       | program |
      | keyint   | SFTP                 | HTTP    |
      | keyint   | SFTP with prompts    | HTTP    |
      | keyint   | FTP                  | HTTP    |
      | keyint   | WebDAV               | HTTP    |
      | keyint   | REST                 | HTTP    |
      | keyint   | the web client       | HTTP    |
      | extauth  | SFTP                 | HTTP    |
      | extauth  | SFTP with prompts    | HTTP    |
      | extauth  | FTP                  | HTTP    |
      | extauth  | WebDAV               | HTTP    |
      | extauth  | REST                 | HTTP    |
      | extauth  | the web client       | HTTP    |
      | checkpwd | SFTP                 | HTTP    |
      | checkpwd | SFTP with prompts    | HTTP    |
      | checkpwd | FTP                  | HTTP    |
      | checkpwd | WebDAV               | HTTP    |
      | checkpwd | REST                 | HTTP    |
      | checkpwd | the web client       | HTTP    |

  Scenario Outline: one kind's scheme does not open another kind's account, <door> door
    Given SFTPGo asks keyint, extauth and checkpwd through the <door> door
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

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: what opened an account is no key to it afterwards, <door> door
    Given SFTPGo asks keyint, extauth and checkpwd through the <door> door
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

    Examples:
      | door    |
      | program |
      | HTTP    |
