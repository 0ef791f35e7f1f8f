package hookhost

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

// group is a configuration and what happens under it.
type group struct {
	name      string
	setup     setup
	scenarios []scenario
}

// scenario is a user, what the hooks say about him, and logins one after another. $USER stands for
// the user's name.
type scenario struct {
	name          string
	only          string         // door; empty is both
	absent        bool           // the user does not exist
	user          map[string]any // changes to the plain document
	keyint        script
	ext, chk      script
	attempts      []attempt
	calls         int               // of all hooks, over all attempts
	stored        map[string]string // afterwards: key to JSON; nil is not looked at
	promptsVary   bool              // a race of the contract's own decides whether the client is asked once more
	storedMatches string            // which of the passwords tried the stored hash fits, if any was tried
}

// observation is everything about a scenario in which two servers could differ.
type observation struct {
	Outcomes []outcome
	Calls    []call
	Stored   string
	Password string // which known password fits the stored hash
}

// volatile are parts of user documents and requests that differ from run to run.
var volatile = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`"password":"\$2a\$[^"]*"`), `"password":"<hash>"`},
	{regexp.MustCompile(`^SFTPGO_AUTHD_PASSWORD=\$2a\$04\$.*`), `SFTPGO_AUTHD_PASSWORD=<hash>`},
	{regexp.MustCompile(`"(id|created_at|updated_at|last_password_change)":[1-9]\d*`), `"$1":1`},
	{regexp.MustCompile(`"last_login":\d+,`), ``},
	{regexp.MustCompile(`"home_dir":"[^"]*/`), `"home_dir":"`},
	{regexp.MustCompile(`"request_id":"[0-9a-v]{20}"`), `"request_id":"<id>"`},
	{regexp.MustCompile(`"has_password":true,`), ``}, // in dumps alone
}

func steady(text string) string {
	for _, v := range volatile {
		text = v.pattern.ReplaceAllString(text, v.instead)
	}
	return text
}

func steadyCalls(t *testing.T, calls []call) []call {
	t.Helper()
	for i := range calls {
		c := &calls[i]
		c.Body = steady(c.Body)
		for j, e := range c.Env {
			plain, err := strconv.Unquote(e)
			if err != nil {
				t.Fatal(err)
			}
			c.Env[j] = steady(plain)
		}
		if c.Headers.Get("Content-Length") != "" {
			c.Headers.Set("Content-Length", "given")
		}
	}
	return calls
}

// play runs a scenario against a target.
func (sc scenario) play(t *testing.T, to target, s setup, name string) observation {
	t.Helper()
	fill := func(text string) string { return strings.ReplaceAll(text, "$USER", name) }
	for hook, script := range map[string]script{"keyint": sc.keyint, "extauth": sc.ext, "checkpwd": sc.chk} {
		script.Out = fill(script.Out)
		writeScript(t, s.scripts, hook, name, script)
	}
	if !sc.absent {
		doc := map[string]any{"username": name, "password": "secret", "status": 1,
			"permissions":     map[string][]string{"/": {"*"}},
			"additional_info": "authy 123", "email": name + "@example.com"}
		maps.Copy(doc, sc.user)
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		to.addUser(t, raw)
	}
	var seen observation
	for _, a := range sc.attempts {
		if a.name == "" {
			a.name = name
		}
		a.name, a.password = fill(a.name), fill(a.password)
		out := a.run(t, to.addresses())
		if sc.promptsVary {
			out.Prompts = nil
		}
		seen.Outcomes = append(seen.Outcomes, out)
	}
	seen.Calls = steadyCalls(t, recorded(t, s.scripts, name))
	raw := to.userJSON(t, name)
	seen.Stored = steady(raw)
	var stored struct{ Password string }
	if raw != "" {
		if err := json.Unmarshal([]byte(raw), &stored); err != nil {
			t.Fatal(err)
		}
	}
	tried := []string{"secret"}
	for _, a := range sc.attempts {
		tried = append(tried, fill(a.password))
	}
	for _, password := range tried {
		if bcrypt.CompareHashAndPassword([]byte(stored.Password), []byte(password)) == nil {
			seen.Password = password
			break
		}
	}
	return seen
}

