package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/internal/untried"
)

// runningAsUs are the facts of an SFTPGo that the user of this test runs.
func runningAsUs(env map[string]string, accounts ...Account) *Facts {
	f := facts(env, accounts...)
	f.Settings.Value.UID = os.Geteuid()
	return f
}

func TestProgramsThatOthersMayReplace(t *testing.T) {
	t.Parallel()
	for mode, want := range map[os.FileMode]State{0o755: OK, 0o777: Fail, 0o775: Fail, 0o644: Warn} {
		path := filepath.Join(t.TempDir(), "checkpwd")
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		report := Examine(runningAsUs(change(map[string]string{chkHook: path}), account("checkpwd")))
		if got := state(report, "hook_programs").State; got != want {
			t.Errorf("mode %o: %s, want %s", mode, got, want)
		}
	}
	for mode, want := range map[os.FileMode]State{0o755: OK, 0o775: OK, 0o777 | os.ModeSticky: OK, 0o777: Fail} {
		folder := filepath.Join(t.TempDir(), "open")
		path := filepath.Join(folder, "below", "checkpwd")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.WriteFile(path, nil, 0o755), os.Chmod(path, 0o755),
			os.Chmod(folder, mode)); err != nil {
			t.Fatal(err)
		}
		report := Examine(runningAsUs(change(map[string]string{chkHook: path}), account("checkpwd")))
		if got := state(report, "hook_programs").State; got != want {
			t.Errorf("in a folder of mode %v: %s, want %s: %+v", mode, got, want, report.Findings)
		} else if want == Fail && report.Findings[0].Line != "chmod o-w "+folder {
			t.Errorf("got the line %q", report.Findings[0].Line)
		}
	}
	report := Examine(facts(change(map[string]string{chkHook: "/nonexistent/checkpwd"}), account("checkpwd")))
	if got := state(report, "hook_programs"); got.State != NotSeen ||
		!strings.Contains(strings.Join(got.NotSeen, " "), "this machine") {
		t.Errorf("a program that is elsewhere: %+v", got)
	}
}

// nobody is a user who is neither root nor us.
const nobody = 65534

// TestProgramsOfAnotherUser: an owner may always write, whatever the mode.
func TestProgramsOfAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		untried.Skip(t, "user %d cannot give files away; run as root", os.Geteuid())
	}
	for _, row := range []struct {
		name, given string
		uid         int // that SFTPGo runs as
		want        State
	}{
		{"nothing", "", 0, OK},
		{"the program", "a/b/checkpwd", 0, Fail},
		{"its folder", "a/b", 0, Fail},
		{"a folder above", "a", 0, Fail},
		{"the folder of a link", "links", 0, Fail},
		{"the program, to the user that SFTPGo runs as", "a/b/checkpwd", nobody, OK},
		{"the program, to somebody whom nobody knows", "a/b/checkpwd", -1, NotSeen},
	} {
		root := t.TempDir()
		program, link := filepath.Join(root, "a", "b", "checkpwd"), filepath.Join(root, "links", "checkpwd")
		err := errors.Join(os.MkdirAll(filepath.Dir(program), 0o755), os.Mkdir(filepath.Dir(link), 0o755),
			os.WriteFile(program, nil, 0o755), os.Symlink(program, link))
		if row.given != "" {
			err = errors.Join(err, os.Chown(filepath.Join(root, row.given), nobody, nobody))
		}
		if err != nil {
			t.Fatal(err)
		}
		f := facts(change(map[string]string{chkHook: link}), account("checkpwd"))
		f.Settings.Value.UID = row.uid
		report := Examine(f)
		got := state(report, "hook_programs")
		if got.State != row.want {
			t.Errorf("%s: %+v, want %s: %+v", row.name, got, row.want, report.Findings)
		}
		if row.want == Fail {
			place := filepath.Join(root, row.given)
			if named := report.Findings[0]; named.Where != place || named.Line != "chown -h root "+place ||
				named.Severity != Critical {
				t.Errorf("%s: %+v", row.name, named)
			}
		}
	}
}
