Feature: the programs that people use
  Each client has its own way to send a code, or none. A login that works also uploads a file and
  reads it back. If a client cannot log in, the scenario says why. docs/matrix.md is written from
  these and the other features.

  @both-doors @openssh
  Scenario Outline: <hook>: <client>
    Given SFTPGo asks <hook>
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>
    Then she is in
    And a file that she uploads comes back unchanged

    @sftpgo
    Examples: OpenSSH asks through SSH_ASKPASS, or at the terminal
      | hook     | client                   | what she types            |
      | keyint   | ssh and scp with prompts | her password and her code |
      | extauth  | ssh and scp              | her code                  |
      | checkpwd | ssh and scp              | her password and her code |

  @both-doors
  Scenario Outline: <hook>: <client>
    Given SFTPGo asks <hook>
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>
    Then she is in
    And a file that she uploads comes back unchanged

    @curl
    Examples: curl logs in for each command
      | hook     | client           | what she types            |
      | extauth  | FTP with curl    | her code                  |
      | checkpwd | FTP with curl    | her password and her code |
      | extauth  | WebDAV with curl | her code                  |

    @curl @sftpgo
    Examples: curl, and what only SFTPGo has
      | hook     | client           | what she types            |
      | extauth  | FTPS with curl   | her code                  |
      | checkpwd | FTPS with curl   | her password and her code |
      | extauth  | REST with curl   | her code                  |
      | checkpwd | REST with curl   | her password and her code |
      | checkpwd | WebDAV with curl | her password and her code |

    @lftp
    Examples: lftp
      | hook     | client         | what she types            |
      | extauth  | FTP with lftp  | her code                  |
      | checkpwd | FTP with lftp  | her password and her code |
      | extauth  | SFTP with lftp | her code                  |
      | checkpwd | SFTP with lftp | her password and her code |

    @rclone
    Examples: rclone, held to one connection
      | hook     | client           | what she types            |
      | extauth  | SFTP with rclone | her code                  |
      | checkpwd | SFTP with rclone | her password and her code |
      | extauth  | FTP with rclone  | her code                  |
      | checkpwd | FTP with rclone  | her password and her code |

    @rclone @sftpgo
    Examples: rclone on SFTPGo's cache of WebDAV logins
      | hook     | client             | what she types            |
      | checkpwd | WebDAV with rclone | her password and her code |

    @sftpgo
    Examples: the web client's login page
      | hook     | client         | what she types            |
      | extauth  | the web client | her code                  |
      | checkpwd | the web client | her password and her code |

  @rclone
  Scenario: extauth: WebDAV with rclone needs the grace of hookd
    rclone sends several requests with the same code. With a program each takes a fresh one; hookd
    can be told to let a code go on for a while: over WebDAV alone, as here, or everywhere
    (grace.feature).

    Given SFTPGo asks extauth through the HTTP door with
      | hookd.webdav_grace | 60s |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with rclone with her code
    Then she is in
    And a file that she uploads comes back unchanged

  @both-doors
  Scenario Outline: <hook>: <client> cannot
    Given SFTPGo asks <hook>
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>
    Then she is refused, since <reason>

    @rclone
    Examples:
      | hook   | client           | what she types            | reason                                              |
      | keyint | SFTP with rclone | her password and her code | rclone answers every question with the one password |

    @lftp
    Examples:
      | hook   | client                     | what she types            | reason                                |
      | keyint | SFTP with lftp and prompts | her password and her code | lftp answers the first question alone |

  @rclone
  Scenario: extauth: WebDAV with rclone cannot, program door
    Given SFTPGo asks extauth through the program door
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with rclone with her code
    Then a file that she uploads does not come back, since each request takes a fresh code and rclone sends several with the same one; hookd has a grace for that
