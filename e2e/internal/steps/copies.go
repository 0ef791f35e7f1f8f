package steps

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sftpgo-authy/internal/client"
)

// copied is what somebody copied to the server, and how.
type copied struct {
	copier client.Copier
	who    client.Person
	dir    string // holds the folder "sent"
	files  []string
}

// copies are the sentences about programs that open several connections with one code.
func (w *scenario) copies(sc sentences) {
	var names []string
	for _, c := range client.Copiers() {
		names = append(names, regexp.QuoteMeta(c.Name))
	}
	ways := "(" + strings.Join(names, "|") + ")"
	const what = ` with ((?:her|his) [^,"]+)`
	sc.When(`^(\w+) copies (\d+) files over `+ways+what+`$`, w.copiesFiles)
	sc.When(`^(\w+) copies (\d+) files over `+ways+what+`, until a login is refused because `+because+`$`,
		w.copiesUntil)
	sc.Then(`^all of them come back unchanged$`, w.allComeBack)
	sc.Then(`^every login was accepted, one because .+ \(code_right\), the others because .+ \(code_grace\)$`,
		w.oneQuestion)
}

// copiesFiles makes files in some folders and copies them, all with one code.
func (w *scenario) copiesFiles(ctx context.Context, name string, n int, way, text string) error {
	p := w.person(name)
	what, err := w.parseTyped(p, text)
	if err != nil {
		return err
	}
	if what, err = readNow(ctx, what); err != nil {
		return err
	}
	code, err := what.code(ctx)
	if err != nil {
		return err
	}
	p.lastCode = code
	field := code
	if what.password != nil {
		field = what.password() + code
	}
	c := &copied{who: client.Typing(p.name, field, field, field)}
	for _, one := range client.Copiers() {
		if one.Name == way {
			c.copier = one
		}
	}
	if err := errors.Join(w.begin(ctx), c.make(n)); err != nil {
		return err
	}
	w.sent = c
	err = c.copier.Up(ctx, w.site.Servers(), c.who, c.dir, filepath.Join(c.dir, "sent"), "sent")
	w.attempts = []attempt{{who: p, way: client.Way{Name: way, Protocol: c.copier.Protocol}, err: err}}
	return nil
}

// make writes files that cannot be on the server by chance.
func (c *copied) make(n int) error {
	dir, err := os.MkdirTemp("", "e2e-copies-")
	if err != nil {
		return err
	}
	c.dir = dir
	for i := range n {
		name := filepath.Join("sent", fmt.Sprintf("folder %d", i%4), fmt.Sprintf("file %02d", i))
		data := make([]byte, 10_000)
		_, _ = rand.Read(data) // never fails, says its documentation
		err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700),
			os.WriteFile(filepath.Join(dir, name), data, 0o600))
		if err != nil {
			return err
		}
		c.files = append(c.files, name)
	}
	return nil
}

// back copies everything back into a new folder, with the same code, and names the files that are
// not what was sent.
func (c *copied) back(ctx context.Context, s client.Servers) ([]string, error) {
	err := c.copier.Down(ctx, s, c.who, c.dir, "sent", filepath.Join(c.dir, "back", "sent"))
	var wrong []string
	for _, name := range c.files {
		sent, sentErr := os.ReadFile(filepath.Join(c.dir, name))
		got, gotErr := os.ReadFile(filepath.Join(c.dir, "back", name))
		if errors.Join(sentErr, gotErr) != nil || !bytes.Equal(sent, got) {
			wrong = append(wrong, name)
		}
	}
	return wrong, err
}

func (w *scenario) allComeBack(ctx context.Context) error {
	if err := w.isIn(); err != nil {
		return err
	}
	wrong, err := w.sent.back(ctx, w.site.Servers())
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("%d of %d files are not as they were sent: %q", len(wrong), len(w.sent.files), wrong)
	}
	return err
}

// copiesUntil stops the client once a login of it was refused: it would try again for minutes.
func (w *scenario) copiesUntil(ctx context.Context, name string, n int, way, text, reason string) error {
	copying, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- w.copiesFiles(copying, name, n, way, text) }()
	refused := func() error {
		lines, err := w.newAudit(ctx, 1)
		for _, line := range lines {
			if line.Outcome == "denied" && line.Reason == reason {
				return nil
			}
		}
		return errors.Join(err, fmt.Errorf("the audit has %d lines, and none of them was denied because of %s",
			len(lines), reason))
	}
	err := eventually(ctx, refused)
	stop()
	return errors.Join(err, <-ended)
}

// oneQuestion reads the audit: of many logins with one code one was judged. Those that waited for
// it may stand before it.
func (w *scenario) oneQuestion(ctx context.Context) error {
	a, err := w.only()
	if err != nil {
		return err
	}
	lines, err := w.newAudit(ctx, 1) // SFTPGo keeps a WebDAV login of checkpwd, and asks once
	if err != nil {
		return err
	}
	right := 0
	var errs []error
	for _, line := range lines {
		reason := "code_grace"
		if line.Reason == "code_right" {
			right, reason = right+1, line.Reason
		}
		errs = append(errs, w.lineIs(line, a, "accepted", reason))
	}
	if right != 1 {
		errs = append(errs, fmt.Errorf("%d of %d logins were accepted because of a right code, want 1", right,
			len(lines)))
	}
	return errors.Join(errs...)
}

// forget removes the files that were made here.
func (c *copied) forget() error {
	if c == nil {
		return nil
	}
	return os.RemoveAll(c.dir)
}
