package exchange

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"sftpgo-authy/hooks/internal/provider"
)

func TestOwnLimits(t *testing.T) {
	t.Parallel()
	dial := func(call string, err error) error {
		return fmt.Errorf("dial: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError(call, err)})
	}
	for name, c := range map[string]struct {
		err  error
		want provider.Result
	}{
		"no file descriptor":       {dial("socket", syscall.EMFILE), provider.Limited},
		"none in the whole system": {dial("socket", syscall.ENFILE), provider.Limited},
		"no port":                  {dial("connect", syscall.EADDRNOTAVAIL), provider.Limited},
		"no memory":                {dial("socket", syscall.ENOBUFS), provider.Limited},
		"none to look up a name": {
			&net.DNSError{Err: "dial udp 192.0.2.1:53: socket: " + syscall.EMFILE.Error(), Name: "api.authy.com"},
			provider.Limited},
		"refused": {dial("connect", syscall.ECONNREFUSED), provider.NoAnswer},
		"no such name": {&net.DNSError{Err: "no such host", Name: "api.authy.com", IsNotFound: true},
			provider.NoAnswer},
		"certificate of nobody": {errors.New("tls: failed to verify certificate"), provider.NoAnswer},
		"the name holds those words": {&net.DNSError{Err: "no such host", Name: syscall.EMFILE.Error()},
			provider.NoAnswer},
	} {
		if got, _ := (Language{}).Sift(Reply{Cause: causeOf(c.err)}); got != (provider.Answer{Result: c.want}) {
			t.Errorf("%s: got %+v, want %v", name, got, c.want)
		}
	}
}
