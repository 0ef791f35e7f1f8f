package redis

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// errURL says which forms of an address there are. It repeats nothing of the one that was wrong.
var errURL = errors.New("redis_url: want redis://[USER:PASSWORD@]HOST:PORT[/NUMBER], " +
	"redis+sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT/MASTER[/NUMBER], or " +
	"redis+cluster://[USER:PASSWORD@]HOST:PORT,HOST:PORT; rediss for TLS")

// callTime bounds what a call waits for. A login waits for it: it is short, and nothing is tried
// twice.
const callTime = time.Second

// dial makes the client of a URL, and returns the prefix of its keys. It connects when it is first
// asked.
func dial(text string) (redis.UniversalClient, string, error) {
	scheme, rest, _ := strings.Cut(text, "://")
	plain, kind, several := strings.Cut(scheme, "+")
	if !several {
		client, err := dialOne(text)
		return client, Prefix, err
	}
	g, err := parse(rest, kind)
	switch {
	case err != nil:
		return nil, "", err
	case plain == "rediss":
		g.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	case plain != "redis":
		return nil, "", errURL
	}
	if kind == "sentinel" {
		return g.bySentinel(), Prefix, nil
	}
	return g.cluster(), ClusterPrefix, nil
}

// dialOne makes the client of one server.
func dialOne(text string) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(text)
	if err != nil {
		return nil, errURL
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = callTime, callTime, callTime, callTime
	o.DialerRetries, o.DialerRetryTimeout = 1, time.Millisecond
	o.MaxRetries = -1
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.MaintNotificationsConfig = noNotifications()
	return redis.NewClient(o), nil
}

func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// group is what a URL says of several servers.
type group struct {
	hosts          []string // of the sentinels, or of some of a cluster
	user, password string
	master         string // the name by which the sentinels know it
	number         int    // of the database
	tls            *tls.Config

	sentinelUser, sentinelPassword string
}

// parse reads a URL behind its scheme.
func parse(rest, kind string) (g group, err error) {
	hosts, path, _ := strings.Cut(rest, "/")
	at := strings.LastIndexByte(hosts, '@') + 1
	u, err := url.Parse("redis://" + hosts[:at] + "host/" + path) // which takes one host alone
	if err != nil || u.Fragment != "" {
		return g, errURL
	}
	g.user = u.User.Username()
	g.password, _ = u.User.Password()
	below := strings.Split(strings.Trim(u.Path, "/"), "/")
	query := u.Query()
	switch kind {
	case "sentinel":
		g.master = below[0]
		g.sentinelUser, g.sentinelPassword = query.Get("sentinel_username"), query.Get("sentinel_password")
		query.Del("sentinel_username")
		query.Del("sentinel_password")
		if len(below) > 1 {
			g.number, err = strconv.Atoi(strings.Join(below[1:], "/"))
		}
		if g.master == "" || g.number < 0 || err != nil {
			return g, errURL
		}
		g.hosts, err = split(hosts[at:], "26379")
	case "cluster":
		if below[0] != "" && below[0] != "0" || len(below) > 1 { // there is one database alone
			return g, errURL
		}
		g.hosts, err = split(hosts[at:], "6379")
	default:
		return g, errURL
	}
	if len(query) > 0 {
		return g, errURL
	}
	return g, err
}

// split takes a list of hosts apart. port is for those without one.
func split(list, port string) (hosts []string, err error) {
	for host := range strings.SplitSeq(list, ",") {
		if _, _, err := net.SplitHostPort(host); err != nil {
			host = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
		name, number, err := net.SplitHostPort(host)
		_, bad := strconv.ParseUint(number, 10, 16)
		if err != nil || bad != nil || name == "" || strings.ContainsAny(name, "?#@ ") {
			return nil, errURL
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// bySentinel makes a client of the server that the sentinels say is the master.
func (g group) bySentinel() redis.UniversalClient {
	return redis.NewFailoverClient(&redis.FailoverOptions{
		MasterName: g.master, SentinelAddrs: g.hosts, SentinelUsername: g.sentinelUser,
		SentinelPassword: g.sentinelPassword,
		Username:         g.user, Password: g.password, DB: g.number, TLSConfig: g.tls,
		DialTimeout: callTime, ReadTimeout: callTime, WriteTimeout: callTime, PoolTimeout: callTime,
		DialerRetries: 1, DialerRetryTimeout: time.Millisecond, MaxRetries: -1,
		ContextTimeoutEnabled: true, DisableIdentity: true,
	})
}

// cluster makes a client of a cluster.
func (g group) cluster() redis.UniversalClient {
	return redis.NewClusterClient(&redis.ClusterOptions{
		Addrs: g.hosts, Username: g.user, Password: g.password, TLSConfig: g.tls,
		DialTimeout: callTime, ReadTimeout: callTime, WriteTimeout: callTime, PoolTimeout: callTime,
		DialerRetries: 1, DialerRetryTimeout: time.Millisecond, MaxRetries: -1, MaxRedirects: 2,
		ContextTimeoutEnabled: true, DisableIdentity: true, MaintNotificationsConfig: noNotifications(),
		// A server that is gone tells nobody of its successor. The default is a minute.
		ClusterStateReloadInterval: 2 * time.Second,
	})
}
