package doctor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider/totp"
)

// TestLocalTOTP: what doctor says of the secrets and of the clocks, and that it asks for neither
// where there is no local TOTP.
func TestLocalTOTP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state totp.State
		err   error
		clock Known[time.Duration]
		key   string
		want  []string // parts of what is found, in order
	}{
		"all well": {state: totp.State{Accounts: 2}, clock: Known[time.Duration]{Value: -2 * time.Second},
			key: "/key"},
		"cannot be read": {err: errors.New("mode 0640"), key: "/key", want: []string{"mode 0640; until"}},
		"not sealed": {state: totp.State{Plain: []string{"ann"}}, key: "/key",
			want: []string{"the secrets of ann are not sealed"}},
		"no key":     {state: totp.State{Plain: []string{"ann"}}, want: []string{"no key seals"}},
		"an old key": {state: totp.State{Old: []string{"ann"}}, key: "/key", want: []string{"an old key"}},
		"short": {state: totp.State{Short: []string{"ann"}}, key: "/key",
			want: []string{"less than 128 bits"}},
		"broken": {state: totp.State{Broken: []error{errors.New("line 3: x")}}, key: "/key",
			want: []string{"line 3: x; until"}},
		"a clock ahead": {clock: Known[time.Duration]{Value: 90 * time.Second}, key: "/key",
			want: []string{"1m30s ahead of ours"}},
		"a clock behind": {clock: Known[time.Duration]{Value: -time.Hour}, key: "/key",
			want: []string{"1h0m0s behind ours"}},
		"a clock nobody knows": {clock: Known[time.Duration]{Err: errors.New("not seen")}, key: "/key",
			want: []string{"not seen"}},
	} {
		f := facts(recipe())
		f.TOTP, f.Clock = Known[totp.State]{Value: c.state, Err: c.err}, c.clock
		for _, without := range []func(*Facts) ([]Finding, error){totpSecrets, clock} {
			if found, err := without(f); found != nil || err != nil {
				t.Errorf("%s, without local TOTP: %v, %v", name, found, err)
			}
		}
		f.Config.Value.TOTP.SecretsFile, f.Config.Value.TOTP.KeyFile = "/secrets", c.key
		secrets, err := totpSecrets(f)
		clocks, unseen := clock(f)
		var said []string
		for _, one := range append(secrets, clocks...) {
			said = append(said, one.What)
		}
		if unseen != nil {
			said = append(said, unseen.Error())
		}
		if err != nil || len(said) != len(c.want) {
			t.Errorf("%s: %q, %v", name, said, err)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(said[i], want) {
				t.Errorf("%s: %q, want %q", name, said[i], want)
			}
		}
	}
}