// judge compares with what the scenario wants.
func (sc scenario) judge(t *testing.T, seen observation) {
	t.Helper()
	for i, a := range sc.attempts {
		if seen.Outcomes[i].In != a.in {
			t.Errorf("login %d (%s): let in %v, want %v; prompts %q", i+1, a.via, seen.Outcomes[i].In, a.in,
				seen.Outcomes[i].Prompts)
		}
	}
	if len(seen.Calls) != sc.calls {
		t.Errorf("hooks were called %d times, want %d: %+v", len(seen.Calls), sc.calls, seen.Calls)
	}
	if sc.storedMatches != "" && seen.Password != sc.storedMatches {
		t.Errorf("the stored hash fits %q, want %q", seen.Password, sc.storedMatches)
	}
	if sc.stored == nil {
		return
	}
	doc := map[string]json.RawMessage{}
	if seen.Stored != "" {
		if err := json.Unmarshal([]byte(seen.Stored), &doc); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range sc.stored {
		if got := string(doc[key]); got != want {
			t.Errorf("stored %s is %s, want %s", key, got, want)
		}
	}
}

// forEach runs f for every group and door, with a setup that has its own scripts.
func forEach(t *testing.T, f func(t *testing.T, g group, s setup)) {
	for _, g := range groups() {
		for _, door := range []string{doorProgram, doorHTTP} {
			t.Run(g.name+"/"+door, func(t *testing.T) {
				t.Parallel()
				s := g.setup
				s.door = door
				f(t, g, s)
			})
		}
	}
}

// withScripts returns a setup its folder and HTTP server.
func (s setup) withScripts(t *testing.T) setup {
	t.Helper()
	s.scripts = t.TempDir()
	s.server = serveScripts(t, s.scripts).URL
	return s
}

// TestContract plays every scenario on the host.
func TestContract(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *testing.T, g group, s setup) {
		s = s.withScripts(t).shorter()
		host := startHost(t, s)
		t.Run("is", func(t *testing.T) {
			for i, sc := range g.scenarios {
				if sc.only != "" && sc.only != s.door {
					continue
				}
				t.Run(sc.name, func(t *testing.T) {
					t.Parallel()
					sc.judge(t, sc.play(t, host, s, fmt.Sprintf("user%d", i)))
				})
			}
		})
	})
}

// TestSameAsSFTPGo plays every scenario on the host and on a real SFTPGo, and compares all there is
// to see. Where they differ, the host is wrong.
func TestSameAsSFTPGo(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *testing.T, g group, s setup) {
		ours, theirs := s.withScripts(t), s.withScripts(t)
		host, sftpgo := startHost(t, ours.shorter()), startSFTPGo(t, theirs)
		t.Run("same", func(t *testing.T) {
			for i, sc := range g.scenarios {
				if sc.only != "" && sc.only != s.door {
					continue
				}
				t.Run(sc.name, func(t *testing.T) {
					t.Parallel()
					name := fmt.Sprintf("user%d", i)
					want := sc.play(t, sftpgo, theirs, name)
					if got := sc.play(t, host, ours, name); !reflect.DeepEqual(got, want) {
						t.Errorf("the host differs from sftpgo:\n%s", difference(got, want))
					}
				})
			}
		})
	})
}

// difference shows the lines in which two observations differ.
func difference(got, want observation) string {
	lines := func(o observation) []string {
		raw, err := json.MarshalIndent(o, "", " ")
		if err != nil {
			return []string{err.Error()}
		}
		return strings.Split(string(raw), "\n")
	}
	g, w := lines(got), lines(want)
	var out strings.Builder
	for _, line := range g {
		if !slices.Contains(w, line) {
			fmt.Fprintln(&out, "host  ", line)
		}
	}
	for _, line := range w {
		if !slices.Contains(g, line) {
			fmt.Fprintln(&out, "sftpgo", line)
		}
	}
	return out.String()
}
