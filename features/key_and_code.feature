@sftpgo @keyandcode
Feature: an SSH key, and then the code
  This is for people who have a key and need a second factor. SFTPGo checks the key and then asks
  for the password, which for extauth is the code. Neither of the two is enough, and no password
  opens the account.

  @both-doors
  Scenario: key and code get her in, each code once
    Given SFTPGo asks keyint, extauth and checkpwd
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key and password with her code
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because the code was right (code_right)
    When ann logs in over SFTP with key and password with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    When ann logs in over SFTP with key and password with a wrong code
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When ann logs in over SFTP with key and password with her password
    Then she is refused
    And the audit says denied because what was typed is no code (code_malformed)
    When ann logs in over SFTP with key and password with her code
    Then she is in

  @both-doors @openssh
  Scenario: OpenSSH as it is sends the key by itself and asks for the code alone
    Given SFTPGo asks keyint, extauth and checkpwd
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with OpenSSH as it is with her code
    Then she is in
    And the audit says accepted because the code was right (code_right)
    When ann logs in over SFTP with OpenSSH as it is with her password
    Then she is refused

  @both-doors
  Scenario: a code that somebody without the key had judged is used up, and opens nothing
    Given SFTPGo asks keyint, extauth and checkpwd
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is refused
    And the audit says accepted because the code was right (code_right)
    When ann logs in over SFTP with key and password with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  @both-doors
  Scenario: the key alone is refused
    Given SFTPGo asks keyint, extauth and checkpwd
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    When ann logs in over SFTP with key
    Then she is refused
    And no request reached Authy
    When ann logs in over SFTP with key and prompts with her password and her code
    Then she is refused

  @both-doors
  Scenario Outline: over <client> neither code nor password nor both get her in without the key
    Given SFTPGo asks keyint, extauth and checkpwd
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

  @both-doors
  Scenario: no setting that lets a password do holds here
    Given SFTPGo asks keyint, extauth and checkpwd with
      | on_no_answer      | allow                                              |
      | unmapped.checkpwd | password_only                                      |
      | unmapped.keyint   | password_only                                      |
      | trusted_networks  | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
    And ann has an extauth account that needs an SSH key first, and a phone with Authy
    And Authy is down
    When ann logs in over SFTP with key and password with her code
    Then she is refused
    And the audit says denied because the provider did not answer (provider_unreachable)
    When the administrator takes ann out of the users file
    And ann logs in over SFTP with key and password with a wrong code
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
