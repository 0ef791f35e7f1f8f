package hookhost

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/ssh"
)

// user is the document of an account with the keys and their order as SFTPGo 2.7.5 writes them
// (captured in the variable SFTPGO_AUTHD_USER). What the host does not look into stays raw; unknown
// keys are dropped, as there.
type user struct {
	ID       int64  `json:"id"`
	Status   int    `json:"status"`
	Username string `json:"username"`
	Email    string `json:"email,omitempty"`
	// milliseconds since 1970, 0 is never
	ExpirationDate           int64               `json:"expiration_date,omitempty"`
	Password                 string              `json:"password,omitempty"` // bcrypt hash once stored
	PublicKeys               []string            `json:"public_keys,omitempty"`
	HomeDir                  string              `json:"home_dir"`
	UID                      int                 `json:"uid"`
	GID                      int                 `json:"gid"`
	MaxSessions              int                 `json:"max_sessions"`
	QuotaSize                int64               `json:"quota_size"`
	QuotaFiles               int                 `json:"quota_files"`
	Permissions              map[string][]string `json:"permissions"`
	UsedQuotaSize            int64               `json:"used_quota_size,omitempty"`
	UsedQuotaFiles           int                 `json:"used_quota_files,omitempty"`
	LastQuotaUpdate          int64               `json:"last_quota_update,omitempty"`
	UploadBandwidth          int64               `json:"upload_bandwidth,omitempty"`
	DownloadBandwidth        int64               `json:"download_bandwidth,omitempty"`
	UploadDataTransfer       int64               `json:"upload_data_transfer"`
	DownloadDataTransfer     int64               `json:"download_data_transfer"`
	TotalDataTransfer        int64               `json:"total_data_transfer"`
	UsedUploadDataTransfer   int64               `json:"used_upload_data_transfer,omitempty"`
	UsedDownloadDataTransfer int64               `json:"used_download_data_transfer,omitempty"`
	LastLogin                int64               `json:"last_login,omitempty"`
	CreatedAt                int64               `json:"created_at"`
	UpdatedAt                int64               `json:"updated_at"`
	FirstDownload            int64               `json:"first_download,omitempty"`
	FirstUpload              int64               `json:"first_upload,omitempty"`
	LastPasswordChange       int64               `json:"last_password_change,omitempty"`
	Description              string              `json:"description,omitempty"`
	AdditionalInfo           string              `json:"additional_info,omitempty"`
	Role                     string              `json:"role,omitempty"`
	Filters                  filters             `json:"filters"`
	VirtualFolders           json.RawMessage     `json:"virtual_folders,omitempty"`
	Filesystem               json.RawMessage     `json:"filesystem"`
	Groups                   json.RawMessage     `json:"groups,omitempty"`

	// vouched is the password that external authentication let in last. It fits without a look at
	// the hash: SFTPGo caches it as right, which shows when the typed string is stored verbatim
	// because it looks like a hash.
	vouched string
}

type filters struct {
	AllowedIP               []string        `json:"allowed_ip,omitempty"`
	DeniedIP                []string        `json:"denied_ip,omitempty"`
	DeniedLoginMethods      []string        `json:"denied_login_methods,omitempty"`
	DeniedProtocols         []string        `json:"denied_protocols,omitempty"`
	FilePatterns            json.RawMessage `json:"file_patterns,omitempty"`
	MaxUploadFileSize       int64           `json:"max_upload_file_size,omitempty"`
	TLSUsername             string          `json:"tls_username,omitempty"`
	TLSCerts                []string        `json:"tls_certs,omitempty"`
	Hooks                   hookFlags       `json:"hooks"`
	DisableFsChecks         bool            `json:"disable_fs_checks,omitempty"`
	WebClient               []string        `json:"web_client,omitempty"`
	AllowAPIKeyAuth         bool            `json:"allow_api_key_auth,omitempty"`
	UserType                string          `json:"user_type,omitempty"`
	BandwidthLimits         json.RawMessage `json:"bandwidth_limits,omitempty"`
	ExternalAuthCacheTime   int64           `json:"external_auth_cache_time,omitempty"`
	StartDirectory          string          `json:"start_directory,omitempty"`
	TwoFactorProtocols      []string        `json:"two_factor_protocols,omitempty"`
	FTPSecurity             int             `json:"ftp_security,omitempty"`
	IsAnonymous             bool            `json:"is_anonymous,omitempty"`
	DefaultSharesExpiration int             `json:"default_shares_expiration,omitempty"`
	MaxSharesExpiration     int             `json:"max_shares_expiration,omitempty"`
	PasswordExpiration      int             `json:"password_expiration,omitempty"`
	PasswordStrength        int             `json:"password_strength,omitempty"`
	AccessTime              json.RawMessage `json:"access_time,omitempty"`
	RequirePasswordChange   bool            `json:"require_password_change,omitempty"`
	AdditionalEmails        []string        `json:"additional_emails,omitempty"`
	TOTP                    totpConfig      `json:"totp_config"`
	RecoveryCodes           json.RawMessage `json:"recovery_codes,omitempty"`
}

