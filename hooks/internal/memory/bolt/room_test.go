package bolt

import (
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
)

// TestAnOwnerHasRoomForAllPeople: authyctl, as a visitor, may give recovery codes to 100,000 people
// before a hookd first runs. It must start then.
func TestAnOwnerHasRoomForAllPeople(t *testing.T) {
	t.Parallel()
	o, _ := fresh(t)
	visit(t, o)
	codes := inprocess.Record{Value: strings.Repeat("c", 169), End: inprocess.Never}
	edit(t, o.Path, func(tx *bbolt.Tx) error {
		for n := range 100_000 {
			name := nameOf(storetest.Key(store.Recovery, n))
			if err := tx.Bucket(bucketRecords).Put(name, textOf(name, codes)); err != nil {
				return err
			}
		}
		return nil
	})
	own(t, o)
}
