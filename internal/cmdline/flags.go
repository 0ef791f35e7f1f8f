package cmdline

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// ErrVersion says that --version was asked for.
var ErrVersion = errors.New("version asked for")

// NewFlags returns an empty set of flags of package flag that prints nothing by itself. Flags are
// shown as --name and understood with one dash as well.
func NewFlags() *flag.FlagSet {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return set
}

// Parse reads the flags in args, wherever they stand, and returns the other arguments. Behind "--"
// nothing is a flag. The error is [flag.ErrHelp], [ErrVersion] or what is wrong.
func Parse(set *flag.FlagSet, args []string) ([]string, error) {
	version := set.Bool("version", false, "print the version and exit")
	var others []string
	for {
		err := set.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, errors.New(longNames.Replace(err.Error()))
		}
		rest := set.Args()
		if taken := len(args) - len(rest); taken > 0 && args[taken-1] == "--" || len(rest) == 0 {
			others = append(others, rest...)
			break
		}
		others, args = append(others, rest[0]), rest[1:]
	}
	if *version {
		return nil, ErrVersion
	}
	return others, nil
}

// ParseFlags is [Parse] for programs that take flags alone.
func ParseFlags(set *flag.FlagSet, args []string) error {
	others, err := Parse(set, args)
	if err == nil && len(others) > 0 {
		err = fmt.Errorf("argument %q is not understood; want flags only", others[0])
	}
	return err
}

// longNames turns the messages of package flag, which write -name, to the names as the help has
// them.
var longNames = strings.NewReplacer("flag provided but not defined: -", "no such flag: --", "flag needs an argument: -",
	"flag needs an argument: --", " for flag -", " for flag --", " for -", " for --")

// WriteFlags writes the help of flags to w, each with the name of its value (see
// [flag.UnquoteUsage]), and with its default if its usage does not tell one.
func WriteFlags(w io.Writer, set *flag.FlagSet) {
	var text strings.Builder
	row := func(name, usage string) {
		fmt.Fprintf(&text, "  %s\n        %s\n", name, strings.ReplaceAll(usage, "\n", "\n        "))
	}
	set.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if !strings.Contains("|0|0s|false", "|"+f.DefValue) && !strings.Contains(usage, "default") {
			usage += "; default " + f.DefValue
		}
		row(strings.TrimSpace("--"+f.Name+" "+value), usage)
	})
	row("--help", "show this help")
	_, _ = io.WriteString(w, text.String())
}
