package redis_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
	"sftpgo-authy/internal/redistest"
)

func TestMain(m *testing.M) {
	redis.Silence()
	os.Exit(m.Run())
}

// options are those of a store that refuses codes for two minutes after a loss.
func options(url string) redis.Options {
	return redis.Options{URL: url, Window: 2 * time.Minute, Fresh: rand.Text}
}

// open opens a store until the test ends.
func open(t *testing.T, url string) *redis.Store {
	t.Helper()
	s, err := redis.Open(options(url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Made {
		server := redistest.Start(t)
		s, err := redis.Open(options(server.URL))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return storetest.Made{Store: s, Life: time.Hour, Pass: func(d time.Duration) { pass(t, server.URL, d) }}
	})
}

// pass moves all marks and counters d nearer to their end: Redis has no clock to turn.
func pass(t testing.TB, url string, d time.Duration) {
	t.Helper()
	o, err := goredis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := goredis.NewClient(o)
	defer client.Close()
	ctx := context.Background()
	keys, err := client.Keys(ctx, redis.Prefix+"*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"made", "lost"} {
		if at, _ := client.HGet(ctx, redis.Prefix+"origin", field).Int64(); at > 0 {
			if err := client.HIncrBy(ctx, redis.Prefix+"origin", field, -d.Milliseconds()).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, key := range keys {
		left, err := client.PTTL(ctx, key).Result()
		if left == -1 && !strings.HasPrefix(key, redis.Prefix+store.Failure.String()+":") {
			continue // all but a counter may be without an end
		}
		if err != nil || left <= 0 {
			t.Fatalf("%s lives for %s, %v, want an end", key, left, err)
		}
		if left <= d {
			err = client.Del(ctx, key).Err()
		} else {
			err = client.PExpire(ctx, key, left-d).Err()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestGoneAndBack: with the server gone every call says so, soon; with a new one all is well
// again.
func TestGoneAndBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s, err := redis.Open(options(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	ctx, k := context.Background(), storetest.Key(store.UsedCode, 1)
	counter := store.Counter{Key: storetest.Key(store.Failure, 1), Bound: 9}
	if taken, _, err := s.Take(ctx, k, "v", time.Minute); !taken || err != nil {
		t.Errorf("got %v, %v", taken, err)
	}
	server.Kill()
	begin := time.Now()
	taken, _, takeErr := s.Take(ctx, k, "v", time.Minute)
	_, countErr := s.Count(ctx, time.Minute, counter)
	_, advanceErr := s.Advance(ctx, storetest.Key(store.LastStep, 1), 1, time.Minute)
	_, getErr := s.Get(ctx, k)
	for what, err := range map[string]error{
		"take": takeErr, "count": countErr, "advance": advanceErr, "get": getErr,
		"set": s.Set(ctx, k, "v", time.Minute), "drop": s.Drop(ctx, k), "uncount": s.Uncount(ctx, counter),
		"ping": s.Ping(ctx),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), "store: redis: ") {
			t.Errorf("%s with the server gone: %v", what, err)
		}
	}
	if taken || time.Since(begin) > 5*time.Second {
		t.Errorf("took %v in %s", taken, time.Since(begin))
	}
	server.Restart(t)
	if taken, _, err := s.Take(ctx, k, "v", time.Minute); taken || !errors.Is(err, redis.ErrLost) {
		t.Errorf("with the server back, empty: got %v, %v", taken, err)
	}
	pass(t, server.URL, 2*time.Minute)
	if taken, _, err := s.Take(ctx, k, "v", time.Minute); !taken || err != nil {
		t.Errorf("two minutes later: got %v, %v", taken, err)
	}
}

func TestBadURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "127.0.0.1:6379", "http://x", "redis://u:secret@h:x/0",
		"redis+sentinel://h:1", "redis+sentinel://u:secret@h:1,/m", "redis+sentinel://h:1/m/x",
		"redis+sentinel://h:1/m?secret=1",
		"redis+cluster://", "redis+cluster://h:x", "redis+cluster://u:secret@h/1",
		"redis+cluster://h?sentinel_password=secret",
		"http+cluster://h", "redis+ring://h", "redis+sentinel://h:1/m#x",
	} {
		if _, err := redis.Open(options(url)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
