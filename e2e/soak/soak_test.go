package main

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
)

func TestAShortSoakReportsEveryProcess(t *testing.T) {
	t.Chdir("../..") // where `make soak` runs
	var out bytes.Buffer
	err := run(t.Context(), options{length: time.Millisecond, clients: 4, target: "embedded", door: target.HTTP}, &out)
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"let in ", "wrong 0\n", "median", "hookd ", "mockauthy and clients",
		"KiB, at most "} {
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
		sum := newTally()
		sum.add(attempt{right: row.right, err: row.err})
		sum.tellChances(nil)
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

func TestAChanceIsNoMistake(t *testing.T) {
	t.Parallel()
	start := time.UnixMilli(1_700_000_000_000).UTC()
	at := func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	audit := func(account, reason string, s int) target.AuditLine {
		return target.AuditLine{Account: account, Reason: reason, Time: at(s).Format(time.RFC3339Nano)}
	}
	for name, row := range map[string]struct {
		account, code string
		after         int
		audit         target.AuditLine
		chance        bool
	}{
		"the same code within two minutes":        {"ann", "1234567", 100, audit("ann", "code_reused", 100), true},
		"the same code later":                     {"ann", "1234567", 130, audit("ann", "code_reused", 130), false},
		"another code":                            {"ann", "7654321", 100, audit("ann", "code_reused", 100), false},
		"somebody else's":                         {"bob", "1234567", 100, audit("bob", "code_reused", 100), false},
		"the audit has another reason":            {"ann", "1234567", 100, audit("ann", "code_wrong", 100), false},
		"the audit speaks of somebody else":       {"ann", "1234567", 100, audit("bob", "code_reused", 100), false},
		"the audit speaks of another time":        {"ann", "1234567", 100, audit("ann", "code_reused", 50), false},
		"the audit has nothing about it anywhere": {"ann", "1234567", 100, target.AuditLine{}, false},
	} {
		sum := newTally()
		sum.add(attempt{account: "ann", code: "1234567", right: true, began: start, ended: start})
		sum.add(attempt{account: row.account, code: row.code, right: true, err: client.ErrRefused, began: at(row.after),
			ended: at(row.after)})
		sum.tellChances([]target.AuditLine{row.audit})
		if (sum.chances == 1) != row.chance || (len(sum.wrong) == 0) != row.chance {
			t.Errorf("%s: %d chances, wrong %v; want a chance: %v", name, sum.chances, sum.wrong, row.chance)
		}
	}
}

func TestCodesAreForgottenInTime(t *testing.T) {
	t.Parallel()
	sum, start := newTally(), time.UnixMilli(1_700_000_000_000)
	for n := range 1000 {
		now := start.Add(time.Duration(n) * time.Second)
		sum.add(attempt{account: "ann", code: strconv.Itoa(1_000_000 + n), right: true, began: now, ended: now})
	}
	if len(sum.codes) > 122 || len(sum.order) != len(sum.codes) {
		t.Errorf("%d codes are remembered, want those of two minutes", len(sum.codes))
	}
}

func TestHookdHasABound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		peak int
		rate float64
		good bool
	}{
		{96 << 10, 5, true},
		{96 << 10, 690, true},
		{96<<10 + 1, 690, false},
		{192 << 10, 1380, true},
		{193 << 10, 1380, false},
	} {
		if err := bound(figures{Peak: c.peak}, c.rate); (err == nil) != c.good {
			t.Errorf("%d KiB at %g logins a second: %v", c.peak, c.rate, err)
		}
	}
}
