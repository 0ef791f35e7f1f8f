package hooks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/internal/redistest"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// guarded is a configuration with everything that hookd remembers.
const guarded = "hookd: {lockout: {window: 15m, per_account_ip: 3, per_ip: 6, per_account: 40}, webdav_grace: 1m}\n"

// cluster is some hookd behind one address, or programs, and the Authy they ask.
type cluster struct {
	t       *testing.T
	mock    *mockauthytest.Mock
	s       *setting
	url     string
	program func() bool // says whether the next login is through a program; nil: none is
}

// names are the accounts of a cluster; each scenario has its own.
var names = []string{"ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ian", "joy"}

// newCluster starts n hookd with the given settings behind a round-robin.
func newCluster(t *testing.T, n int, settings string) *cluster {
	t.Helper()
	m := mockauthytest.New(t)
	m.Freeze()
	var users strings.Builder
	for _, name := range names {
		fmt.Fprintf(&users, "%s: %s\n", name, m.User(name).Ref())
	}
	c := &cluster{t: t, mock: m, s: newSetting(t, m.URL, users.String(), "")}
	c.s.configure(settings)
	c.s.write("key", m.Key, 0o600)
	if n == 0 {
		c.program = func() bool { return true }
		return c
	}
	var proxies []http.Handler
	for range n {
		target, err := url.Parse(startHookd(t, c.s))
		if err != nil {
			t.Fatal(err)
		}
		proxies = append(proxies, httputil.NewSingleHostReverseProxy(target))
	}
	var next atomic.Int64
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxies[next.Add(1)%int64(len(proxies))].ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	c.url = front.URL
	return c
}

// check logs in by checkpwd and says whether the code got through.
func (c *cluster) check(name, code, ip string) bool {
	c.t.Helper()
	if c.program != nil && c.program() {
		v := viaProgram(c.t, c.s, "checkpwd", call{username: name, password: "secret" + code, ip: or(ip, "-")})
		return strings.HasPrefix(v.reply, `{"status":2`)
	}
	v := post(c.t, c.url+"/checkpwd", map[string]any{"username": name, "password": "secret" + code, "ip": ip,
		"protocol": "FTP"})
	return strings.HasPrefix(v.reply, `{"status":2`)
}

// ext logs in by extauth.
func (c *cluster) ext(name, code, ip, protocol string) bool {
	c.t.Helper()
	user := json.RawMessage(`{"id":1,"status":1,"username":"` + name + `"}`)
	if c.program != nil && c.program() {
		v := viaProgram(c.t, c.s, "extauth", call{username: name, password: code, ip: or(ip, "-"), protocol: protocol,
			user: string(user)})
		return v.reply == string(user)
	}
	v := post(c.t, c.url+"/extauth", map[string]any{"username": name, "password": code, "ip": ip, "protocol": protocol,
		"user": user})
	return strings.TrimSpace(v.reply) == string(user)
}

// reasons returns the reasons that the audit has for an account, in order.
func (c *cluster) reasons(name string) (list []string) {
	c.t.Helper()
	for _, r := range c.s.records() {
		if r["account"] == name {
			list = append(list, fmt.Sprint(r["reason"]))
		}
	}
	return list
}

func (c *cluster) expect(name string, want ...string) {
	c.t.Helper()
	if got := c.reasons(name); fmt.Sprint(got) != fmt.Sprint(want) {
		c.t.Errorf("%s: the audit says %v, want %v", name, got, want)
	}
}

