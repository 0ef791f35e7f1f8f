package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// slack is how much garbage may pile up before it is collected. By default Go collects when the
// heap has grown by a share of what is live. With the few MiB of an ordinary day that would be
// several collections a second while many people log in; with all that strangers can make hookd
// remember it would be hundreds of MiB of garbage, which is slow as well, since no cache holds
// them.
const slack = 24 << 20

// percent returns the percentage to give to the collector while so many bytes are live.
func percent(live uint64) int {
	return int(min(max(100*slack/max(live, 1), 10), 400))
}

// tendGarbage adjusts the collector to what is live, once a second, until ctx ends.
func tendGarbage(ctx context.Context) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for told := 0; ; {
		metrics.Read(sample)
		if want := percent(sample[0].Value.Uint64()); want*10 < told*9 || want*10 > told*11 {
			debug.SetGCPercent(want)
			told = want
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
