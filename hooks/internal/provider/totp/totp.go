// Package totp judges codes by itself: those of RFC 6238, which every authenticator app makes of a
// secret that it shares with us. It needs no third party and no network.
//
// The secrets stand in a file of their own, one account a line, perhaps sealed with a key of
// another file. What was used before stands in the memory, which must last: a code counts for one
// login, before and after a restart.
package totp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/livefile"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/safefile"
)

// Name is the name of the provider.
const Name = "totp"

// maxName bounds the name of an account, in bytes: SFTPGo has names of 255 characters.
const maxName = 1024

// Memory is what the provider must remember of a person, whose name is that of [provider.Key]. An
// error means that it is not known.
type Memory interface {
	// BeginGuess takes the one guess that may be judged at a time; EndGuess ends it, with what
	// BeginGuess returned as until. free is false while another is judged, and for a while after
	// wrong ones.
	BeginGuess(ctx context.Context, person string) (until time.Time, free bool, err error)
	EndGuess(ctx context.Context, person string, until time.Time, wrong bool) error
	// AdvanceStep keeps the last step that was accepted, and returns false where it, or a later
	// one, is kept already.
	AdvanceStep(ctx context.Context, person string, step int64) (ok bool, err error)
	// Recovery returns the digests of the recovery codes. UseRecovery uses one up, and returns
	// false where it is used up already.
	Recovery(ctx context.Context, person string) (digests []string, err error)
	UseRecovery(ctx context.Context, person, digest string) (ok bool, err error)
}

// Options are what a provider is made of.
type Options struct {
	SecretsFile string
	KeyFile     string // "" for none: nothing is sealed, and there are no recovery codes
	Params      Params // what a line of the secrets file does not say
	Memory      Memory // that lasts
	Now         func() time.Time
	Indexed     bool        // for many logins: a process that judges one has no time to index the file
	Problem     func(error) // told what is wrong with the files or the memory; may be nil
}

// Provider is the provider. It implements [provider.Provider], [provider.CodeLengths] and
// [provider.Recoverer], and is safe for concurrent use.
type Provider struct {
	o       Options
	secrets *livefile.File[secrets] // of one that is indexed
	scan    scan                    // of the other
	keys    *livefile.File[Keys]    // nil: no key file
}

// errNoMemory says what a configuration lacks.
var errNoMemory = errors.New("totp: has no memory that lasts, so a code could count twice after a restart; " +
	"set memory_file, or hookd.redis_url for hookd")

// New makes a provider. It reads no file yet: what is wrong with one denies whoever needs it.
func New(o Options) (*Provider, error) {
	if err := o.Params.Check(); err != nil {
		return nil, fmt.Errorf("totp: %w", err)
	}
	switch {
	case o.SecretsFile == "":
		return nil, errors.New("totp: has no file with secrets; set totp.secrets_file")
	case o.Memory == nil:
		return nil, errNoMemory
	}
	p := &Provider{o: o, scan: scan{path: o.SecretsFile}}
	p.secrets = &livefile.File[secrets]{
		Name: "totp.secrets_file", Path: o.SecretsFile, Now: o.Now, Problem: o.Problem,
		Read:    (&reader{kind: safefile.Private}).read,
		OnFlaws: "accounts on these lines are denied, all others log in as their lines say",
	}
	if o.KeyFile != "" {
		p.keys = &livefile.File[Keys]{
			Name: "totp.key_file", Path: o.KeyFile, Now: o.Now, Problem: o.Problem,
			Read: func(path string) (*Keys, error, error) {
				keys, err := ReadKeys(path, safefile.Private)
				return &keys, nil, err
			},
		}
	}
	return p, nil
}

// Person is somebody who has a line in the secrets file, or may get one: the account of that line.
type Person struct{ account string }

// Provider returns "totp".
func (Person) Provider() string { return Name }

// String returns the account whose line it is.
func (p Person) String() string { return p.account }

// Name returns "totp".
func (*Provider) Name() string { return Name }

// Parse makes a person of a reference: the account in whose line of the secrets file the secret
// stands, or "" for account itself. So several accounts may share a secret.
func (*Provider) Parse(account, reference string) (provider.Person, error) {
	if reference == "" {
		reference = account
	}
	if len(reference) > maxName || !CanHold(reference) {
		return nil, errors.New("names an account that no secrets file can hold")
	}
	return Person{reference}, nil
}

// Verify judges a code. A code of the present step, or of one as near to it as the skew says, is
// right if no code of that step or a later one was accepted before.
func (p *Provider) Verify(ctx context.Context, who provider.Person, code otp.Code) provider.Answer {
	person, secret, no := p.begin(ctx, who, code)
	switch {
	case no != nil:
		return *no
	case code.Len() != secret.Digits: // a slip, and no guess: it can never be right
		return provider.Answer{Result: provider.Wrong}
	}
	return p.guess(ctx, person, func(name string) (provider.Answer, error) {
		step, right, off := secret.match(code.Digits(), p.o.Now())
		if !right {
			return provider.Answer{Result: provider.Wrong, StepsOff: off}, nil
		}
		fresh, err := p.o.Memory.AdvanceStep(ctx, name, secret.Begin(step))
		if !fresh {
			return provider.Answer{Result: provider.Used}, err
		}
		return provider.Answer{Result: provider.Right, OurMemory: true}, err
	})
}

