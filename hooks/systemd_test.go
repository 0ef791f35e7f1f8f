package hooks_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sftpgo-authy/internal/untried"
)

// unit copies hookd's unit, with the built program in it, to where systemd-analyze can look at it.
func unit(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		untried.Skip(t, "systemd-analyze is not installed (Debian: apt-get install systemd)")
	}
	text, err := os.ReadFile(filepath.Join("..", "deploy", "systemd", "hookd.service"))
	if err != nil {
		t.Fatal(err)
	}
	const installed = "/usr/local/bin/hookd"
	if !strings.Contains(string(text), "ExecStart="+installed+" ") {
		t.Fatalf("the unit does not start %s", installed)
	}
	path := filepath.Join(t.TempDir(), "hookd.service")
	copied := strings.ReplaceAll(string(text), "ExecStart="+installed, "ExecStart="+filepath.Join(bin, "hookd"))
	if err := os.WriteFile(path, []byte(copied), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUnitIsSound(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("systemd-analyze", "verify", "--man=no", unit(t)).CombinedOutput()
	// It also speaks of units of this machine; ours is what counts.
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "hookd.service") {
			t.Errorf("%s", line)
		}
	}
	if err != nil {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// TestUnitIsHardened holds the exposure that systemd itself works out, 0 to 10, low.
func TestUnitIsHardened(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", unit(t)).CombinedOutput()
	level := regexp.MustCompile(`exposure level for hookd\.service: ([0-9.]+)`).FindSubmatch(out)
	if level == nil {
		untried.Skip(t, "this systemd-analyze cannot judge a unit offline: %v\n%s", err, out)
	}
	if exposure, err := strconv.ParseFloat(string(level[1]), 64); err != nil || exposure > 2 {
		t.Errorf("exposure %s, want 2 at most\n%s", level[1], out)
	}
}

// TestUnitHasRoomForItsMemory: the collector must have a limit below the unit's own, and above all
// that hookd can remember.
func TestUnitHasRoomForItsMemory(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "deploy", "systemd", "hookd.service"))
	if err != nil {
		t.Fatal(err)
	}
	mega := func(pattern string) int {
		t.Helper()
		found := regexp.MustCompile(`(?m)^` + pattern + `$`).FindSubmatch(text)
		if found == nil {
			t.Fatalf("no %s in the unit", pattern)
		}
		n, _ := strconv.Atoi(string(found[1]))
		return n
	}
	const remembered = 200 // package store holds its memory below that
	limit, most := mega(`Environment=GOMEMLIMIT=(\d+)MiB`), mega(`MemoryMax=(\d+)M`)
	if limit < remembered*11/10 || most < limit*3/2 {
		t.Errorf("GOMEMLIMIT %d MiB, MemoryMax %d MiB; want room above %d MiB, and room above that", limit, most,
			remembered)
	}
}
