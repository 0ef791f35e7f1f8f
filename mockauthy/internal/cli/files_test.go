package cli_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/cli"
)

// refusedStart runs a start that must not come to serving, and returns what it says.
func refusedStart(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // one that serves ends then, with exit code 0
	defer cancel()
	var said buffer
	code := cli.Main(ctx, append(args, "--listen", "127.0.0.1:0"),
		cli.System{Out: io.Discard, Err: &said, Now: time.Now})
	if code != 2 {
		t.Errorf("%q: exit code %d, want 2: %s", args, code, said.String())
	}
	return said.String()
}

// A file that will be written later must be one that can be: nobody reads the log of a mock that
// seems well.
func TestFilesThatCannotBeWrittenLater(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--state", "--port-file"} {
		for name, c := range map[string]struct {
			make func(dir string) string
			say  string
		}{
			"no folder": {func(dir string) string { return filepath.Join(dir, "none", "file") },
				"the folder of"},
			"below a file": {func(string) string { return "/dev/null/file" }, "not a directory"},
			"a folder":     {func(dir string) string { return dir }, "is a folder"},
			"a device":     {func(string) string { return os.DevNull }, "is a device"},
			"a link to nowhere": {func(dir string) string { return linked(t, dir, filepath.Join(dir, "none")) },
				"a link to"},
			"a link to a folder": {func(dir string) string { return linked(t, dir, dir) }, "is a folder"},
			"a link to itself": {func(dir string) string { return linked(t, dir, filepath.Join(dir, "link")) },
				"too many links"},
			"read-only": {func(dir string) string { return written(t, dir, 0o400) }, "mode 0400"},
			"a folder that nobody may write": {func(dir string) string {
				locked := filepath.Join(dir, "locked")
				if err := os.Mkdir(locked, 0o500); err != nil {
					t.Fatal(err)
				}
				return filepath.Join(locked, "file")
			}, "permission denied"},
		} {
			t.Run(flag+" "+name, func(t *testing.T) {
				t.Parallel()
				if name == "a folder that nobody may write" && os.Geteuid() == 0 {
					t.Skip("root may write everywhere") // on purpose
				}
				said := refusedStart(t, flag, c.make(t.TempDir()))
				if !strings.Contains(said, flag+": ") || !strings.Contains(said, c.say) {
					t.Errorf("said %q, want %q", said, c.say)
				}
			})
		}
	}
}

func linked(t *testing.T, dir, to string) string {
	t.Helper()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(to, link); err != nil {
		t.Fatal(err)
	}
	return link
}

func written(t *testing.T, dir string, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte(`{"apps":{}}`), mode); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAuthoritiesThatCannotBeKept(t *testing.T) {
	t.Parallel()
	for say, file := range map[string]string{
		"no such file":   filepath.Join(t.TempDir(), "none", "ca.pem"),
		"is a folder or": t.TempDir(),
		"a link to":      linked(t, t.TempDir(), "/nowhere/ca.pem"),
	} {
		if said := refusedStart(t, "--tls-listen", "127.0.0.1:0", "--tls-ca", file); !strings.Contains(said,
			"--tls-ca: ") || !strings.Contains(said, say) {
			t.Errorf("%s: said %q, want %q", file, said, say)
		}
	}
}

// A link to a file is followed, also when the file is replaced.
func TestAStateBehindALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := written(t, dir, 0o600)
	link := linked(t, t.TempDir(), file)
	r := launch(t, nil, "--state", link)
	if code := r.stop(); code != 0 {
		t.Fatalf("exit code %d: %s", code, r.err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info, err)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "mock-api-key") {
		t.Errorf("its file has %s, %v", text, err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// Two flags that name one file would have one of them destroy what the other is for.
func TestOneFileForTwoFlags(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{
		{"--state", "--port-file"}, {"--config", "--port-file"}, {"--seed", "--port-file"}, {"--seed", "--state"},
		{"--tls-ca", "--state"}, {"--tls-ca", "--port-file"},
	} {
		file := filepath.Join(t.TempDir(), "file")
		text := "{}"
		if flags[0] == "--tls-ca" || flags[0] == "--state" {
			text = "" // not there yet, and spelled in two ways
		} else if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		again := filepath.Dir(file) + "/./" + filepath.Base(file)
		said := refusedStart(t, flags[0], file, flags[1], again, "--tls-listen", "127.0.0.1:0")
		if !strings.Contains(said, flags[1]+": "+again+" is the file of "+flags[0]) {
			t.Errorf("%v: said %q", flags, said)
		}
		if left, _ := os.ReadFile(file); string(left) != text {
			t.Errorf("%v: the file has %q now, want %q", flags, left, text)
		}
	}
}

// A mistake in a seed is found in two steps; both name the file.
func TestASeedThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"users":[{"cellphone":"x"}]}`, `{"settings":{"sms_code":{"digits":99}}}`,
		`{"nonsense":1}`} {
		file := filepath.Join(t.TempDir(), "seed.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if said := refusedStart(t, "--seed", file); !strings.HasPrefix(said, "error: --seed "+file+": ") {
			t.Errorf("%s: said %q, want the name of the file", text, said)
		}
	}
}
