Feature: the conversation, beyond one question
  All of this is off unless it is configured: answers that have a code sent, a second try, and a
  push to the phone.

  @both-doors
  Scenario Outline: "<word>" as the answer has a code sent to the phone
    Given SFTPGo asks keyint with
      | keyint.send_codes | ["sms","call"] |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts and answers
      | Password:                         | her password                   |
      | Authy code:                       | "<word>"                       |
      | A code is on its way. Authy code: | the code that was sent to her  |
    Then she is in
    And the audit says accepted because the code was right (code_right)
    And Authy sent her 1 code by <word>

    Examples:
      | word |
      | sms  |
      | call |

  @both-doors
  Scenario: who asks again and again has one code sent in half a minute
    Given SFTPGo asks keyint with
      | keyint.send_codes | ["sms","call"] |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts and answers
      | Password:                         | her password |
      | Authy code:                       | "sms"        |
      | A code is on its way. Authy code: | a wrong code |
    Then she is refused
    When ann logs in over SFTP with prompts and answers
      | Password:                         | her password |
      | Authy code:                       | "call"       |
      | A code is on its way. Authy code: | a wrong code |
    Then she is refused
    When ann logs in over SFTP with prompts and answers
      | Password:                         | her password                  |
      | Authy code:                       | "sms"                         |
      | A code is on its way. Authy code: | the code that was sent to her |
    Then she is in
    And Authy sent her 1 code by sms

  @both-doors
  Scenario: where it is not configured, "sms" is a code that is none
    Given SFTPGo asks keyint
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts and answers
      | Password:   | her password |
      | Authy code: | "sms"        |
    Then she is refused
    And the audit says denied because what was typed is no code (code_malformed)
    And no request reached Authy

  @both-doors
  Scenario: one slip is forgiven, a second one is not
    Given SFTPGo asks keyint with
      | keyint.retries | 1 |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts and answers
      | Password:                          | her password |
      | Authy code:                        | a wrong code |
      | Wrong or already used. Authy code: | her code     |
    Then she is in
    When ann logs in over SFTP with prompts and answers
      | Password:                          | her password |
      | Authy code:                        | a wrong code |
      | Wrong or already used. Authy code: | a wrong code |
    Then she is refused

  @both-doors
  Scenario: who is nowhere is asked the same questions
    Given SFTPGo asks keyint with
      | keyint.retries    | 1       |
      | keyint.send_codes | ["sms"] |
    And carol has an account but no line in the users file
    When carol logs in over SFTP with prompts and answers
      | Password:                          | her password |
      | Authy code:                        | "sms"        |
      | A code is on its way. Authy code:  | a wrong code |
      | Wrong or already used. Authy code: | a wrong code |
    Then she is refused
    When carol logs in over SFTP with prompts and answers
      | Password:                          | her password |
      | Authy code:                        | a wrong code |
      | Wrong or already used. Authy code: | a wrong code |
    Then she is refused
    And no request reached Authy

  Scenario Outline: a push to the phone in place of a code: <hook>, she <answers> it
    Given SFTPGo asks <hook> through the HTTP door with
      | push.enabled | true |
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>, and <answers> the push on her phone
    Then she is <result>
    And the audit says <outcome> because <reason>

    Examples:
      | hook     | client            | what she types           | answers  | result  | outcome  | reason                                |
      | keyint   | SFTP with prompts | her password and "push"  | approves | in      | accepted | the push was approved (push_approved) |
      | keyint   | SFTP with prompts | her password and ""      | approves | in      | accepted | the push was approved (push_approved) |
      | keyint   | SFTP with prompts | her password and "push"  | denies   | refused | denied   | the push was denied (push_denied)     |
      | checkpwd | SFTP              | her password and ",push" | approves | in      | accepted | the push was approved (push_approved) |
      | checkpwd | SFTP              | her password and ",push" | denies   | refused | denied   | the push was denied (push_denied)     |
      | checkpwd | FTP               | her password and ",push" | approves | in      | accepted | the push was approved (push_approved) |

  Scenario: an approved push does not make up for a wrong password
    Given SFTPGo asks checkpwd through the HTTP door with
      | push.enabled | true |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with a wrong password and ",push", and approves the push on her phone
    Then she is refused

  Scenario Outline: a push is never asked for where it is not configured, nor by extauth: <hook>
    Given SFTPGo asks <hook> through the HTTP door with
      | push.enabled | <enabled> |
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>
    Then she is refused
    And the audit says denied because what was typed is no code (code_malformed)
    And no request reached Authy

    Examples:
      | hook     | enabled | client            | what she types           |
      | keyint   | false   | SFTP with prompts | her password and "push"  |
      | checkpwd | false   | SFTP              | her password and ",push" |
      | extauth  | true    | SFTP              | the word "push"          |
