package setup

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/hooks/internal/tlsfile"
)

// What hookd remembers of SFTPGo's answers. A change of additional_info counts for keyint and
// checkpwd after half a minute; extauth always has the account as it is.
const (
	cacheFor = 30 * time.Second
	cacheMax = 10_000
)

// Accounts returns the sources that the configuration names, in its order. people reads their
// references. problem is told of a
// changed users file that was not taken over. An error says which setting cannot be used.
func Accounts(
	c config.Config, people accounts.People, now func() time.Time, problem func(error),
) (accounts.Chain, error) {
	if c.SFTPGoURL == "" {
		return AccountsVia(c, people, nil, now, problem)
	}
	client, err := SFTPGo(c)
	if err != nil {
		return nil, err
	}
	users := &accounts.Cached{Users: accounts.REST{Client: client}, Now: now, For: cacheFor, Max: cacheMax}
	return AccountsVia(c, people, users, now, problem)
}

// AccountsVia is [Accounts] with users as the way to SFTPGo; nil for none.
func AccountsVia(
	c config.Config, people accounts.People, users accounts.Users, now func() time.Time, problem func(error),
) (accounts.Chain, error) {
	var chain accounts.Chain
	for _, name := range c.AccountSources {
		switch name {
		case config.SourceFile:
			chain = append(chain, &accounts.File{Path: c.UsersFile, People: people, Now: now, Problem: problem})
		case config.SourceAdditionalInfo:
			additional := accounts.Additional{People: people, BareNumber: c.AdditionalInfoBareNumber, Users: users}
			chain = append(chain, &accounts.Watch{Source: additional})
		default:
			return nil, fmt.Errorf("account_sources: %q is unknown", name)
		}
	}
	if len(chain) == 0 { // no source would make everybody unmapped
		return nil, errors.New("account_sources: is empty")
	}
	return chain, nil
}

// CheckUsersFile says what is wrong with the users file that the configuration names, if it names
// one: why it cannot be used, or which of its lines are broken.
func CheckUsersFile(c config.Config) error {
	if !slices.Contains(c.AccountSources, config.SourceFile) {
		return nil
	}
	people, err := References(c)
	if err != nil {
		return err
	}
	list, err := accounts.ReadFile(c.UsersFile, people)
	if err == nil {
		err = cmp.Or(list.Usable(), list.Err())
	}
	if err != nil {
		return fmt.Errorf("users file %s: %w", c.UsersFile, err)
	}
	return nil
}

// SFTPGo returns the client of SFTPGo's REST API. An error says which setting cannot be used.
func SFTPGo(c config.Config) (*sftpgoapi.Client, error) {
	roots, err := tlsfile.Pool("sftpgo_ca_file", c.SFTPGoCAFile)
	if err != nil {
		return nil, err
	}
	client, err := sftpgoapi.New(sftpgoapi.Options{URL: c.SFTPGoURL, Key: c.SFTPGoAPIKey, Roots: roots})
	if err != nil {
		return nil, fmt.Errorf("sftpgo_url: %w", err)
	}
	return client, nil
}
