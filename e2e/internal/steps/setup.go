package steps

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cucumber/godog"
	"golang.org/x/crypto/ssh"

	"sftpgo-authy/e2e/internal/target"
)

// setUp are the sentences about servers, hooks and accounts.
func (w *scenario) setUp(sc sentences) {
	sc.Given(`^`+asks+`$`, w.sftpgoAsks)
	sc.Given(`^`+asks+` with$`, w.sftpgoAsksWith)
	sc.Given(`^(\w+) has an account and a phone with Authy$`, w.hasAccountAndPhone)
	sc.Given(`^(\w+) has an? (keyint|extauth|checkpwd) account and a phone with Authy$`, w.hasKindOfAccount)
	sc.Given(`^(\w+) has an extauth account that may answer prompts, and a phone with Authy$`, w.mayAnswerPrompts)
	sc.Given(`^(\w+) has a plain account$`, w.hasPlainAccount)
	sc.Given(`^(\w+) has an account but no line in the users file$`, w.hasAccount)
	sc.Given(`^(\w+) has an account but Authy does not know her id$`, w.hasAccount)
	sc.Given(`^(\w+) has an account but was deleted at Authy$`, w.wasDeleted)
	sc.Given(`^(\w+) has an account but Authy has suspended her$`, w.wasSuspended)
	sc.Given(`^(\w+) has an account and is at Authy, but has never set up a phone$`, w.neverRegistered)
	sc.Given(`^(\w+) has an account with an SSH key, and a phone with Authy$`, w.hasAccountWithKey)
	sc.Given(`^(\w+) has an account that needs an SSH key first, and a phone with Authy$`, w.needsKeyFirst)
	sc.Given(`^(\w+) has an extauth account that needs an SSH key first, and a phone with Authy$`,
		func(ctx context.Context, name string) error {
			w.person(name).hook = target.Extauth
			return w.needsKeyFirst(ctx, name)
		})
	sc.Given(`^(\w+) has an account with all kinds of settings and a phone with Authy$`, w.hasSettings)
	sc.Given(`^(\w+) has a phone with Authy, but no account$`, w.hasPhone)
	sc.Given(`^(\w+)'s phone is ten minutes slow$`, w.phoneIsSlow)
	sc.Given(`^the administrator makes (\w+)'s account (disabled|expired)$`, w.adminMakes)
	sc.Step(`^the administrator (takes|puts) (\w+) (?:out of|back into) the users file$`, w.changeUsersFile)
	sc.Given(`^hookd is killed$`, func(ctx context.Context) error { return w.site.KillHookd(ctx) })
	sc.When(`^hookd is started again$`, func(ctx context.Context) error { return w.site.StartHookd(ctx) })
}

// asks matches which hooks SFTPGo asks, and through which door where a scenario names one.
const asks = `SFTPGo asks (keyint|extauth|checkpwd|keyint, extauth and checkpwd)(?: through the (program|HTTP) door)?`

// asked returns the setup for the words that [asks] captures.
func (w *scenario) asked(hooks, door string) (target.Setup, error) {
	setup := target.Setup{Hooks: []target.Hook{target.Hook(hooks)}, Door: target.Door(door)}
	if hooks == "keyint, extauth and checkpwd" {
		setup.Hooks = []target.Hook{target.Keyint, target.Extauth, target.Checkpwd}
	}
	switch both := w.suite.Door; {
	case door == "" && both == "":
		return setup, errors.New("this scenario names no door: tag it @both-doors, or name the one that it is about")
	case door != "" && both != "":
		return setup, errors.New("this scenario is tagged @both-doors and names one: take the tag or the name away")
	case door == "":
		setup.Door = both
	}
	return setup, nil
}

func (w *scenario) sftpgoAsks(ctx context.Context, hooks, door string) error {
	return w.sftpgoAsksWith(ctx, hooks, door, &godog.Table{})
}

// sftpgoAsksWith takes a table of settings: AUTHY_… are variables of the hooks and SFTPGO_… of
// SFTPGo, the others belong into the hooks' configuration file.
func (w *scenario) sftpgoAsksWith(ctx context.Context, hooks, door string, settings *godog.Table) error {
	setup, err := w.asked(hooks, door)
	if err != nil {
		return err
	}
	if setup, err = withSettings(setup, settings); err != nil {
		return err
	}
	return w.lease(ctx, w.withProvider(setup))
}

// withSettings adds settings to a setup.
func withSettings(setup target.Setup, settings *godog.Table) (target.Setup, error) {
	setup.Config, setup.Env, setup.Server = map[string]string{}, map[string]string{}, map[string]string{}
	for _, row := range settings.Rows {
		if len(row.Cells) != 2 {
			return setup, errors.New("settings: want two columns, name and value")
		}
		name, value := row.Cells[0].Value, row.Cells[1].Value
		switch {
		case strings.HasPrefix(name, "AUTHY_"):
			setup.Env[name] = value
		case strings.HasPrefix(name, "SFTPGO_"):
			setup.Server[name] = value
		default:
			setup.Config[name] = value
		}
	}
	return setup, nil
}

// account is an account of the kind that the person's hook is for.
func (w *scenario) account(p *person) target.Account {
	return target.Account{Name: p.name, Password: p.password, Kind: target.Kind(p.hook)}
}

func (w *scenario) hasAccount(ctx context.Context, name string) error {
	return w.site.PutAccount(ctx, w.account(w.person(name)))
}

func (w *scenario) hasPhone(ctx context.Context, name string) error {
	p := w.person(name)
	switch {
	case p.local:
		return nil // the hooks have the secret
	case w.provider == Verify:
		p.secret = newSecret()
		return w.addFactor(ctx, p, true)
	}
	p.secret = newSecret()
	return w.addToAuthy(ctx, p, true)
}

