package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/e2e/internal/client"
	"sftpgo-authy/e2e/internal/target"
)

func TestAShortSoakReportsEveryProcess(t *testing.T) {
	t.Chdir("../..") // where `make soak` runs
	var out bytes.Buffer
	err := run(t.Context(), options{length: time.Millisecond, clients: 4, target: "embedded", door: target.HTTP}, &out)
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"let in ", "wrong 0\n", "median", "hookd ", "mockauthy and clients"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the report:\n%s", want, &out)
		}
	}
	if strings.Count(out.String(), "goroutines ") != 2 {
		t.Errorf("want the goroutines of hookd and of our own process in the report:\n%s", &out)
	}
}

func TestGrowthIsAnError(t *testing.T) {
	t.Parallel()
	first := figures{Memory: 20_000, Threads: 8, Files: 20, Goroutines: 30}
	if err := growth("hookd", first, first); err != nil {
		t.Errorf("flat figures: %v", err)
	}
	for what, last := range map[string]figures{
		"memory":           {Memory: 60_000, Threads: 8, Files: 20, Goroutines: 30},
		"threads":          {Memory: 20_000, Threads: 80, Files: 20, Goroutines: 30},
		"file descriptors": {Memory: 20_000, Threads: 8, Files: 200, Goroutines: 30},
		"goroutines":       {Memory: 20_000, Threads: 8, Files: 20, Goroutines: 300},
	} {
		if err := growth("hookd", first, last); err == nil || !strings.Contains(err.Error(), "hookd: "+what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestALoginThatEndsOtherwiseThanItMustIsWrong(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		right bool
		err   error
		wrong bool
	}{
		"right code, in":              {true, nil, false},
		"right code, out":             {true, client.ErrRefused, true},
		"wrong code, in":              {false, nil, true},
		"wrong code, out":             {false, client.ErrRefused, false},
		"wrong code, connection lost": {false, errors.New("reset"), true},
	} {
		var sum tally
		sum.add(time.Second, row.right, row.err)
		if got := len(sum.wrong) == 1; got != row.wrong {
			t.Errorf("%s: counted as wrong: %v, want %v", name, got, row.wrong)
		}
	}
}

func TestBadOptionsAreReportedAllAtOnce(t *testing.T) {
	t.Parallel()
	err := options{length: -1, clients: 0, door: "back"}.check([]string{"now"})
	for _, want := range []string{`"now"`, "-for", "-clients", `"back"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in %v", want, err)
		}
	}
}
