package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"strings"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/safefile"
)

const totpHelp = `
ACTION is one of:

  key     make totp.key_file, which seals secrets and is needed for recovery codes
  seal    seal every line of totp.secrets_file that is not
  unseal  put every line back as it was before
  rekey   put a new key into totp.key_file before the old one, and seal every line with it
  check   judge every line, without showing a secret

Comments and everything else in the files stay as they are, and a file is replaced as a whole or not
at all. After rekey the old key still opens recovery codes that were made with it: delete its line
from totp.key_file when nobody needs them any more, or at once if somebody else may have seen it.
`

// totp looks after the files of local TOTP.
func (c *cli) totp(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	actions := map[string]func(totpFiles) error{
		"key": c.totpKey, "seal": c.totpSeal, "unseal": c.totpUnseal, "rekey": c.totpRekey, "check": c.totpCheck,
	}
	return func(_ context.Context, name string) error {
		action, known := actions[name]
		if !known {
			return fmt.Errorf("unknown action %q; want key, seal, unseal, rekey or check", name)
		}
		cfg, err := config.LoadProvider(s.config, c.lookup)
		if err != nil {
			return err
		}
		if !cfg.TOTP.Enabled() {
			return errors.New("totp.secrets_file: is not set in the configuration")
		}
		f := totpFiles{TOTP: cfg.TOTP}
		switch {
		case name == "key":
			return action(f)
		case f.KeyFile == "" && name != "check":
			return errors.New("totp.key_file: is not set in the configuration; without a key nothing is sealed")
		}
		if f.keys, err = readKeys(f.TOTP); err != nil {
			return err
		}
		return action(f)
	}
}

// readKeys reads the key file that the configuration names; no keys where it names none.
func readKeys(c config.TOTP) (totp.Keys, error) {
	if c.KeyFile == "" {
		return totp.Keys{}, nil
	}
	keys, err := totp.ReadKeys(c.KeyFile, safefile.Lent)
	if err != nil {
		return keys, fmt.Errorf("totp.key_file %s: %w", c.KeyFile, err)
	}
	return keys, nil
}

// inspectTOTP judges the files of local TOTP.
func inspectTOTP(c config.TOTP) (totp.State, error) {
	keys, err := readKeys(c)
	if err != nil {
		return totp.State{}, err
	}
	return totp.Inspect(c.SecretsFile, keys, c.Params())
}

// totpFiles are the files of local TOTP.
type totpFiles struct {
	config.TOTP
	keys totp.Keys
}

// secrets returns the secrets file.
func (f totpFiles) secrets() totp.File {
	return totp.File{Path: f.SecretsFile, Keys: f.keys, Random: rand.Reader}
}

func (c *cli) totpKey(f totpFiles) error {
	err := totp.EditKeys(f.KeyFile, func(text string) (string, error) {
		if strings.TrimSpace(text) != "" {
			return "", errors.New("is there already; authyctl totp rekey adds another key")
		}
		return totp.AddKey(text, rand.Reader)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s holds a new key; keep a copy where the backup of the secrets is not\n", f.KeyFile)
	return nil
}

func (c *cli) totpSeal(f totpFiles) error {
	n, err := f.secrets().Seal()
	return c.totpSay(err, "%s in %s sealed\n", lineCount(n), f.SecretsFile)
}

func (c *cli) totpUnseal(f totpFiles) error {
	n, err := f.secrets().Unseal()
	return c.totpSay(err, "%s in %s unsealed: whoever reads the file has the secrets\n", lineCount(n), f.SecretsFile)
}

// totpRekey adds the new key first: from then on both open, so that at no moment a line is without
// its key.
func (c *cli) totpRekey(f totpFiles) error {
	state, err := totp.Inspect(f.SecretsFile, f.keys, f.Params())
	if err == nil && len(state.Broken) > 0 {
		err = fmt.Errorf("totp.secrets_file %s: %w; nothing was changed", f.SecretsFile, errors.Join(state.Broken...))
	}
	if err != nil {
		return err
	}
	err = totp.EditKeys(f.KeyFile, func(text string) (string, error) { return totp.AddKey(text, rand.Reader) })
	if err != nil {
		return err
	}
	if f.keys, err = readKeys(f.TOTP); err != nil {
		return err
	}
	n, err := f.secrets().Seal()
	return c.totpSay(err,
		"%s in %s sealed with a new key, the first in %s\nhint: delete the old keys below it when no recovery codes "+
			"are left that were made with them\n",
		lineCount(n), f.SecretsFile, f.KeyFile)
}

func (c *cli) totpCheck(f totpFiles) error {
	s, err := totp.Inspect(f.SecretsFile, f.keys, f.Params())
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "accounts    %d\nnot sealed  %s\nold key     %s\nshort       %s\n",
		s.Accounts, some(s.Plain), some(s.Old), some(s.Short))
	if len(s.Broken) > 0 {
		return fmt.Errorf("totp.secrets_file %s: %w", f.SecretsFile, errors.Join(s.Broken...))
	}
	return nil
}

// some names a few of many accounts.
func some(accounts []string) string {
	const few = 5
	quoted := make([]string, 0, few)
	for _, name := range accounts[:min(len(accounts), few)] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	text := strings.TrimSpace(fmt.Sprintf("%d %s", len(accounts), strings.Join(quoted, ", ")))
	if len(accounts) > few {
		text += ", …"
	}
	return text
}

// totpSay prints what was done, unless it was not.
func (c *cli) totpSay(err error, format string, args ...any) error {
	if err == nil {
		fmt.Fprintf(c.out, format, args...)
	}
	return err
}

func lineCount(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}
