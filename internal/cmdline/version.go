package cmdline

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Version returns the line that --version prints for a program: which version it is, which commit
// it was built from and when that was made, whether files were changed since, and the version of
// Go. All of it is what the go command recorded in the program.
func Version(program string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return describe(program, info)
}

func describe(program string, info *debug.BuildInfo) string {
	recorded := map[string]string{}
	for _, s := range info.Settings {
		recorded[s.Key] = s.Value
	}
	version := info.Main.Version
	if version == "" {
		version = "(devel)" // as the go command calls a version without a number
	}
	parts := []string{program + " " + version}
	if commit := recorded["vcs.revision"]; commit != "" {
		parts = append(parts, strings.TrimSpace("commit "+commit+" "+recorded["vcs.time"]))
	}
	if recorded["vcs.modified"] == "true" {
		parts = append(parts, "modified")
	}
	parts = append(parts, fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH))
	return strings.Join(parts, ", ")
}
