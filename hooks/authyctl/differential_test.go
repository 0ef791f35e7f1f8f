package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/internal/client"
)

// What is tried each time: always the same, so that a run is red for the change that is tested and
// for nothing else. DIFFERENTIAL says how many settings to try instead, with a seed by chance or
// the one of DIFFERENTIAL_SEED.
const (
	fewSettings = 8
	someOfEach  = 20 // accounts for each of the settings
	usualSeed   = 1
)

// TestWhateverOpensIsNamed makes up settings of SFTPGo and accounts, tries each door of each
// account without the second factor, and compares what opened with what doctor says.
func TestWhateverOpensIsNamed(t *testing.T) {
	t.Parallel()
	count, chance := number(t, "DIFFERENTIAL", 0), rand.Uint64()
	if count == 0 {
		count, chance = fewSettings, usualSeed
	}
	seed := number(t, "DIFFERENTIAL_SEED", chance)
	st := newStage(t, nil)
	st.neverLocked()
	w := newWorld(st)
	tried, opened, named := 0, 0, 0
	for i := range count {
		// Each settings have a seed of their own, so that one of them can be tried again alone.
		own := seed + i
		w.Rand = rand.New(rand.NewPCG(own, 0))
		settings := w.settings()
		accounts := w.accounts(someOfEach)
		report := st.examine()
		for _, a := range accounts {
			for _, o := range w.open(a) {
				tried++
				if !o.in {
					continue
				}
				opened++
				if o.namedIn(report) {
					named++
					continue
				}
				t.Errorf("DIFFERENTIAL=1 DIFFERENTIAL_SEED=%d: %s got in by %s, and doctor does not say so\n"+
					"settings %v\naccount %+v\nfindings %v",
					own, a.name, o.door, settings, a, about(report, a.name))
			}
		}
		w.forget(accounts)
	}
	t.Logf("seed %d: %d settings with %d accounts each, %d tries, %d got in, %d of them named", seed, count, someOfEach,
		tried, opened, named)
}

// number returns what a variable says, or the value that it has by itself.
func number(t *testing.T, name string, value uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return value
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s %q: want a number", name, text)
	}
	return n
}

// about returns what a report says about an account and about the settings.
func about(r doctor.Report, name string) (all []string) {
	for _, f := range r.Findings {
		if f.Where == "account "+strconv.Quote(name) || slices.Contains(settingsWide, f.ID) {
			all = append(all, fmt.Sprintf("%s %s: %s", f.ID, f.Severity, f.What))
		}
	}
	return all
}

// try is a try to get in without the second factor.
type try struct {
	door    string // what a person would call it
	in      bool
	account string
	by      []string // the checks that may name it
	says    string   // what a finding of check_password_scope says then
}

// settingsWide are the checks whose findings are about all accounts.
var settingsWide = []string{"hooks", "external_auth_scope", "check_password_scope", "webdav_cache"}

// namedIn reports whether a report names what got in.
func (o try) namedIn(r doctor.Report) bool {
	for _, f := range r.Findings {
		// A few minutes of WebDAV's memory are a warning.
		wide := slices.Contains(settingsWide, f.ID) &&
			(f.Severity == doctor.Critical || f.Severity == doctor.High || f.ID == "webdav_cache")
		switch {
		case !slices.Contains(o.by, f.ID):
		case f.Where == "account "+strconv.Quote(o.account):
			return true
		case wide && (f.ID != "check_password_scope" || strings.Contains(f.What, "leaves out "+o.says+":")):
			return true
		}
	}
	return false
}

// open tries every door of an account, first with the password or a key alone, then with codes that
// were used.
func (w *world) open(a made) []try {
	s := w.st.s
	alone := []string{"password_alone", "hooks", "external_auth_scope", "check_password_scope", "anonymous"}
	key, apiKey := []string{"public_key_alone"}, []string{"user_api_keys"}
	if a.cached() { // one login opens the others for a while
		alone = append(alone, "replayable_code")
	}
	if !a.mapped {
		const none = "no_second_factor"
		alone, key, apiKey = append(alone, none), append(key, none), append(apiKey, none)
	}
	var all []try
	at := func(door, says string, by []string, err error) {
		all = append(all, try{door: door, in: err == nil, account: a.name, by: by, says: says})
	}
	at("password over SSH", "SSH", alone, s.Password(a.name, static))
	at("SFTPGo's own prompt", "SSH", slices.Concat(alone, []string{"replayable_code"}), s.Interactive(a.name, static))
	at("password over FTP", "FTP", alone, s.FTPLogin(a.name, static))
	at("password over WebDAV", "DAV", alone, s.DAVLogin(a.name, static))
	at("password over REST", "HTTP", alone, s.Web(a.name, static))
	at("any password over FTP", "", []string{"anonymous"}, s.FTPLogin(a.name, "whatever"))
	at("an API key", "", apiKey, client.ReadWithKey(context.Background(), s.Servers, a.name, w.apiKey))
	if a.key {
		at("key", "", key, s.Key(a.name, w.key))
		at("key and password", "SSH", slices.Concat(key, alone), s.KeyThenPassword(a.name, w.key, static))
		at("key and SFTPGo's own prompt", "SSH", slices.Concat(key, alone, []string{"replayable_code"}),
			s.KeyThenInteractive(a.name, w.key, static))
	}
	at("certificate of a trusted key", "", key, s.Key(a.name, w.certificate(a.name)))
	if a.mapped {
		w.again(a, at)
	}
	return all
}

// again uses a code once, as its owner does, and tries it again at each door.
func (w *world) again(a made, at func(door, says string, by []string, err error)) {
	s := w.st.s
	by := []string{"replayable_code", "two_codes", "webdav_cache", "password_alone", "hooks", "external_auth_scope",
		"check_password_scope", "anonymous"}
	code := w.st.code(a.name)
	for _, typed := range []string{code, static + w.st.code(a.name)} {
		first := ""
		for _, door := range []struct {
			name string
			in   func(user, typed string) error
		}{{"FTP", s.FTPLogin}, {"REST", s.Web}, {"DAV", s.DAVLogin}, {"SSH", s.Password}} {
			if door.in(a.name, typed) == nil {
				first = door.name
				break
			}
		}
		if first == "" && typed != code {
			continue
		}
		what := "a used code"
		if typed != code {
			what = "the password with a used code"
		}
		w.st.code(a.name) // time goes by
		at(what+" over SSH", "SSH", by, s.Password(a.name, typed))
		at(what+" at SFTPGo's own prompt", "SSH", by, s.Interactive(a.name, typed))
		at(what+" over FTP", "FTP", by, s.FTPLogin(a.name, typed))
		at(what+" over REST", "HTTP", by, s.Web(a.name, typed))
		if first != "DAV" || w.davMinutes != "1" { // a minute is SFTPGo's least
			at(what+" over WebDAV", "DAV", by, s.DAVLogin(a.name, typed))
		}
		if typed == code {
			at("a used code and a new one", "SSH", by, s.Interactive(a.name, typed, w.st.code(a.name)))
			at("a used code and two new ones", "SSH", by,
				s.Interactive(a.name, typed+w.st.code(a.name), w.st.code(a.name)))
		}
	}
}

// forget takes accounts away, so that what is found about the next ones is about them.
func (w *world) forget(accounts []made) {
	for _, a := range accounts {
		w.st.s.Call(w.st.t, http.MethodDelete, "/users/"+a.name, nil)
	}
}
