package hook

import (
	"crypto/x509"
	"errors"
	"fmt"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/safefile"
)

// maxCA bounds a file of certificates; the largest bundles have a few hundred KiB.
const maxCA = 1 << 20

// Configure sets up gate and settings as the configuration says. The rest of l must be there.
func (l *Login) Configure(c config.Config) error {
	client, err := NewClient(c)
	if err != nil {
		return err
	}
	sources, err := accounts.Configured(c, l.Now, l.problem)
	if err != nil {
		return err
	}
	l.Gate = &gate.Gate{
		Policy:   PolicyOf(c),
		Accounts: sources,
		Provider: client,
		Problem:  l.problem,
	}
	l.Sources, l.Sender = sources, client
	l.Settings = Settings{
		CodeLength: c.Checkpwd.CodeLength, Separator: c.Checkpwd.Separator,
		PasswordQuestion: c.Keyint.PasswordQuestion, CodeQuestion: c.Keyint.CodeQuestion,
		SentQuestion: c.Keyint.SentQuestion, RetryQuestion: c.Keyint.RetryQuestion,
		SendBy: c.Keyint.SendCodes, Retry: c.Keyint.Retries > 0, CodeAlone: c.Keyint.CodeAlone,
	}
	return nil
}

// PolicyOf returns the ways round the code that the configuration opens.
func PolicyOf(c config.Config) gate.Policy {
	return gate.Policy{
		AllowNoAnswer: c.OnNoAnswer == config.Allow,
		AllowUnmapped: map[gate.Hook]bool{
			gate.Keyint:   c.Unmapped.Keyint == config.PasswordOnly,
			gate.Checkpwd: c.Unmapped.Checkpwd == config.PasswordOnly,
		},
		PassWithoutAuditor: c.OnAuditFailure == config.Allow,
		PassWithoutStore:   c.Hookd.OnStoreFailure == config.Allow,
	}
}

// NewClient makes the client of the Authy API.
func NewClient(c config.Config) (*authy.Client, error) {
	o := authy.Options{URL: c.APIURL, Key: c.APIKey, Proxy: c.Proxy}
	if c.CAFile != "" {
		text, err := safefile.Read(c.CAFile, safefile.Public, maxCA)
		if err != nil {
			return nil, fmt.Errorf("ca_file %s: %w", c.CAFile, err)
		}
		o.Roots = x509.NewCertPool()
		if !o.Roots.AppendCertsFromPEM(text) {
			return nil, errors.New("ca_file: holds no certificate; want PEM")
		}
	}
	client, err := authy.New(o)
	if err != nil {
		return nil, fmt.Errorf("api_url: %w", err)
	}
	return client, nil
}

// Name returns a fresh name for an attempt, of 16 hexadecimal digits, from a source of randomness.
func Name(random interface{ Read([]byte) (int, error) }) func() string {
	return func() string {
		var b [8]byte
		_, _ = random.Read(b[:]) // a name that is not unique harms nobody
		return fmt.Sprintf("%x", b)
	}
}
