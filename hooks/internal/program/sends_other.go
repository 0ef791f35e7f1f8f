//go:build !unix

package program

import (
	"context"
	"errors"
	"time"

	"sftpgo-authy/hooks/internal/provider"
)

// sends limits how many codes are sent to a person. On this system it lets none be sent, since
// there is no lock for the time of the last one.
type sends struct{}

func newSends(string, string, string, func() time.Time) sends { return sends{} }

// ClaimSend implements [hook.Sends].
func (sends) ClaimSend(context.Context, provider.Person) (bool, error) {
	return false, errors.New("send_codes: does not work in programs on this system; use hookd for keyint")
}
