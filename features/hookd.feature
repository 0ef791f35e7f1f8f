Feature: what hookd remembers
  A program forgets everything between two logins, unless it has a memory file. hookd remembers
  which codes were used, who failed how often, and how Authy is doing. Everything here is off by
  default, except the memory of codes and the lockout.

  Scenario Outline: after three failures even the right code is refused, and Authy is not asked: <hook>
    Given SFTPGo asks <hook> through the HTTP door with
      | hookd.lockout.per_account_ip | 3 |
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    And ann has failed 3 times with a wrong code
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because there were too many failures (locked_out)
    And Authy was asked 3 times
    When bob logs in with what <hook> wants
    Then he is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  Scenario Outline: by default ten failures of an account from an address lock out: <hook>
    Given SFTPGo asks <hook> through the HTTP door
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    And ann has failed 9 times with a wrong code
    When ann logs in with what <hook> wants
    Then she is in
    Given ann has failed 10 times with a wrong code
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because there were too many failures (locked_out)
    And Authy was asked 20 times
    When bob logs in with what <hook> wants
    Then he is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  Scenario: codes that are none count too
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.lockout.per_account_ip | 3 |
    And ann has an account and a phone with Authy
    When somebody logs in over SFTP as ann and types these for the code
      | "1"   |
      | "12"  |
      | "123" |
    Then each is refused because what was typed is no code (code_malformed)
    When ann logs in with what extauth wants
    Then she is refused
    And the audit says denied because there were too many failures (locked_out)
    And no request reached Authy

  @addresses
  Scenario: who fails elsewhere does not lock the owner out
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.lockout.per_account_ip | 3 |
    And ann has an account and a phone with Authy
    And somebody at 127.0.0.2 has failed 3 times as ann
    When ann logs in with what extauth wants
    Then she is in

  @addresses
  Scenario: one address that tries many accounts is locked out as a whole
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.lockout.per_ip | 4 |
    And ann has an account and a phone with Authy
    And bob has an account and a phone with Authy
    And somebody at 127.0.0.2 has failed 2 times as ann
    And somebody at 127.0.0.2 has failed 2 times as bob
    When ann logs in over SFTP with her code from 127.0.0.2
    Then she is refused
    And the audit says denied because there were too many failures (locked_out)
    When ann logs in with what extauth wants
    Then she is in

  Scenario: with a grace, a WebDAV client goes on with the code it has
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.webdav_grace | 60s |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her code
    Then she is in
    And the audit says accepted because the code was right (code_right)
    When ann sends another WebDAV request with the same code again
    Then she is in
    And the audit says accepted because the code was accepted a moment ago (code_grace)
    And a file that she uploads comes back unchanged
    And Authy was asked once

  Scenario Outline: the grace is for WebDAV alone: over <client> the same code is refused
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.webdav_grace | 60s |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her code
    Then she is in
    When ann logs in over <client> with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

    Examples:
      | client |
      | SFTP   |
      | FTP    |

  Scenario: a code that was accepted over SFTP has no grace
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.webdav_grace | 60s |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her code
    Then she is in
    When ann sends another WebDAV request with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  @addresses
  Scenario: a stolen code is worth nothing from another address
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.webdav_grace | 60s |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her code
    Then she is in
    When ann logs in over WebDAV with the same code again from 127.0.0.2
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  Scenario: when Authy is silent, hookd soon stops asking
    Given SFTPGo asks extauth through the HTTP door with
      | hookd.breaker_failures | 3 |
    And ann has an account and a phone with Authy
    And Authy hangs up without an answer
    And ann has failed 5 times with a wrong code
    When ann logs in with what extauth wants
    Then she is refused
    And the audit says denied because the provider did not answer (provider_unreachable)
    And Authy was asked 3 times

  @both-doors
  Scenario Outline: a change of the users file needs no restart: <hook>
    Given SFTPGo asks <hook>
    And erin has an account and a phone with Authy
    And the administrator takes erin out of the users file
    When erin logs in with what <hook> wants
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)
    When the administrator puts erin back into the users file
    And erin logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |
