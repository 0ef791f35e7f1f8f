package doctor

import (
	"errors"
	"slices"
	"testing"

	"sftpgo-authy/hooks/internal/gate"
)

func TestWhatEachInstallationIsTold(t *testing.T) {
	t.Parallel()
	on := func(a *Account) { a.Email = "ann@example.test" }
	mail := map[string]string{"SFTPGO_SMTP__HOST": "mail"}
	httpd := "SFTPGO_HTTPD__BINDINGS__0__"
	for _, row := range []struct {
		name    string
		env     map[string]string
		account Account
		want    []string
	}{
		{"keyint by the recipe", nil, account("keyint", on), nil},
		{"extauth by the recipe", nil, account("extauth", on), nil},
		{"checkpwd by the recipe", nil, account("checkpwd", on), nil},

		{"no hook at all", map[string]string{kbdHook: "", extHook: "", chkHook: ""}, account("keyint"),
			[]string{"hooks critical", "password_alone critical"}},
		{"a hook whose method is off", map[string]string{kbdMethod: "false"}, account("checkpwd"),
			[]string{"hooks warning"}},

		{"external auth for keys alone", map[string]string{extScope: "2"}, account("checkpwd"),
			[]string{"external_auth_scope critical"}},
		{"external auth for everything", map[string]string{extScope: "0"}, account("checkpwd"),
			[]string{"external_auth_scope warning"}},
		{"external auth with an unknown scope", map[string]string{extScope: "16"}, account("checkpwd"),
			[]string{"external_auth_scope warning"}},
		{"external auth for everything, no keyint", map[string]string{extScope: "0", kbdHook: ""},
			account("extauth", denies(methodKey)), nil},
		{"external auth for passwords and keyboard, no keyint", map[string]string{extScope: "5", kbdHook: ""},
			account("extauth", denies(methodKey)), nil},

		{"checkpwd for SSH alone", map[string]string{chkScope: "1"}, account("checkpwd"),
			[]string{"check_password_scope critical", "check_password_scope critical",
				"check_password_scope critical"}},
		{"checkpwd for SSH alone, other protocols denied", map[string]string{chkScope: "1"},
			account("checkpwd", filters(func(f *Filters) { f.DeniedProtocols = []string{FTP, DAV, HTTP} })), nil},
		{"checkpwd for SSH alone, web not served", map[string]string{chkScope: "7", httpd + "PORT": "0"},
			account("checkpwd"), nil},
		{"checkpwd for SSH alone, another kind of account", map[string]string{chkScope: "1"}, account("extauth"), nil},

		{"keyint with passwords allowed, no other hook", map[string]string{extHook: "", chkHook: ""},
			account("keyint", denies(methodKey)), []string{"password_alone critical"}},
		{"keyint with SSH passwords denied, no other hook", map[string]string{extHook: "", chkHook: ""},
			account("keyint", denies(methodKey, methodSSHPassword)), []string{"password_alone critical"}},
		{"the same over SSH alone", map[string]string{extHook: "", chkHook: ""},
			account("keyint", denies(methodKey, methodSSHPassword), filters(
				func(f *Filters) { f.DeniedProtocols = []string{FTP, DAV, HTTP} })), nil},
		{"the same with passwords off for SSH, and nothing else served", map[string]string{extHook: "", chkHook: "",
			"SFTPGO_SFTPD__PASSWORD_AUTHENTICATION": "0",
			httpd + "PORT":                          "0", "SFTPGO_FTPD__BINDINGS__0__PORT": "0",
			"SFTPGO_WEBDAVD__BINDINGS__0__PORT": "0"},
			account("keyint", denies(methodKey)), nil},
		{"both hooks off", nil, account("checkpwd", filters(func(f *Filters) { f.Hooks.CheckOff = true })),
			[]string{"password_alone critical", "password_alone critical"}},
		{"key and password without a hook", map[string]string{extHook: "", chkHook: ""},
			account("keyint", denies(methodKey, methodSSHPassword, methodInteractive),
				filters(func(f *Filters) { f.DeniedProtocols = []string{FTP, DAV, HTTP} }), func(a *Account) {
					a.Keys = 1
				}),
			[]string{"password_alone critical"}},
		{"key and password, and a hook on other protocols alone", map[string]string{chkScope: "6", httpd + "PORT": "0"},
			account("checkpwd", denies(methodKey, methodSSHPassword, methodInteractive), func(a *Account) {
				a.Keys = 1
			}),
			[]string{"password_alone critical", "password_alone critical"}},
		{"key and SFTPGo's own prompt", nil, account("plain",
			denies(methodKey, methodPassword, methodInteractive, methodKeyPassword),
			filters(func(f *Filters) { f.Hooks.ExternalOff, f.Hooks.CheckOff = true, true }), func(
				a *Account) {
				a.Keys = 1
			}), []string{"password_alone critical"}},
		{"key and keyint", nil, account(
			"keyint", denies(methodKey, methodPassword, methodInteractive), func(a *Account) { a.Keys = 1 }), nil},
		{"key and password, and a single step that is left to the account",
			map[string]string{extHook: "", chkHook: "", kbdMethod: "0"},
			account("keyint", denies(methodKey, methodPassword), func(a *Account) { a.Keys = 1 }),
			[]string{"hooks warning"}},

		{"extauth and SFTPGo's own prompt", map[string]string{kbdHook: ""}, account("extauth", denies(methodKey)),
			[]string{"replayable_code critical"}},
		{"extauth and keyint", nil, account("extauth", denies(methodKey)), []string{"replayable_code high"}},
		{"extauth with a cache", nil, account("extauth", filters(func(f *Filters) { f.CacheTime = 60 })),
			[]string{"replayable_code high"}},
		{"a cache without extauth", nil, account("checkpwd", filters(func(f *Filters) { f.CacheTime = 60 })), nil},
		{"extauth and checkpwd at once", nil, account(
			"extauth", filters(func(f *Filters) { f.Hooks.CheckOff = false })), []string{"two_codes warning"}},
		{"extauth and checkpwd at once, and prompts", nil, account(
			"checkpwd", filters(func(f *Filters) { f.Hooks.ExternalOff = false })), []string{"two_codes high"}},

		{"WebDAV that remembers", map[string]string{davCached: ""}, account("checkpwd"),
			[]string{"webdav_cache critical"}},
		{"WebDAV that remembers for a year", map[string]string{davCached: "525600"}, account("checkpwd"),
			[]string{"webdav_cache critical"}},
		{"WebDAV that remembers for an hour", map[string]string{davCached: "60"}, account("checkpwd"),
			[]string{"webdav_cache high"}},
		{"WebDAV that remembers for two minutes", map[string]string{davCached: "0x2"}, account("checkpwd"),
			[]string{"webdav_cache warning"}},
		{"WebDAV that remembers for less than no time", map[string]string{davCached: "-1"}, account("checkpwd"),
			[]string{"webdav_cache critical"}},
		{"WebDAV that remembers, denied", map[string]string{davCached: ""}, account(
			"checkpwd", filters(func(f *Filters) { f.DeniedProtocols = []string{DAV} })), nil},
		{"WebDAV that remembers, another kind", map[string]string{davCached: ""}, account("extauth"), nil},
		{"WebDAV that is not served", map[string]string{davCached: "", "SFTPGO_WEBDAVD__BINDINGS__0__PORT": ""},
			account("checkpwd"), nil},

		{"a key", nil, account("keyint", denies(methodPassword), func(a *Account) { a.Keys = 2 }),
			[]string{"public_key_alone critical"}},
		{"a key that is denied", nil, account("keyint", func(a *Account) { a.Keys = 2 }), nil},
		{"a key that external auth is asked about, and refuses", map[string]string{extScope: "3"},
			account("extauth", denies(methodInteractive), func(a *Account) { a.Keys = 2 }, without(noKeyChange)), nil},
		{"a key that external auth is asked about, but not within its cache time", map[string]string{extScope: "3"},
			account("extauth", denies(methodInteractive), func(a *Account) { a.Keys = 2 }, filters(func(f *Filters) {
				f.CacheTime = 60
			})),
			[]string{"replayable_code high", "public_key_alone critical"}},
		{"an unmapped account with a key and API keys", nil, account("checkpwd", denies(), func(a *Account) {
			a.Mapping, a.Keys = gate.Unmapped, 1
		},
			filters(func(f *Filters) { f.APIKeys = true })), []string{"no_second_factor info"}},
		{"a key that external auth would be asked about, but for the account", map[string]string{extScope: "3"},
			account("checkpwd", denies(methodInteractive), func(a *Account) { a.Keys = 2 }),
			[]string{"public_key_alone critical"}},
		{"key and password, and external auth refuses the key", map[string]string{extScope: "2", chkHook: ""},
			account("extauth", denies(methodKey, methodPassword, methodInteractive), func(a *Account) { a.Keys = 2 }),
			[]string{"external_auth_scope critical"}},
		{"a TLS certificate that external auth is asked about, and refuses",
			map[string]string{extScope: "9", "SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "1"},
			account("extauth", filters(func(f *Filters) { f.TLSUsername = "CommonName" }), without(noCertChange)), nil},
		{"an authority for certificates", map[string]string{"SFTPGO_SFTPD__TRUSTED_USER_CA_KEYS": "/ca"},
			account("keyint", denies(methodPassword)), []string{"public_key_alone critical"}},
		{"may add keys", nil, account("checkpwd", denies(), without(noKeyChange)), []string{"self_service_keys high"}},
		{"may add keys, without effect", nil, account("checkpwd", without(noKeyChange)), nil},
		{"may add keys, and never gets in to do it", nil,
			account("keyint", denies(methodPassword), without(noKeyChange)), nil},

		{"a TLS certificate", map[string]string{"SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "1"},
			account("checkpwd", filters(func(f *Filters) { f.TLSUsername = "CommonName" })),
			[]string{"tls_certificate_alone critical"}},
		{"may add TLS certificates", map[string]string{"SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "2"},
			account("checkpwd", without(noCertChange)), []string{"self_service_keys high"}},
		{"a TLS certificate and the password", map[string]string{extHook: "",
			"SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "1", "SFTPGO_WEBDAVD__BINDINGS__0__CLIENT_AUTH_TYPE": "2"},
			account("keyint", denies(methodKey, methodPassword, methodTLS), filters(
				func(f *Filters) { f.TLSCerts = []string{"pem"} })), []string{"password_alone critical"}},
		{"a TLS certificate and the password, which a hook refuses",
			map[string]string{"SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "1"},
			account("keyint", denies(methodKey, methodPassword, methodTLS), filters(
				func(f *Filters) { f.TLSUsername = "CommonName" })), nil},
		{"a TLS certificate where none is asked for", nil, account(
			"checkpwd", filters(func(f *Filters) { f.TLSUsername = "CommonName" })), nil},

		{"API keys", nil, account("checkpwd", filters(func(f *Filters) { f.APIKeys = true })),
			[]string{"user_api_keys high"}},
		{"API keys, switched off", map[string]string{httpd +
			"DISABLED_LOGIN_METHODS": "128"}, account("checkpwd", filters(func(f *Filters) { f.APIKeys = true })), nil},
		{"API keys, method password denied", nil, account("keyint", filters(func(f *Filters) { f.APIKeys = true })),
			nil},
		{"may allow API keys", nil, account("checkpwd", without(noAPIKeyChange)), []string{"user_api_keys warning"}},
		{"may make shares", nil, account("extauth", without(noShares)), []string{"shares warning"}},
		{"may make shares, and never gets in to do it", nil, account("keyint", without(noShares)), nil},
		{"a mail resets", mail, account("checkpwd", on, without(noReset)), []string{"password_reset critical"}},
		{"a mail resets, without an address, but one may be set", mail, account("checkpwd", without(noReset)),
			[]string{"password_reset high"}},
		{"a mail resets, without an address, and none may be set", mail, account("checkpwd", without(noReset),
			filters(func(f *Filters) { f.Web = append(f.Web, noInfoChange) })), nil},
		{"a mail resets, without an address, and no way into the web client", mail,
			account("keyint", without(noReset)), nil},
		{"a mail resets, without mail", nil, account("checkpwd", on, without(noReset)), nil},
		{"a mail resets, without web client",
			map[string]string{"SFTPGO_SMTP__HOST": "mail", httpd + "ENABLE_WEB_CLIENT": "0"},
			account("checkpwd", on, without(noReset)), nil},
		{"a mail resets, by the older setting without form",
			map[string]string{"SFTPGO_SMTP__HOST": "mail", httpd + "ENABLED_LOGIN_METHODS": "7"},
			account("checkpwd", on, without(noReset)), nil},
		{"an identity provider", map[string]string{httpd + "OIDC__CONFIG_URL": "https://idp"}, account("checkpwd"),
			[]string{"oidc high"}},
		{"an identity provider, switched off",
			map[string]string{httpd + "OIDC__CONFIG_URL": "https://idp", httpd + "DISABLED_LOGIN_METHODS": "2"},
			account("checkpwd"), nil},
		{"anonymous", nil, account("checkpwd", filters(func(f *Filters) { f.Anonymous = true })),
			[]string{"anonymous critical"}},

		{"no defender", map[string]string{guarded: "0"}, account("checkpwd"), []string{"defender warning"}},
		{"a defender that bans after a thousand tries", map[string]string{banner + "THRESHOLD": "1000"},
			account("checkpwd"), []string{"defender warning"}},
		{"a defender that bans for a minute", map[string]string{banner + "BAN_TIME": "1"}, account("checkpwd"),
			[]string{"defender warning"}},
		{"a defender that forgets within a minute",
			map[string]string{banner + "OBSERVATION_TIME": "1", banner + "THRESHOLD": "30"}, account("checkpwd"),
			[]string{"defender warning"}},
		{"a defender that counts other failures alone", map[string]string{banner + "SCORE_VALID": "0"},
			account("checkpwd"), []string{"defender warning"}},
		{"a defender, and connections without end", map[string]string{"SFTPGO_COMMON__MAX_PER_HOST_CONNECTIONS": "0"},
			account("checkpwd"), []string{"defender warning"}},
		{"a defender, and many connections", map[string]string{"SFTPGO_COMMON__MAX_PER_HOST_CONNECTIONS": "500"},
			account("checkpwd"), []string{"defender warning"}},
		{"a defender, and tries without end", map[string]string{"SFTPGO_SFTPD__MAX_AUTH_TRIES": "-1"},
			account("checkpwd"), []string{"defender warning"}},
		{"a stricter defender", map[string]string{banner + "THRESHOLD": "5", banner + "BAN_TIME": "600"},
			account("checkpwd"), nil},

		{"everybody is a proxy",
			map[string]string{httpd + "PROXY_ALLOWED": "0.0.0.0/0", httpd + "CLIENT_IP_PROXY_HEADER": "X-Real-IP"},
			account("checkpwd"), []string{"proxies high"}},
		{"everybody is a proxy, in halves",
			map[string]string{httpd + "PROXY_ALLOWED": "0.0.0.0/1,128.0.0.0/1",
				httpd + "CLIENT_IP_PROXY_HEADER": "X-Real-IP"}, account("checkpwd"),
			[]string{"proxies high", "proxies high"}},
		{"everybody is a proxy that nobody listens to", map[string]string{httpd + "PROXY_ALLOWED": "0.0.0.0/0"},
			account("checkpwd"), nil},
		{"a company is a proxy", map[string]string{"SFTPGO_WEBDAVD__BINDINGS__0__PROXY_ALLOWED": "10.0.0.0/8",
			"SFTPGO_WEBDAVD__BINDINGS__0__CLIENT_IP_PROXY_HEADER": "X"},
			account("checkpwd"), []string{"proxies warning"}},
		{"one machine is a proxy",
			map[string]string{httpd + "PROXY_ALLOWED": "10.0.0.7, 10.1.0.0/24",
				httpd + "CLIENT_IP_PROXY_HEADER": "X-Real-IP"}, account("checkpwd"), nil},
		{"everybody speaks the PROXY protocol",
			map[string]string{"SFTPGO_COMMON__PROXY_PROTOCOL": "1", "SFTPGO_COMMON__PROXY_ALLOWED": "::/0"},
			account("checkpwd"),
			[]string{"proxies high"}},
		{"everybody speaks the PROXY protocol, and nobody listens",
			map[string]string{"SFTPGO_COMMON__PROXY_PROTOCOL": "1", "SFTPGO_COMMON__PROXY_ALLOWED": "::/0",
				"SFTPGO_SFTPD__BINDINGS__0__APPLY_PROXY_CONFIG": "0",
				"SFTPGO_FTPD__BINDINGS__0__APPLY_PROXY_CONFIG":  "0"},
			account("checkpwd"), nil},
		{"everybody speaks the PROXY protocol over the web alone",
			map[string]string{"SFTPGO_COMMON__PROXY_PROTOCOL": "2", "SFTPGO_COMMON__PROXY_ALLOWED": "0.0.0.0/0",
				"SFTPGO_SFTPD__BINDINGS__0__APPLY_PROXY_CONFIG": "0",
				"SFTPGO_FTPD__BINDINGS__0__APPLY_PROXY_CONFIG":  "0",
				httpd + "PROXY_MODE":                            "1"}, account("checkpwd"),
			[]string{"proxies high"}},

		{"a plugin", map[string]string{"SFTPGO_PLUGINS__0__TYPE": "auth"}, account("checkpwd"),
			[]string{"auth_plugins high"}},
		{"a key for every program", map[string]string{"SFTPGO_COMMAND__ENV": "A=b, AUTHY_API_KEY=x"},
			account("checkpwd"), []string{"global_secrets high", "secrets_in_log warning"}},
		{"the name of a key file for every program", map[string]string{"SFTPGO_COMMAND__ENV": "AUTHY_API_KEY_FILE=/x"},
			account("checkpwd"), nil},
		{"a secret for every server",
			map[string]string{"SFTPGO_HTTP__HEADERS__0__KEY": "X-Hook-Secret",
				"SFTPGO_HTTP__HEADERS__0__VALUE": strong}, account("checkpwd"),
			[]string{"global_headers high", "secrets_in_log warning"}},
		{"a secret for our server",
			map[string]string{"SFTPGO_HTTP__HEADERS__0__KEY": "X-Hook-Secret", "SFTPGO_HTTP__HEADERS__0__URL": hookd,
				"SFTPGO_LOG_LEVEL": "info"}, account("checkpwd"), nil},
		{"a secret for servers that begin like ours", secretFor("http://127.0.0.1:88"), account("checkpwd"),
			[]string{"global_headers warning"}},
		{"a secret for our server that another hook gets as well", with(secretFor("http://127.0.0.1:889"),
			"SFTPGO_DATA_PROVIDER__PRE_LOGIN_HOOK", "http://127.0.0.1:8899/x"),
			account("checkpwd"), []string{"global_headers high"}},
		{"a key for its program, in a log", map[string]string{"SFTPGO_COMMAND__COMMANDS__0__PATH": "/p",
			"SFTPGO_COMMAND__COMMANDS__0__ENV": "AUTHY_API_KEY=x", "SFTPGO_LOG_LEVEL": "debug"},
			account("checkpwd"), []string{"secrets_in_log warning"}},
		{"a secret that can be guessed", map[string]string{"SFTPGO_HTTP__HEADERS__0__KEY": "X-Hook-Secret",
			"SFTPGO_HTTP__HEADERS__0__VALUE": "between-sftpgo-and-hookd",
			"SFTPGO_HTTP__HEADERS__0__URL":   hookd + "/", "SFTPGO_LOG_LEVEL": "info"}, account("checkpwd"),
			[]string{"hook_transport warning"}},
		{"a hook in clear", map[string]string{chkHook: "http://hookd:8890/checkpwd"}, account("checkpwd"),
			[]string{"hook_transport warning"}},
		{"certificates not looked at", map[string]string{"SFTPGO_HTTP__SKIP_TLS_VERIFY": "1"}, account("checkpwd"),
			[]string{"hook_transport high"}},

		{"an unmapped account without hooks", nil, account("checkpwd", func(a *Account) { a.Mapping = gate.Unmapped },
			filters(func(f *Filters) { f.Hooks.CheckOff = true })), []string{"no_second_factor info"}},
		{"an unmapped account with hooks", nil, account("checkpwd", func(a *Account) { a.Mapping = gate.Unmapped }),
			nil},
		{"an account of which nobody knows", nil, account("checkpwd", func(a *Account) {
			a.Mapping, a.MappingErr = gate.MappingUnavailable, errors.New("down")
		}),
			[]string{"mapping warning"}},
		{"a hole of an account of which nobody knows", nil, account("keyint", denies(methodPassword), func(a *Account) {
			a.Keys, a.Mapping = 1, gate.MappingUnavailable
		}),
			[]string{"public_key_alone critical"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			report := Examine(facts(change(row.env), row.account))
			if got := said(report); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q\n%+v", got, row.want, report.Findings)
			}
			for _, f := range report.Findings {
				if f.Where == "" || f.What == "" || f.Line == "" && f.ID != "mapping" {
					t.Errorf("says too little: %+v", f)
				}
			}
		})
	}
}
