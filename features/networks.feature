@networks
Feature: from some networks the password is enough
  People in an office with fixed addresses, or a machine in the same rack, need not type a code if
  the administrator lists their network. SFTPGo still judges the password. This applies only to
  keyint and checkpwd: for extauth the code is the only factor, and over WebDAV SFTPGo itself would
  accept the password from everywhere for a minute.

  @both-doors
  Scenario: from a trusted network nobody is asked for a code
    Given SFTPGo asks keyint with
      | trusted_networks | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with prompts with her password alone
    Then she is in
    And she was asked for her password only
    And the audit says bypassed because the address is in a trusted network (bypass_network)
    And no request reached Authy
    When ann logs in over SFTP with prompts with a wrong password
    Then she is refused

  @both-doors
  Scenario Outline: password and code in one field: from a trusted network the password alone, over <client>
    Given SFTPGo asks checkpwd with
      | trusted_networks | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password alone
    Then she is in
    And the audit says bypassed because the address is in a trusted network (bypass_network)
    When ann logs in over <client> with a wrong password
    Then she is refused
    When ann logs in over <client> with her password and her code
    Then she is refused
    And no request reached Authy

    Examples:
      | client |
      | SFTP   |
      | FTP    |

    @sftpgo
    Examples: what the hook host does not serve
      | client         |
      | REST           |
      | the web client |

  @both-doors
  Scenario: with a separator a code that is typed counts
    Given SFTPGo asks checkpwd with
      | trusted_networks   | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
      | checkpwd.separator | ,               |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her password alone
    Then she is in
    And the audit says bypassed because the address is in a trusted network (bypass_network)
    When ann logs in over SFTP with her password and a wrong code with "," between
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When ann logs in over SFTP with her password and her code with "," between
    Then she is in
    And the audit says accepted because the code was right (code_right)

  @both-doors
  Scenario: WebDAV is never trusted
    Given SFTPGo asks checkpwd with
      | trusted_networks | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with her password alone
    Then she is refused
    When ann logs in over WebDAV with her password and her code
    Then she is in
    And the audit says accepted because the code was right (code_right)

  @both-doors
  Scenario: the code as the only factor is asked for everywhere
    Given SFTPGo asks extauth with
      | trusted_networks | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
    And ann has an account and a phone with Authy
    When ann logs in over SFTP with her password alone
    Then she is refused
    When ann logs in over SFTP with a wrong code
    Then she is refused
    And the audit says denied because the code was wrong (code_wrong)
    When ann logs in over SFTP with her code
    Then she is in

  @both-doors @addresses
  Scenario Outline: the next network is not trusted, <hook>
    Given SFTPGo asks <hook> with
      | trusted_networks | ["127.0.0.2/32"] |
    And ann has an account and a phone with Authy
    When ann logs in over <client> with her password alone from 127.0.0.2
    Then she is in
    And the audit says bypassed because the address is in a trusted network (bypass_network)
    When ann logs in over <client> with her password alone from 127.0.0.3
    Then she is refused
    When ann logs in over <client> with her password and her code from 127.0.0.3
    Then she is in
    And the audit says accepted because the code was right (code_right)

    Examples:
      | hook     | client            |
      | keyint   | SFTP with prompts |
      | checkpwd | SFTP              |

  Scenario Outline: an account without a line in the users file stays out, <hook>
    Given SFTPGo asks <hook> through the HTTP door with
      | trusted_networks | ["127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] |
    And carol has an account but no line in the users file
    When carol logs in over <client> with <what she types>
    Then she is refused
    And the audit says denied because no source knows the account (user_unmapped)

    Examples:
      | hook     | client            | what she types                |
      | keyint   | SFTP with prompts | her password and a wrong code |
      | checkpwd | SFTP              | her password alone            |
