package doctor

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ticks is how many units of time Linux counts in a second where it shows when a process started.
const ticks = 100

// startOf returns when a process started, or the zero time if the system does not say.
func startOf(pid int) time.Time {
	text, err := os.ReadFile(proc(pid, "stat"))
	if err != nil {
		return time.Time{}
	}
	// The name of the process is in brackets and may hold anything; the 20th field behind it is the
	// time since boot.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 {
		return time.Time{}
	}
	since, err := strconv.ParseInt(fields[19], 10, 64)
	var up, now unix.Timespec // both clocks of the system at once tell when it booted
	if err != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &up) != nil ||
		unix.ClockGettime(unix.CLOCK_REALTIME, &now) != nil {
		return time.Time{}
	}
	booted := time.Unix(now.Unix()).Add(-time.Duration(up.Nano()))
	return booted.Add(time.Duration(since) * time.Second / ticks)
}

// changedAt returns when a file got its content or its name, whichever was later.
func changedAt(info os.FileInfo) time.Time {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return info.ModTime()
	}
	if changed := time.Unix(stat.Ctim.Unix()); changed.After(info.ModTime()) {
		return changed
	}
	return info.ModTime()
}
