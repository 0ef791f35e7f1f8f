package cmdline

import (
	"errors"
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

func TestErrorAndHint(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"error: a\n":                   errors.New("a"),
		"error: a\nerror: b\n":         errors.Join(errors.New("a"), errors.New("b")),
		"error: a\nhint: do 1\n":       WithHint(errors.New("a"), "do %d", 1),
		"error: x: a\nhint: do that\n": fmt.Errorf("x: %w", WithHint(errors.New("a"), "do that")),
	} {
		var text strings.Builder
		if WriteError(&text, err); text.String() != want {
			t.Errorf("got %q, want %q", text.String(), want)
		}
	}
	var text strings.Builder
	if WriteError(&text, WithHint(errors.New("a"), "first"),
		"second"); text.String() != "error: a\nhint: first\nhint: second\n" {
		t.Errorf("got %q", text.String())
	}
}

func TestFlagsOfOneAndTwoDashes(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"-file x":            "file x",
		"--file x a -yes":    "file x yes, others a",
		"a --file=x b --yes": "file x yes, others a b",
		"--yes -- --file":    "file  yes, others --file",
		"--help":             "flag: help requested",
		"a -version":         "version asked for",
		"--nothing":          "no such flag: --nothing",
		"--file":             "flag needs an argument: --file",
		"--number x":         `invalid value "x" for flag --number: parse error`,
		"--yes=x":            `invalid boolean value "x" for --yes: parse error`,
	} {
		set := NewFlags()
		file, yes := set.String("file", "", ""), set.Bool("yes", false, "")
		set.Int("number", 0, "")
		others, err := Parse(set, strings.Fields(line))
		got := "file " + *file
		if *yes {
			got += " yes"
		}
		if len(others) > 0 {
			got += ", others " + strings.Join(others, " ")
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
	if err := ParseFlags(NewFlags(), []string{"x"}); err == nil ||
		err.Error() != `argument "x" is not understood; want flags only` {
		t.Errorf("an argument: %v", err)
	}
}

func TestHelpShowsTwoDashes(t *testing.T) {
	t.Parallel()
	set := NewFlags()
	set.String("file", "", "read this `FILE`\nand no other")
	set.Int("number", 7, "how many")
	set.Bool("yes", true, "say so; default yes")
	if err := ParseFlags(set, []string{"-h"}); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	var text strings.Builder
	WriteFlags(&text, set)
	const want = "  --file FILE\n        read this FILE\n        and no other\n" +
		"  --number int\n        how many; default 7\n" +
		"  --version\n        print the version and exit\n" +
		"  --yes\n        say so; default yes\n" +
		"  --help\n        show this help\n"
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
}

func TestVersionSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	machine := fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	commit := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"},
		{Key: "vcs.time", Value: "2030-01-02T03:04:05Z"}}
	for want, info := range map[string]debug.BuildInfo{
		"keyint (devel), " + machine: {},
		"keyint v1.2.3, " + machine:  {Main: debug.Module{Version: "v1.2.3"}},
		"keyint v1.2.3, commit abc 2030-01-02T03:04:05Z, " +
			machine: {Main: debug.Module{Version: "v1.2.3"}, Settings: commit},
		"keyint (devel), commit abc 2030-01-02T03:04:05Z, modified, " + machine: {
			Settings: slices.Concat(commit, []debug.BuildSetting{{Key: "vcs.modified", Value: "true"}})},
	} {
		if got := describe("keyint", &info); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}
