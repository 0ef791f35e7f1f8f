package steps

import (
	"context"
	"errors"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/target"
)

// firstOfSFTPGo is the Authy id of somebody whose id stands in SFTPGo, and in no users file.
const firstOfSFTPGo = 1010

// sources are the sentences about ids that stand in the additional_info of SFTPGo's accounts.
func (w *scenario) sources(sc sentences) {
	sc.Given(`^`+asks+`, which looks for ids in additional_info alone$`, w.looksInAdditionalInfo)
	sc.Given(`^(\w+) has a phone with Authy, and an account whose additional_info is$`, w.hasAdditionalInfo)
	sc.Step(`^the administrator takes the hooks' API key away$`, func(ctx context.Context) error {
		site, err := w.managed()
		if err != nil {
			return err
		}
		return site.RevokeKeys(ctx)
	})
}

// looksInAdditionalInfo gives keyint and checkpwd a key to SFTPGo's REST API, which they need:
// SFTPGo sends the account to extauth alone.
func (w *scenario) looksInAdditionalInfo(ctx context.Context, hook, door string) error {
	setup, err := w.asked(hook, door)
	if err != nil {
		return err
	}
	setup.Managed = target.Hook(hook) != target.Extauth
	setup.Config = map[string]string{"account_sources": `["additional_info"]`}
	return w.lease(ctx, setup)
}

// hasAdditionalInfo makes an account with that text, and its person a user at Authy whose id is the
// one of these scenarios.
func (w *scenario) hasAdditionalInfo(ctx context.Context, name string, text *godog.DocString) error {
	p := w.person(name)
	p.id, p.secret = firstOfSFTPGo, newSecret()
	account := w.account(p)
	account.Extra = map[string]any{"additional_info": text.Content}
	return errors.Join(w.site.PutAccount(ctx, account), w.addToAuthy(ctx, p, true))
}
