@sftpgo @process
Feature: how far somebody gets who guesses
  SFTPGo's defender bans an address for 30 minutes once it has 15 points, and a wrong password is
  one point. But it checks for a ban only when a connection begins: whoever opens all connections
  before the first guess can use up the tries of each. hookd's lockout stops guesses at codes long
  before that.

  Background:
    Given SFTPGo asks checkpwd through the HTTP door with
      | SFTPGO_COMMON__DEFENDER__ENABLED                      | true |
      | SFTPGO_COMMON__DEFENDER__LOGIN_DELAY__PASSWORD_FAILED | 0    |
      | SFTPGO_COMMON__MAX_PER_HOST_CONNECTIONS               | 20   |
    And ann has an account and a phone with Authy
    And paul has a plain account

  Scenario: SFTPGo's defender lets an address have twenty connections of six tries each
    When somebody opens 20 connections as paul and then types 6 wrong passwords on each
    Then 120 tries were answered
    And nobody from there gets another connection

  Scenario: of as many guesses at a code Authy is asked about ten
    When somebody who knows ann's password opens 20 connections and then types 6 wrong codes on each
    Then 120 tries were answered
    And Authy was asked 10 times
    And the audit says 10 times that the code was wrong (code_wrong)
    And the audit says 110 times that there were too many failures (locked_out)
    And nobody from there gets another connection
