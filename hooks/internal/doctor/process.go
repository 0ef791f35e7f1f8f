package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Process is what a running SFTPGo was started with.
type Process struct {
	PID     int
	Args    []string // its own name first
	Env     map[string]string
	Dir     string    // its working folder
	Root    string    // where its file system is seen from here, "" where it is ours
	UID     int       // whose it is
	Network error     // why what it reaches is not what is reached from here; nil where it is
	Started time.Time // zero where that is not known
}

// ReadProcess reads what a process was started with. Only its own user and root may see all of it.
// It is an error if any part is not seen, since the rest would be taken for the whole.
func ReadProcess(pid int) (Process, error) {
	p := Process{PID: pid, Env: map[string]string{}}
	var err error
	if p.Args, err = readProc(pid, "cmdline"); err != nil {
		return p, err
	}
	entries, err := readProc(pid, "environ")
	if err != nil {
		return p, err
	}
	for _, entry := range entries {
		if name, value, ok := strings.Cut(entry, "="); ok {
			p.Env[name] = value
		}
	}
	if p.Dir, err = os.Readlink(proc(pid, "cwd")); err != nil {
		return p, unseen(pid, "its working folder", err)
	}
	if p.Root, err = rootOf(pid); err != nil {
		return p, unseen(pid, "its file system", err)
	}
	if p.UID, err = ownerOf(pid); err != nil {
		return p, unseen(pid, "its user", err)
	}
	p.Network = networkOf(pid)
	p.Started = startOf(pid)
	return p, nil
}

// rootOf returns the path under which the file system of a process is seen: the process may be in a
// container, or have a /tmp of its own.
func rootOf(pid int) (string, error) {
	theirs, err := os.Readlink(proc(pid, "ns/mnt"))
	if err != nil {
		return "", err
	}
	ours, err := os.Readlink("/proc/self/ns/mnt")
	if err != nil {
		return "", err
	}
	root, err := os.Readlink(proc(pid, "root"))
	if err != nil || theirs == ours && root == "/" {
		return "", err
	}
	return proc(pid, "root"), nil
}

// networkOf returns an error if a process has another network than we have.
func networkOf(pid int) error {
	theirs, err := os.Readlink(proc(pid, "ns/net"))
	ours, ourErr := os.Readlink("/proc/self/ns/net")
	switch {
	case err != nil || ourErr != nil:
		return errors.New("whether SFTPGo has a network of its own, and who answers there, was not seen")
	case theirs != ours:
		return errors.New("SFTPGo has a network of its own, as in a container, so who answers it there was not " +
			"seen: run doctor there")
	}
	return nil
}

// ownerOf returns the effective user of a process.
func ownerOf(pid int) (int, error) {
	text, err := os.ReadFile(proc(pid, "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "Uid:" {
			return strconv.Atoi(fields[2])
		}
	}
	return 0, errors.New("the system does not name it")
}

// readProc reads a list of texts about a process from /proc.
func readProc(pid int, file string) ([]string, error) {
	text, err := os.ReadFile(proc(pid, file))
	if err != nil {
		return nil, unseen(pid, "its "+map[string]string{"environ": "environment", "cmdline": "arguments"}[file], err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00"), nil
}

func proc(pid int, file string) string { return filepath.Join("/proc", strconv.Itoa(pid), file) }

// unseen returns an error that says what was not seen of a process, and what to do.
func unseen(pid int, what string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("process %d: is not there, or this system has no /proc", pid)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("process %d: %s is for its own user and root; run as one of them", pid, what)
	}
	return fmt.Errorf("process %d: %s: %w", pid, what, err)
}
