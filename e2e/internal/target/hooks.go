package target

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Programs is a folder with the hook programs, built from this repository.
type Programs struct{ dir string }

// BuildPrograms builds keyint, extauth, checkpwd, hookd and authyctl into a folder that Remove
// deletes. module is the root of the repository. It happens once per test run; the Go build cache
// makes the next one quick.
func BuildPrograms(ctx context.Context, module string) (Programs, error) {
	dir, err := os.MkdirTemp("", "e2e-hooks-")
	if err != nil {
		return Programs{}, err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", dir+string(filepath.Separator),
		"./hooks/keyint", "./hooks/extauth", "./hooks/checkpwd", "./hooks/hookd", "./hooks/authyctl")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		_ = os.RemoveAll(dir)
		return Programs{}, fmt.Errorf("build the hooks: %w\n%s", err, out)
	}
	return Programs{dir: dir}, nil
}

// ProgramsIn is a folder that has the hook programs already, under those names.
func ProgramsIn(dir string) Programs { return Programs{dir: dir} }

// Path is where the program of that name is.
func (p Programs) Path(name string) string { return filepath.Join(p.dir, name) }

// Remove deletes the folder.
func (p Programs) Remove() error { return os.RemoveAll(p.dir) }
