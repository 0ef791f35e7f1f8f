package steps

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
)

// outcomes are the sentences about what came of it.
func (w *scenario) outcomes(sc sentences) {
	sc.Then(`^(?:she|he) is in$`, w.isIn)
	sc.Then(`^(?:she|he) is refused$`, w.isRefused)
	sc.Then(`^(?:she|he) is refused, since (.+)$`, w.refusedSince)
	sc.Then(`^both are in$`, w.bothAreIn)
	sc.Then(`^one of the two is in$`, w.oneIsIn)
	sc.Then(`^each is refused$`, w.eachIsRefused)
	sc.Then(`^each is refused because `+because+`$`, w.eachIsRefusedBecause)
	sc.Then(`^a file that (?:she|he) uploads comes back unchanged$`, w.fileComesBack)
	sc.Then(`^a file that (?:she|he) uploads does not come back, since (.+)$`, w.fileIsLostSince)
	sc.Then(`^the audit says (accepted|denied|bypassed) because `+because+`$`, w.auditSays)
	sc.Then(`^the audit says (accepted|denied|bypassed)$`, func(ctx context.Context, outcome string) error {
		return w.auditSays(ctx, outcome, "")
	})
	sc.Then(`^no hook was asked$`, w.noHookAsked)
	sc.Then(`^(?:she|he) was asked for (?:her|his) password only$`, func() error { return w.wasAsked(1) })
	sc.Then(`^(?:she|he) was asked for (?:her|his) password and a code$`, func() error { return w.wasAsked(2) })
	sc.Then(`^(\w+)'s account is (?:still )?(enabled|disabled|expired)(?: again)?$`, w.accountIs)
	sc.Then(`^no setting of (\w+)'s account has changed$`, w.nothingChanged)
}

func (w *scenario) isIn() error {
	a, err := w.only()
	if err != nil {
		return err
	}
	return opened(a)
}

func opened(a attempt) error {
	if a.err != nil {
		return fmt.Errorf("%s is not in: %w", a.who.name, a.err)
	}
	return nil
}

func (w *scenario) isRefused() error {
	a, err := w.only()
	if err != nil {
		return err
	}
	return refused(a)
}

// refused wants a plain no from the server: a broken connection is not one.
func refused(a attempt) error {
	switch {
	case a.err == nil:
		return fmt.Errorf("%s is in %s", a.who.name, a.label)
	case !errors.Is(a.err, client.ErrRefused):
		return fmt.Errorf("%s was not refused %s, but failed: %w", a.who.name, a.label, a.err)
	}
	return nil
}

func (w *scenario) bothAreIn() error {
	var errs []error
	for _, a := range w.attempts {
		errs = append(errs, opened(a))
	}
	return errors.Join(errs...)
}

func (w *scenario) oneIsIn() error {
	in := 0
	for _, a := range w.attempts {
		switch {
		case a.err == nil:
			in++
		case !errors.Is(a.err, client.ErrRefused):
			return a.err
		}
	}
	if in != 1 {
		return fmt.Errorf("%d of %d logins got in", in, len(w.attempts))
	}
	return nil
}

func (w *scenario) eachIsRefused() error {
	var errs []error
	for _, a := range w.attempts {
		errs = append(errs, refused(a))
	}
	return errors.Join(errs...)
}

// eachIsRefusedBecause wants one line of audit per login, in their order.
func (w *scenario) eachIsRefusedBecause(ctx context.Context, reason string) error {
	if err := w.eachIsRefused(); err != nil {
		return err
	}
	lines, err := w.newAudit(ctx, len(w.attempts))
	if err != nil {
		return err
	}
	if len(lines) != len(w.attempts) {
		return fmt.Errorf("%d lines of audit for %d logins", len(lines), len(w.attempts))
	}
	var errs []error
	for i, a := range w.attempts {
		if err := w.lineIs(lines[i], a, "denied", reason); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a.label, err))
		}
	}
	return errors.Join(errs...)
}

// auditSays looks at the line of the login itself: the first one since the last When began.
func (w *scenario) auditSays(ctx context.Context, outcome, reason string) error {
	a, err := w.only()
	if err != nil {
		return err
	}
	lines, err := w.newAudit(ctx, 1)
	if err != nil {
		return err
	}
	return w.lineIs(lines[0], a, outcome, reason)
}

// noHookAsked wants no line of audit since the last When. Hooks write theirs before they answer, so
// it would be there.
func (w *scenario) noHookAsked(ctx context.Context) error {
	lines, err := w.newAudit(ctx, 0)
	if err == nil && len(lines) > 0 {
		err = fmt.Errorf("a hook was asked: the audit has %+v", lines)
	}
	return err
}

// newAudit returns the lines since the last When began, once there are at least n.
func (w *scenario) newAudit(ctx context.Context, n int) ([]target.AuditLine, error) {
	var lines []target.AuditLine
	err := eventually(ctx, func() error {
		all, err := w.site.Audit(ctx)
		if err != nil {
			return err
		}
		if lines = all[min(w.seen, len(all)):]; len(lines) < n {
			return fmt.Errorf("the audit has %d new lines, want %d", len(lines), n)
		}
		return nil
	})
	return lines, err
}

