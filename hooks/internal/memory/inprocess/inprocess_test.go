package inprocess_test

import (
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) storetest.Made {
		now := time.UnixMilli(1_700_000_000_000)
		return storetest.Made{
			Store: inprocess.New(func() time.Time { return now }),
			Pass:  func(d time.Duration) { now = now.Add(d) },
			Life:  time.Hour,
		}
	})
}