// begin finds the secret of a person whose code is to be judged; no is the answer where there is
// nothing to judge.
func (p *Provider) begin(
	ctx context.Context, who provider.Person, code otp.Code,
) (person Person, s Secret, no *provider.Answer) {
	person, ours := who.(Person)
	switch {
	case !ours || person.account == "" || code == otp.Code{}:
		return person, s, &provider.Answer{Result: provider.Refused}
	case ctx.Err() != nil:
		return person, s, &provider.Answer{Result: provider.Limited}
	}
	s, found, err := p.secretOf(person)
	switch {
	case err != nil:
		p.problem(err)
		return person, s, &provider.Answer{Result: provider.Unreadable}
	case !found:
		return person, s, &provider.Answer{Result: provider.NotEnrolled}
	}
	return person, s, nil
}

// guess has one guess judged, if the person may have one judged now. That it was wrong counts
// before anybody learns of it, also where whoever guessed has hung up.
func (p *Provider) guess(
	ctx context.Context, person Person, judge func(name string) (provider.Answer, error),
) provider.Answer {
	name := provider.Key(person)
	until, free, err := p.o.Memory.BeginGuess(ctx, name)
	switch {
	case err != nil:
		p.problem(err)
		return provider.Answer{Result: provider.NoMemory}
	case !free:
		return provider.Answer{Result: provider.Limited}
	}
	answer, err := judge(name)
	wrong := answer.Result == provider.Wrong
	ended := p.o.Memory.EndGuess(context.WithoutCancel(ctx), name, until, wrong)
	p.problem(errors.Join(err, ended))
	if err != nil || wrong && ended != nil {
		return provider.Answer{Result: provider.NoMemory}
	}
	return answer
}

// secretOf finds the secret of a person.
func (p *Provider) secretOf(person Person) (s Secret, found bool, err error) {
	value, err := p.find(person.account)
	if err != nil {
		return s, false, err
	}
	if value == "" {
		return s, false, nil
	}
	keys, err := p.keysNow()
	if err == nil || !IsSealed(value) {
		s, err = keys.secret(person.account, value, p.o.Params)
	}
	if err != nil {
		return s, false, fmt.Errorf("totp.secrets_file %s: the line of %q: %w", p.o.SecretsFile, person.account, err)
	}
	return s, true, nil
}

// find returns what stands behind the name of an account in the secrets file, "" for nothing.
func (p *Provider) find(account string) (value string, err error) {
	if p.o.Indexed {
		now := p.secrets.Current()
		if now.Overdue {
			return "", now.Err
		}
		value, _, err = now.Content.index.Find(account)
	} else {
		value, err = p.scan.find(account)
	}
	if err != nil {
		err = fmt.Errorf("totp.secrets_file %s: %w", p.o.SecretsFile, err)
	}
	return value, err
}

// secret reads the value of a line.
func (k Keys) secret(account, value string, defaults Params) (Secret, error) {
	plain, _, err := k.Open(account, value)
	if err != nil {
		return Secret{}, err
	}
	return ParseSecret(plain, defaults)
}

// keysNow returns the keys of the key file, none where there is no such file.
func (p *Provider) keysNow() (Keys, error) {
	if p.keys == nil {
		return Keys{}, nil
	}
	now := p.keys.Current()
	if now.Overdue {
		return Keys{}, now.Err
	}
	return *now.Content, nil
}

// CodeLength implements [provider.CodeLengths]. Who has no secret, or one that cannot be read, has
// codes as long as the configuration says: so nobody learns who has one, and Verify says what is
// wrong.
func (p *Provider) CodeLength(_ context.Context, who provider.Person) (int, error) {
	person, ours := who.(Person)
	if !ours {
		return 0, errors.New("totp: is asked for the code of another provider's person")
	}
	if s, found, err := p.secretOf(person); err == nil && found {
		return s.Digits, nil
	}
	return p.o.Params.Digits, nil
}

// Health says how the files do, as the next login would find them. No text names an account or a
// path.
func (p *Provider) Health(context.Context) health.Finding {
	finding := judgeFile(p.secrets.Current(), "the file with the secrets")
	if now := p.secrets.Last(); finding.Level == health.Fine && now.Content.index.Err() != nil {
		finding = health.Finding{Level: health.Degraded,
			Why: now.Content.index.Err().Error() + "; accounts on these lines are denied"}
	}
	if p.keys == nil || finding.Level == health.Down {
		return finding
	}
	if keys := judgeFile(p.keys.Current(), "the key file"); keys.Level > finding.Level {
		return keys
	}
	return finding
}

func judgeFile[T any](now livefile.State[T], what string) health.Finding {
	why := livefile.Why(now.Err)
	if errors.Is(now.Err, lines.ErrNone) {
		why = lines.ErrNone.Error()
	}
	switch {
	case now.Overdue:
		return health.Finding{Level: health.Down, Why: what + ": " + why}
	case now.Err != nil:
		return health.Finding{
			Level: health.Degraded, Why: what + ": " + why + "; the content read before counts until " +
				now.Until.UTC().Format(time.RFC3339),
		}
	}
	return health.Finding{}
}

func (p *Provider) problem(err error) {
	if err != nil && p.o.Problem != nil {
		p.o.Problem(err)
	}
}
