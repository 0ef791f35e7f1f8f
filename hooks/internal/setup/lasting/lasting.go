// Package lasting opens the memory that outlives every process. It is apart from package setup
// because the hook programs must not link a client of Redis.
package lasting

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/setup"
)

// Shared returns the store that hookd.redis_url names, and the key of its digests: what all that
// share it have, the API key, else hookd's secret.
func Shared(c config.Config, h setup.Host) (*redis.Store, []byte, error) {
	key := []byte(cmp.Or(c.APIKey, c.Hookd.Secret))
	if len(key) == 0 {
		return nil, nil, errors.New(
			"hookd.redis_url: several hookd that share a memory need a secret for it; set hookd.secret_file",
		)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("sftpgo-authy name of the key of a shared memory"))
	store, err := redis.Open(redis.Options{
		URL: c.Hookd.RedisURL, Window: setup.CodeWindow(c), Fresh: hook.Name(h.Draw),
		KeyName: hex.EncodeToString(mac.Sum(nil)[:8]),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("hookd.%w", err)
	}
	return store, key, nil
}

// askTime bounds the first question to the shared memory.
const askTime = 10 * time.Second

// Memory returns the memory that outlives every process, for a person's tool: that of the memory
// file, which a running hookd is asked for, or the shared one. Close closer at the end.
func Memory(c config.Config, h setup.Host) (logins *memory.Logins, closer io.Closer, err error) {
	switch {
	case c.MemoryFile != "":
		logins, closer = setup.Remembered(c, h)
		return logins, closer, nil
	case c.Hookd.RedisURL == "":
		return nil, nil, errors.New(
			"no memory lasts, so a code could be used twice; set memory_file, or hookd.redis_url where several " +
				"hookd share one",
		)
	}
	store, key, err := Shared(c, h)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	if err := store.CheckKey(ctx); err != nil {
		_ = store.Close()
		return nil, nil, fmt.Errorf("hookd.redis_url: %w; want the configuration that hookd has", err)
	}
	return setup.Memory(c, h, store, key), store, nil
}