// behaviours are what any hookd or group of them does. Each uses accounts and addresses of its own.
var behaviours = map[string]func(t *testing.T, c *cluster){
	"a code opens one door": func(t *testing.T, c *cluster) {
		code := c.mock.User("ann").Code()
		if !c.check("ann", code, "198.51.100.1") || c.check("ann", code, "198.51.100.1") ||
			c.ext("ann", code, "198.51.100.1", "SSH") {
			t.Error("not once and once alone")
		}
		c.expect("ann", "code_right", "code_reused", "code_reused")
	},
	"failures lock the account from that address, and nobody is asked": func(t *testing.T, c *cluster) {
		u := c.mock.User("bob")
		for _, code := range []string{u.WrongCode(), "garbage", u.WrongCode()} {
			c.check("bob", code, "198.51.100.2")
		}
		if c.check("bob", u.Code(), "198.51.100.2") {
			t.Error("locked, and a right code gets in")
		}
		if !c.check("bob", u.Code(), "198.51.100.3") {
			t.Error("locked out from elsewhere as well")
		}
		c.expect("bob", "code_wrong", "code_malformed", "code_wrong", "locked_out", "code_right")
	},
	"failures lock the address": func(t *testing.T, c *cluster) {
		for i := range 6 {
			c.check([]string{"cid", "dan", "nobody"}[i%3], "0000000", "198.51.100.4")
		}
		if c.check("cid", c.mock.User("cid").Code(), "198.51.100.4") {
			t.Error("locked, and a right code gets in")
		}
		if !c.check("cid", c.mock.User("cid").Code(), "198.51.100.5") {
			t.Error("locked out from elsewhere as well")
		}
	},
	"a success forgets": func(t *testing.T, c *cluster) {
		u := c.mock.User("eve")
		c.check("eve", u.WrongCode(), "198.51.100.6")
		c.check("eve", u.WrongCode(), "198.51.100.6")
		first := c.check("eve", u.CodeAt(-1), "198.51.100.6")
		c.check("eve", u.WrongCode(), "198.51.100.6")
		c.check("eve", u.WrongCode(), "198.51.100.6")
		if !first || !c.check("eve", u.Code(), "198.51.100.6") {
			t.Errorf("locked: %v", c.reasons("eve"))
		}
	},
	"of many attempts at once no more get through than the limit has": func(t *testing.T, c *cluster) {
		wrong := c.mock.User("fay").WrongCode()
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() { c.check("fay", wrong, "198.51.100.7") })
		}
		wait.Wait()
		asked := 0
		for _, reason := range c.reasons("fay") {
			if reason == "code_wrong" || reason == "code_reused" {
				asked++
			}
		}
		if asked > 3 {
			t.Errorf("%d of 20 were judged, want 3 at most", asked)
		}
	},
	"what Authy does is nobody's failure": func(t *testing.T, c *cluster) {
		u := c.mock.User("gus")
		c.mock.Fail(mockauthytest.Verify, 503).For(u).Times(4)
		for range 4 {
			c.check("gus", u.WrongCode(), "198.51.100.8")
		}
		if !c.check("gus", u.Code(), "198.51.100.8") {
			t.Errorf("locked: %v", c.reasons("gus"))
		}
	},
	"a conversation goes on at any of them": func(t *testing.T, c *cluster) {
		if in, _ := c.ask("hal", c.mock.User("hal").Code(), "192.0.2.7"); !in {
			t.Error("a right code is refused")
		}
		if last := c.s.records(); last[len(last)-1]["ip"] != "192.0.2.7" {
			t.Errorf("the last step does not know the address: %v", last[len(last)-1])
		}
	},
	"webdav goes on with its code, and a thief does not": func(t *testing.T, c *cluster) {
		code := c.mock.User("ian").Code()
		for range 3 {
			if !c.ext("ian", code, "198.51.100.9", "DAV") {
				t.Fatalf("a request is refused: %v", c.reasons("ian"))
			}
		}
		for what, in := range map[string]bool{
			"elsewhere":        c.ext("ian", code, "198.51.100.10", "DAV"),
			"another protocol": c.ext("ian", code, "198.51.100.9", "SSH"),
			"no address":       c.ext("ian", code, "", "DAV"),
			"another hook":     c.check("ian", code, "198.51.100.9"),
		} {
			if in {
				t.Errorf("%s: the code gets in", what)
			}
		}
		if got := fmt.Sprint(c.reasons("ian")[:3]); got != "[code_right code_grace code_grace]" {
			t.Errorf("the audit says %s", got)
		}
	},
}

// behave runs all behaviours on a cluster, one after the other: some change the users file.
func (c *cluster) behave(t *testing.T, all map[string]func(*testing.T, *cluster)) {
	for name, one := range all {
		t.Run(name, func(t *testing.T) { one(t, &cluster{t, c.mock, c.s, c.url, c.program}) })
	}
}

// sharing is a configuration with a Redis for what hookd remembers.
func sharing(redis *redistest.Server, settings string) string {
	return strings.Replace(settings, "{", "{redis_url: "+redis.URL+", ", 1)
}

func TestOneWithMemory(t *testing.T) {
	t.Parallel()
	newCluster(t, 1, guarded).behave(t, behaviours)
}

