package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/internal/client"
)

// hole is a way round the second factor.
type hole struct {
	name     string
	id       string                         // of the check that names it
	severity doctor.Severity                // as which
	settings map[string]string              // open it in SFTPGo's settings
	kind     string                         // of the account "ann"
	filters  map[string]any                 // open it in the account
	fields   map[string]any                 // open it in the account, outside filters
	prepare  func(*testing.T, *stage)       // what was there before
	in       func(*testing.T, *stage) error // gets in round the second factor
}

// denied makes a list of login methods.
func denied(methods ...string) map[string]any { return map[string]any{"denied_login_methods": methods} }

// may makes an account's web options without one of those that forbid something.
func may(options ...string) []string {
	return slices.DeleteFunc(slices.Clone(selfService), func(o string) bool { return slices.Contains(options, o) })
}

func TestEveryHoleIsUsedNamedAndShut(t *testing.T) {
	t.Parallel()
	for _, h := range append(holes(), certificates()...) {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			st := newStage(t, h.settings)
			st.account("ann", h.kind, h.filters, h.fields)
			if h.prepare != nil {
				h.prepare(t, st)
			}
			if err := h.in(t, st); err != nil {
				t.Fatalf("the hole is not there: %v", err)
			}
			named := finding(st.examine(), h.id)
			if len(named) == 0 {
				t.Fatalf("doctor does not name it: %+v", st.examine().Findings)
			}
			if named[0].Severity != h.severity || named[0].Line == "" {
				t.Errorf("doctor says %+v; want it %s, with a line", named[0], h.severity)
			}
			for _, f := range named {
				st.apply(f.Change)
			}
			// First, for the defender may shut us out as well.
			if left := finding(st.examine(), h.id); len(left) > 0 {
				t.Errorf("doctor still says %+v", left)
			}
			if err := h.in(t, st); err == nil {
				t.Error("the hole is still open")
			}
		})
	}
}

