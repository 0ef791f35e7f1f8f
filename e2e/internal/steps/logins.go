package steps

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
)

// wayNames is a group that matches the names of the clients, longest first where one begins
// another.
func wayNames() string {
	var names []string
	for _, way := range client.All() {
		names = append(names, regexp.QuoteMeta(way.Name))
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	return "(" + strings.Join(names, "|") + ")"
}

// logins are the sentences in which somebody logs in.
func (w *scenario) logins(sc sentences) {
	ways := wayNames()
	// The words after "with" begin like this and have no comma outside of quotes: no sentence fits
	// two steps.
	const what = `((?:her|his|a|the|bob's) (?:[^,"]|"[^"]*")+)`
	sc.When(`^(\w+) logs in over `+ways+`(?: with `+what+`)?$`, w.logsIn)
	sc.When(`^(\w+) sends another (WebDAV) request with `+what+`$`, w.logsIn)
	sc.When(`^(\w+) logs in with what (keyint|extauth|checkpwd) wants$`, w.logsInAsWanted)
	sc.Given(`^(\w+) has logged in over `+ways+`$`, w.hasLoggedIn)
	sc.When(`^(\w+) and (\w+) log in over `+ways+` at the same moment, each with (?:a code|password and code)$`,
		w.bothLogIn)
	sc.When(`^somebody logs in over `+ways+` as (\w+) twice at the same moment with the same code$`, w.sameCodeTwice)
	sc.When(`^(\w+) logs in over `+ways+
		` with her code, and the administrator disables the account while Authy thinks$`, w.disabledMeanwhile)
	sc.When(`^(\w+) logs in over (SFTP with prompts), and ((?:Authy|the provider) goes down|hookd is killed|`+
		`redis is killed|hookd is reloaded) after her password$`, w.goesDownMeanwhile)
	sc.When(`^somebody who knows (\w+)'s password logs in over `+ways+` and types these (?:for the code|behind it)$`,
		w.typesCodes)
	sc.When(`^somebody logs in over `+ways+` as (\w+) and types these for the (code|password)$`, w.typesThese)
	sc.When(`^somebody tries to log in over `+ways+` under these names$`, w.triesNames)
}

// login does one login and says how it went. what may be the zero value: then there is a key alone.
func (w *scenario) login(ctx context.Context, p *person, wayName string, what typed) attempt {
	way, err := client.Find(wayName)
	a := attempt{who: p, way: way, err: err}
	if err != nil {
		return a
	}
	// SFTPGo's WebDAV knows a checkpwd login by the whole string of the first request, so the
	// person types it again and again; everywhere else a new login takes a new code.
	t := &typist{who: p, what: what, keep: way.Protocol == "DAV" && p.hook == target.Checkpwd}
	a.session, a.err = way.Open(ctx, w.site.Servers(), t.person(ctx))
	a.questions = t.questions
	if a.err == nil {
		p.goodCode = p.lastCode
	}
	if t.err != nil {
		a.err = t.err
	}
	return a
}

func (w *scenario) logsIn(ctx context.Context, name, way, text string) error {
	p := w.person(name)
	var what typed
	if text != "" {
		var err error
		if what, err = w.parseTyped(p, text); err != nil {
			return err
		}
	}
	if err := w.begin(ctx); err != nil {
		return err
	}
	w.attempts = []attempt{w.login(ctx, p, way, what)}
	return nil
}

// logsInAsWanted uses the client and the credentials that a hook is made for.
func (w *scenario) logsInAsWanted(ctx context.Context, name, hook string) error {
	way, text := w.wanted(target.Hook(hook))
	return w.logsIn(ctx, name, way, text)
}

func (w *scenario) wanted(hook target.Hook) (way, text string) {
	switch hook {
	case target.Keyint:
		return "SFTP with prompts", "her password and her code"
	case target.Extauth:
		return "SFTP", "her code"
	}
	return "SFTP", "her password and her code"
}

func (w *scenario) hasLoggedIn(ctx context.Context, name, way string) error {
	_, text := w.wanted(w.person(name).hook)
	if err := w.logsIn(ctx, name, way, text); err != nil {
		return err
	}
	return w.isIn()
}

func (w *scenario) bothLogIn(ctx context.Context, one, other, way string) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	_, text := w.wanted(w.person(one).hook)
	people := []*person{w.person(one), w.person(other)}
	whats := make([]typed, len(people))
	for i, p := range people {
		what, err := w.parseTyped(p, text)
		if err != nil {
			return err
		}
		if whats[i], err = readNow(ctx, what); err != nil {
			return err
		}
	}
	w.attempts = make([]attempt, len(people))
	together(len(people), func(i int) { w.attempts[i] = w.login(ctx, people[i], way, whats[i]) })
	return nil
}

