package config

import (
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// Sources of accounts, as account_sources names them.
const (
	SourceFile           = "file"            // the users file
	SourceAdditionalInfo = "additional_info" // that field of the SFTPGo account
)

// Accounts says where the hooks look up which person an SFTPGo account belongs to. SFTPGo sends the
// account, with its additional_info, only to the external authentication hook; the other two read
// it over SFTPGo's REST API.
type Accounts struct {
	// AccountSources are asked in this order, and the first that knows the account counts. The
	// default is file alone. AUTHY_ACCOUNT_SOURCES takes the names with commas or blanks between
	// them: SFTPGo splits its own lists at commas.
	AccountSources []string `yaml:"account_sources"`

	// AdditionalInfoBareNumber takes a text of digits alone for an Authy id
	// (AUTHY_ADDITIONAL_INFO_BARE_NUMBER=1). It is off because the field may hold staff numbers,
	// and one of those may be somebody else's id.
	AdditionalInfoBareNumber bool `yaml:"additional_info_bare_number"`

	// SFTPGoURL is where SFTPGo's httpd is (AUTHY_SFTPGO_URL); plain http as for api_url.
	SFTPGoURL string `yaml:"sftpgo_url"`
	// SFTPGoAPIKeyFile holds an API key of SFTPGo, of scope 1 (AUTHY_SFTPGO_API_KEY_FILE). Its
	// administrator needs no permission but view_users, and filters.allow_api_key_auth.
	SFTPGoAPIKeyFile string `yaml:"sftpgo_api_key_file"`
	// SFTPGoCAFile holds the certificates, in PEM, that are trusted for SFTPGo instead of the
	// system's (AUTHY_SFTPGO_CA_FILE).
	SFTPGoCAFile string `yaml:"sftpgo_ca_file"`

	// SFTPGoAPIKey is what the file holds.
	SFTPGoAPIKey string `yaml:"-"`
}

// splitSources splits the value of AUTHY_ACCOUNT_SOURCES.
func splitSources(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// checkAccounts adds a problem for each source that is unknown or lacks what it needs.
func (c *Config) checkAccounts(p *problems) {
	if len(c.AccountSources) == 0 {
		p.add("account_sources: is empty; want %s, %s or both", SourceFile, SourceAdditionalInfo)
	}
	for i, name := range c.AccountSources {
		oneOf(p, "account_sources", name, SourceFile, SourceAdditionalInfo)
		if slices.Contains(c.AccountSources[:i], name) {
			p.add("account_sources: %s is given twice; want each once", name)
		}
	}
	if slices.Contains(c.AccountSources, SourceFile) && c.UsersFile == "" {
		p.add("users_file: is missing; set AUTHY_USERS_FILE")
	}
	if (c.SFTPGoURL == "") != (c.SFTPGoAPIKeyFile == "") {
		p.add("sftpgo_url and sftpgo_api_key_file: one is set without the other; want both or none")
	}
	if c.SFTPGoURL == "" {
		return
	}
	u, err := sftpgoapi.ParseURL(c.SFTPGoURL)
	if err == nil {
		err = plainhttp.Check(u, c.AllowHTTP, "the API key")
	}
	if err != nil {
		p.add("sftpgo_url: %w", err)
	}
}
