package accounts

import (
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