func holes() []hole {
	key := newKey()
	return []hole{
		{
			name: "external auth is not asked about passwords", id: "external_auth_scope", severity: doctor.Critical,
			kind:     "extauth",
			settings: map[string]string{"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_SCOPE": "2"},
			in:       func(_ *testing.T, st *stage) error { return st.s.FTPLogin("ann", static) },
		}, {
			name: "check password leaves out the web", id: "check_password_scope", severity: doctor.Critical,
			kind:     "checkpwd",
			settings: map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE": "7"},
			in:       func(_ *testing.T, st *stage) error { return st.s.Web("ann", static) },
		}, {
			name: "check password leaves out SSH and its own prompt", id: "check_password_scope",
			severity: doctor.Critical, kind: "checkpwd",
			settings: map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE": "6"},
			in:       func(_ *testing.T, st *stage) error { return st.s.Interactive("ann", static) },
		}, {
			name: "a client falls back from keyboard-interactive to password", id: "password_alone",
			severity: doctor.Critical, kind: "keyint",
			settings: map[string]string{"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK": ""}, filters: denied("publickey"),
			in: func(_ *testing.T, st *stage) error { return st.s.Password("ann", static) },
		}, {
			name: "both hooks are switched off for an account", id: "password_alone", severity: doctor.Critical,
			kind: "checkpwd",
			filters: map[string]any{"hooks": map[string]any{"external_auth_disabled": true,
				"check_password_disabled": true}},
			in: func(_ *testing.T, st *stage) error { return st.s.FTPLogin("ann", static) },
		}, {
			name: "the flag that spares an account from one hook switches off keyboard-interactive's",
			id:   "password_alone", severity: doctor.Critical, kind: "keyint",
			filters: map[string]any{"hooks": map[string]any{"external_auth_disabled": true,
				"check_password_disabled": true}},
			in: func(_ *testing.T, st *stage) error { return st.s.Interactive("ann", static) },
		}, {
			name: "a key and the password that no hook is asked about", id: "password_alone", severity: doctor.Critical,
			kind:     "checkpwd",
			settings: map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE": "6"},
			filters:  denied("publickey", "keyboard-interactive", "password-over-SSH"),
			fields:   map[string]any{"public_keys": []string{authorized(key)}},
			in:       func(_ *testing.T, st *stage) error { return st.s.KeyThenPassword("ann", key, static) },
		}, {
			name: "a key and SFTPGo's own prompt", id: "password_alone", severity: doctor.Critical, kind: "keyint",
			filters: map[string]any{
				"denied_login_methods": []string{"publickey", "keyboard-interactive", "password", "publickey+password"},
				"hooks":                map[string]any{"external_auth_disabled": true, "check_password_disabled": true},
			}, fields: map[string]any{"public_keys": []string{authorized(key)}},
			in: func(_ *testing.T, st *stage) error { return st.s.KeyThenInteractive("ann", key, static) },
		}, {
			name: "the last code is a password for SFTPGo's own prompt", id: "replayable_code",
			severity: doctor.Critical, kind: "extauth",
			settings: map[string]string{"SFTPGO_SFTPD__KEYBOARD_INTERACTIVE_AUTH_HOOK": ""},
			filters:  denied("publickey"),
			in: func(_ *testing.T, st *stage) error {
				code := st.code("ann")
				if err := st.s.FTPLogin("ann", code); err != nil {
					return errors.Join(errors.New("the right code does not log in"), err)
				}
				return errors.Join(st.s.Interactive("ann", code), st.s.Interactive("ann", code))
			},
		}, {
			name: "the last code is a password for the keyboard-interactive hook", id: "replayable_code",
			severity: doctor.High, kind: "extauth",
			filters: denied("publickey"),
			in: func(_ *testing.T, st *stage) error {
				code := st.code("ann")
				if err := st.s.FTPLogin("ann", code); err != nil {
					return err
				}
				return st.s.Interactive("ann", code, st.code("ann"))
			},
		}, {
			name: "a code becomes the password that another stands behind", id: "two_codes", severity: doctor.High,
			kind:    "checkpwd",
			filters: map[string]any{"hooks": map[string]any{}},
			in: func(_ *testing.T, st *stage) error {
				first := st.code("ann")
				_ = st.s.FTPLogin("ann", first) // refused, and stored
				return st.s.Interactive("ann", first+st.code("ann"), st.code("ann"))
			},
		}, {
			name: "a cached external login takes its code again", id: "replayable_code", severity: doctor.High,
			kind:    "extauth",
			filters: map[string]any{"external_auth_cache_time": 300},
			in: func(_ *testing.T, st *stage) error {
				code := st.code("ann")
				_ = st.s.FTPLogin("ann", code) // refused where an earlier one is still remembered
				return st.s.FTPLogin("ann", code)
			},
		}, {
			name: "WebDAV remembers a code for ever", id: "webdav_cache", severity: doctor.Critical, kind: "checkpwd",
			settings: map[string]string{"SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME": ""},
			in:       rememberedByDAV(),
		}, {
			name: "WebDAV remembers a code for a year", id: "webdav_cache", severity: doctor.Critical, kind: "checkpwd",
			settings: map[string]string{"SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME": "525600"},
			in:       rememberedByDAV(),
		}, {
			name: "a defender that lets an address try ten thousand codes", id: "defender", severity: doctor.Warning,
			kind:     "checkpwd",
			settings: map[string]string{"SFTPGO_COMMON__DEFENDER__THRESHOLD": "10000"},
			prepare:  paul, in: guesses,
		}, {
			name: "a defender that does not count failures of accounts that exist", id: "defender",
			severity: doctor.Warning, kind: "checkpwd",
			settings: map[string]string{"SFTPGO_COMMON__DEFENDER__SCORE_VALID": "0"},
			prepare:  paul, in: guesses,
		}, {
			name: "a key needs no code", id: "public_key_alone", severity: doctor.Critical, kind: "keyint",
			filters: denied("password"), fields: map[string]any{"public_keys": []string{authorized(key)}},
			in: func(_ *testing.T, st *stage) error { return st.s.Key("ann", key) },
		}, {
			name: "the key of key and code needs no code", id: "public_key_alone", severity: doctor.Critical,
			kind:    "key and code",
			filters: denied("password", "keyboard-interactive", "publickey+keyboard-interactive"),
			fields:  map[string]any{"public_keys": []string{authorized(key)}},
			in:      func(_ *testing.T, st *stage) error { return st.s.Key("ann", key) },
		}, {
			name: "the password that stands behind the key of key and code", id: "password_alone",
			severity: doctor.Critical, kind: "key and code",
			filters: map[string]any{"hooks": map[string]any{"external_auth_disabled": true,
				"check_password_disabled": true}},
			fields: map[string]any{"public_keys": []string{authorized(key)}},
			in:     func(_ *testing.T, st *stage) error { return st.s.KeyThenPassword("ann", key, static) },
		}, {
			name: "who is in once puts in a key", id: "self_service_keys", severity: doctor.High, kind: "checkpwd",
			filters: map[string]any{"denied_login_methods": []string{}, "web_client": may("publickey-change-disabled")},
			in: func(t *testing.T, st *stage) error {
				mine := newKey()
				if err := profile(t, st, map[string]any{"public_keys": []string{authorized(mine)}}); err != nil {
					return err
				}
				return st.s.Key("ann", mine)
			},
		}, {
			name: "an API key of the user", id: "user_api_keys", severity: doctor.Critical, kind: "checkpwd",
			filters: map[string]any{"allow_api_key_auth": true}, in: withAPIKey(),
		}, {
			name: "who is in once allows API keys", id: "user_api_keys", severity: doctor.Warning, kind: "checkpwd",
			filters: map[string]any{"web_client": may("api-key-auth-change-disabled")},
			in:      toggleAPIKeys(withAPIKey()),
		}, {
			name: "a share needs no login", id: "shares", severity: doctor.High, kind: "checkpwd",
			filters: map[string]any{"web_client": may("shares-disabled")}, in: shared(),
		}, {
			name: "a code in a mail logs in", id: "password_reset", severity: doctor.Critical, kind: "checkpwd",
			filters: map[string]any{"web_client": may("password-reset-disabled")},
			fields:  map[string]any{"email": "ann@example.test"},
			prepare: func(t *testing.T, st *stage) { st.s.Restart(t, mailEnv(newMailbox(t, st))) },
			in:      resetByMail,
		}, {
			name: "a session sets the address to which a reset is mailed", id: "password_reset", severity: doctor.High,
			kind:    "checkpwd",
			filters: map[string]any{"web_client": may("password-reset-disabled", "info-change-disabled")},
			prepare: func(t *testing.T, st *stage) { st.s.Restart(t, mailEnv(newMailbox(t, st))) },
			in: func(t *testing.T, st *stage) error {
				if err := profile(t, st, map[string]any{"email": "thief@example.test"}); err != nil {
					return err
				}
				// as it was
				defer st.apply(&doctor.Change{Account: "ann", Set: map[string]any{"email": "", "password": static}})
				return resetByMail(t, st)
			},
		}, {
			name: "an identity provider logs in", id: "oidc", severity: doctor.High, kind: "checkpwd",
			prepare: func(t *testing.T, st *stage) { st.s.Restart(t, providerEnv(st, newProvider(t, "ann"))) },
			in:      viaProvider,
		}, {
			name: "an account takes any password", id: "anonymous", severity: doctor.Critical, kind: "checkpwd",
			filters: map[string]any{"is_anonymous": true},
			in:      func(_ *testing.T, st *stage) error { return st.s.FTPLogin("ann", "whatever") },
		},
	}
}

