package steps

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strconv"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/ssh"

	"sftpgo-authy/e2e/internal/target"
)

// person is somebody who logs in.
type person struct {
	name     string
	password string
	hook     target.Hook   // the hook that the account is for, "" for a plain one
	id       int64         // at Authy, 0: none
	secret   string        // of the phone, base32; "" without a phone
	factor   string        // its SID at Twilio Verify, "" without one
	local    bool          // the hooks judge the codes themselves, of an authenticator app
	own      bool          // in steps of half a minute, as SFTPGo does
	generic  bool          // has an authenticator app that is not Authy's
	read     int           // how often the app was read
	recovery []string      // codes on paper, as authyctl printed them
	slow     time.Duration // how far the phone's clock is behind
	key      ssh.Signer
	identity []byte         // the same as OpenSSH keeps it
	lastCode string         // typed last
	goodCode string         // that got in last
	document map[string]any // the account as it was before the login, where a scenario compares
}

// ref names the person to the mock's control API.
func (p *person) ref() string { return strconv.FormatInt(p.id, 10) }

// What Authy's app shows: a code of seven digits each ten seconds.
const (
	codeDigits = 7
	codePeriod = 10 * time.Second
)

// newSecret makes the secret of a phone. Every scenario has new ones: hookd may remember for a
// while which codes it has seen, and containers outlive a scenario.
func newSecret() string {
	raw := make([]byte, 20)
	_, _ = rand.Read(raw) // never fails, says its documentation
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// codeAt is what the phone shows at a time. The phone computes by itself, with a library that
// mockauthy's answers are thereby held against.
func (p *person) codeAt(now time.Time) (string, error) {
	if p.secret == "" {
		return "", fmt.Errorf("%s has no phone", p.name)
	}
	return totp.GenerateCodeCustom(p.secret, now.Add(-p.slow), totp.ValidateOpts{
		Period: uint(p.period() / time.Second), Digits: otp.Digits(p.digits()), Algorithm: otp.AlgorithmSHA1,
	})
}

// period is how long the phone shows a code.
func (p *person) period() time.Duration {
	if p.factor != "" || p.generic {
		return factorPeriod
	}
	return codePeriod
}

// digits is how many a code has that the phone shows.
func (p *person) digits() int {
	if p.factor != "" || p.generic {
		return factorDigits
	}
	return codeDigits
}

// wrong makes a code of the same length that is another one.
func wrong(code string) (string, error) {
	n, err := strconv.Atoi(code)
	if err != nil {
		return "", fmt.Errorf("code %q: %w", code, err)
	}
	all := 1
	for range code {
		all *= 10
	}
	return fmt.Sprintf("%0*d", len(code), (n+all/2-1)%all), nil
}

// ids are the Authy ids of the cast, as the users file has them.
func ids() map[string]int64 {
	return map[string]int64{"ann": target.AnnID, "bob": target.BobID, "dora": target.DoraID, "erin": target.ErinID}
}
