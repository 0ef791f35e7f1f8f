package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"sftpgo-authy/internal/ports"
)

// Group is several servers that stand for each other.
type Group struct {
	URL     string
	Servers []*Server // the first is the master of the tests' keys, the second its replica
}

// StartSentinels starts a master, its replica, and three sentinels that call the master "mine".
func StartSentinels(t testing.TB) *Group {
	t.Helper()
	master := Start(t)
	host, port, _ := net.SplitHostPort(master.addr)
	replica := startWith(t, "--replicaof", host+" "+port)
	awaitLine(t, replica, "replication", "master_link_status:up")
	var addrs []string
	for range 3 {
		s := New(ports.Addrs(t, 1)[0], t.TempDir(), t.Output())
		conf := filepath.Join(s.dir, "sentinel.conf")
		text := fmt.Sprintf("sentinel monitor mine %s %s 2\nsentinel down-after-milliseconds mine 300\nsentinel "+
			"failover-timeout mine 2000\n", host, port)
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.before = []string{conf, "--sentinel"}
		s.Restart(t)
		t.Cleanup(s.Kill)
		addrs = append(addrs, s.addr)
		// Each must know of the replica before the master may die.
		awaitLine(t, s, "sentinel", "slaves=1")
	}
	for _, addr := range addrs {
		awaitLine(t, &Server{addr: addr}, "sentinel", "sentinels=3")
	}
	return &Group{URL: "redis+sentinel://" + strings.Join(addrs, ",") + "/mine/0", Servers: []*Server{master, replica}}
}

// StartCluster starts a cluster of two masters, with a replica of the one whose slots the keys of
// the tests are in: those of the tag.
func StartCluster(t testing.TB, tag string) *Group {
	t.Helper()
	var list []*Server
	var buses []string
	for range 3 {
		// By default the nodes talk to each other 10,000 ports higher, where others may listen.
		_, port, err := net.SplitHostPort(ports.Addrs(t, 1)[0])
		if err != nil {
			t.Fatal(err)
		}
		buses = append(buses, port)
		list = append(list, startWith(t,
			"--cluster-enabled", "yes", "--cluster-node-timeout", "500", "--cluster-port", port))
	}
	ctx := t.Context()
	do := func(s *Server, args ...any) string {
		t.Helper()
		c := s.client()
		defer c.Close()
		text, err := c.Do(ctx, args...).Text()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return text
	}
	first, other := "0 8191", "8192 16383"
	c := list[0].client()
	slot, err := c.ClusterKeySlot(ctx, tag).Result()
	_ = c.Close()
	if err != nil {
		t.Fatal(err)
	}
	if slot > 8191 {
		first, other = other, first
	}
	for i, slots := range []string{first, other} {
		from, to, _ := strings.Cut(slots, " ")
		do(list[i], "cluster", "addslotsrange", from, to)
	}
	host, port, _ := net.SplitHostPort(list[0].addr)
	for i, s := range list[1:] {
		do(s, "cluster", "set-config-epoch", i+2)
		do(s, "cluster", "meet", host, port, buses[0])
	}
	for _, s := range list {
		await(t, s, "three nodes", func(c *redis.Client) bool {
			nodes, err := c.ClusterNodes(ctx).Result()
			return err == nil && strings.Count(nodes, " connected") == 3 && !strings.Contains(nodes, "handshake")
		})
	}
	do(list[2], "cluster", "replicate", do(list[0], "cluster", "myid"))
	awaitLine(t, list[2], "replication", "master_link_status:up")
	for _, s := range list {
		await(t, s, "a whole cluster", func(c *redis.Client) bool {
			info, err := c.ClusterInfo(ctx).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok")
		})
	}
	return &Group{
		URL:     "redis+cluster://" + list[0].addr + "," + list[1].addr,
		Servers: []*Server{list[0], list[2], list[1]},
	}
}

// TakeOver makes the replica of a cluster the master.
func (g *Group) TakeOver(t testing.TB) {
	t.Helper()
	c := g.Servers[1].client()
	defer c.Close()
	if err := c.Do(t.Context(), "cluster", "failover", "takeover").Err(); err != nil {
		t.Fatal(err)
	}
	awaitLine(t, g.Servers[1], "replication", "role:master")
}

// AwaitMaster waits until the replica is the master.
func (g *Group) AwaitMaster(t testing.TB) {
	t.Helper()
	awaitLine(t, g.Servers[1], "replication", "role:master")
}

// startWith starts a server with more arguments, until the test ends.
func startWith(t testing.TB, args ...string) *Server {
	t.Helper()
	s := New(ports.Addrs(t, 1)[0], t.TempDir(), t.Output())
	s.after = args
	s.Restart(t)
	t.Cleanup(s.Kill)
	return s
}

func (s *Server) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.addr, DisableIdentity: true})
}

// awaitLine waits until a section of a server's INFO has a text.
func awaitLine(t testing.TB, s *Server, section, text string) {
	t.Helper()
	await(t, s, text, func(c *redis.Client) bool {
		info, err := c.Info(context.Background(), section).Result()
		return err == nil && strings.Contains(info, text)
	})
}

func await(t testing.TB, s *Server, what string, is func(*redis.Client) bool) {
	t.Helper()
	c := s.client()
	defer c.Close()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(30 * time.Second); ; {
		if is(c) {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("%s never has %s", s.addr, what)
		}
	}
}
