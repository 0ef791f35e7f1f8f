@redis @process
Feature: several hookd that share what they remember
  If several hookd serve one SFTPGo, all of them must know a code, a failure and a conversation that
  one of them knows. They share a Redis. Here two of them are behind a load balancer that sends each
  request to the next one. Redis is a real redis-server.

  Scenario: a conversation that one began goes on at the other
    Given SFTPGo asks keyint by turns at two hookd that share a redis-server
    And ann has an account and a phone with Authy
    When ann logs in with what keyint wants
    Then she is in
    And the audit says accepted because the code was right (code_right)
    And both hookd had a part in it
    And a file that she uploads comes back unchanged

  Scenario Outline: a code that one has accepted is refused by the other, and Authy is not asked again: <hook>
    Given SFTPGo asks <hook> by turns at two hookd that share a redis-server
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with <right>
    Then she is in
    When ann logs in over SFTP with <again>
    Then she is refused
    And the audit says denied because the code was used before (code_reused)
    And both hookd had a part in it
    And Authy was asked once

    Examples:
      | hook     | right                     | again                                |
      | extauth  | her code                  | the same code again                  |
      | checkpwd | her password and her code | her password and the same code again |

  Scenario Outline: with a grace, a code that one has accepted goes on at the other: <hook>
    Given SFTPGo asks <hook> by turns at two hookd that share a redis-server, with
      | grace | 5m |
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <right>
    Then she is in
    When ann logs in over <client> with <again>
    Then she is in
    And the audit says accepted because the code was accepted a moment ago (code_grace)
    And both hookd had a part in it
    And Authy was asked once

    Examples:
      | hook     | client            | right                     | again                                |
      | keyint   | SFTP with prompts | her password and her code | her password and a wrong code        |
      | extauth  | SFTP              | her code                  | the same code again                  |
      | checkpwd | SFTP              | her password and her code | her password and the same code again |

  Scenario: failures count wherever they happen
    Given SFTPGo asks extauth by turns at two hookd that share a redis-server, with
      | hookd.lockout.per_account_ip | 3 |
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    And ann has failed 3 times with a wrong code
    When ann logs in with what extauth wants
    Then she is refused
    And the audit says denied because there were too many failures (locked_out)
    And Authy was asked 3 times
    And both hookd had a part in it
    When bob logs in with what extauth wants
    Then he is in

  Scenario: redis dies between password and code, and comes back
    Given SFTPGo asks keyint by turns at two hookd that share a redis-server
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts, and redis is killed after her password
    Then she is refused
    And the audit says denied because the shared memory is gone (store_unavailable), and knows no address
    And no request reached Authy
    When redis is started again
    And ann logs in with what keyint wants
    Then she is refused
    And the audit says denied because the shared memory is gone (store_unavailable)
    When two minutes have gone by since redis lost what it kept
    And ann logs in with what keyint wants
    Then she is in

  Scenario: without redis nobody is in by default
    Given SFTPGo asks extauth by turns at two hookd that share a redis-server
    And ann has an account and a phone with Authy
    And redis is killed
    When ann logs in with what extauth wants
    Then she is refused
    And the audit says denied because the shared memory is gone (store_unavailable)
    When redis is started again
    And ann logs in with what extauth wants
    Then she is refused
    When two minutes have gone by since redis lost what it kept
    And ann logs in with what extauth wants
    Then she is in

  Scenario: where it is configured so, logins go on without redis, and Authy alone judges codes
    Given SFTPGo asks extauth by turns at two hookd that share a redis-server, with
      | hookd.on_store_failure | allow |
    And ann has an account and a phone with Authy
    And redis is killed
    When ann logs in with what extauth wants
    Then she is in
    When ann logs in over SFTP with the same code again
    Then she is refused
    And Authy was asked 2 times
    When ann logs in over SFTP with a wrong code
    Then she is refused
