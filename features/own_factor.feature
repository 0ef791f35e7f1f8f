@sftpgo @process @ownfactor
Feature: ways round SFTPGo's own second factor, without any hook
  SFTPGo has a second factor of its own: whoever has set it in the web client types a code at an SSH
  prompt, behind the password over FTP, and on a page of its own in the web client. It is not asked
  everywhere. In each scenario somebody gets in without a code. Then "authyctl doctor", which here
  knows of no hook, names the way together with the line to change. The administrator changes that
  line and nothing else. After that the way is shut, and the person still gets in with a code.

  Background:
    Given SFTPGo asks no hook, and doctor may look at it

  Scenario: a client falls back from prompts to the password
    Given ann has an account with SFTPGo's own second factor, asked over SSH, FTP and HTTP
    And the administrator has set filters.denied_protocols of ann's account to ["DAV"]
    When ann logs in over SFTP with her password alone
    Then she is in
    And doctor finds "password_alone", critical, and names the line
      """
      account "ann": add "password-over-SSH" to filters.denied_login_methods
      """
    When the administrator does what the line says
    And ann logs in over SFTP with her password alone
    Then she is refused
    And doctor finds no "password_alone" any more
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in

  Scenario: WebDAV knows no second factor
    Given ann has an account with SFTPGo's own second factor, asked over SSH, FTP and HTTP
    And the administrator has set filters.denied_login_methods of ann's account to ["password-over-SSH"]
    When ann logs in over WebDAV with her password alone
    Then she is in
    And doctor finds "password_alone", critical, and names the line
      """
      account "ann": add "DAV" to filters.denied_protocols
      """
    When the administrator does what the line says
    And ann logs in over WebDAV with her password alone
    Then she is refused
    And doctor finds no "password_alone" any more
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in

  Scenario: the web client asks for no code where the person did not choose it
    Given ann has an account with SFTPGo's own second factor, asked over SSH and FTP
    And the administrator has set filters.denied_login_methods of ann's account to ["password-over-SSH"]
    And the administrator has set filters.denied_protocols of ann's account to ["DAV"]
    When ann logs in over the web client with her password alone
    Then she is in
    And doctor finds "password_alone", critical, and names the line
      """
      account "ann": add "HTTP" to filters.denied_protocols
      """
    When the administrator does what the line says
    And ann logs in over the web client with her password alone
    Then she is refused
    And doctor finds no "password_alone" any more
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in

  Scenario: an API key needs no code
    Given ann has an account with SFTPGo's own second factor, asked over SSH, FTP and HTTP
    And the administrator has set filters.allow_api_key_auth of ann's account to true
    And the administrator has set filters.web_client of ann's account to ["api-key-auth-change-disabled"]
    And the administrator has made an API key for all users
    When somebody with that API key reads ann's files
    Then he is in
    And doctor finds "user_api_keys", critical, and names the line
      """
      account "ann": set filters.allow_api_key_auth to false
      """
    When the administrator does what the line says
    And somebody with that API key reads ann's files
    Then he is refused
    And doctor finds no "user_api_keys" any more
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in

  Scenario: a session switches the second factor off
    Given ann has an account with SFTPGo's own second factor, asked over SSH, FTP and HTTP
    Then doctor finds "own_second_factor", warning, and names the line
      """
      account "ann": add "SSH", "FTP", "HTTP" to filters.two_factor_protocols
      """
    When the administrator does what the line says
    Then doctor finds no "own_second_factor" any more
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in
