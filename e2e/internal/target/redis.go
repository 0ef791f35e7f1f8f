package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
)

// RedisProgram is the server that clusters share. Without it scenarios tagged @redis are left out.
const RedisProgram = "redis-server"

// redis is a redis-server that keeps nothing on disk.
type redis struct {
	addr    string
	process *process // nil: not running
}

// StartRedis implements Hookds.
func (l *local) StartRedis(ctx context.Context) error {
	if l.redis == nil || l.redis.process != nil {
		return errors.New("start redis: this setup has none, or it runs already")
	}
	path, err := exec.LookPath(RedisProgram)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(l.redis.addr)
	if err != nil {
		return err
	}
	process, err := startProcess(l.log, l.dir, nil, path, "--bind", host, "--port", port, "--save", "", "--appendonly", "no")
	if err != nil {
		return err
	}
	if err := waitListening(ctx, l.redis.addr, process.done); err != nil {
		process.kill()
		return fmt.Errorf("%s: %w\n%s", RedisProgram, err, tail(l.log.String(), 20))
	}
	l.redis.process = process
	return nil
}

// KillRedis implements Hookds.
func (l *local) KillRedis(context.Context) error {
	if l.redis == nil || l.redis.process == nil {
		return errors.New("kill redis: it does not run")
	}
	l.redis.process.kill()
	l.redis.process = nil
	return nil
}
