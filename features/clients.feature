Feature: the programs that people use
  Each client has its own way to give a code, or none. A login that works also uploads a file and reads it back. Where a
  client cannot do it, the reason stands in the scenario. docs/matrix.md is written from these and the other features.

  @openssh
  Scenario Outline: <hook>: <client>, <door> door
    Given SFTPGo asks <hook> through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>
    Then she is in
    And a file that she uploads comes back unchanged

    @sftpgo
    Examples: OpenSSH asks through SSH_ASKPASS, or at the terminal
      | hook     | client                   | door    | what she types            |
      | keyint   | ssh and scp with prompts | program | her password and her code |
      | keyint   | ssh and scp with prompts | HTTP    | her password and her code |
      | extauth  | ssh and scp              | program | her code                  |
      | extauth  | ssh and scp              | HTTP    | her code                  |
      | checkpwd | ssh and scp              | program | her password and her code |
      | checkpwd | ssh and scp              | HTTP    | her password and her code |

  Scenario Outline: <hook>: <client>, <door> door
    Given SFTPGo asks <hook> through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>
    Then she is in
    And a file that she uploads comes back unchanged

    @curl
    Examples: curl logs in for each command
      | hook     | client        | door    | what she types            |
      | extauth  | FTP with curl | program | her code                  |
      | extauth  | FTP with curl | HTTP    | her code                  |
      | checkpwd | FTP with curl | program | her password and her code |
      | checkpwd | FTP with curl | HTTP    | her password and her code |
      | extauth  | WebDAV with curl | program | her code               |
      | extauth  | WebDAV with curl | HTTP    | her code               |

    @curl @sftpgo
    Examples: curl, and what only SFTPGo has
      | hook     | client           | door    | what she types            |
      | extauth  | FTPS with curl   | program | her code                  |
      | extauth  | FTPS with curl   | HTTP    | her code                  |
      | checkpwd | FTPS with curl   | program | her password and her code |
      | checkpwd | FTPS with curl   | HTTP    | her password and her code |
      | extauth  | REST with curl   | program | her code                  |
      | extauth  | REST with curl   | HTTP    | her code                  |
      | checkpwd | REST with curl   | program | her password and her code |
      | checkpwd | REST with curl   | HTTP    | her password and her code |
      | checkpwd | WebDAV with curl | program | her password and her code |
      | checkpwd | WebDAV with curl | HTTP    | her password and her code |

    @lftp
    Examples: lftp
      | hook     | client         | door    | what she types            |
      | extauth  | FTP with lftp  | program | her code                  |
      | extauth  | FTP with lftp  | HTTP    | her code                  |
      | checkpwd | FTP with lftp  | program | her password and her code |
      | checkpwd | FTP with lftp  | HTTP    | her password and her code |
      | extauth  | SFTP with lftp | program | her code                  |
      | extauth  | SFTP with lftp | HTTP    | her code                  |
      | checkpwd | SFTP with lftp | program | her password and her code |
      | checkpwd | SFTP with lftp | HTTP    | her password and her code |

    @rclone
    Examples: rclone, held to one connection
      | hook     | client           | door    | what she types            |
      | extauth  | SFTP with rclone | program | her code                  |
      | extauth  | SFTP with rclone | HTTP    | her code                  |
      | checkpwd | SFTP with rclone | program | her password and her code |
      | checkpwd | SFTP with rclone | HTTP    | her password and her code |
      | extauth  | FTP with rclone  | program | her code                  |
      | extauth  | FTP with rclone  | HTTP    | her code                  |
      | checkpwd | FTP with rclone  | program | her password and her code |
      | checkpwd | FTP with rclone  | HTTP    | her password and her code |

    @rclone @sftpgo
    Examples: rclone on SFTPGo's cache of WebDAV logins
      | hook     | client             | door    | what she types            |
      | checkpwd | WebDAV with rclone | program | her password and her code |
      | checkpwd | WebDAV with rclone | HTTP    | her password and her code |

    @sftpgo
    Examples: the web client's login page
      | hook     | client         | door    | what she types            |
      | extauth  | the web client | program | her code                  |
      | extauth  | the web client | HTTP    | her code                  |
      | checkpwd | the web client | program | her password and her code |
      | checkpwd | the web client | HTTP    | her password and her code |

  @rclone
  Scenario Outline: extauth: WebDAV with rclone needs the grace, <door> door
    rclone sends several requests with the same code. With a program each takes a fresh one; hookd can be told to let a
    code go on for a while: over WebDAV alone, as here, or everywhere (grace.feature).

    Given SFTPGo asks extauth through the <door> door with
      | hookd.webdav_grace | 60s |
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with rclone with her code
    Then she is in
    And a file that she uploads comes back unchanged

    Examples:
      | door |
      | HTTP |

  Scenario Outline: <hook>: <client> cannot, <door> door
    Given SFTPGo asks <hook> through the <door> door
    And ann has an account and a phone with Authy
    When ann logs in over <client> with <what she types>
    Then she is refused, since <reason>

    @rclone
    Examples:
      | hook   | client           | door    | what she types            | reason                                                   |
      | keyint | SFTP with rclone | program | her password and her code | rclone answers every question with the one password      |
      | keyint | SFTP with rclone | HTTP    | her password and her code | rclone answers every question with the one password      |

    @lftp
    Examples:
      | hook   | client           | door    | what she types            | reason                                                   |
      | keyint | SFTP with lftp and prompts | program | her password and her code | lftp answers the first question alone                    |
      | keyint | SFTP with lftp and prompts | HTTP    | her password and her code | lftp answers the first question alone                    |

  @rclone
  Scenario: extauth: WebDAV with rclone cannot, program door
    Given SFTPGo asks extauth through the program door
    And ann has an account and a phone with Authy
    When ann logs in over WebDAV with rclone with her code
    Then a file that she uploads does not come back, since each request takes a fresh code and rclone sends several with the same one; hookd has a grace for that
