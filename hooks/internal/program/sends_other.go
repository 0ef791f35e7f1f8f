//go:build !unix

package program

import (
	"context"
	"errors"
	"time"

	"sftpgo-authy/hooks/internal/provider"
)

// sends bounds how many codes are sent to a person. Here it sends none: there is no lock to keep
// the time of the last one by.
type sends struct{}

func newSends(string, string, string, func() time.Time) sends { return sends{} }

// ClaimSend implements [hook.Sends].
func (sends) ClaimSend(context.Context, provider.Person) (bool, error) {
	return false, errors.New("send_codes: not for programs on this system; ask hookd for keyint")
}
