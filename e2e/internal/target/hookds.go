package target

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/redistest"
)

// Hookds is a Site whose hookd are processes of this machine.
type Hookds interface {
	// HookdAddr is where SFTPGo reaches hookd, as host:port.
	HookdAddr() string
	// ReloadHookd writes these settings over the setup's own and sends a SIGHUP. It returns when
	// hookd has said what it made of them; an error says that hookd keeps to what it had.
	ReloadHookd(ctx context.Context, settings map[string]string) error
	// DeleteUsers deletes the users file.
	DeleteUsers() error
	// Asked returns how many requests each hookd of a cluster got since the last call.
	Asked() []int
	// KillRedis ends the cluster's redis-server as kill -9 does; StartRedis starts it again, empty.
	KillRedis(ctx context.Context) error
	StartRedis(ctx context.Context) error
	// AgeRedis moves a loss of what redis kept, which hookd has noted there, two minutes back.
	AgeRedis(ctx context.Context) error
}

// hookd is one of them.
type hookd struct {
	addr    string
	process *process.Process // nil: not running
}

// placeHookds finds addresses for hookd, and starts what is around them in a cluster.
func (l *local) placeHookds(ctx context.Context) error {
	n := 1
	if l.setup.Cluster {
		n = 2
		addr, err := l.ports.Addr()
		if err != nil {
			return err
		}
		l.redis = redistest.New(addr, l.dir, l.log)
		if err := l.StartRedis(ctx); err != nil {
			return err
		}
	}
	for range n {
		addr, err := l.ports.Addr()
		if err != nil {
			return err
		}
		l.hookds = append(l.hookds, &hookd{addr: addr})
	}
	l.hookAddr = l.hookds[0].addr
	if l.setup.Cluster {
		var err error
		if l.front, err = newFront(l.hookds); err != nil {
			return err
		}
		l.hookAddr = l.front.listener.Addr().String()
		settings := maps.Clone(l.setup.Config)
		if settings == nil {
			settings = map[string]string{}
		}
		settings["hookd.redis_url"] = l.redis.URL
		l.setup.Config, l.env["AUTHY_HOOKS_CONFIG"] = settings, l.path("hooks.yaml")
		return l.writeConfig(settings)
	}
	return nil
}

// HookdAddr implements Hookds.
func (l *local) HookdAddr() string { return l.hookAddr }

// StartHookd implements Site.
func (l *local) StartHookd(ctx context.Context) error {
	if len(l.hookds) == 0 {
		return errors.New("start hookd: this setup has none")
	}
	env := []string{"AUTHY_HOOKD_SECRET=" + hookdSecret}
	for name, value := range l.env {
		env = append(env, name+"="+value)
	}
	for _, one := range l.hookds {
		if one.process != nil {
			return errors.New("start hookd: it runs already")
		}
		running, err := process.Start(l.log, l.dir, env, l.programs.Path("hookd"), "--listen", one.addr)
		if err != nil {
			return err
		}
		if err := process.WaitListening(ctx, one.addr, running.Done); err != nil {
			running.Kill()
			return fmt.Errorf("hookd: %w\n%s", err, l.log)
		}
		one.process = running
	}
	return nil
}

// KillHookd implements Site.
func (l *local) KillHookd(context.Context) error {
	for _, one := range l.hookds {
		if one.process == nil {
			return errors.New("kill hookd: it does not run")
		}
		one.process.Kill()
		one.process = nil
	}
	return nil
}

// ReloadHookd implements Hookds.
func (l *local) ReloadHookd(ctx context.Context, settings map[string]string) error {
	if len(l.setup.Config) == 0 || len(l.hookds) != 1 || l.hookds[0].process == nil {
		return errors.New("reload hookd: this setup has no configuration file, or not one running hookd")
	}
	all := maps.Clone(l.setup.Config)
	maps.Copy(all, settings)
	if err := l.writeConfig(all); err != nil {
		return err
	}
	const good, bad = `"msg":"reloaded"`, `"msg":"reload: `
	count := func(text string) int { return strings.Count(text, good) + strings.Count(text, bad) }
	before, _ := l.log.Snapshot()
	if err := l.hookds[0].process.Signal(syscall.SIGHUP); err != nil {
		return err
	}
	for {
		after, changed := l.log.Snapshot()
		switch {
		case strings.Count(after, bad) > strings.Count(before, bad):
			return errors.New("reload hookd: it keeps to the settings that it had")
		case count(after) > count(before):
			return nil
		}
		select {
		case <-changed:
		case <-l.hookds[0].process.Done:
			return errors.New("reload hookd: it ended")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// DeleteUsers implements Hookds.
func (l *local) DeleteUsers() error { return os.Remove(l.path("users")) }

// Asked implements Hookds.
func (l *local) Asked() []int {
	if l.front == nil {
		return nil
	}
	return l.front.take()
}

// front is the load balancer before a cluster: each request goes to the next hookd.
type front struct {
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	next  int
	asked []int
}

func newFront(hookds []*hookd) (*front, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var proxies []http.Handler
	for _, one := range hookds {
		proxies = append(proxies, httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: one.addr}))
	}
	f := &front{listener: listener, asked: make([]int, len(proxies))}
	f.server = &http.Server{ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f.mu.Lock()
			turn := f.next
			f.next = (turn + 1) % len(proxies)
			f.asked[turn]++
			f.mu.Unlock()
			proxies[turn].ServeHTTP(w, r)
		})}
	go func() { _ = f.server.Serve(listener) }() // ends with close
	return f, nil
}

// take returns the counts and sets them to zero.
func (f *front) take() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.asked
	f.asked = make([]int, len(asked))
	return asked
}

func (f *front) close() error { return f.server.Close() }
