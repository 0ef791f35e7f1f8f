Feature: outages, and what they do to logins
  Nobody gets in if the provider of codes cannot say yes, be it Authy or Twilio Verify. Only one case
  can be configured to pass: no answer at all. It never passes for extauth, and always leaves a line
  in the audit. A refusal is an answer, and so is a broken reply.

  @both-doors @verify-too
  Scenario Outline: <outage>: <hook>
    Given SFTPGo asks <hook>
    And ann has an account and a second factor
    And the provider <outage>
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because <reason>

    Examples: no answer
      | hook     | outage                           | reason                                             |
      | keyint   | is down                          | the provider did not answer (provider_unreachable) |
      | extauth  | is down                          | the provider did not answer (provider_unreachable) |
      | checkpwd | is down                          | the provider did not answer (provider_unreachable) |
      | keyint   | takes longer than the hook waits | the provider did not answer (provider_unreachable) |
      | extauth  | takes longer than the hook waits | the provider did not answer (provider_unreachable) |
      | checkpwd | takes longer than the hook waits | the provider did not answer (provider_unreachable) |
      | keyint   | hangs up without an answer       | the provider did not answer (provider_unreachable) |
      | extauth  | answers 503 with an HTML page    | the provider did not answer (provider_unreachable) |
      | checkpwd | hangs up after it took the code  | the provider did not answer (provider_unreachable) |

    Examples: an answer that is no yes
      | hook     | outage                                | reason                                                         |
      | keyint   | rejects the API key                   | the provider rejected the API key (provider_rejected_key)      |
      | extauth  | rejects the API key                   | the provider rejected the API key (provider_rejected_key)      |
      | checkpwd | rejects the API key                   | the provider rejected the API key (provider_rejected_key)      |
      | keyint   | says that there are too many calls    | no more codes are judged for now (provider_limited)            |
      | extauth  | says that there are too many calls    | no more codes are judged for now (provider_limited)            |
      | checkpwd | says that there are too many calls    | no more codes are judged for now (provider_limited)            |
      | keyint   | cuts its answer short                 | the provider's answer cannot be understood (provider_protocol) |
      | extauth  | cuts its answer short                 | the provider's answer cannot be understood (provider_protocol) |
      | checkpwd | cuts its answer short                 | the provider's answer cannot be understood (provider_protocol) |
      | keyint   | sends the hook elsewhere              | the provider's answer cannot be understood (provider_protocol) |
      | extauth  | sends the hook elsewhere              | the provider's answer cannot be understood (provider_protocol) |
      | checkpwd | sends the hook elsewhere              | the provider's answer cannot be understood (provider_protocol) |
      | keyint   | answers 200 without a word            | the provider's answer cannot be understood (provider_protocol) |
      | extauth  | answers 200 without a word            | the provider's answer cannot be understood (provider_protocol) |
      | checkpwd | answers with something else than JSON | the provider's answer cannot be understood (provider_protocol) |

  @both-doors
  Scenario Outline: no answer may pass, if so configured: <hook>, the provider <outage>
    Given SFTPGo asks <hook> with
      | on_no_answer | allow |
    And ann has an account and a second factor
    And the provider <outage>
    When ann logs in with what <hook> wants
    Then she is <result>
    And the audit says <outcome> because <reason>

    @verify-too
    Examples:
      | hook     | outage                        | result  | outcome  | reason                                                              |
      | keyint   | is down                       | in      | bypassed | the provider did not answer, and that may pass (bypass_unreachable) |
      | checkpwd | is down                       | in      | bypassed | the provider did not answer, and that may pass (bypass_unreachable) |
      | checkpwd | answers 503 with an HTML page | in      | bypassed | the provider did not answer, and that may pass (bypass_unreachable) |
      | extauth  | is down                       | refused | denied   | the provider did not answer (provider_unreachable)                  |
      | checkpwd | rejects the API key           | refused | denied   | the provider rejected the API key (provider_rejected_key)           |
      | keyint   | sends the hook elsewhere      | refused | denied   | the provider's answer cannot be understood (provider_protocol)      |
      | keyint   | cuts its answer short         | refused | denied   | the provider's answer cannot be understood (provider_protocol)      |

    Examples: an answer of Authy alone
      | hook     | outage            | result  | outcome | reason                                                    |
      | keyint   | has suspended her | refused | denied  | the provider has blocked the user (provider_user_blocked) |
      | checkpwd | has suspended her | refused | denied  | the provider has blocked the user (provider_user_blocked) |

  @both-doors
  Scenario Outline: Authy's yes in its other spelling is a yes: <hook>
    Given SFTPGo asks <hook>
    And ann has an account and a second factor
    And Authy answers with success as a boolean
    When ann logs in with what <hook> wants
    Then she is in
    And the audit says accepted because the code was right (code_right)

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  @both-doors @verify-too
  Scenario Outline: after an outage logins work again, by themselves: <hook>
    Given SFTPGo asks <hook>
    And ann has an account and a second factor
    And the provider answers 503 with an HTML page once
    When ann logs in with what <hook> wants
    Then she is refused
    When ann logs in with what <hook> wants
    Then she is in

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  @both-doors @verify-too
  Scenario Outline: what cannot be written down does not happen: <hook>
    Nobody gets in while the audit cannot be written, right code or not.

    Given SFTPGo asks <hook> with
      | AUTHY_AUDIT | /dev/full |
    And ann has an account and a second factor
    When ann logs in with what <hook> wants
    Then she is refused

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  Scenario Outline: a configuration that is broken lets nobody in: <hook>, <variable>
    hookd would not even start with it.

    Given SFTPGo asks <hook> through the program door with
      | <variable> | <value> |
    And ann has an account and a second factor
    When ann logs in with what <hook> wants
    Then she is refused
    And no request reached the provider

    @verify-too
    Examples:
      | hook     | variable         | value              |
      | keyint   | AUTHY_USERS_FILE | /nonexistent/users |
      | extauth  | AUTHY_USERS_FILE | /nonexistent/users |
      | checkpwd | AUTHY_USERS_FILE | /nonexistent/users |

    Examples: of Authy
      | hook     | variable           | value            |
      | keyint   | AUTHY_API_KEY_FILE | /nonexistent/key |
      | extauth  | AUTHY_API_KEY_FILE | /nonexistent/key |
      | checkpwd | AUTHY_API_KEY_FILE | /nonexistent/key |
      | keyint   | AUTHY_API_URL      | http://192.0.2.1 |
      | extauth  | AUTHY_API_URL      | http://192.0.2.1 |
      | checkpwd | AUTHY_API_URL      | http://192.0.2.1 |

  @both-doors @verify-too
  Scenario: the provider goes away in the middle of a conversation
    Given SFTPGo asks keyint
    And ann has an account and a second factor
    When ann logs in over SFTP with prompts, and the provider goes down after her password
    Then she is refused
    And the audit says denied because the provider did not answer (provider_unreachable)

  @verify-too
  Scenario: hookd is killed in the middle of a conversation
    Given SFTPGo asks keyint through the HTTP door
    And ann has an account and a second factor
    When ann logs in over SFTP with prompts, and hookd is killed after her password
    Then she is refused

  @verify-too
  Scenario Outline: hookd is gone: <hook>
    Given SFTPGo asks <hook> through the HTTP door
    And ann has an account and a second factor
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

  @both-doors @verify-too
  Scenario Outline: a phone whose clock is wrong, <hook>
    Given SFTPGo asks <hook>
    And ann has an account and a second factor
    And ann's phone is ten minutes slow
    When ann logs in with what <hook> wants
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)

    Examples:
      | hook     |
      | keyint   |
      | extauth  |
      | checkpwd |

  @both-doors
  Scenario: two hundred logins at the same moment
    Given SFTPGo asks extauth for 200 people with
      | hookd.lockout.per_ip | 101 |
    And all of them have accounts and phones with Authy
    When all of them log in over SFTP at the same moment, every second one with a wrong code
    Then those with a right code are in, and nobody else

  @both-doors @verify-too
  Scenario: the provider is restarted
    Given SFTPGo asks keyint
    And ann has an account and a second factor
    And the provider is down
    When ann logs in with what keyint wants
    Then she is refused
    When the provider is up again
    And ann logs in with what keyint wants
    Then she is in