// lineIs checks everything that the audit says of a login, not the reason alone. An empty reason
// stands for any.
func (w *scenario) lineIs(line target.AuditLine, a attempt, outcome, reason string) error {
	var wrong []string
	check := func(what, got, want string) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s is %q, want %q", what, got, want))
		}
	}
	check("outcome", line.Outcome, outcome)
	if reason != "" {
		check("reason", line.Reason, reason)
	}
	if a.who.hook != "" {
		check("hook", line.Hook, string(a.who.hook))
	}
	check("door", strings.ToLower(line.Door), strings.ToLower(string(w.setup.Door)))
	check("account", line.Account, a.who.name)
	check("protocol", line.Protocol, a.way.Protocol)
	if line.IP == "" || line.Time == "" || line.ID == "" {
		wrong = append(wrong, "ip, time or id is missing")
	}
	if len(wrong) > 0 {
		return fmt.Errorf("audit: %s; the line is %+v", strings.Join(wrong, ", "), line)
	}
	return nil
}

// fileComesBack uploads something that cannot be there by chance, reads it back and compares.
func (w *scenario) fileComesBack(ctx context.Context) error {
	a, err := w.only()
	if err != nil {
		return err
	}
	if a.session == nil {
		return errors.New("nobody is logged in")
	}
	sent := make([]byte, 20_000)
	_, _ = rand.Read(sent) // never fails, says its documentation
	// A name of its own: home folders outlive accounts, and rclone would leave a file alone that
	// looks the same.
	name := fmt.Sprintf("upload-%x.bin", sent[:8])
	if err := a.session.Put(ctx, name, sent); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	got, err := a.session.Get(ctx, name)
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	if !bytes.Equal(sent, got) {
		return fmt.Errorf("sent %d bytes, got %d other ones back", len(sent), len(got))
	}
	w.tried(a, "")
	return nil
}

// refusedSince asserts a refusal that is the client's limit and not the person's mistake, and notes
// the reason.
func (w *scenario) refusedSince(why string) error {
	a, err := w.only()
	if err != nil {
		return err
	}
	if err := refused(a); err != nil {
		return err
	}
	w.tried(a, why)
	return nil
}

func (w *scenario) tried(a attempt, why string) {
	if w.suite.Tried != nil {
		w.suite.Tried(a.who.hook, w.setup.Door, a.way, why)
	}
}

// fileIsLostSince asserts that a client cannot transfer a file, whether it got in or not, and notes
// the reason.
func (w *scenario) fileIsLostSince(ctx context.Context, why string) error {
	a, err := w.only()
	if err != nil {
		return err
	}
	if a.err == nil {
		a.err = a.session.Put(ctx, "upload.bin", []byte("lost"))
	}
	if err := refused(a); err != nil {
		return err
	}
	w.tried(a, why)
	return nil
}

func (w *scenario) wasAsked(n int) error {
	a, err := w.only()
	if err != nil {
		return err
	}
	want := []string{"Password: ", "Authy code: "}[:n]
	if !slices.Equal(a.questions, want) {
		return fmt.Errorf("the questions were %q, want %q", a.questions, want)
	}
	return nil
}

func (w *scenario) accountIs(ctx context.Context, name, want string) error {
	document, err := w.site.ReadAccount(ctx, name)
	if err != nil {
		return err
	}
	if got := state(document); got != want {
		return fmt.Errorf("%s's account is %s, want %s", name, got, want)
	}
	return nil
}

// changedBySFTPGo are the fields that SFTPGo itself changes at a login: the password becomes what
// was typed, and the marks of time and use move on. (REST gives no password; the hook host does.)
var changedBySFTPGo = []string{
	"password", "last_login", "last_password_change", "updated_at", "last_quota_update", "first_download",
	"first_upload",
	"used_quota_size", "used_quota_files", "used_upload_data_transfer", "used_download_data_transfer",
}

func (w *scenario) nothingChanged(ctx context.Context, name string) error {
	before := maps.Clone(w.person(name).document)
	after, err := w.site.ReadAccount(ctx, name)
	if err != nil {
		return err
	}
	if before["email"] == nil || before["filters"] == nil {
		return errors.New("there is no account to compare with")
	}
	for _, field := range changedBySFTPGo {
		delete(before, field)
		delete(after, field)
	}
	var errs []error
	for key := range maps.Keys(before) {
		if !reflect.DeepEqual(before[key], after[key]) {
			errs = append(errs, fmt.Errorf("%s was %v and is %v", key, before[key], after[key]))
		}
	}
	for key := range after {
		if _, ok := before[key]; !ok {
			errs = append(errs, fmt.Errorf("%s is new: %v", key, after[key]))
		}
	}
	return errors.Join(errs...)
}
