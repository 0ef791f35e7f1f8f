@sftpgo @keyandcode
Feature: an SSH key, and then the code
  For people who have a key and shall have a second factor. SFTPGo checks the key and goes on to the password, for which
  extauth takes the code. Neither of the two is enough, and no password opens the account.

  Scenario Outline: key and code get her in, each code once, <door> door
    Given SFTPGo asks keyint, extauth and checkpwd through the <door> door
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and password with her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because "code_right"
    When ann logs in over SFTP with key and password with the same code again
    Then she is refused
    And the audit says denied because "code_reused"
    When ann logs in over SFTP with key and password with a wrong code
    Then she is refused
    And the audit says denied because "code_wrong"
    When ann logs in over SFTP with key and password with her password
    Then she is refused
    And the audit says denied because "code_malformed"
    When ann logs in over SFTP with key and password with her code
    Then she is in

    Examples:
      | door    |
      | program |
      | HTTP    |

  @openssh
  Scenario: OpenSSH as it is sends the key by itself and asks for the code alone
    Given SFTPGo asks keyint, extauth and checkpwd through the HTTP door
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with OpenSSH as it is with her code
    Then she is in
    And the audit says accepted because "code_right"
    When ann logs in over SFTP with OpenSSH as it is with her password
    Then she is refused

  Scenario: a code that somebody without the key had judged is used up, and opens nothing
    Given SFTPGo asks keyint, extauth and checkpwd through the HTTP door
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says accepted because "code_right"
    When ann logs in over SFTP with key and password with the same code again
    Then she is refused
    And the audit says denied because "code_reused"

  Scenario Outline: the key alone is refused, <door> door
    Given SFTPGo asks keyint, extauth and checkpwd through the <door> door
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key
    Then she is refused
    And no request reached Authy
    When ann logs in over SFTP with key and prompts with her password and her code
    Then she is refused

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: over <client> neither code nor password nor both get her in without the key
    Given SFTPGo asks keyint, extauth and checkpwd through the HTTP door
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over <client> with her code
    Then she is refused
    When ann logs in over <client> with her password
    Then she is refused
    When ann logs in over <client> with her password and her code
    Then she is refused
    When ann logs in over SFTP with key and password with her code
    Then she is in
    When ann logs in over <client> with the same code again
    Then she is refused
    When ann logs in over <client> with her code
    Then she is refused

    Examples:
      | client            |
      | SFTP              |
      | SFTP with prompts |
      | FTP               |
      | WebDAV            |
      | REST              |
      | the web client    |

  Scenario Outline: no setting that lets a password do holds here, <door> door
    Given SFTPGo asks keyint, extauth and checkpwd through the <door> door with
      | on_no_answer      | allow         |
      | unmapped.checkpwd | password_only |
      | unmapped.keyint   | password_only |
      | trusted_networks  | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    And Authy is down
    When ann logs in over SFTP with key and password with her code
    Then she is refused
    And the audit says denied because "provider_unreachable"
    When the administrator takes ann out of the users file
    And ann logs in over SFTP with key and password with a wrong code
    Then she is refused
    And the audit says denied because "user_unmapped"

    Examples:
      | door    |
      | program |
      | HTTP    |
