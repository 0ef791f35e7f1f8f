// Package browser lets a test look at a web page in a real Chromium and do there what a person
// does.
//
// Where there is no Chromium, [Find] skips the test with a line that says so.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"

	"sftpgo-authy/internal/untried"
)

// Find returns the path of a Chromium: of the variable CHROMIUM, else from PATH. Without one the
// test is skipped, unless CHROMIUM names one that is not there: who asks for it by name wants to
// know.
func Find(t testing.TB) string {
	t.Helper()
	if named := os.Getenv("CHROMIUM"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			t.Fatalf("CHROMIUM=%s: %v", named, err)
		}
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	untried.Skip(t,
		"there is no Chromium on this machine (apt-get install chromium, or set CHROMIUM), so nobody looked "+
			"at the page")
	return ""
}

// Browser is a running Chromium. Make one with [Start].
type Browser struct {
	ctx     context.Context
	end     context.CancelFunc
	profile string
}

// Start starts the Chromium of that path, with more command line flags where given (name and
// value).
func Start(path string, flags map[string]any) (*Browser, error) {
	profile, err := os.MkdirTemp("", "browser-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	for name, value := range flags {
		options = append(options, chromedp.Flag(name, value))
	}
	allocator, endAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, endContext := chromedp.NewContext(allocator)
	b := &Browser{ctx: ctx, profile: profile, end: func() {
		endContext()
		endAllocator()
	}}
	if err := chromedp.Do(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", path, err), b.Close())
	}
	return b, nil
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() error {
	err := chromedp.Cancel(b.ctx) // waits for the process
	b.end()
	return errors.Join(err, os.RemoveAll(b.profile))
}
