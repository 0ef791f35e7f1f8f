package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// figures are what a process uses at one moment.
type figures struct {
	Memory     int // KiB: resident or, of this process, what lives on the heap after a collection
	Threads    int
	Files      int // open file descriptors
	Goroutines int // of this process and of hookd; 0 where nobody can tell
	Live       int // KiB of hookd's heap that the collector found in use the last time; 0 of other processes
	Peak       int // KiB: the most that was ever resident
}

// self measures this process, in which mockauthy and the clients run.
func self() (figures, error) {
	runtime.GC()
	f, err := measure(os.Getpid())
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	f.Memory = int(memory.HeapAlloc >> 10) // the resident size says how lazy the collector was
	f.Goroutines = runtime.NumGoroutine()
	return f, err
}

// measure reads the figures of a process from /proc.
func measure(pid int) (figures, error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return figures{}, fmt.Errorf("figures of process %d (they need Linux): %w", pid, err)
	}
	files, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return figures{}, fmt.Errorf("open files of process %d: %w", pid, err)
	}
	memory, err1 := field(status, "VmRSS:")
	threads, err2 := field(status, "Threads:")
	peak, err3 := field(status, "VmHWM:")
	return figures{Memory: memory, Threads: threads, Files: len(files), Peak: peak}, errors.Join(err1, err2, err3)
}

// hookd measures the hookd with that process id: its goroutines are among its metrics.
func hookd(pid int) (figures, error) {
	f, err := measure(pid)
	if err != nil {
		return f, err
	}
	line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		return f, fmt.Errorf("command line of hookd: %w", err)
	}
	args := strings.Split(string(line), "\x00")
	at := slices.Index(args, "--listen")
	if at < 0 || at+1 >= len(args) {
		return f, fmt.Errorf("hookd's command line %q: no --listen", args)
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Get("http://" + args[at+1] + "/metrics")
	if err != nil {
		return f, fmt.Errorf("metrics of hookd: %w", err)
	}
	defer reply.Body.Close()
	metrics, err := io.ReadAll(io.LimitReader(reply.Body, 1<<20))
	if err != nil {
		return f, fmt.Errorf("metrics of hookd: %w", err)
	}
	f.Goroutines, err = field(metrics, "go_goroutines ")
	if err != nil {
		return f, err
	}
	// The collector runs again when the heap is what lived the last time and a percentage of it.
	next, err1 := field(metrics, "go_memstats_next_gc_bytes ")
	percent, err2 := field(metrics, "go_gc_gogc_percent ")
	f.Live = next / (100 + percent) * 100 >> 10
	return f, errors.Join(err1, err2)
}

func field(status []byte, name string) (int, error) {
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if words := strings.Fields(rest); len(words) > 0 {
				n, err := strconv.ParseFloat(words[0], 64) // metrics may be written as 1.2e+07
				return int(n), err
			}
		}
	}
	return 0, fmt.Errorf("no %q in the status of a process", name)
}

// children returns the processes that this one started, by name. Where several have one name, the
// last counts.
func children() (map[string]int, error) {
	found := map[string]int{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // a process that ended meanwhile
		}
		// "pid (name) state ppid …"; the name may hold anything, so cut at the last parenthesis.
		text := string(raw)
		open, shut := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
		if open < 0 || shut < open {
			continue
		}
		rest := strings.Fields(text[shut+1:])
		if len(rest) < 2 || rest[1] != strconv.Itoa(os.Getpid()) {
			continue
		}
		pid, err := strconv.Atoi(strings.TrimSpace(text[:open]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		found[text[open+1:shut]] = pid
	}
	return found, nil
}

// growth says which figures rose from the first to the last by more than a process that leaks
// nothing may vary.
func growth(name string, first, last figures) error {
	var errs []error
	check := func(what string, from, to, slack int) {
		if to > from+slack {
			errs = append(errs, fmt.Errorf("%s: %s grew from %d to %d, want at most %d more", name, what, from,
				to, slack))
		}
	}
	check("memory (KiB)", first.Memory, last.Memory, 12<<10+first.Memory/4)
	check("file descriptors", first.Files, last.Files, 16)
	check("goroutines", first.Goroutines, last.Goroutines, 32)
	check("threads", first.Threads, last.Threads, 16)
	return errors.Join(errs...)
}

// maxHookd is how much of hookd may be resident, in KiB, at atRate logins a second or fewer. Where
// more log in hookd has more to remember, and may take as much more.
const (
	maxHookd = 96 << 10
	atRate   = 690
)

// bound says whether hookd took more than it may, at so many logins a second.
func bound(f figures, rate float64) error {
	if most := int(maxHookd * max(1, rate/atRate)); f.Peak > most {
		return fmt.Errorf("hookd: %d KiB were resident, want at most %d", f.Peak, most)
	}
	return nil
}