func (w *scenario) hasAccountAndPhone(ctx context.Context, name string) error {
	return errors.Join(w.hasAccount(ctx, name), w.hasPhone(ctx, name))
}

func (w *scenario) hasKindOfAccount(ctx context.Context, name, hook string) error {
	w.person(name).hook = target.Hook(hook)
	return w.hasAccountAndPhone(ctx, name)
}

func (w *scenario) mayAnswerPrompts(ctx context.Context, name string) error {
	p := w.person(name)
	p.hook = target.Extauth
	account := w.account(p)
	account.Prompts = true
	return errors.Join(w.site.PutAccount(ctx, account), w.hasPhone(ctx, name))
}

func (w *scenario) hasPlainAccount(ctx context.Context, name string) error {
	p := w.person(name)
	p.hook = ""
	return w.site.PutAccount(ctx, target.Account{Name: p.name, Password: p.password, Kind: target.PlainAccount})
}

func (w *scenario) wasDeleted(ctx context.Context, name string) error {
	return errors.Join(w.hasAccountAndPhone(ctx, name), w.deleteAtAuthy(ctx, w.person(name)))
}

func (w *scenario) wasSuspended(ctx context.Context, name string) error {
	return errors.Join(w.hasAccountAndPhone(ctx, name), w.suspendAtAuthy(ctx, w.person(name)))
}

// neverRegistered is the user for whom Authy accepts any code unless force=true is sent.
func (w *scenario) neverRegistered(ctx context.Context, name string) error {
	return errors.Join(w.hasAccount(ctx, name), w.addToAuthy(ctx, w.person(name), false))
}

func (w *scenario) hasAccountWithKey(ctx context.Context, name string) error {
	return w.putWithKey(ctx, name, false)
}

func (w *scenario) needsKeyFirst(ctx context.Context, name string) error {
	return w.putWithKey(ctx, name, true)
}

func (w *scenario) putWithKey(ctx context.Context, name string, first bool) error {
	p := w.person(name)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	if p.key, err = ssh.NewSignerFromKey(private); err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return err
	}
	p.identity = pem.EncodeToMemory(block)
	account := w.account(p)
	account.KeyFirst = first
	account.PublicKeys = []string{strings.TrimSpace(string(ssh.MarshalAuthorizedKey(p.key.PublicKey())))}
	return errors.Join(w.site.PutAccount(ctx, account), w.hasPhone(ctx, name))
}

// hasSettings sets something in every corner of the account that a login must not touch.
func (w *scenario) hasSettings(ctx context.Context, name string) error {
	account := w.account(w.person(name))
	account.Extra = map[string]any{
		"email": "ann@example.com", "description": "set by the administrator", "additional_info": `{"staff":4711}`,
		"max_sessions": 7, "quota_size": 1 << 40, "quota_files": 1000, "upload_bandwidth": 4096,
		"download_bandwidth":   8192,
		"upload_data_transfer": 11, "download_data_transfer": 12, "total_data_transfer": 0,
		"expiration_date": time.Now().AddDate(1, 0, 0).UnixMilli(),
		"permissions":     map[string]any{"/": []string{"*"}, "/in": []string{"list", "upload"}},
		"public_keys": []string{
			"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5m6SRUQxNaLxkzIHPrQSSkKLnT8LFVo4uhkqZLBDzp ann"},
	}
	filters, ok := account.Document()["filters"].(map[string]any)
	if !ok {
		return errors.New("account without filters")
	}
	for key, value := range map[string]any{
		"denied_protocols": []string{"DAV"}, "max_upload_file_size": 1 << 30, "web_client": []string{"shares-disabled"},
		"allow_api_key_auth": true, "user_type": "LDAPUser", "start_directory": "/in",
		"two_factor_protocols": []string{},
		"allowed_ip":           []string{"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"},
		"denied_ip":            []string{"192.0.2.0/24"},
		"file_patterns":        []any{map[string]any{"path": "/", "denied_patterns": []string{"*.exe"}}},
	} {
		filters[key] = value
	}
	account.Extra["filters"] = filters
	if err := errors.Join(w.site.PutAccount(ctx, account), w.hasPhone(ctx, name)); err != nil {
		return err
	}
	document, err := w.site.ReadAccount(ctx, name)
	w.person(name).document = document
	return err
}

func (w *scenario) phoneIsSlow(name string) error {
	w.person(name).slow = 10 * time.Minute
	return nil
}

func (w *scenario) adminMakes(ctx context.Context, name, state string) error {
	return w.site.ChangeAccount(ctx, name, func(document map[string]any) {
		if state == "disabled" {
			document["status"] = 0
			return
		}
		document["expiration_date"] = time.Now().Add(-time.Hour).UnixMilli()
	})
}

// changeUsersFile takes somebody out of the users file, or writes it as it was.
func (w *scenario) changeUsersFile(ctx context.Context, change, name string) error {
	var kept strings.Builder
	for line := range strings.Lines(target.CastUsers()) {
		if change == "puts" || !strings.HasPrefix(line, name+":") {
			kept.WriteString(line)
		}
	}
	return w.site.WriteUsers(ctx, kept.String())
}

// state says whether an account is enabled, disabled or expired.
func state(document map[string]any) string {
	var expires int64
	if _, err := fmt.Sscan(fmt.Sprint(document["expiration_date"]), &expires); err == nil && expires > 0 &&
		time.UnixMilli(expires).Before(time.Now()) {
		return "expired"
	}
	if fmt.Sprint(document["status"]) == "1" {
		return "enabled"
	}
	return "disabled"
}