// readNow looks at the phone before the login instead of within it: two people must not turn the
// clock against each other.
func readNow(ctx context.Context, what typed) (typed, error) {
	code, err := what.code(ctx)
	what.code = func(context.Context) (string, error) { return code, nil }
	return what, err
}

func (w *scenario) sameCodeTwice(ctx context.Context, way, name string) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	p := w.person(name)
	_, text := w.wanted(p.hook)
	what, err := w.parseTyped(p, text)
	if err != nil {
		return err
	}
	if what, err = readNow(ctx, what); err != nil {
		return err
	}
	w.attempts = make([]attempt, 2)
	together(2, func(i int) { w.attempts[i] = w.login(ctx, p, way, what) })
	return nil
}

func (w *scenario) disabledMeanwhile(ctx context.Context, name, way string) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	p := w.person(name)
	what, err := w.parseTyped(p, "her code")
	if err != nil {
		return err
	}
	w.attempts = make([]attempt, 1)
	var disabled error
	together(2, func(i int) {
		if i == 0 {
			w.attempts[0] = w.login(ctx, p, way, what)
			return
		}
		if disabled = w.requestArrived(ctx); disabled == nil {
			disabled = w.adminMakes(ctx, name, "disabled")
		}
	})
	return disabled
}

func (w *scenario) goesDownMeanwhile(ctx context.Context, name, way, what string) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	p := w.person(name)
	var down error
	w.attempts = []attempt{w.login(ctx, p, way, typed{
		password: func() string { return p.password },
		code: func(ctx context.Context) (string, error) {
			code, err := w.freshCode(ctx, p)
			if err != nil {
				return "", err
			}
			switch what {
			case "hookd is killed":
				down = w.site.KillHookd(ctx)
			case "redis is killed":
				down = w.killRedis(ctx)
			case "hookd is reloaded":
				down = w.reload(ctx, nil)
			default:
				down = w.stopAuthy(ctx)
			}
			return code, nil
		},
	})}
	return down
}

// typesCodes tries each text of the table as the code, with the right password before it.
func (w *scenario) typesCodes(ctx context.Context, name, way string, table *godog.Table) error {
	return w.each(ctx, table, func(text string) attempt {
		p := w.person(name)
		return w.login(ctx, p, way, typed{
			password: func() string { return p.password },
			code:     func(context.Context) (string, error) { return text, nil },
		})
	})
}

// typesThese tries each text of the table as the code, without a password, or as the password.
func (w *scenario) typesThese(ctx context.Context, way, name, field string, table *godog.Table) error {
	return w.each(ctx, table, func(text string) attempt {
		what := typed{code: func(context.Context) (string, error) { return text, nil }}
		if field == "password" {
			what = typed{password: func() string { return text }, code: what.code}
		}
		return w.login(ctx, w.person(name), way, what)
	})
}

// triesNames logs in under each name, with the password and code that ann's login would take.
func (w *scenario) triesNames(ctx context.Context, way string, table *godog.Table) error {
	ann := w.person("ann")
	return w.each(ctx, table, func(text string) attempt {
		stranger := &person{name: text, password: ann.password, secret: ann.secret}
		_, wanted := w.wanted(ann.hook)
		what, err := w.parseTyped(stranger, wanted)
		if err != nil {
			return attempt{who: stranger, err: err}
		}
		return w.login(ctx, stranger, way, what)
	})
}

// each runs one login after the other, one per row of the table, and closes each before the next.
func (w *scenario) each(ctx context.Context, table *godog.Table, login func(text string) attempt) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	for _, row := range table.Rows {
		text, err := w.rowText(ctx, row.Cells[0].Value)
		if err != nil {
			return err
		}
		a := login(text)
		a.label = fmt.Sprintf("with %.60q", text)
		w.attempts = append(w.attempts, a)
	}
	return nil
}

// rowText reads a quoted string as Go writes it, with <code of …> and <N times the digit D> filled
// in.
func (w *scenario) rowText(ctx context.Context, cell string) (string, error) {
	// Gherkin has turned \n into a line break already; Go's quotes want it back.
	text, err := strconv.Unquote(strings.ReplaceAll(cell, "\n", `\n`))
	if err != nil {
		return "", fmt.Errorf("%s: want a quoted string: %w", cell, err)
	}
	var times int
	var digit string
	if n, _ := fmt.Sscanf(text, "<%d times the digit %1s>", &times, &digit); n == 2 {
		return strings.Repeat(digit, times), nil
	}
	for _, name := range []string{"ann", "bob"} {
		mark := "<code of " + name + ">"
		if !strings.Contains(text, mark) {
			continue
		}
		p := w.person(name)
		if p.secret == "" {
			if err := w.hasPhone(ctx, name); err != nil {
				return "", err
			}
		}
		code, err := w.freshCode(ctx, p)
		if err != nil {
			return "", err
		}
		text = strings.ReplaceAll(text, mark, code)
	}
	return text, nil
}