type hookFlags struct {
	ExternalAuthDisabled  bool `json:"external_auth_disabled"`
	PreLoginDisabled      bool `json:"pre_login_disabled"`
	CheckPasswordDisabled bool `json:"check_password_disabled"`
}

// localFilesystem is what every account with local files carries, as captured.
const localFilesystem = `{"provider":0,"osconfig":{},"s3config":{"access_secret":{},"sse_customer_key":{}},` +
	`"gcsconfig":{"credentials":{}},"azblobconfig":{"account_key":{},"sas_url":{}},"cryptconfig":{"passphrase":{}},` +
	`"sftpconfig":{"password":{},"private_key":{},"key_passphrase":{}},"httpconfig":{"password":{},"api_key":{}}}`

// Values of filters.denied_login_methods; not all of them may be denied.
const (
	methodPassword    = "password"
	methodSSHPassword = "password-over-SSH"
	methodPublicKey   = "publickey"
	methodKeyint      = "keyboard-interactive"
)

var loginMethods = [...]string{methodPublicKey, methodPassword, methodSSHPassword, methodKeyint,
	"publickey+password", "publickey+keyboard-interactive", "TLSCertificate", "TLSCertificate+password"}

// Values of filters.denied_protocols and of what hooks get as protocol.
const (
	protocolSSH = "SSH"
	protocolFTP = "FTP"
	protocolDAV = "DAV"
)

var protocols = [...]string{protocolSSH, protocolFTP, protocolDAV, "HTTP"}

// permissionNames may stand in permissions. The host checks that, and otherwise lets everybody do
// everything at home.
var permissionNames = [...]string{"*", "list", "download", "upload", "overwrite", "delete", "delete_files",
	"delete_dirs", "rename",
	"rename_files", "rename_dirs", "create_dirs", "create_symlinks", "chmod", "chown", "chtimes", "copy"}

// hashPrefixes mark a password that is already a hash; it is stored as it is. Only bcrypt can be
// compared here.
var hashPrefixes = [...]string{bcryptPrefix, "$argon2id$", "$pbkdf2-sha1$", "$pbkdf2-sha256$", "$pbkdf2-sha512$",
	"$pbkdf2-b64salt-sha256$", "$1$", "$apr1$", "$5$", "$6$", "$y$", "{MD5}", "{SHA256}", "{SHA512}"}

const bcryptPrefix = "$2a$"

