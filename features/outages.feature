Feature: outages, and what they do to logins
  When Authy cannot say yes, nobody gets in. One thing alone can be configured to pass: no answer at all, never for
  extauth, and always with a line in the audit. A refusal is an answer, and so is a broken reply.

  Scenario Outline: <outage>: <hook>, <door> door
    Given SFTPGo asks <hook> through the <door> door
    And ann has an account and a phone with Authy
    And Authy <outage>
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because "<reason>"

    Examples: no answer
      | hook     | door    | outage                            | reason               |
      | keyint   | program | is down                           | provider_unreachable |
      | keyint   | HTTP    | is down                           | provider_unreachable |
      | extauth  | program | is down                           | provider_unreachable |
      | extauth  | HTTP    | is down                           | provider_unreachable |
      | checkpwd | program | is down                           | provider_unreachable |
      | checkpwd | HTTP    | is down                           | provider_unreachable |
      | keyint   | program | takes longer than the hook waits  | provider_unreachable |
      | keyint   | HTTP    | takes longer than the hook waits  | provider_unreachable |
      | extauth  | program | takes longer than the hook waits  | provider_unreachable |
      | extauth  | HTTP    | takes longer than the hook waits  | provider_unreachable |
      | checkpwd | program | takes longer than the hook waits  | provider_unreachable |
      | checkpwd | HTTP    | takes longer than the hook waits  | provider_unreachable |
      | keyint   | program | hangs up without an answer        | provider_unreachable |
      | keyint   | HTTP    | hangs up without an answer        | provider_unreachable |
      | extauth  | program | answers 503 with an HTML page     | provider_unreachable |
      | extauth  | HTTP    | answers 503 with an HTML page     | provider_unreachable |
      | checkpwd | program | hangs up after it took the code   | provider_unreachable |
      | checkpwd | HTTP    | hangs up after it took the code   | provider_unreachable |

    Examples: an answer that is no yes
      | hook     | door    | outage                            | reason                |
      | keyint   | program | rejects the API key               | provider_rejected_key |
      | keyint   | HTTP    | rejects the API key               | provider_rejected_key |
      | extauth  | program | rejects the API key               | provider_rejected_key |
      | extauth  | HTTP    | rejects the API key               | provider_rejected_key |
      | checkpwd | program | rejects the API key               | provider_rejected_key |
      | checkpwd | HTTP    | rejects the API key               | provider_rejected_key |
      | keyint   | program | says that there are too many calls | provider_limited     |
      | keyint   | HTTP    | says that there are too many calls | provider_limited     |
      | extauth  | program | says that there are too many calls | provider_limited     |
      | extauth  | HTTP    | says that there are too many calls | provider_limited     |
      | checkpwd | program | says that there are too many calls | provider_limited     |
      | checkpwd | HTTP    | says that there are too many calls | provider_limited     |
      | keyint   | program | cuts its answer short             | provider_protocol     |
      | keyint   | HTTP    | cuts its answer short             | provider_protocol     |
      | extauth  | program | cuts its answer short             | provider_protocol     |
      | extauth  | HTTP    | cuts its answer short             | provider_protocol     |
      | checkpwd | program | cuts its answer short             | provider_protocol     |
      | checkpwd | HTTP    | cuts its answer short             | provider_protocol     |
      | keyint   | program | sends the hook elsewhere          | provider_protocol     |
      | keyint   | HTTP    | sends the hook elsewhere          | provider_protocol     |
      | extauth  | program | sends the hook elsewhere          | provider_protocol     |
      | extauth  | HTTP    | sends the hook elsewhere          | provider_protocol     |
      | checkpwd | program | sends the hook elsewhere          | provider_protocol     |
      | checkpwd | HTTP    | sends the hook elsewhere          | provider_protocol     |
      | keyint   | program | answers 200 without a word        | provider_protocol     |
      | extauth  | HTTP    | answers 200 without a word        | provider_protocol     |
      | checkpwd | program | answers with something else than JSON | provider_protocol |

  Scenario Outline: no answer may pass, if so configured: <hook>, <door> door, Authy <outage>
    Given SFTPGo asks <hook> through the <door> door with
      | on_no_answer | allow |
    And ann has an account and a phone with Authy
    And Authy <outage>
    When ann logs in with what <hook> wants
    Then she is <result>
    And the audit says <outcome> because "<reason>"

    Examples:
      | hook     | door    | outage                        | result  | outcome  | reason                |
      | keyint   | program | is down                       | in      | bypassed | bypass_unreachable    |
      | keyint   | HTTP    | is down                       | in      | bypassed | bypass_unreachable    |
      | checkpwd | program | is down                       | in      | bypassed | bypass_unreachable    |
      | checkpwd | HTTP    | is down                       | in      | bypassed | bypass_unreachable    |
      | checkpwd | program | answers 503 with an HTML page | in      | bypassed | bypass_unreachable    |
      | extauth  | program | is down                       | refused | denied   | provider_unreachable  |
      | extauth  | HTTP    | is down                       | refused | denied   | provider_unreachable  |
      | keyint   | program | has suspended her             | refused | denied   | provider_user_blocked |
      | keyint   | HTTP    | has suspended her             | refused | denied   | provider_user_blocked |
      | checkpwd | program | has suspended her             | refused | denied   | provider_user_blocked |
      | checkpwd | HTTP    | rejects the API key           | refused | denied   | provider_rejected_key |
      | keyint   | HTTP    | sends the hook elsewhere      | refused | denied   | provider_protocol     |
      | keyint   | program | cuts its answer short         | refused | denied   | provider_protocol     |

  Scenario Outline: Authy's yes in its other spelling is a yes: <hook>, <door> door
    Given SFTPGo asks <hook> through the <door> door
    And ann has an account and a phone with Authy
    And Authy answers with success as a boolean
    When ann logs in with what <hook> wants
    Then she is in
    And the audit says accepted because "code_right"

    Examples:
      | hook     | door    |
      | keyint   | program |
      | keyint   | HTTP    |
      | extauth  | program |
      | extauth  | HTTP    |
      | checkpwd | program |
      | checkpwd | HTTP    |

  Scenario Outline: after an outage logins work again, by themselves: <hook>, <door> door
    Given SFTPGo asks <hook> through the <door> door
    And ann has an account and a phone with Authy
    And Authy answers 503 with an HTML page once
    When ann logs in with what <hook> wants
    Then she is refused
    When ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     | door    |
      | keyint   | program |
      | keyint   | HTTP    |
      | extauth  | program |
      | extauth  | HTTP    |
      | checkpwd | program |
      | checkpwd | HTTP    |

  Scenario Outline: what cannot be written down does not happen: <hook>, <door> door
    Nobody gets in while the audit cannot be written, right code or not.

    Given SFTPGo asks <hook> through the <door> door with
      | AUTHY_AUDIT | /dev/full |
    And ann has an account and a phone with Authy
    When ann logs in with what <hook> wants
    Then she is refused

    Examples:
      | hook     | door    |
      | keyint   | program |
      | keyint   | HTTP    |
      | extauth  | program |
      | extauth  | HTTP    |
      | checkpwd | program |
      | checkpwd | HTTP    |

  Scenario Outline: a configuration that is broken lets nobody in: <hook>, <door> door, <variable>
    Given SFTPGo asks <hook> through the <door> door with
      | <variable> | <value> |
    And ann has an account and a phone with Authy
    When ann logs in with what <hook> wants
    Then she is refused
    And no request reached Authy

    Examples:
      | hook     | door    | variable           | value              |
      | keyint   | program | AUTHY_USERS_FILE   | /nonexistent/users |
      | extauth  | program | AUTHY_USERS_FILE   | /nonexistent/users |
      | checkpwd | program | AUTHY_USERS_FILE   | /nonexistent/users |
      | keyint   | program | AUTHY_API_KEY_FILE | /nonexistent/key   |
      | extauth  | program | AUTHY_API_KEY_FILE | /nonexistent/key   |
      | checkpwd | program | AUTHY_API_KEY_FILE | /nonexistent/key   |
      | keyint   | program | AUTHY_API_URL      | http://192.0.2.1   |
      | extauth  | program | AUTHY_API_URL      | http://192.0.2.1   |
      | checkpwd | program | AUTHY_API_URL      | http://192.0.2.1   |

  Scenario Outline: Authy goes away in the middle of a conversation, <door> door
    Given SFTPGo asks keyint through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts, and Authy goes down after her password
    Then she is refused
    And the audit says denied because "provider_unreachable"

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario: hookd is killed in the middle of a conversation
    Given SFTPGo asks keyint through the HTTP door
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts, and hookd is killed after her password
    Then she is refused

  Scenario Outline: hookd is gone: <hook>
    Given SFTPGo asks <hook> through the HTTP door
    And ann has an account and a phone with Authy
    And hookd is killed
    When ann logs in with what <hook> wants
    Then she is refused
    When hookd is started again
    And ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  Scenario Outline: a phone whose clock is wrong, <hook>, <door> door
    Given SFTPGo asks <hook> through the <door> door
    And ann has an account and a phone with Authy
    And ann's phone is ten minutes slow
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because "code_wrong"

    Examples:
      | hook     | door    |
      | keyint   | program |
      | extauth  | HTTP    |
      | checkpwd | program |

  Scenario Outline: two hundred logins at the same moment, <door> door
    Given SFTPGo asks extauth through the <door> door for 200 people with
      | hookd.lockout.per_ip | 101 |
    And all of them have accounts and phones with Authy
    When all of them log in over SFTP at the same moment, every second one with a wrong code
    Then those with a right code are in, and nobody else

    Examples:
      | door    |
      | program |
      | HTTP    |

  Scenario Outline: Authy is restarted, <door> door
    Given SFTPGo asks keyint through the <door> door
    And ann has an account and a phone with Authy
    And Authy is down
    When ann logs in with what keyint wants
    Then she is refused
    When Authy is up again
    And ann logs in with what keyint wants
    Then she is in

    Examples:
      | door    |
      | program |
      | HTTP    |
