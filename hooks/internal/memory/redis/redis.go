// Package redis is the store that several hookd share, in Redis or Valkey.
package redis

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"sftpgo-authy/hooks/internal/memory/store"
)

// Prefix begins all keys, so that others may use the same database. In a cluster [ClusterPrefix]
// does, whose braces put all of them on one server: a script may use several.
const (
	Prefix        = "sftpgo-authy:"
	ClusterPrefix = "{sftpgo-authy}:"
)

// look is how often Await looks: it is for the time that a question to Authy takes.
const look = 50 * time.Millisecond

// Store is [store.Store] in Redis.
type Store struct {
	client redis.UniversalClient
	after  func(time.Duration) <-chan time.Time
	prefix string
	window time.Duration
	fresh  func() string
	known  atomic.Value // the name of the origin, a string
	unfit  atomic.Value // a verdict
	usedUp usedUp

	keyName string
}

// Options are what a store needs.
type Options struct {
	URL    string
	Window time.Duration // for so long a code may count that was used before a loss
	Fresh  func() string // a name that nothing had before

	// KeyName tells the key of the digests from another one, and says nothing else about it.
	KeyName string
}

// Open makes a store from a URL: redis://[user:password@]host:port[/number] for one server,
// redis+sentinel://[user:password@]host:port,host:port/master[/number] for one that sentinels name,
// redis+cluster://[user:password@]host:port,host:port for a cluster; rediss for TLS. Sentinels that
// want a password get sentinel_username and sentinel_password of the query. It connects when it is
// first asked, and again whenever it has to.
func Open(o Options) (*Store, error) {
	client, prefix, err := dial(o.URL)
	if err != nil {
		return nil, err
	}
	return &Store{client: client, after: time.After, prefix: prefix, window: o.Window, fresh: o.Fresh,
		keyName: o.KeyName}, nil
}

// Silence has the library keep to itself what it would write to stderr: every call here says what
// went wrong. For mains, before anything else; it is a switch of the whole process.
func Silence() { redis.SetLogger(silent{}) }

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// Close ends the connections.
func (s *Store) Close() error { return s.client.Close() }

// Scripts run as one step on the server.
const (
	take = `local v = redis.call('GET', KEYS[1])
if v then return v end
if ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return false`
	// A counter whose bound is negative is only looked at.
	count = `for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= math.abs(tonumber(ARGV[i + 1])) then return 1 end
end
for i, key in ipairs(KEYS) do
  if tonumber(ARGV[i + 1]) > 0 and redis.call('INCR', key) == 1 and redis.call('PTTL', key) < 0 then
    redis.call('PEXPIRE', key, ARGV[1])
  end
end
return 0`
	uncount = `for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 1`
	advance = `if tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1]) then return 0 end
if ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`
)

func (s *Store) named(key store.Key) string { return s.prefix + key.String() }

// namesOf returns the names of counters, for a script.
func (s *Store) namesOf(counters []store.Counter) []string {
	list := make([]string, len(counters))
	for i, c := range counters {
		list[i] = s.named(c.Key)
	}
	return list
}

// wrap names the store, and not its address or password, in an error.
func wrap(err error) error {
	if err == nil || errors.Is(err, redis.Nil) {
		return nil
	}
	return fmt.Errorf("store: redis: %w", err)
}

// run runs a script about one key.
func (s *Store) run(ctx context.Context, script string, key store.Key, value any, life time.Duration) *redis.Cmd {
	if guarded(key.Kind) {
		return s.runGuarded(ctx, script, key, value, life)
	}
	return redis.NewScript(script).Run(ctx, s.client, []string{s.named(key)}, value, life.Milliseconds())
}

// Take implements store.Store.
func (s *Store) Take(ctx context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	current, err := s.run(ctx, take, key, value, life).Text()
	if errors.Is(err, redis.Nil) {
		if key.Kind == store.Recovery {
			s.usedUp.add(s.named(key), value)
		}
		return true, "", nil
	}
	return false, current, wrap(err)
}

// Set implements store.Store.
func (s *Store) Set(ctx context.Context, key store.Key, value string, life time.Duration) error {
	return wrap(s.client.Set(ctx, s.named(key), value, life).Err())
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, key store.Key) (string, error) {
	value, err := s.client.Get(ctx, s.named(key)).Result()
	return value, wrap(err)
}

// Await implements store.Store. It looks now and then: a subscription would be one more connection
// for each who waits.
func (s *Store) Await(ctx context.Context, key store.Key, value string) (string, error) {
	for {
		current, err := s.Get(ctx, key)
		if err != nil || current != value {
			return current, err
		}
		select {
		case <-s.after(look):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// Drop implements store.Store.
func (s *Store) Drop(ctx context.Context, key store.Key) error {
	return wrap(s.client.Del(ctx, s.named(key)).Err())
}

// Count implements store.Store. Redis has room for every counter, so that no wider lock stands for
// one.
func (s *Store) Count(ctx context.Context, life time.Duration, counters ...store.Counter) (bool, error) {
	args := []any{life.Milliseconds()}
	for _, c := range counters {
		bound := c.Bound
		if c.Look {
			bound = -bound
		}
		args = append(args, bound)
	}
	locked, err := redis.NewScript(count).Run(ctx, s.client, s.namesOf(counters), args...).Bool()
	return locked, wrap(err)
}

// Uncount implements store.Store.
func (s *Store) Uncount(ctx context.Context, counters ...store.Counter) error {
	return wrap(redis.NewScript(uncount).Run(ctx, s.client, s.namesOf(counters)).Err())
}

// Advance implements store.Store.
func (s *Store) Advance(ctx context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	ok, err := s.run(ctx, advance, key, step, life).Bool()
	return ok, wrap(err)
}

// Keep implements store.Store. What a call does lasts as long as the server makes it last: how
// often it writes to its disk is a setting of its own.
func (*Store) Keep(context.Context, ...store.Key) error { return nil }
