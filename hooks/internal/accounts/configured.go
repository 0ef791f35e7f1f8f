package accounts

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// What hookd remembers of SFTPGo's answers. A change of additional_info counts for keyint and
// checkpwd after half a minute; extauth always has the account as it is.
const (
	cacheFor = 30 * time.Second
	cacheMax = 10_000
)

// maxCA bounds a file of certificates; the largest bundles have a few hundred KiB.
const maxCA = 1 << 20

// Configured makes the sources that the configuration names, in its order. problem is told of a
// changed users file that was not taken over.
func Configured(c config.Config, now func() time.Time, problem func(error)) (Chain, error) {
	if c.SFTPGoURL == "" {
		return Sources(c, nil, now, problem)
	}
	client, err := NewSFTPGo(c)
	if err != nil {
		return nil, err
	}
	return Sources(c, &Cached{Users: REST{client}, Now: now, For: cacheFor, Max: cacheMax}, now, problem)
}

// Sources is [Configured] with users as the way to SFTPGo; nil for none.
func Sources(c config.Config, users Users, now func() time.Time, problem func(error)) (Chain, error) {
	var chain Chain
	for _, name := range c.AccountSources {
		switch name {
		case config.SourceFile:
			chain = append(chain, &File{Path: c.UsersFile, Now: now, Problem: problem})
		case config.SourceAdditionalInfo:
			chain = append(chain, &Watch{Source: Additional{BareNumber: c.AdditionalInfoBareNumber, Users: users}})
		default:
			return nil, fmt.Errorf("account_sources: %q is unknown", name)
		}
	}
	if len(chain) == 0 { // no source would make everybody unmapped
		return nil, errors.New("account_sources: is empty")
	}
	return chain, nil
}

// Check says what is wrong with the users file that the configuration names, if it names one: why
// it cannot be used, or which of its lines are broken.
func Check(c config.Config) error {
	if !slices.Contains(c.AccountSources, config.SourceFile) {
		return nil
	}
	list, err := ReadFile(c.UsersFile)
	if err == nil {
		err = cmp.Or(list.Usable(), list.Err())
	}
	if err != nil {
		return fmt.Errorf("users file %s: %w", c.UsersFile, err)
	}
	return nil
}

// NewSFTPGo makes the client of SFTPGo's REST API.
func NewSFTPGo(c config.Config) (*sftpgoapi.Client, error) {
	roots, err := Roots(c.SFTPGoCAFile)
	if err != nil {
		return nil, err
	}
	client, err := sftpgoapi.New(sftpgoapi.Options{URL: c.SFTPGoURL, Key: c.SFTPGoAPIKey, Roots: roots})
	if err != nil {
		return nil, fmt.Errorf("sftpgo_url: %w", err)
	}
	return client, nil
}

// Roots reads the certificates that vouch for SFTPGo; nil, the system's, for no file.
func Roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := safefile.Read(file, safefile.Public, maxCA)
	if err != nil {
		return nil, fmt.Errorf("sftpgo_ca_file %s: %w", file, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, errors.New("sftpgo_ca_file: holds no certificate; want PEM")
	}
	return roots, nil
}
