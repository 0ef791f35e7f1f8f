@sftpgo @process
Feature: ways round the second factor, and the line that shuts each
  The hook is one way into SFTPGo. There are others, and some are open by default. In each scenario
  one of them is open, and somebody gets in through it without a code. Then "authyctl doctor", which
  logs in nowhere and changes nothing, names it together with the line to change. The administrator
  changes that line and nothing else. After that the way is shut, doctor no longer finds it, and the
  person still gets in with a code.

  Scenario: the password alone opens an account that is meant for password and code at prompts
    Given SFTPGo asks keyint through the HTTP door, and doctor may look at it
    And ann has an account and a phone with Authy
    And the administrator has set filters.denied_login_methods of ann's account to ["publickey"]
    When ann logs in over SFTP with her password alone
    Then she is in
    And doctor finds "password_alone", critical, and names the line
      """
      account "ann": add "password" to filters.denied_login_methods
      """
    When the administrator does what the line says
    And ann logs in over SFTP with her password alone
    Then she is refused
    And doctor finds no "password_alone" any more
    When ann logs in with what keyint wants
    Then she is in

  Scenario: check_password_scope leaves out SSH
    Given SFTPGo asks checkpwd through the HTTP door, and doctor may look at it, with
      | SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE | 6 |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her password alone
    Then she is in
    And doctor finds "check_password_scope", critical, and names the line
      """
      data_provider.check_password_scope: 0 (SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE=0)
      """
    When the administrator does what the line says
    And ann logs in over SFTP with her password alone
    Then she is refused
    And doctor finds no "check_password_scope" any more
    When ann logs in with what checkpwd wants
    Then she is in

  Scenario: WebDAV remembers password and code for ever
    Given SFTPGo asks checkpwd through the HTTP door, and doctor may look at it, with
      | SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME | 0 |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her password and her code
    Then she is in
    When 60 minutes pass
    And ann logs in over WebDAV with her password and the same code again
    Then she is in
    And doctor finds "webdav_cache", critical, and names the line
      """
      webdavd.cache.users.expiration_time: 1 (SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME=1)
      """
    When the administrator does what the line says
    And ann logs in over WebDAV with her password and the same code again
    Then she is refused
    And doctor finds no "webdav_cache" any more
    When ann logs in over WebDAV with her password and her code
    Then she is in

  Scenario: an API key needs no code
    Given SFTPGo asks checkpwd through the HTTP door, and doctor may look at it
    And ann has an account and a phone with Authy
    And the administrator has set filters.allow_api_key_auth of ann's account to true
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
    But doctor finds "user_api_keys", warning, and names the line
      """
      account "ann": add "api-key-auth-change-disabled" to filters.web_client
      """
    When the administrator does what the line says
    Then doctor finds no "user_api_keys" any more
    When ann logs in with what checkpwd wants
    Then she is in

  Scenario: a share needs no login at all
    Given SFTPGo asks checkpwd through the HTTP door, and doctor may look at it
    And ann has an account and a phone with Authy
    And ann has shared her files
    When somebody with the link reads ann's files
    Then he is in
    And doctor finds "shares", high, and names the line
      """
      account "ann": add "shares-disabled" to filters.web_client
      """
    When the administrator does what the line says
    And somebody with the link reads ann's files
    Then he is refused
    And doctor finds no "shares" any more
    When ann logs in with what checkpwd wants
    Then she is in

  Scenario: SFTPGo stores a used code as the password, and its own prompt takes that for ever
    Given SFTPGo asks extauth through the HTTP door, and doctor may look at it
    And ann has an account and a phone with Authy
    And the administrator has set filters.denied_login_methods of ann's account to ["publickey"]
    When ann logs in over SFTP with her code
    Then she is in
    When 60 minutes pass
    And ann logs in over SFTP with prompts with the same code again as one answer
    Then she is in
    And doctor finds "replayable_code", critical, and names the line
      """
      account "ann": add "keyboard-interactive" to filters.denied_login_methods
      """
    When the administrator does what the line says
    And ann logs in over SFTP with prompts with the same code again as one answer
    Then she is refused
    And doctor finds no "replayable_code" any more
    When ann logs in with what extauth wants
    Then she is in
