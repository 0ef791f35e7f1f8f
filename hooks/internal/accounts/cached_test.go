package accounts

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestAnswersCountForAWhileAndErrorsNever(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	api := &users{info: map[string]string{"ann": "x"}}
	c := &Cached{Users: api, Now: func() time.Time { return now }, For: 30 * time.Second, Max: 2}
	ask := func(name, want string, asked int) {
		t.Helper()
		got, err := c.AdditionalInfo(t.Context(), name)
		if err != nil || got != want || api.asked != asked {
			t.Errorf("%s: %q, %v after %d questions; want %q after %d", name, got, err, api.asked, want, asked)
		}
	}
	ask("ann", "x", 1)
	api.info["ann"] = "y"
	now = now.Add(29 * time.Second)
	ask("ann", "x", 1)
	now = now.Add(time.Second)
	ask("ann", "y", 2)
	ask("bob", "", 3)
	ask("bob", "", 3)

	now = now.Add(time.Minute)
	api.err = errors.New("down")
	for range 2 {
		if _, err := c.AdditionalInfo(t.Context(), "ann"); err == nil {
			t.Error("an old answer outlived its time")
		}
	}
	api.err = nil
	ask("ann", "y", 6)
}

func TestTheCacheIsBounded(t *testing.T) {
	t.Parallel()
	api := &users{}
	c := &Cached{Users: api, Now: func() time.Time { return time.Unix(0, 0) }, For: time.Hour, Max: 3}
	for i := range 100 {
		if _, err := c.AdditionalInfo(t.Context(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.known) != 3 || len(c.order) != 3 {
		t.Errorf("%d remembered, %d in order; want 3", len(c.known), len(c.order))
	}
	_, _ = c.AdditionalInfo(t.Context(), "99")
	if api.asked != 100 {
		t.Errorf("the newest was forgotten: %d questions", api.asked)
	}
}

// TestACacheWithoutRoom asks every time.
func TestACacheWithoutRoom(t *testing.T) {
	t.Parallel()
	api := &users{}
	c := &Cached{Users: api, Now: func() time.Time { return time.Unix(0, 0) }, For: time.Hour}
	for range 3 {
		if _, err := c.AdditionalInfo(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
	}
	if api.asked != 3 || len(c.known) != 0 {
		t.Errorf("%d questions, %d remembered; want 3 and none", api.asked, len(c.known))
	}
}

// asking is a way to SFTPGo that does something while it is asked.
type asking struct {
	meanwhile func()
	info      string
}

func (a *asking) AdditionalInfo(context.Context, string) (string, error) {
	info := a.info
	if a.meanwhile != nil {
		a.meanwhile()
	}
	return info, nil
}

// TestForgottenAnswersAreAskedAnew: also where an answer from before is on its way.
func TestForgottenAnswersAreAskedAnew(t *testing.T) {
	t.Parallel()
	api := &asking{info: "old"}
	c := &Cached{Users: api, Now: func() time.Time { return time.Unix(0, 0) }, For: time.Hour, Max: 3}
	chain := Chain{&Watch{Source: Additional{People: people(), Users: c}}, &File{}}
	ask := func(want string) {
		t.Helper()
		if got, err := c.AdditionalInfo(t.Context(), "ann"); err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	ask("old")
	api.info = "new"
	ask("old")
	chain.Forget("ann")
	ask("new")
	chain.Forget("ann")
	api.meanwhile = func() { api.meanwhile, api.info = nil, "newest"; chain.Forget("ann") }
	ask("new")
	ask("newest")
}
