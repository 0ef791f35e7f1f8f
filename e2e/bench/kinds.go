package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sftpgo-authy/e2e/internal/target"
)

// kind is what stands behind a hook.
type kind string

// What is compared.
const (
	none    kind = "no hook"
	nothing kind = "does nothing" // says yes without asking anybody
	minimal kind = "minimal"      // asks Authy as ours does, and ignores the answer
	ours    kind = "ours"

	// With a memory file.
	lasting     kind = "one commit" // minimal, and makes one commit in a bbolt file for each login
	remembering kind = "ours with memory_file"
)

// kinds in the order of the report.
var kinds = [...]kind{none, nothing, minimal, ours}

// form is a hook and the door by which SFTPGo reaches it.
type form struct {
	hook target.Hook
	door target.Door
}

func (f form) String() string { return fmt.Sprintf("%s, %s", f.hook, f.door) }

// forms are the six.
func forms() []form {
	var all []form
	for _, hook := range hooks {
		for _, door := range []target.Door{target.Program, target.HTTP} {
			all = append(all, form{hook, door})
		}
	}
	return all
}

var hooks = [...]target.Hook{target.Keyint, target.Extauth, target.Checkpwd}

// build compiles ours and both yardsticks into folders that remove deletes. root is the repository.
// A yardstick is one program for its three hooks, under each of their names, and one for hookd: no
// program links more for it, and all are compiled with the same flags.
func build(ctx context.Context, root string) (programs map[kind]target.Programs, remove func() error, err error) {
	dir, err := os.MkdirTemp("", "bench-hooks-")
	if err != nil {
		return nil, nil, err
	}
	remove = func() error { return os.RemoveAll(dir) }
	const yardstick = "./e2e/bench/yardstick/"
	programs = map[kind]target.Programs{}
	for k, one := range map[kind]struct{ hooks, hookd, link, tag string }{
		nothing: {hooks: yardstick + "nothing", hookd: yardstick + "hookd"},
		minimal: {hooks: yardstick + "minimal", hookd: yardstick + "hookd", link: "-X main.asks=yes"},
		lasting: {hooks: yardstick + "minimal", hookd: yardstick + "hookd", link: "-X main.asks=yes", tag: "lasting"},
		ours:    {hooks: "./hooks/", hookd: "./hooks/hookd"},
	} {
		programs[k] = target.ProgramsIn(filepath.Join(dir, strings.ReplaceAll(string(k), " ", "-")))
		source := map[string]string{"hookd": one.hookd}
		for _, hook := range hooks {
			if source[string(hook)] = one.hooks; k == ours {
				source[string(hook)] += string(hook)
			}
		}
		for name, folder := range source {
			cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", one.tag, "-ldflags", one.link,
				"-o", programs[k].Path(name), folder)
			cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
			if out, err := cmd.CombinedOutput(); err != nil {
				return nil, nil, errors.Join(fmt.Errorf("build %s: %w\n%s", folder, err, out), remove())
			}
		}
	}
	programs[remembering] = programs[ours]
	return programs, remove, nil
}
