package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
)

// holes are the sentences about ways round the second factor, and about authyctl doctor, who names
// them.
func (w *scenario) holes(sc sentences) {
	sc.Given(`^`+asks+`, and doctor may look at it$`, w.doctorMayLook)
	sc.Given(`^`+asks+`, and doctor may look at it, with$`, w.doctorMayLookWith)
	sc.Given(`^the administrator has set ([\w.]+) of (\w+)'s account to (.+)$`, w.adminHasSet)
	sc.Given(`^the administrator has made an API key for all users$`, w.hasMadeKey)
	sc.Given(`^(\w+) has shared her files$`, w.hasShared)
	sc.When(`^somebody with that API key reads (\w+)'s files$`, w.readsWithKey)
	sc.When(`^somebody with the link reads (\w+)'s files$`, w.readsShare)
	sc.When(`^(\d+) minutes pass$`, func(ctx context.Context, minutes int) error {
		_, err := w.advance(ctx, time.Duration(minutes)*time.Minute)
		return err
	})
	sc.Then(`^doctor finds "(\w+)", (critical|high|warning), and names the line$`, w.doctorFinds)
	sc.When(`^the administrator does what the line says$`, w.adminDoes)
	sc.Then(`^doctor finds no "(\w+)" any more$`, w.doctorFindsNo)
}

// managed returns the site where its SFTPGo can be managed.
func (w *scenario) managed() (target.Managed, error) {
	site, ok := w.site.(target.Managed)
	if !ok || !w.setup.Managed {
		return nil, errors.New("SFTPGo is not managed by this scenario")
	}
	return site, nil
}

func (w *scenario) doctorMayLook(ctx context.Context, hook, door string) error {
	return w.doctorMayLookWith(ctx, hook, door, &godog.Table{})
}

func (w *scenario) doctorMayLookWith(ctx context.Context, hook, door string, settings *godog.Table) error {
	setup, err := w.asked(hook, door)
	if err != nil {
		return err
	}
	if setup, err = withSettings(setup, settings); err != nil {
		return err
	}
	setup.Managed = true
	return w.lease(ctx, setup)
}

// adminHasSet sets a field, with dots between the levels, to a value in JSON.
func (w *scenario) adminHasSet(ctx context.Context, field, name, value string) error {
	var v any
	if err := json.Unmarshal([]byte(value), &v); err != nil {
		return fmt.Errorf("value of %s: %w", field, err)
	}
	return w.edit(ctx, name, field, func(any) any { return v })
}

// edit changes one field of an account.
func (w *scenario) edit(ctx context.Context, name, field string, change func(any) any) error {
	return w.site.ChangeAccount(ctx, name, func(document map[string]any) {
		path := strings.Split(field, ".")
		for _, key := range path[:len(path)-1] {
			next, ok := document[key].(map[string]any)
			if !ok {
				next = map[string]any{}
				document[key] = next
			}
			document = next
		}
		last := path[len(path)-1]
		document[last] = change(document[last])
	})
}

func (w *scenario) hasMadeKey(ctx context.Context) error {
	site, err := w.managed()
	if err != nil {
		return err
	}
	w.key, err = site.NewKey(ctx, map[string]any{"name": "all users", "scope": 2})
	return err
}

// hasShared logs in with all that is needed and makes a share of the root folder.
func (w *scenario) hasShared(ctx context.Context, name string) error {
	_, text := w.wanted(w.person(name).hook)
	if err := w.logsIn(ctx, name, "REST", text); err != nil {
		return err
	}
	if err := w.isIn(); err != nil {
		return err
	}
	var err error
	w.share, err = client.Share(ctx, w.attempts[0].session)
	return err
}

func (w *scenario) readsWithKey(ctx context.Context, name string) error {
	return w.sideways(ctx, name, "an API key", client.ReadWithKey(ctx, w.site.Servers(), name, w.key))
}

func (w *scenario) readsShare(ctx context.Context, name string) error {
	return w.sideways(ctx, name, "a share", client.ReadShare(ctx, w.site.Servers(), w.share))
}

// sideways notes an attempt that is no login.
func (w *scenario) sideways(ctx context.Context, name, way string, came error) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	w.attempts = []attempt{{who: w.person(name), way: client.Way{Name: way, Protocol: "HTTP"}, err: came}}
	return nil
}

// examine has doctor look and returns what was found under one name.
func (w *scenario) examine(ctx context.Context, id string) (found, others []target.Finding, err error) {
	site, err := w.managed()
	if err != nil {
		return nil, nil, err
	}
	all, err := site.Doctor(ctx)
	for _, finding := range all {
		if finding.ID == id {
			found = append(found, finding)
		} else {
			others = append(others, finding)
		}
	}
	return found, others, err
}

func (w *scenario) doctorFinds(ctx context.Context, id, severity string, line *godog.DocString) error {
	found, others, err := w.examine(ctx, id)
	if err != nil {
		return err
	}
	w.named = found
	i := slices.IndexFunc(found, func(f target.Finding) bool {
		return f.Severity == severity && f.Line == line.Content
	})
	if i < 0 {
		return fmt.Errorf("doctor found %q and elsewhere %q, want %s with the line %s", found, others, severity,
			line.Content)
	}
	return nil
}

// adminDoes makes the changes that doctor named last, and no other.
func (w *scenario) adminDoes(ctx context.Context) error {
	site, err := w.managed()
	if err != nil {
		return err
	}
	if len(w.named) == 0 {
		return errors.New("doctor has named nothing")
	}
	w.closeSessions()
	for _, finding := range w.named {
		change := finding.Change
		if len(change.Env) > 0 {
			if err := site.Restart(ctx, change.Env); err != nil {
				return err
			}
		}
		for field, items := range change.Add {
			err := w.edit(ctx, change.Account, field, func(old any) any {
				list, _ := old.([]any)
				for _, item := range items {
					list = append(list, item)
				}
				return list
			})
			if err != nil {
				return err
			}
		}
		for field, value := range change.Set {
			if err := w.edit(ctx, change.Account, field, func(any) any { return value }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *scenario) doctorFindsNo(ctx context.Context, id string) error {
	found, _, err := w.examine(ctx, id)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("doctor still finds %q", found)
	}
	return err
}
