package main

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// slack is how much garbage hookd lets pile up before it is collected. The usual rule is a share of
// what lives: with the little of every day that would be several collections a second where many
// log in, and with all that strangers can have hookd remember hundreds of MiB, which are slow
// besides, since no cache holds them.
const slack = 24 << 20

// percent returns what to tell the collector where so many bytes live.
func percent(live uint64) int {
	return int(min(max(100*slack/max(live, 1), 10), 400))
}

// tendGarbage tells the collector what lives now, once a second, until ctx ends.
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
