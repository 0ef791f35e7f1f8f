package target

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os/exec"
	"path"
	"strings"

	"sftpgo-authy/mockauthy/mockapi"
)

// sealKey is the key of every site's local TOTP, as its key file has it.
const sealKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// secretFiles are the files of local TOTP, by their names in the folder of whoever reads them; none
// where the setup has no secrets.
func (s Setup) secretFiles() map[string]string {
	if s.Secrets == "" {
		return nil
	}
	return map[string]string{"secrets": s.Secrets, "totp-key": sealKey + "\n"}
}

// withSecrets returns the settings of the hooks with those of local TOTP, whose files are in dir.
// What is remembered belongs to these secrets alone: a stack is used by many scenarios.
func (s Setup) withSecrets(dir string) map[string]string {
	if s.Secrets == "" {
		return s.Config
	}
	sum := sha256.Sum256([]byte(s.Secrets))
	all := map[string]string{
		"provider": "totp", "totp.secrets_file": path.Join(dir, "secrets"), "totp.key_file": path.Join(dir, "totp-key"),
		"memory_file": path.Join(dir, fmt.Sprintf("memory-%x.db", sum[:8])),
	}
	maps.Copy(all, s.Config)
	return all
}

// withVerify returns a setup whose hooks ask Twilio Verify at an address, with the credentials that
// the mock has for its API key.
func (s Setup) withVerify(ctx context.Context, mock *mockapi.Client, address string) (Setup, error) {
	if !s.Verify && !s.Leaving {
		return s, nil
	}
	apps, err := mock.Apps(ctx)
	if err != nil {
		return s, err
	}
	all := map[string]string{"provider": "verify", "verify.url": address}
	for _, app := range apps {
		if app.Key == mock.Key {
			all["verify.account_sid"], all["verify.secret"] = app.AccountSID, app.AuthToken
			all["verify.service_sid"] = app.ServiceSID
		}
	}
	maps.Copy(all, s.Config)
	s.Config = all
	return s, nil
}

// Keeper is a Site whose hooks judge codes themselves, with authyctl at hand.
type Keeper interface {
	// RecoveryCodes has authyctl make new recovery codes for an account, and returns them.
	RecoveryCodes(ctx context.Context, account string) ([]string, error)
}

// RecoveryCodes implements Keeper.
func (l *local) RecoveryCodes(ctx context.Context, account string) ([]string, error) {
	cmd := exec.CommandContext(ctx, l.programs.Path("authyctl"), "recovery", account)
	for name, value := range l.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("authyctl recovery: %w: %s", err, complaints.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), nil
}