// guesses gets in after many wrong tries at an account that hookd counts nothing of, for no hook is
// asked about it.
func guesses(_ *testing.T, st *stage) error {
	for range 20 {
		_ = st.s.FTPLogin("paul", "guess") // wrong on purpose
	}
	return st.s.FTPLogin("paul", static)
}

// paul is an account without hooks.
func paul(t *testing.T, st *stage) {
	st.s.AddUser(t, "paul", static, map[string]any{"filters": map[string]any{
		"hooks": map[string]any{"external_auth_disabled": true, "check_password_disabled": true},
	}})
}

func newKey() ssh.Signer {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		panic(err)
	}
	return signer
}

func authorized(key ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.PublicKey())))
}

// rememberedByDAV gets in with a password and code that were right once. After SFTPGo forgot its
// logins the same string must be refused.
func rememberedByDAV() func(*testing.T, *stage) error {
	var typed string
	return func(_ *testing.T, st *stage) error {
		if typed == "" {
			typed = static + st.code("ann")
			if err := st.s.DAVLogin("ann", typed); err != nil {
				return err
			}
			st.code("ann") // time goes by
		}
		return st.s.DAVLogin("ann", typed)
	}
}

// profile changes the account by its own hand, after a login with password and code.
func profile(t *testing.T, st *stage, change map[string]any) error {
	t.Helper()
	ann := client.UserAPI(st.s.HTTP, client.Typing("ann", static+st.code("ann"), "", ""))
	_, _, err := ann.Call(t.Context(), http.MethodPut, "/user/profile", change)
	return err
}

// withAPIKey gets in with an API key for all users, which an administrator made once.
func withAPIKey() func(*testing.T, *stage) error {
	var key string
	return func(t *testing.T, st *stage) error {
		if key == "" {
			key = st.s.NewKey(t, map[string]any{"name": "all", "scope": 2})
		}
		return client.ReadWithKey(t.Context(), st.s.Servers, "ann", key)
	}
}

// toggleAPIKeys gets in with an API key after the account's own hand allowed it, and puts things
// back.
func toggleAPIKeys(get func(*testing.T, *stage) error) func(*testing.T, *stage) error {
	return func(t *testing.T, st *stage) error {
		if err := profile(t, st, map[string]any{"allow_api_key_auth": true}); err != nil {
			return err
		}
		defer st.apply(&doctor.Change{Account: "ann", Set: map[string]any{"filters.allow_api_key_auth": false}})
		return get(t, st)
	}
}

// shared makes a share once and reads it without a login.
func shared() func(*testing.T, *stage) error {
	var id string
	return func(t *testing.T, st *stage) error {
		if id == "" {
			session, err := st.s.Open("REST", client.Typing("ann", static+st.code("ann"), "", ""))
			if err != nil {
				return err
			}
			if id, err = client.Share(t.Context(), session); err != nil {
				return err
			}
		}
		return client.ReadShare(t.Context(), st.s.Servers, id)
	}
}
