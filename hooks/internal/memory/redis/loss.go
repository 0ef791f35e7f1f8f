package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"sftpgo-authy/hooks/internal/memory/store"
)

// A server tells a replica of a write after it has told us, and its disk perhaps a second later. So
// when another server becomes the master, when one starts again, or when what it kept is gone,
// marks of the last moments may be missing, and a code could open a second door. Beside the marks
// lies their origin: a name that whoever found nothing there made up, and the run of the server
// that it was seen on. Whoever finds another run, or has known another name, notes when that was,
// in the origin itself, for all who share it. For [Options.Window] from then on no code can be
// taken.
//
// Who finds nothing and knew of nothing takes the store for a new one.
//
// Marks that were made with another key of the digests are as good as lost: nobody finds them. So
// the origin also names the key, and another one there is a loss.
//
// A recovery code has no end that could be waited for. Whoever used one up keeps the mark, and puts
// it back when it learns of a loss, however late that is: while a loss matters, no recovery code
// counts.

// guarded says whether the loss of a mark would let a code count twice.
func guarded(kind store.Kind) bool {
	return kind == store.UsedCode || kind == store.LastStep || kind == store.Recovery
}

// ErrLost is the error of a call while a loss may still matter.
var ErrLost = errors.New("what the server kept may be lost")

// ErrEvicts is the error of a server that may throw away what it is to keep.
var ErrEvicts = errors.New("the server may throw away what it is to keep")

const (
	// run is who the server is since it started.
	run = `local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`
	// guard begins a script with a second key, that of the origin, and two arguments at its end:
	// the name of the origin as we know it and the window.
	guard = run + `local origin = redis.call('HMGET', KEYS[2], 'name', 'run', 'lost')
if origin[1] ~= ARGV[3] or origin[2] ~= run then return redis.error_reply('ORIGIN is another one') end
local left = tonumber(origin[3]) + tonumber(ARGV[4]) - now
if left > 0 then return redis.error_reply('LOST ' .. string.format('%d', left)) end
`
	// learn notes a loss. It returns the origin's name, for how long a loss still matters, and when
	// the last one was.
	learn = run + `local origin = redis.call('HMGET', KEYS[1], 'name', 'run', 'lost', 'made', 'key')
local name, lost = origin[1], tonumber(origin[3] or '0')
if not name then
  name = ARGV[2]
  if ARGV[1] ~= '' then lost = now end
  redis.call('HSET', KEYS[1], 'name', name, 'made', now)
elseif origin[2] ~= run or origin[5] and origin[5] ~= ARGV[4] then
  lost = now
elseif ARGV[1] ~= '' and ARGV[1] ~= name then
  lost = math.max(lost, tonumber(origin[4]))
end
redis.call('HSET', KEYS[1], 'run', run, 'lost', string.format('%d', lost), 'key', ARGV[4])
return {name, math.max(0, lost + tonumber(ARGV[3]) - now), lost}`
)

// origin returns the name of the origin as we know it, "" before we do.
func (s *Store) origin() string {
	name, _ := s.known.Load().(string)
	return name
}

// learnOrigin notes a loss, if there was one, and returns for how long it still matters.
func (s *Store) learnOrigin(ctx context.Context) (time.Duration, error) {
	answer, err := redis.NewScript(learn).Run(ctx, s.client, []string{s.originName()}, s.origin(), s.fresh(),
		s.window.Milliseconds(), s.keyName).Slice()
	if err != nil {
		return 0, err
	}
	if len(answer) == 3 {
		name, named := answer[0].(string)
		left, timed := answer[1].(int64)
		lost, dated := answer[2].(int64)
		if named && timed && dated {
			if err := s.usedUp.putBack(ctx, s.client, lost); err != nil {
				return 0, err
			}
			s.known.Store(name)
			return time.Duration(left) * time.Millisecond, nil
		}
	}
	return 0, errors.New("the server's answer makes no sense")
}

// mostUsedUp bounds what one process remembers of recovery codes that it used up.
const mostUsedUp = 10_000

// usedUp are the marks of recovery codes that this process used up, the newest ones.
type usedUp struct {
	mu    sync.Mutex
	marks []usedMark
	since int64 // the loss after which they were put back last
}

type usedMark struct {
	name  string
	value any
}

func (u *usedUp) add(name string, value any) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.marks = append(u.marks, usedMark{name, value}); len(u.marks) > mostUsedUp {
		u.marks = u.marks[1:]
	}
}

