package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sftpgo-authy/hooks/internal/memory/bolt"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// Memory is what can be said of the memory that outlives a restart.
type Memory struct {
	Missing bool     // its file is not there
	Warning string   // what its server should do better
	Pending []string // accounts with a secret of local TOTP of which no code was ever right
}

// Stepper is what knows the last steps of people.
type Stepper interface {
	LastStep(ctx context.Context, person string) (int64, error)
}

// AskMemory asks the memory whose secret waits for its first code.
func (f *Facts) AskMemory(ctx context.Context, kept Stepper) {
	people := maps.Clone(f.UsersFile.Value)
	if people == nil {
		people = map[string]provider.Person{}
	}
	for _, a := range f.Accounts.Value {
		if a.Person != nil {
			people[a.Name] = a.Person
		}
	}
	for account, person := range people {
		if person.Provider() != totp.Name {
			continue
		}
		step, err := kept.LastStep(ctx, provider.Key(person))
		if err != nil {
			f.Memory.Err = err
			return
		}
		if step == 0 {
			f.Memory.Value.Pending = append(f.Memory.Value.Pending, account)
		}
	}
	slices.Sort(f.Memory.Value.Pending)
}

// remembers: the memory that outlives a restart. Without it no code of local TOTP is judged.
func remembers(f *Facts) ([]Finding, error) {
	c := f.Config.Value
	where, without := "memory_file "+c.MemoryFile, "every login is denied"
	switch {
	case c.MemoryFile == "" && c.Hookd.RedisURL != "":
		where = "hookd.redis_url"
	case !c.Lasts() && c.TOTP.Enabled():
		return []Finding{{Severity: Warning, Where: "configuration", Line: "memory_file: a path",
			What: "no memory lasts, so nobody with local TOTP is let in: a code could be used twice"}}, nil
	case !c.Lasts() && c.Verify.Enabled():
		return []Finding{{Severity: Warning, Where: "configuration", Line: "memory_file: a path",
			What: "no memory lasts, so hookd forgets with a restart which codes of Twilio Verify were used in the " +
				"last minutes, and Twilio may take one again; hook programs let nobody in by Twilio Verify"}}, nil
	case !c.Lasts():
		return nil, nil
	case c.TOTP.Enabled():
		without = "nobody with local TOTP is let in"
	}
	m := f.Memory.Value
	switch {
	case errors.Is(f.Memory.Err, bolt.ErrHeld):
		return nil, f.Memory.Err // by a hookd that nobody can ask, or by programs: it is in use
	case f.Memory.Err != nil:
		return []Finding{{Severity: Warning, Where: where,
			What: f.Memory.Err.Error() + "; until it is mended, " + without}}, nil
	case m.Missing:
		return []Finding{{Severity: Warning, Where: where,
			What: "is not there: nobody has logged in yet, or it was taken away with all used codes, last steps and " +
				"recovery codes",
			Line: "start hookd, or restart it if it runs"}}, nil
	}
	var findings []Finding
	if m.Warning != "" {
		findings = append(findings, Finding{Severity: Warning, Where: where, What: m.Warning})
	}
	if len(m.Pending) > 0 {
		findings = append(findings, Finding{Severity: Info, Where: where,
			What: fmt.Sprintf("the secrets of %s wait for their first code; whoever got hold of what was handed "+
				"out to them gets in", few(m.Pending)),
			Line: "authyctl remove those who will not come"})
	}
	return findings, nil
}
