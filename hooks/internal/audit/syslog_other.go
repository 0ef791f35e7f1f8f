//go:build !unix

package audit

import (
	"errors"
	"io"
)

// openSyslog finds none here.
func openSyslog() (io.Writer, error) { return nil, errors.New("not on this system") }
