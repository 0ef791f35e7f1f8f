package program_test

import (
	"bytes"
	"crypto/rand"
	mathrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/program"
	"sftpgo-authy/internal/cmdline"
)

// TestByHand: a person who runs a hook is told what it is, and is given no answer that a login
// would get.
func TestByHand(t *testing.T) {
	t.Parallel()
	for name, hook := range hooks {
		for flag, want := range map[string]struct {
			code     int
			out, err string
		}{
			"--version": {cmdline.OK, name + " ", ""},
			"--help":    {cmdline.OK, "--config FILE", ""},
			"--nothing": {cmdline.Usage, "", "hint: " + name + " --help"},
		} {
			var out, errs bytes.Buffer
			code := hook.run(program.Host{
				Args: []string{
					flag,
				}, Stdout: &out, Stderr: &errs, Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64,
			})
			if code != want.code || !strings.Contains(out.String(), want.out) ||
				!strings.Contains(errs.String(), want.err) {
				t.Errorf("%s %s: exit %d, %q, %q; want %+v", name, flag, code, out.String(), errs.String(), want)
			}
			if strings.Contains(out.String(), hook.no) || strings.Contains(out.String(), hook.yes) {
				t.Errorf("%s %s answers as to a login: %q", name, flag, out.String())
			}
		}
	}
}
