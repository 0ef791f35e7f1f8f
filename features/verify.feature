@verify
Feature: codes that Twilio Verify judges
  A factor of Twilio's Verify service judges the codes of any authenticator app: six digits, a new
  one each 30 seconds. Each login makes one challenge, and Twilio bears 50 of them an hour. attacks
  and outages have the rest: what is tried there is tried on these codes too.

  @both-doors
  Scenario Outline: <hook>: a right code gets her in
    Given SFTPGo asks <hook>, which asks Twilio Verify
    And ann has an account and a factor at Twilio Verify
    When ann logs in with what <hook> wants
    Then she is in
    And a file that she uploads comes back unchanged
    And the audit says accepted because the code was right (code_right)
    And Twilio Verify was asked once
    When ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  @both-doors
  Scenario Outline: over <client> password and code in one field get her in
    Six digits are cut off the end of the password, as many as her codes have.

    Given SFTPGo asks checkpwd, which asks Twilio Verify
    And ann has an account and a factor at Twilio Verify
    When ann logs in over <client> with her password and her code
    Then she is in
    And a file that she uploads comes back unchanged

    Examples:
      | client |
      | FTP    |

    @sftpgo
    Examples: SFTPGo remembers for a minute that WebDAV had a right code
      | client |
      | WebDAV |

  @both-doors
  Scenario Outline: a stolen password is not enough: <hook>
    Given SFTPGo asks <hook>, which asks Twilio Verify
    And ann has an account and a factor at Twilio Verify
    And bob has an account and a factor at Twilio Verify
    When ann logs in over <client> with her password and a wrong code
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When ann logs in over <client> with her password and bob's code
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When ann logs in over <client> with her password and a code that has expired
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)

    Examples:
      | hook     | client            |
      | keyint   | SFTP with prompts |
      | checkpwd | SFTP              |

  @both-doors
  Scenario: a code opens one door
    Given SFTPGo asks extauth, which asks Twilio Verify
    And ann has an account and a factor at Twilio Verify
    When ann logs in over SFTP with her code
    Then she is in
    When ann logs in over SFTP with the same code again
    Then she is refused

  @both-doors
  Scenario: a code opens one door, even if Twilio takes it twice
    Nobody outside Twilio knows whether it does. The hooks remember what was used.

    Given SFTPGo asks extauth, which asks Twilio Verify
    And ann has an account and a factor at Twilio Verify
    And Twilio Verify takes a code twice
    When ann logs in over SFTP with her code
    Then she is in
    When ann logs in over SFTP with the same code again
    Then she is refused
    And the audit says denied because the code was used before (code_reused)

  @both-doors
  Scenario Outline: who has no factor is refused: <who>
    Given SFTPGo asks checkpwd, which asks Twilio Verify
    And <given>
    When <who> logs in over SFTP with <whose> password and a wrong code
    Then she is refused
    And the audit says denied because there is no second factor yet (not_enrolled)

    Examples:
      | who  | whose | given                                                                    |
      | dora | his   | dora has an account but no factor at Twilio Verify                       |
      | ann  | her   | ann has an account and a factor at Twilio Verify that was never verified |

  @both-doors
  Scenario: a factor that is deleted ends at once
    Given SFTPGo asks keyint, which asks Twilio Verify
    And ann has an account and a factor at Twilio Verify
    When ann logs in over SFTP with prompts with her password and her code
    Then she is in
    Given ann's factor is deleted at Twilio Verify
    When ann logs in over SFTP with prompts with her password and her code
    Then she is refused
    And the audit says denied because there is no second factor yet (not_enrolled)

  @both-doors
  Scenario Outline: the limit of 50 an hour lets nobody in: <hook>
    Whoever uses up somebody's tries keeps them out, and is never taken for an outage.

    Given SFTPGo asks <hook>, which asks Twilio Verify, with
      | on_no_answer                 | allow |
      | hookd.lockout.per_account_ip | 0     |
      | hookd.lockout.per_ip         | 0     |
    And ann has an account and a factor at Twilio Verify
    And ann's 50 codes of this hour are used up
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because no more codes are judged for now (provider_limited)

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  Scenario: our own lockout stands before the 50 an hour
    Whoever knows a name and no password uses up what hookd lets one address try, and no more.

    Given SFTPGo asks checkpwd through the HTTP door, which asks Twilio Verify
    And ann has an account and a factor at Twilio Verify
    And ann has failed 10 times with a wrong code
    When ann logs in over SFTP with her password and her code
    Then she is refused
    And the audit says denied because there were too many failures (locked_out)
    And Twilio Verify was asked 10 times

  Scenario Outline: a configuration of Twilio Verify that is broken lets nobody in: <hook>, <variable>
    Given SFTPGo asks <hook> through the program door, which asks Twilio Verify, with
      | <variable> | <value> |
    And ann has an account and a factor at Twilio Verify
    When ann logs in with what <hook> wants
    Then she is refused
    And no request reached the provider

    Examples:
      | hook     | variable                 | value                       |
      | keyint   | AUTHY_VERIFY_SECRET_FILE | /nonexistent/secret         |
      | extauth  | AUTHY_VERIFY_SECRET_FILE | /nonexistent/secret         |
      | checkpwd | AUTHY_VERIFY_URL         | http://192.0.2.1            |
      | extauth  | AUTHY_VERIFY_SERVICE_SID | VA../../../../../etc/passwd |
      | keyint   | AUTHY_VERIFY_ACCOUNT_SID | the-token                   |
