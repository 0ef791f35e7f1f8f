package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// Known is a fact, or why it is not known.
type Known[T any] struct {
	Value T
	Err   error
}

// Facts are all that the checks look at. A check whose facts are not known says so, and never that
// all is well.
type Facts struct {
	// Hookless says that this SFTPGo asks no hook, and that doctor was given no configuration of
	// any: checks of hooks do not apply.
	Hookless       bool
	Config         Known[config.Config] // that doctor was given
	Hookd          Known[*Hookd]        // the running hookd
	NamedFile      string               // what doctor was told is SFTPGo's configuration file; "" for nothing
	App            Known[authy.App]     // whose the API key is
	Settings       Known[Settings]      // of SFTPGo
	Endpoints      []Endpoint           // where SFTPGo asks hooks over HTTP
	Accounts       Known[[]Account]
	Inventory      Known[sftpgoapi.Inventory]
	Administrators Known[[]sftpgoapi.Administrator]
	UsersFile      Known[map[string]provider.Person] // nil where it is no source
	Authy          Known[map[authy.ID]error]         // what is wrong with the users at Authy that accounts map to
	Verify         Known[Verify]                     // what Twilio Verify told, where it is asked
	TOTP           Known[totp.State]                 // the secrets of local TOTP, where there are any
	Memory         Known[Memory]                     // that outlives a restart, where there is one
	Clock          Known[time.Duration]              // how far SFTPGo's clock is ahead of ours
	Version        string                            // of SFTPGo, "" if not known
	Now            int64                             // milliseconds since 1970
}

// Unknown returns a fact that is not known, with the reason.
func Unknown[T any](format string, args ...any) Known[T] {
	return Known[T]{Err: fmt.Errorf(format, args...)}
}

// Asker is what facts about users at Authy are asked of.
type Asker interface {
	App(ctx context.Context) (authy.App, error)
	User(ctx context.Context, id authy.ID) (authy.User, error)
}

// AskSFTPGo asks SFTPGo for accounts, administrators, keys and shares. sources tell which person an
// account belongs to, now is our clock.
func (f *Facts) AskSFTPGo(ctx context.Context, api *sftpgoapi.Client, sources gate.Accounts, now func() time.Time) {
	version, err := api.Version(ctx)
	if err != nil {
		f.Accounts.Err, f.Inventory.Err, f.Administrators.Err, f.Clock.Err = err, err, err, err
		return
	}
	if f.Clock.Value = api.Date().Sub(now()); api.Date().IsZero() {
		f.Clock.Err = errors.New("sftpgo's answers have no date")
	}
	f.Version = version
	f.Inventory.Value, f.Inventory.Err = api.Inventory(ctx)
	f.Inventory.Err = permissions(f.Inventory.Err)
	f.Administrators.Value, f.Administrators.Err = api.Administrators(ctx)
	f.Administrators.Err = permissions(f.Administrators.Err)
	users, err := api.Users(ctx)
	if err != nil {
		f.Accounts.Err = fmt.Errorf("accounts: %w", err)
		return
	}
	groups, groupsErr := api.Groups(ctx)
	f.Accounts.Value, f.Accounts.Err = readAccounts(users, groups)
	if f.Accounts.Err != nil && groupsErr != nil {
		f.Accounts.Err = fmt.Errorf("%w: %w", f.Accounts.Err, groupsErr)
	}
	for i, doc := range users {
		if f.Accounts.Err != nil || i >= len(f.Accounts.Value) {
			return
		}
		f.Accounts.Value[i].who(ctx, doc, sources)
	}
}

// permissions explains a refusal of SFTPGo in the same words for everything that it refuses, so
// that a report names the reason once.
func permissions(err error) error {
	if sftpgoapi.Status(err) == 0 {
		return err
	}
	return fmt.Errorf(
		"administrators, keys, shares and mail settings are shown to an administrator with all permissions: %w", err)
}

// who looks up the person that the account belongs to.
func (a *Account) who(ctx context.Context, doc sftpgoapi.Document, sources gate.Accounts) {
	if sources == nil {
		a.MappingErr = errors.New("our own configuration is not there or broken")
		return
	}
	raw, err := marshal(doc)
	if err != nil {
		a.MappingErr = err
		return
	}
	found, err := sources.Lookup(ctx, gate.Account{Name: a.Name, User: raw})
	switch {
	case err != nil:
		a.MappingErr = err
	case found.Mapped:
		a.Mapping, a.Person = gate.Mapped, found.Person
	default:
		a.Mapping = gate.Unmapped
	}
}

// AskAuthy asks Authy whether the key is good, and whether it has the users that accounts map to.
func (f *Facts) AskAuthy(ctx context.Context, api Asker) {
	if f.App.Value, f.App.Err = api.App(ctx); f.App.Err != nil {
		f.Authy.Err = f.App.Err
		return
	}
	f.Authy.Value = map[authy.ID]error{}
	for _, a := range f.Accounts.Value {
		id, authys := a.Person.(authy.ID)
		if _, asked := f.Authy.Value[id]; asked || !authys {
			continue
		}
		user, err := api.User(ctx, id)
		var refused *authy.APIError
		switch {
		case err == nil && user.Disabled:
			err = errors.New("is disabled at Authy, or being deleted")
		case err != nil && (!errors.As(err, &refused) || refused.Limited()):
			f.Authy.Err = fmt.Errorf("%d users at Authy were looked at, then: %w", len(f.Authy.Value), err)
			return
		}
		f.Authy.Value[id] = err
	}
}
