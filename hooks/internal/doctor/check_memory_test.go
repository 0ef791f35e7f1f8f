package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/memory/bolt"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// TestMemory: what doctor says of the memory that lasts.
func TestMemory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, redis, secrets string
		service              string // of Twilio Verify
		memory               Known[Memory]
		want                 string // "" for nothing
	}{
		"none is needed":  {},
		"Verify":          {service: "VA1", want: "hookd forgets with a restart"},
		"Verify, lasting": {file: "/m", service: "VA1"},
		"one is needed":   {secrets: "/s", want: "no memory lasts"},
		"all well":        {file: "/m", secrets: "/s"},
		"missing":         {file: "/m", memory: Known[Memory]{Value: Memory{Missing: true}}, want: "is not there"},
		"broken": {
			file: "/m", secrets: "/s", memory: Unknown[Memory]("x"),
			want: "x; until it is mended, nobody with local TOTP",
		},
		"broken, for Authy": {file: "/m", memory: Unknown[Memory]("x"), want: "x; until it is mended, every login"},
		"in use": {
			file: "/m", memory: Known[Memory]{Err: fmt.Errorf("by 1: %w", bolt.ErrHeld)}, want: "unseen: by 1",
		},
		"shared": {redis: "redis://x", secrets: "/s"},
		"forgetful": {
			redis: "redis://x", memory: Known[Memory]{Value: Memory{Warning: "no disk"}}, want: "no disk",
		},
		"pending": {
			file: "/m", secrets: "/s", memory: Known[Memory]{Value: Memory{Pending: []string{"ann", "bob"}}},
			want: "the secrets of ann, bob wait for their first code",
		},
	} {
		f := facts(recipe())
		f.Config.Value.MemoryFile, f.Config.Value.Hookd.RedisURL = c.file, c.redis
		f.Config.Value.TOTP.SecretsFile, f.Memory = c.secrets, c.memory
		f.Config.Value.Verify.ServiceSID = c.service
		found, unseen := remembers(f)
		var said []string
		for _, one := range found {
			said = append(said, one.What)
		}
		if unseen != nil {
			said = append(said, "unseen: "+unseen.Error())
		}
		if got := strings.Join(said, "\n"); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// steps are last steps by person.
type steps map[string]int64

func (s steps) LastStep(_ context.Context, person string) (int64, error) {
	if s[person] < 0 {
		return 0, errors.New("gone")
	}
	return s[person], nil
}

// TestWhoIsPending: whose secret of local TOTP has no last step, by whichever source.
func TestWhoIsPending(t *testing.T) {
	t.Parallel()
	local := func(account string) provider.Person {
		p, err := (&totp.Provider{}).Parse(account, "")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	f := &Facts{}
	f.UsersFile.Value = map[string]provider.Person{"ann": local("ann"), "bob": local("bob")}
	f.Accounts.Value = []Account{{Name: "cid", Person: local("cid")}, {Name: "dan"}}
	f.AskMemory(t.Context(), steps{"totp/bob": 1})
	if !slices.Equal(f.Memory.Value.Pending, []string{"ann", "cid"}) || f.Memory.Err != nil {
		t.Errorf("%+v", f.Memory)
	}
	if f.AskMemory(t.Context(), steps{"totp/bob": -1}); f.Memory.Err == nil {
		t.Error("a memory that cannot be asked")
	}
}
