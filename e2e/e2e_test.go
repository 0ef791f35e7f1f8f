// Package e2e runs features/*.feature against SFTPGo: in a container, as a program of this machine,
// as the version that comes next (SFTPGO_BIN_NEXT), and against a small hook host that needs
// nothing. E2E_TARGET picks one or several of container, binary, next and embedded, comma
// separated; without it every target that is found runs. E2E_TAGS
// narrows the scenarios down, as in "@sftpgo && ~@rclone". E2E_MATRIX names a file to write the
// matrix of clients to.
package e2e

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/report"
	"sftpgo-authy/e2e/internal/steps"
	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/redistest"
	"sftpgo-authy/internal/untried"
)

// results is the one thing that outlives the tests: TestMain prints it when they are over.
var results = report.New()

func TestMain(m *testing.M) {
	if client.Askpass() {
		return // OpenSSH started this program to ask a question
	}
	code := m.Run()
	if path := os.Getenv("E2E_MATRIX"); path != "" && code == 0 {
		if err := writeMatrix(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	results.Table(os.Stdout)
	os.Exit(code)
}

// writeMatrix writes the matrix of clients. The path is relative to the root of the repository,
// where people type it.
func writeMatrix(path string) error {
	if !filepath.IsAbs(path) {
		path = filepath.Join("..", path)
	}
	var b bytes.Buffer
	if err := results.Matrix(&b); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func TestFeatures(t *testing.T) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	programs, err := target.BuildPrograms(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := programs.Remove(); err != nil {
			t.Error(err)
		}
	})
	targets := []target.Target{
		target.NewEmbedded(programs),
		target.NewBinary(os.Getenv("SFTPGO_BIN"), programs),
		target.NewNext(os.Getenv("SFTPGO_BIN_NEXT"), programs),
		target.NewContainer(root),
	}
	asked := askedFor(t, targets)
	for _, one := range targets {
		t.Run(one.Name(), func(t *testing.T) { runOn(ctx, t, one, asked) })
	}
}

// askedFor returns the names in E2E_TARGET; none means all.
func askedFor(t *testing.T, targets []target.Target) []string {
	t.Helper()
	var names, asked []string
	for _, one := range targets {
		names = append(names, one.Name())
	}
	for name := range strings.SplitSeq(os.Getenv("E2E_TARGET"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.Contains(names, name) {
			t.Fatalf("E2E_TARGET: no target %q, want some of %s", name, strings.Join(names, ", "))
		}
		asked = append(asked, name)
	}
	return asked
}

// runOn runs all scenarios that a target can run. A target that was asked for by name and cannot
// run is a failure.
func runOn(ctx context.Context, t *testing.T, one target.Target, asked []string) {
	byName := slices.Contains(asked, one.Name())
	if len(asked) > 0 && !byName {
		results.Skip(one.Name(), "not asked for")
		t.Skip("E2E_TARGET does not name it") // on purpose
	}
	if err := one.Available(ctx, byName); err != nil {
		results.Skip(one.Name(), err.Error())
		if byName {
			t.Fatalf("target %s was asked for and cannot run: %v", one.Name(), err)
		}
		if errors.Is(err, target.ErrNoNext) {
			t.Skip(err) // on purpose
		}
		untried.Skip(t, "%v", err)
	}
	results.Begin(one.Name(), one.Describe())
	t.Cleanup(func() {
		if err := one.Close(); err != nil {
			t.Errorf("close %s: %v", one.Name(), err)
		}
	})
	t.Cleanup(func() {
		if results.Count(one.Name()) == 0 {
			t.Errorf("no scenario ran on %s", one.Name())
		}
	})
	tags := tags(t, one)
	for _, by := range []struct{ provider, tag string }{
		{"", "~@nobody"}, {steps.TOTP, "@totp-too"}, {steps.Verify, "@verify-too"},
	} {
		for _, pass := range []struct {
			name, tag string
			door      target.Door
		}{
			{"one door", "~@both-doors", ""},
			{"program door", "@both-doors", target.Program},
			{"HTTP door", "@both-doors", target.HTTP},
		} {
			t.Run(strings.TrimPrefix(by.provider+", "+pass.name, ", "), func(t *testing.T) {
				t.Parallel()
				suite := &steps.Suite{Target: one, Door: pass.door, Provider: by.provider}
				runThrough(ctx, t, suite, slices.Concat([]string{by.tag, pass.tag}, tags))
			})
		}
	}
}

// runThrough runs the scenarios with these tags: through the door of the suite, or each through the
// one that it names, and about its provider, or that which they name.
func runThrough(ctx context.Context, t *testing.T, suite *steps.Suite, tags []string) {
	one, through := suite.Target, suite.Door
	suite.Result = func(name string, err error) {
		if suite.Provider != "" {
			name += ", " + suite.Provider
		}
		if through != "" {
			name += ", " + string(through) + " door"
		}
		results.Scenario(one.Name(), name, err)
	}
	if suite.Provider == "" {
		suite.Tried = func(hook target.Hook, door target.Door, way client.Way, why string) {
			results.Tried(report.Cell{Target: one.Name(), Hook: string(hook), Door: string(door), Client: way.Name},
				why)
		}
	}
	run := godog.TestSuite{
		Name:                one.Name(),
		ScenarioInitializer: suite.Register,
		Options: &godog.Options{
			Paths:          []string{filepath.Join("..", "features")},
			Tags:           strings.Join(tags, " && "),
			Format:         "progress",
			Output:         io.Discard, // each scenario is a subtest that speaks for itself
			NoColors:       true,
			Strict:         true,
			Concurrency:    (one.Concurrency() + 1) / 2, // two of the three passes run at a time on a small machine
			DefaultContext: ctx,
			TestingT:       t,
		},
	}
	if code := run.Run(); code != 0 {
		t.Errorf("scenarios failed on %s", one.Name())
	}
}

// tags says which scenarios a target runs: those of SFTPGo alone (@sftpgo), those with clients at
// several addresses (@addresses) and those that start, signal and reach processes of their own
// (@process) only where that can be, those with a program only where it is installed.
func tags(t *testing.T, one target.Target) []string {
	var tags []string
	if !one.SFTPGo() {
		tags = append(tags, "~@sftpgo")
	}
	if !one.Addresses() {
		tags = append(tags, "~@addresses")
	}
	if !one.Processes() {
		tags = append(tags, "~@process")
	}
	programs := map[string]string{
		"openssh": "sftp", "psftp": "psftp", "dbclient": "dbclient", "curl": "curl", "lftp": "lftp", "rclone": "rclone",
		"jq": "jq", "redis": cmp.Or(redistest.Find(), "redis-server"),
	}
	for tag, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			tags = append(tags, "~@"+tag)
			results.LeftOut("@"+tag, program+" is not installed")
			if untried.Strict() {
				t.Errorf("scenarios tagged @%s are left out, as %s is not installed, and CI_STRICT=1 wants "+
					"everything tried", tag, program)
			}
		}
	}
	if more := os.Getenv("E2E_TAGS"); more != "" {
		tags = append(tags, more)
	}
	return tags
}
