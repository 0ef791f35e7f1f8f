package world

import (
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
)

// randomFor returns the source of an app's secrets, codes and ids: the system's, or with a seed one
// that is always the same for the same key.
func randomFor(seed *uint64, key string) io.Reader {
	if seed == nil {
		return crand.Reader
	}
	return &locked{from: rand.NewChaCha8(digest(*seed, key))}
}

// chanceFor returns the seed of the faults of a key.
func chanceFor(seed *uint64, key string) uint64 {
	if seed == nil {
		return rand.Uint64()
	}
	d := digest(*seed, "faults of "+key)
	return binary.BigEndian.Uint64(d[:])
}

func digest(seed uint64, key string) [32]byte {
	return sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), key...))
}

// locked lets several goroutines read from one source.
type locked struct {
	mu   sync.Mutex
	from io.Reader
}

func (l *locked) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.from.Read(p)
}
