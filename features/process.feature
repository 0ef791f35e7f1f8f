@process
Feature: hookd keeps serving
  hookd takes over new settings while people log in, and slow clients hold nobody up.

  Scenario: new settings count from the next login on
    Given SFTPGo asks checkpwd through the HTTP door with
      | unmapped.checkpwd | deny |
    And ann has an account and a phone with Authy
    And carol has an account but no line in the users file
    When carol logs in over SFTP with her password alone
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When hookd is reloaded with
      | unmapped.checkpwd | password_only |
    And carol logs in over SFTP with her password alone
    Then she is in
    And the audit says bypassed because no source knows the account, and that may pass (bypass_unmapped)
    When hookd is reloaded with
      | unmapped.checkpwd | deny |
    And carol logs in over SFTP with her password alone
    Then she is refused
    When ann logs in with what checkpwd wants
    Then she is in

  Scenario: settings that are broken change nothing
    Given SFTPGo asks checkpwd through the HTTP door with
      | unmapped.checkpwd | password_only |
    And ann has an account and a phone with Authy
    And carol has an account but no line in the users file
    When hookd is reloaded with settings that it cannot take
    And carol logs in over SFTP with her password alone
    Then she is in
    When ann logs in over SFTP with her password alone
    Then she is refused
    When ann logs in with what checkpwd wants
    Then she is in

  Scenario: a login that has begun goes on
    Given SFTPGo asks keyint through the HTTP door with
      | keyint.retries | 0 |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts, and hookd is reloaded after her password
    Then she is in
    And the audit says accepted because the code was right (code_right)

  Scenario Outline: nobody is dropped: <hook>
    Given SFTPGo asks <hook> through the HTTP door for 20 people with
      | keyint.retries | 0 |
    And all of them have accounts and phones with Authy
    And Authy answers after 1 second
    When all of them log in over <client> at the same moment, every second one with a wrong code, and hookd is reloaded 10 times meanwhile
    Then all of those with a right code are in, and nobody else

    Examples:
      | hook    | client |
      | extauth | SFTP   |
      | extauth | FTP    |

  Scenario: what hookd remembers outlives new settings
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.lockout.per_account_ip | 3 |
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    When bob logs in over SFTP with his code
    Then he is in
    When hookd is reloaded with
      | hookd.lockout.per_account_ip | 3 |
    And bob logs in over SFTP with the same code again
    Then he is refused
    And the audit says denied because the code was used before (code_reused)
    And Authy was asked once
    Given ann has failed 2 times with a wrong code
    When hookd is reloaded with
      | hookd.lockout.per_account_ip | 3 |
    And ann logs in over SFTP with a wrong code
    And ann logs in with what extauth wants
    Then she is refused
    And the audit says denied because there were too many failures (locked_out)

  Scenario: slow clients hold nobody up, and are cut off
    Given SFTPGo asks extauth through the HTTP door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    And 200 connections to hookd on which nothing is sent
    And 200 connections to hookd on which a request comes byte by byte
    When ann logs in with what extauth wants
    Then she is in
    And all these connections are still open
    And a file that she uploads comes back unchanged
    When ann and bob log in over SFTP at the same moment, each with a code
    Then both are in
    And hookd hangs up on each of them within 8 seconds
    When ann logs in with what extauth wants
    Then she is in