// putBack sets those that are gone, once after each loss.
func (u *usedUp) putBack(ctx context.Context, client redis.UniversalClient, lost int64) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if lost == u.since {
		return nil
	}
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, mark := range u.marks {
			p.SetNX(ctx, mark.name, mark.value, 0)
		}
		return nil
	})
	if err == nil {
		u.since = lost
	}
	return err
}

// ErrKey is the error of a store whose marks were made with another key.
var ErrKey = errors.New("what is kept there was kept with another API key or secret, and cannot be found")

// CheckKey returns [ErrKey] where others keep marks there with another key than ours.
func (s *Store) CheckKey(ctx context.Context) error {
	name, err := s.client.HGet(ctx, s.originName(), "key").Result()
	if err == nil && name != s.keyName {
		err = ErrKey
	}
	return wrap(err)
}

func (s *Store) originName() string { return s.prefix + "origin" }

// runGuarded runs a script whose loss would let a code count twice.
func (s *Store) runGuarded(
	ctx context.Context, script string, key store.Key, value any, life time.Duration,
) *redis.Cmd {
	if unfit, _ := s.unfit.Load().(verdict); unfit.err != nil {
		return failed(ctx, unfit.err)
	}
	try := func() *redis.Cmd {
		return redis.NewScript(guard+script).Run(ctx, s.client, []string{s.named(key), s.originName()},
			value, life.Milliseconds(), s.origin(), s.window.Milliseconds())
	}
	cmd := try()
	if err := cmd.Err(); err != nil && strings.HasPrefix(err.Error(), "ORIGIN") {
		if _, err := s.learnOrigin(ctx); err != nil {
			return failed(ctx, err)
		}
		cmd = try()
	}
	if err := cmd.Err(); err != nil && strings.HasPrefix(err.Error(), "LOST ") {
		var millis int64
		_, _ = fmt.Sscanf(err.Error(), "LOST %d", &millis)
		return failed(ctx, lostFor(time.Duration(millis)*time.Millisecond))
	}
	return cmd
}

func failed(ctx context.Context, err error) *redis.Cmd {
	cmd := redis.NewCmd(ctx)
	cmd.SetErr(err)
	return cmd
}

func lostFor(left time.Duration) error {
	return fmt.Errorf("%w: it is another one, started anew, or was used with another API key or secret; codes are "+
		"refused for another %s", ErrLost, left.Round(time.Second))
}

// verdict is an error, or none, for an atomic value.
type verdict struct{ err error }

// Ping implements store.Store. It also looks for a loss, and whether the server is fit to keep what
// decides about logins: while it is not, no code is taken.
func (s *Store) Ping(ctx context.Context) error {
	err := s.evicts(ctx)
	if err == nil || errors.Is(err, ErrEvicts) {
		s.unfit.Store(verdict{err})
	}
	if err != nil {
		return wrap(err)
	}
	left, err := s.learnOrigin(ctx)
	if err == nil && left > 0 {
		err = lostFor(left)
	}
	return wrap(err)
}

// memoryInfo asks the server that has our keys.
const memoryInfo = `return redis.call('INFO', 'memory')`

// evicts returns [ErrEvicts] for a server that has a bound for its memory and throws things away
// there: a code that was used would be fresh again.
func (s *Store) evicts(ctx context.Context) error {
	info, err := redis.NewScript(memoryInfo).Run(ctx, s.client, []string{s.originName()}).Text()
	if err != nil {
		return err
	}
	policy, bound := field(info, "maxmemory_policy"), field(info, "maxmemory")
	if bound == "0" || policy == "noeviction" || policy == "" {
		return nil
	}
	return fmt.Errorf("%w: maxmemory-policy is %s; set it to noeviction", ErrEvicts, policy)
}

// field returns a line of INFO.
func field(info, name string) string {
	_, rest, _ := strings.Cut("\n"+info, "\n"+name+":")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// Warning says what an administrator should know of a server that can be used: one that writes
// nothing to its disk forgets with its end. It is "" where there is nothing to say, or the server
// does not say it.
func (s *Store) Warning(ctx context.Context) string {
	save, err := s.client.ConfigGet(ctx, "save").Result()
	if err != nil || save["save"] != "" {
		return ""
	}
	if aof, err := s.client.ConfigGet(ctx, "appendonly").Result(); err != nil || aof["appendonly"] != "no" {
		return ""
	}
	return "redis writes nothing to its disk: when it ends, codes are refused for " + s.window.String() +
		", and locks, last steps and recovery codes are forgotten; set appendonly yes"
}
