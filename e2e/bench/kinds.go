package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

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

// build compiles ours and both yardsticks, all with the same flags, into folders that remove
// deletes. root is the repository.
func build(ctx context.Context, root string) (programs map[kind]target.Programs, remove func() error, err error) {
	dir, err := os.MkdirTemp("", "bench-hooks-")
	if err != nil {
		return nil, nil, err
	}
	remove = func() error { return os.RemoveAll(dir) }
	programs = map[kind]target.Programs{}
	for k, folder := range map[kind]string{nothing: "e2e/bench/yardstick/nothing",
		minimal: "e2e/bench/yardstick/minimal", ours: "hooks"} {
		into := filepath.Join(dir, filepath.Base(folder))
		args := []string{"build", "-trimpath", "-o", into + string(filepath.Separator)}
		for _, name := range []string{"keyint", "extauth", "checkpwd", "hookd"} {
			args = append(args, "./"+folder+"/"+name)
		}
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if err := os.Mkdir(into, 0o700); err != nil {
			return nil, nil, errors.Join(err, remove())
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, nil, errors.Join(fmt.Errorf("build %s: %w\n%s", folder, err, out), remove())
		}
		programs[k] = target.ProgramsIn(into)
	}
	return programs, remove, nil
}
