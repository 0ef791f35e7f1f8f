package steps

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
)

// SFTPGo's own second factor takes the codes of three steps of half a minute, each once.
const (
	ownPeriod = 30 * time.Second
	ownSkew   = 1
)

// ownFactor are the sentences about an SFTPGo without hooks, which asks for codes by itself.
func (w *scenario) ownFactor(sc sentences) {
	sc.Given(`^SFTPGo asks no hook, and doctor may look at it$`, func(ctx context.Context) error {
		return w.lease(ctx, target.Setup{Managed: true})
	})
	sc.Given(`^(\w+) has an account with SFTPGo's own second factor, asked over (SSH|FTP|HTTP)(?:, (SSH|FTP|HTTP))*`+
		` and (SSH|FTP|HTTP)$`, func(ctx context.Context, name, first, second, last string) error {
		return w.setsOwnFactor(ctx, name, first, second, last)
	})
}

// setsOwnFactor makes an account whose person sets the second factor in the web client.
func (w *scenario) setsOwnFactor(ctx context.Context, name string, protocols ...string) error {
	if err := w.hasPlainAccount(ctx, name); err != nil {
		return err
	}
	p := w.person(name)
	api := client.UserAPI(w.site.Servers().HTTP, client.Typing(p.name, p.password, "", ""))
	text, _, err := api.Call(ctx, http.MethodPost, "/user/totp/generate", map[string]any{"config_name": "Default"})
	if err != nil {
		return err
	}
	var made struct{ Secret string }
	if err := json.Unmarshal(text, &made); err != nil {
		return err
	}
	p.secret, p.local, p.own = made.Secret, true, true
	_, _, err = api.Call(ctx, http.MethodPost, "/user/totp/save", map[string]any{"enabled": true,
		"config_name": "Default", "protocols": strings.Fields(strings.Join(protocols, " ")),
		"secret": map[string]any{"status": "Plain", "payload": made.Secret}})
	return err
}