func TestProgramsWithAFile(t *testing.T) {
	t.Parallel()
	newCluster(t, 0, inFile(guarded)).behave(t, behaviours)
}

// TestProgramsBesideAHookd: every other login is through a program, which asks hookd for the memory
// that they share.
func TestProgramsBesideAHookd(t *testing.T) {
	t.Parallel()
	beside(newCluster(t, 1, inFile(guarded))).behave(t, behaviours)
}

// inFile returns settings with a memory in a file, and a socket on which programs can ask for it.
func inFile(settings string) string {
	return "memory_file: DIR/memory\n" + strings.Replace(settings, "hookd: {", "hookd: {admin_socket: DIR/s, ", 1)
}

// beside has every other login through a program.
func beside(c *cluster) *cluster {
	var n atomic.Int64
	c.program = func() bool { return n.Add(1)%2 == 0 }
	return c
}

func TestTwoWithRedis(t *testing.T) {
	t.Parallel()
	newCluster(t, 2, sharing(redistest.Start(t), guarded)).behave(t, behaviours)
}

func TestGraceOfOne(t *testing.T) {
	t.Parallel()
	newCluster(t, 1, graceful).behave(t, graces)
}

func TestGraceOfProgramsWithAFile(t *testing.T) {
	t.Parallel()
	newCluster(t, 0, inFile(graceful)).behave(t, graces)
}

func TestGraceOfProgramsBesideAHookd(t *testing.T) {
	t.Parallel()
	beside(newCluster(t, 1, inFile(graceful))).behave(t, graces)
}

func TestGraceOfTwoWithRedis(t *testing.T) {
	t.Parallel()
	newCluster(t, 2, sharing(redistest.Start(t), graceful)).behave(t, graces)
}

// TestRedisDiesAndComesBack: with the store gone logins are denied or go on without it, as
// configured, and the audit says so; with it back all is as before.
func TestRedisDiesAndComesBack(t *testing.T) {
	t.Parallel()
	for policy, in := range map[string]bool{"deny": false, "allow": true} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			redis := redistest.Start(t)
			c := newCluster(t, 2, sharing(redis, strings.Replace(guarded, "{", "{on_store_failure: "+policy+", ", 1)))
			ann, bob, cid, dan := c.mock.User("ann"), c.mock.User("bob"), c.mock.User("cid"), c.mock.User("dan")
			if !c.check("ann", ann.Code(), "198.51.100.1") {
				t.Error("a right code is refused")
			}
			if !ready(t, c.url) {
				t.Error("not ready")
			}
			redis.Kill()
			if got := c.check("bob", bob.Code(), "198.51.100.1"); got != in {
				t.Errorf("with the store gone: in %v, want %v", got, in)
			}
			if c.check("bob", bob.WrongCode(), "198.51.100.1") {
				t.Error("with the store gone a wrong code gets in")
			}
			if ready(t, c.url) != in {
				t.Errorf("with the store gone: ready %v, want %v", !in, in)
			}
			if got := c.reasons("bob")[0]; got != "store_unavailable" {
				t.Errorf("the audit says %s", got)
			}
			redis.Restart(t)
			// Whatever was used before may be used again: for two minutes nothing can be taken.
			if got := c.check("dan", dan.Code(), "198.51.100.1"); got != in || ready(t, c.url) != in {
				t.Errorf("with the store back, empty: in %v, want %v", got, in)
			}
			c.expect("dan", "store_unavailable")
			twoMinutesLater(t, redis)
			if !c.check("cid", cid.Code(), "198.51.100.1") || c.check("cid", cid.Code(), "198.51.100.1") ||
				!ready(t, c.url) {
				t.Errorf("two minutes later: %v", c.reasons("cid"))
			}
			c.expect("cid", "code_right", "code_reused")
		})
	}
}

// twoMinutesLater moves a loss that was noticed two minutes back: Redis has no clock to turn.
func twoMinutesLater(t *testing.T, redis *redistest.Server) {
	t.Helper()
	for _, field := range []string{"made", "lost"} {
		if err := redis.Do(t.Context(), "hincrby", "sftpgo-authy:origin", field, -120_000); err != nil {
			t.Fatal(err)
		}
	}
}

// ready asks /readyz.
func ready(t *testing.T, url string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}
