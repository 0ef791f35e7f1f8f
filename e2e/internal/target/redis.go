package target

import (
	"context"
	"errors"
)

// StartRedis implements Hookds.
func (l *local) StartRedis(ctx context.Context) error {
	if l.redis == nil {
		return errors.New("start redis: this setup has none")
	}
	return l.redis.Launch(ctx)
}

// KillRedis implements Hookds.
func (l *local) KillRedis(context.Context) error {
	if l.redis == nil {
		return errors.New("kill redis: this setup has none")
	}
	l.redis.Kill()
	return nil
}
