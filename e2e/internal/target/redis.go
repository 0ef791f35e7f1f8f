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

// AgeRedis implements Hookds. Redis has no clock to turn, but hookd goes by the time that it noted.
func (l *local) AgeRedis(ctx context.Context) error {
	if l.redis == nil {
		return errors.New("age redis: this setup has none")
	}
	for _, field := range []string{"made", "lost"} {
		if err := l.redis.Do(ctx, "hincrby", "sftpgo-authy:origin", field, -120_000); err != nil {
			return err
		}
	}
	return nil
}
