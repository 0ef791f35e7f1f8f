package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"sftpgo-authy/mockauthy/internal/world"
)

// garbage is how much more than what is in use may pile up, in percent, before it is collected. By
// default Go allows as much as is in use, and collecting is then a tenth of what a request costs.
const garbage = 400

// BoundMemory has the runtime collect garbage before the process holds more than limit, and calls
// three quarters of it in live objects full: the rest is for requests, replies and what is not
// collected yet.
func BoundMemory(limit int64) world.Memory {
	debug.SetMemoryLimit(limit)
	debug.SetGCPercent(garbage)
	return world.Memory{
		Tight: func() bool { return live() > uint64(limit)/4*3 },
		Freed: runtime.GC,
	}
}

// live is what the last collection found in use. Between two collections at most as much is added
// as the limit leaves.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