// normalize makes a document fit to be stored: home folder, permissions, password hash. It reports
// what SFTPGo would refuse.
func (u *user) normalize(dir string, nowMs int64) error {
	u.Username = strings.TrimSpace(u.Username)
	if u.Username == "" {
		return errors.New("username is empty")
	}
	if u.HomeDir == "" {
		u.HomeDir = filepath.Join(dir, u.Username)
	}
	if u.HomeDir = filepath.Clean(u.HomeDir); !filepath.IsAbs(u.HomeDir) {
		return fmt.Errorf("user %q: home_dir %q, want an absolute path", u.Username, u.HomeDir)
	}
	if u.Status < 0 || u.Status > 1 {
		return fmt.Errorf("user %q: status %d, want 0 or 1", u.Username, u.Status)
	}
	if len(u.Permissions["/"]) == 0 {
		return fmt.Errorf("user %q: no permissions for /", u.Username)
	}
	for p, granted := range u.Permissions {
		if !path.IsAbs(path.Clean(p)) {
			return fmt.Errorf("user %q: permissions for %q, want an absolute path", u.Username, p)
		}
		for _, g := range granted {
			if !slices.Contains(permissionNames[:], g) {
				return fmt.Errorf("user %q: permission %q, want one of %q", u.Username, g, permissionNames)
			}
		}
	}
	if u.TotalDataTransfer > 0 {
		u.UploadDataTransfer, u.DownloadDataTransfer = 0, 0
	}
	u.Filesystem = json.RawMessage(localFilesystem) // the host knows no other
	if err := u.hashPassword(nowMs); err != nil {
		return err
	}
	for _, key := range u.PublicKeys {
		if _, _, _, _, err := ssh.ParseAuthorizedKey([]byte(key)); err != nil {
			return fmt.Errorf("user %q: public key: %w", u.Username, err)
		}
	}
	return u.Filters.validate(u.Username)
}

// hashPassword replaces a clear password by its hash; what looks like a hash is left alone.
func (u *user) hashPassword(nowMs int64) error {
	isPrefix := func(p string) bool { return strings.HasPrefix(u.Password, p) }
	if u.Password == "" || slices.ContainsFunc(hashPrefixes[:], isPrefix) {
		return nil
	}
	hash, err := hash(u.Password)
	if err != nil {
		return fmt.Errorf("user %q: %w", u.Username, err)
	}
	u.Password, u.LastPasswordChange = hash, nowMs
	return nil
}

// hash is bcrypt of the lowest cost: these are test accounts. bcrypt refuses more than 72 bytes,
// here and there.
func hash(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return string(hash), nil
}

// passwordMatches compares with the stored hash.
func (u *user) passwordMatches(password string) bool {
	if u.vouched != "" && password == u.vouched {
		return true
	}
	return strings.HasPrefix(u.Password, bcryptPrefix) &&
		bcrypt.CompareHashAndPassword([]byte(u.Password), []byte(password)) == nil
}

func (f *filters) validate(name string) error {
	for _, m := range f.DeniedLoginMethods {
		if !slices.Contains(loginMethods[:], m) {
			return fmt.Errorf("user %q: denied login method %q, want one of %q", name, m, loginMethods)
		}
	}
	if len(f.DeniedLoginMethods) >= len(loginMethods) {
		return fmt.Errorf("user %q: every login method is denied", name)
	}
	for _, p := range f.DeniedProtocols {
		if !slices.Contains(protocols[:], p) {
			return fmt.Errorf("user %q: denied protocol %q, want one of %q", name, p, protocols)
		}
	}
	if len(f.DeniedProtocols) >= len(protocols) {
		return fmt.Errorf("user %q: every protocol is denied", name)
	}
	for _, cidr := range slices.Concat(f.AllowedIP, f.DeniedIP) {
		if _, err := netip.ParsePrefix(cidr); err != nil {
			return fmt.Errorf("user %q: address filter: %w", name, err)
		}
	}
	return nil
}

// addressAllowed applies allowed_ip, then denied_ip; with an allow list everybody else is refused.
func (f *filters) addressAllowed(ip string) bool {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return len(f.AllowedIP) == 0 && len(f.DeniedIP) == 0
	}
	in := func(cidr string) bool {
		prefix, err := netip.ParsePrefix(cidr)
		return err == nil && prefix.Contains(addr)
	}
	if slices.ContainsFunc(f.AllowedIP, in) {
		return true
	}
	return !slices.ContainsFunc(f.DeniedIP, in) && len(f.AllowedIP) == 0
}

// methodAllowed looks a login method up in denied_login_methods; "password-over-SSH" denies a
// password on SSH alone.
func (f *filters) methodAllowed(method, protocol string) bool {
	if slices.Contains(f.DeniedLoginMethods, method) {
		return false
	}
	return !(protocol == protocolSSH && method == methodPassword &&
		slices.Contains(f.DeniedLoginMethods, methodSSHPassword))
}
