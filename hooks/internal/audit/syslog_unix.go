//go:build unix

package audit

import (
	"io"
	"log/syslog"
)

// openSyslog connects to the system's log, facility auth.
func openSyslog() (io.Writer, error) {
	return syslog.New(syslog.LOG_AUTH|syslog.LOG_NOTICE, "sftpgo-authy")
}
