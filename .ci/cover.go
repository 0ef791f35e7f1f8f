//go:build ignore

// cover measures how much of the packages that decide who gets in is covered by tests, their own
// and their neighbours', and fails where that is less than wanted. It runs from the root of the
// repository: go run .ci/cover.go
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// want is the least share of statements, in percent.
const want = 95

// groups are packages measured together, and the packages whose tests are run for them.
var groups = []struct{ measured, run []string }{
	{
		[]string{"hooks/internal/gate", "hooks/internal/hook", "hooks/internal/hookd", "hooks/internal/program",
			"hooks/internal/sftpgo", "hooks/internal/provider/authy",
			"hooks/internal/provider/exchange", "hooks/internal/provider/verify", "hooks/internal/otp"},
		[]string{"hooks", "hooks/internal/gate", "hooks/internal/hook", "hooks/internal/hookd",
			"hooks/internal/program", "hooks/internal/sftpgo", "hooks/internal/provider/authy",
			"hooks/internal/provider/exchange", "hooks/internal/provider/verify", "hooks/internal/otp"},
	},
	{
		[]string{"mockauthy/internal/authy", "mockauthy/internal/authyapi"},
		[]string{"mockauthy/internal/authy", "mockauthy/internal/authyapi", "mockauthy/internal/authyapi/clients",
			"mockauthy/internal/control", "mockauthy/internal/world"},
	},
}

func main() {
	dir, err := os.MkdirTemp("", "cover")
	if err == nil {
		err = cover(dir)
		os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

// cover runs the tests, with profiles in dir, and prints the table.
func cover(dir string) error {
	var low []string
	for i, g := range groups {
		profile := filepath.Join(dir, fmt.Sprint(i))
		args := append([]string{"test", "-count=1", "-coverprofile=" + profile,
			"-coverpkg=" + strings.Join(dots(g.measured), ",")}, dots(g.run)...)
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		all, hit, err := count(profile)
		if err != nil {
			return err
		}
		for _, p := range g.measured {
			share := 100 * float64(hit[p]) / float64(max(all[p], 1))
			fmt.Printf("%-28s %5.1f %%  %4d of %4d statements\n", p, share, hit[p], all[p])
			if share < want {
				low = append(low, p)
			}
		}
	}
	if len(low) > 0 {
		return fmt.Errorf(
			"below %d percent: %s; go test -coverprofile and go tool cover -html show what no test reaches", want,
			strings.Join(low, ", "))
	}
	return nil
}

// dots makes packages of folders.
func dots(folders []string) []string {
	var packages []string
	for _, f := range folders {
		packages = append(packages, "./"+f)
	}
	return packages
}

// count returns the statements of each folder, all and those that ran. A profile names a block once
// for each test binary.
func count(profile string) (all, hit map[string]int, err error) {
	f, err := os.Open(profile)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	size, ran := map[string]int{}, map[string]bool{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var block string
		var statements, times int
		if _, err := fmt.Sscan(lines.Text(), &block, &statements, &times); err != nil {
			continue // "mode: set"
		}
		size[block], ran[block] = statements, ran[block] || times > 0
	}
	all, hit = map[string]int{}, map[string]int{}
	for block, statements := range size {
		file, _, _ := strings.Cut(block, ":")
		_, folder, _ := strings.Cut(filepath.Dir(file), "/") // behind the module
		all[folder] += statements
		if ran[block] {
			hit[folder] += statements
		}
	}
	return all, hit, lines.Err()
}
