package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
)

// outages are the words for what a provider does wrong, and the fault that makes mockauthy do it.
// Its errors are keyNo and tooMany.
func outages(keyNo, tooMany string) map[string]mockapi.Effect {
	return map[string]mockapi.Effect{
		"takes longer than the hook waits":      {Kind: mockapi.Latency, Delay: mockapi.Duration(8 * time.Second)},
		"answers after 1 second":                {Kind: mockapi.Latency, Delay: mockapi.Duration(time.Second)},
		"hangs up without an answer":            {Kind: mockapi.DropBefore},
		"hangs up after it took the code":       {Kind: mockapi.DropAfter},
		"answers 503 with an HTML page":         {Kind: mockapi.HTML503},
		"rejects the API key":                   {Kind: mockapi.AuthyError, Error: keyNo},
		"says that there are too many calls":    {Kind: mockapi.AuthyError, Error: tooMany},
		"cuts its answer short":                 {Kind: mockapi.Truncate},
		"sends the hook elsewhere":              {Kind: mockapi.Redirect, Location: "/protected/json/app/details"},
		"answers 200 without a word":            {Kind: mockapi.EmptyOK},
		"answers with something else than JSON": {Kind: mockapi.Malformed},
		"answers with success as a boolean":     {Kind: mockapi.SuccessBoolean},
	}
}

// authy are the sentences about Authy, played by mockauthy.
func (w *scenario) authy(sc sentences) {
	sc.Given(`^Authy is down$`, w.stopAuthy)
	sc.When(`^Authy is up again$`, w.startAuthy)
	sc.Step(`^(?:Authy|the provider) has suspended her$`, func(ctx context.Context) error {
		return w.suspendAtAuthy(ctx, w.person("ann"))
	})
	sc.Given(`^Authy ((?:takes|answers|hangs|rejects|says|cuts|sends) .*?)( once)?$`, w.misbehaves)
	sc.Then(`^no request reached Authy$`, w.nobodyAsked)
	sc.Then(`^Authy was asked once$`, func(ctx context.Context) error { return w.askedTimes(ctx, 1) })
	sc.Then(`^Authy was asked (\d+) times$`, w.askedTimes)
}

func (w *scenario) misbehaves(ctx context.Context, how, once string) error {
	known := outages("60001", "60003")
	if w.provider == Verify {
		known = outages("20003", "60312")
	}
	effect, ok := known[how]
	if !ok {
		return fmt.Errorf("outage %q of the provider: these steps know none of that name", how)
	}
	rule := mockapi.Rule{Match: mockapi.Match{Endpoint: w.question()}, Effect: effect}
	if once != "" {
		rule.Times = 1
	}
	_, err := w.site.Authy().AddFault(ctx, rule)
	return err
}

// addToAuthy adds the person as the user whose id stands in the users file.
func (w *scenario) addToAuthy(ctx context.Context, p *person, registered bool) error {
	id := p.id
	if known, ok := ids()[p.name]; ok {
		id = known
	}
	if id == 0 {
		return fmt.Errorf("%s has no line in the users file", p.name)
	}
	user, err := w.site.Authy().AddUser(ctx, mockapi.NewUser{
		ID: id, Email: p.name + "@example.com", Cellphone: fmt.Sprintf("41555%05d", id), CountryCode: 1,
		Secret: p.secret, Registered: &registered, Confirmed: registered,
	})
	p.id = user.ID
	return err
}

func (w *scenario) deleteAtAuthy(ctx context.Context, p *person) error {
	return w.site.Authy().RemoveUser(ctx, p.ref())
}

func (w *scenario) suspendAtAuthy(ctx context.Context, p *person) error {
	_, err := w.site.Authy().PatchUser(ctx, p.ref(), mockapi.UserPatch{Suspended: mockapi.Ptr(true)})
	return err
}

// setClock brings the mock's clock to the scenario's time, where it stands still: time passes only
// when a scenario says so. While Authy is down nobody can turn its clock, and nobody looks at it.
func (w *scenario) setClock(ctx context.Context) error {
	if w.authyDown {
		return nil
	}
	_, err := w.site.Authy().TurnClock(ctx, mockapi.ClockChange{Freeze: mockapi.Ptr(true), Set: &w.now})
	return err
}

// advance lets time pass and returns the new time.
func (w *scenario) advance(ctx context.Context, by time.Duration) (time.Time, error) {
	w.now = w.now.Add(by)
	return w.now, w.setClock(ctx)
}

// stopAuthy takes Authy off the network.
func (w *scenario) stopAuthy(ctx context.Context) error {
	w.authyDown = true
	return w.site.StopAuthy(ctx)
}

// startAuthy brings Authy back. It may have forgotten everything, so the people who were there are
// added again.
func (w *scenario) startAuthy(ctx context.Context) error {
	if err := w.site.StartAuthy(ctx); err != nil {
		return err
	}
	w.authyDown = false
	if err := w.setClock(ctx); err != nil {
		return err
	}
	for _, p := range w.people {
		switch _, err := w.site.Authy().Factor(ctx, p.factor); {
		case p.secret == "" || p.factor != "" && err == nil:
			continue
		case p.factor != "":
			if err := w.addFactor(ctx, p, true); err != nil {
				return err
			}
			continue
		}
		if _, err := w.site.Authy().User(ctx, p.ref()); err == nil {
			continue
		}
		if err := w.addToAuthy(ctx, p, true); err != nil {
			return err
		}
	}
	return nil
}

func (w *scenario) journal(ctx context.Context) ([]mockapi.Entry, error) {
	return w.site.Authy().Journal(ctx, mockapi.JournalQuery{})
}

// sentByLogins returns what the journal says that logins sent to Authy, to whichever path. hookd
// asks by itself whose its API key is.
func (w *scenario) sentByLogins(ctx context.Context) ([]mockapi.Entry, error) {
	entries, err := w.journal(ctx)
	return slices.DeleteFunc(entries, func(e mockapi.Entry) bool {
		return slices.Contains(ownQuestions, e.Endpoint)
	}), err
}

// nobodyAsked reads the journal.
func (w *scenario) nobodyAsked(ctx context.Context) error {
	entries, err := w.sentByLogins(ctx)
	if err != nil {
		return err
	}
	var paths []string
	for _, e := range entries {
		paths = append(paths, e.Method+" "+e.Path)
	}
	if len(paths) > 0 {
		return fmt.Errorf("requests reached the provider: %s", strings.Join(paths, ", "))
	}
	return nil
}

// askedTimes counts the questions whether a code is right. No other request may have been sent.
func (w *scenario) askedTimes(ctx context.Context, want int) error {
	entries, err := w.sentByLogins(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Endpoint != w.question() {
			return fmt.Errorf("request to the provider: %s %s, want questions about codes alone", e.Method, e.Path)
		}
	}
	if len(entries) != want {
		return fmt.Errorf("questions to the provider: %d, want %d", len(entries), want)
	}
	return nil
}

// requestArrived returns when Authy has been asked and has not answered yet.
func (w *scenario) requestArrived(ctx context.Context) error {
	return eventually(ctx, func() error {
		entries, err := w.journal(ctx)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Endpoint == w.question() && e.DoneAt == nil {
				return nil
			}
		}
		return fmt.Errorf("no question is waiting at the provider, the journal has %d entries", len(entries))
	})
}
