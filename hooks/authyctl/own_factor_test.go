package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/ssh"

	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/sftpgotest"
)

// newBareStage makes an SFTPGo that asks no hook, and no configuration of hooks: doctor sees
// nothing but SFTPGo.
func newBareStage(t *testing.T, changes map[string]string) *stage {
	t.Helper()
	st := newDesk(t, "")
	env := map[string]string{
		"SFTPGO_LOG_LEVEL": "info", "SFTPGO_COMMON__DEFENDER__ENABLED": "true",
		"SFTPGO_COMMON__MAX_PER_HOST_CONNECTIONS": "20",
	}
	maps.Copy(env, changes)
	st.s = sftpgotest.Start(t, env)
	st.env = map[string]string{"AUTHY_SFTPGO_URL": "http://" + st.s.HTTP,
		"AUTHY_SFTPGO_API_KEY_FILE": st.write("apikey", st.s.APIKey(t))}
	return st
}

// ownFactor is SFTPGo's own second factor of an account, as the person's authenticator app has it.
type ownFactor struct {
	secret string
	steps  int // how many codes were used: SFTPGo takes each once
}

// code returns a code that was not used: SFTPGo takes that of the next step as well.
func (o *ownFactor) code(t *testing.T) string {
	t.Helper()
	code, err := totp.GenerateCode(o.secret, time.Now().Add(time.Duration(o.steps)*30*time.Second))
	o.steps++
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// asAnn calls SFTPGo's REST API as the account ann, who types a code if one is given.
func (st *stage) asAnn(code, method, path string, body, into any) error {
	st.t.Helper()
	call := func(method, path string, body any, auth func(*http.Request), into any) error {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(st.t.Context(), method, "http://"+st.s.HTTP+"/api/v2"+path,
			bytes.NewReader(raw))
		if err != nil {
			return err
		}
		auth(r)
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		defer reply.Body.Close()
		if reply.StatusCode != http.StatusOK {
			return fmt.Errorf("%s %s: %s", method, path, reply.Status)
		}
		return json.NewDecoder(reply.Body).Decode(into)
	}
	var token struct {
		Token string `json:"access_token"`
	}
	err := call(http.MethodGet, "/user/token", nil, func(r *http.Request) {
		r.SetBasicAuth("ann", static)
		r.Header.Set("X-SFTPGO-OTP", code)
	}, &token)
	if err != nil {
		return err
	}
	return call(
		method,
		path,
		body,
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Token) },
		into,
	)
}

// setOwnFactor sets ann's second factor for these protocols, as she does in the web client.
func (st *stage) setOwnFactor(code string, protocols ...string) (*ownFactor, error) {
	st.t.Helper()
	var made struct{ Secret string }
	err := st.asAnn(code, http.MethodPost, "/user/totp/generate", map[string]any{"config_name": "Default"}, &made)
	if err != nil {
		return nil, err
	}
	return &ownFactor{secret: made.Secret}, st.asAnn(code, http.MethodPost, "/user/totp/save", map[string]any{
		"enabled": true, "config_name": "Default", "protocols": protocols,
		"secret": map[string]any{"status": "Plain", "payload": made.Secret}}, &struct{}{})
}

// ownHole is a way round SFTPGo's own second factor.
type ownHole struct {
	name     string
	id       string // of the check that names it
	severity doctor.Severity
	settings map[string]string
	on       []string // protocols on which ann's second factor is asked
	filters  map[string]any
	fields   map[string]any
	// in gets in without a code. It may set the second factor anew.
	in func(*testing.T, *stage, *ownFactor) error
}

// all are the protocols that can ask for SFTPGo's own second factor.
func allOwn() []string { return []string{"SSH", "FTP", "HTTP"} }

func TestEveryWayRoundSFTPGosOwnFactorIsUsedNamedAndShut(t *testing.T) {
	t.Parallel()
	for _, h := range ownHoles() {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			st := newBareStage(t, h.settings)
			filters := map[string]any{}
			maps.Copy(filters, h.filters)
			fields := map[string]any{"filters": filters}
			maps.Copy(fields, h.fields)
			st.s.AddUser(t, "ann", static, fields)
			own, err := st.setOwnFactor("", h.on...)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.in(t, st, own); err != nil {
				t.Fatalf("the hole is not there: %v", err)
			}
			named := finding(st.examine(), h.id)
			if !slices.ContainsFunc(named, func(f doctor.Finding) bool { return f.Severity == h.severity }) {
				t.Fatalf("doctor does not name it as %s: %+v", h.severity, named)
			}
			for _, f := range named {
				st.apply(f.Change)
			}
			if left := finding(st.examine(), h.id); len(left) > 0 {
				t.Errorf("doctor still says %+v", left)
			}
			if err := h.in(t, st, own); err == nil {
				t.Error("the hole is still open")
			}
			if slices.Contains(h.on, "SSH") {
				if err := st.s.Interactive("ann", static, own.code(t)); err != nil {
					t.Errorf("password and code do not log in any more: %v", err)
				}
			}
		})
	}
}

func ownHoles() []ownHole {
	key, withKey := newKey(), withAPIKey()
	return []ownHole{
		{
			name: "a client falls back from prompts to the password", id: "password_alone", severity: doctor.Critical,
			on: allOwn(),
			in: func(_ *testing.T, st *stage, _ *ownFactor) error { return st.s.Password("ann", static) },
		}, {
			name: "WebDAV knows no second factor", id: "password_alone", severity: doctor.Critical, on: allOwn(),
			in: func(_ *testing.T, st *stage, _ *ownFactor) error { return st.s.DAVLogin("ann", static) },
		}, {
			name: "FTP was left out", id: "password_alone", severity: doctor.Critical, on: []string{"SSH", "HTTP"},
			in: func(_ *testing.T, st *stage, _ *ownFactor) error { return st.s.FTPLogin("ann", static) },
		}, {
			name: "the web client was left out", id: "password_alone", severity: doctor.Critical,
			on: []string{"SSH", "FTP"},
			in: func(_ *testing.T, st *stage, _ *ownFactor) error { return st.s.Web("ann", static) },
		}, {
			name: "SSH was left out", id: "password_alone", severity: doctor.Critical, on: []string{"FTP", "HTTP"},
			in: func(_ *testing.T, st *stage, _ *ownFactor) error { return st.s.Interactive("ann", static) },
		}, {
			name: "a key needs no code", id: "public_key_alone", severity: doctor.Critical, on: allOwn(),
			fields: map[string]any{"public_keys": []string{authorized(key)}},
			in:     func(_ *testing.T, st *stage, _ *ownFactor) error { return st.s.Key("ann", key) },
		}, {
			name: "an API key needs no code", id: "user_api_keys", severity: doctor.Critical, on: allOwn(),
			filters: map[string]any{"allow_api_key_auth": true, "web_client": []string{"api-key-auth-change-disabled"}},
			in:      func(t *testing.T, st *stage, _ *ownFactor) error { return withKey(t, st) },
		}, {
			name: "an identity provider asks for whatever it likes", id: "oidc", severity: doctor.High, on: allOwn(),
			in: throughProvider(),
		}, {
			name: "a session puts in a key", id: "self_service_keys", severity: doctor.High, on: []string{"SSH", "FTP"},
			in: func(_ *testing.T, st *stage, _ *ownFactor) error {
				mine := newKey()
				if err := st.asAnn("", http.MethodPut, "/user/profile",
					map[string]any{"public_keys": []string{authorized(mine)}}, &struct{}{}); err != nil {
					return err
				}
				return st.s.Key("ann", mine)
			},
		}, {
			name: "a session switches the second factor off", id: "own_second_factor", severity: doctor.Warning,
			on: []string{"SSH", "FTP"},
			in: func(_ *testing.T, st *stage, own *ownFactor) error {
				if err := st.asAnn("", http.MethodPost, "/user/totp/save", map[string]any{"enabled": false},
					&struct{}{}); err != nil {
					return err
				}
				came := st.s.Interactive("ann", static)
				again, err := st.setOwnFactor("", "SSH", "FTP") // as it was
				if err == nil {
					*own = *again
				}
				return errors.Join(came, err)
			},
		},
		openPubkey(),
	}
}

// throughProvider gets in to the web client by an identity provider, which the first call sets up.
func throughProvider() func(*testing.T, *stage, *ownFactor) error {
	known := false
	return func(t *testing.T, st *stage, _ *ownFactor) error {
		if !known {
			st.s.Restart(t, providerEnv(st, newProvider(t, "ann")))
			known = true
		}
		return viaProvider(t, st)
	}
}

// openPubkey gets in with a certificate for which a verifier of OpenPubkey vouches.
func openPubkey() ownHole {
	signer, verifier := newKey(), ""
	dir, err := os.MkdirTemp("", "opk")
	if err == nil {
		verifier = filepath.Join(dir, "opkssh")
		err = os.WriteFile(verifier, []byte("#!/bin/sh\necho '"+authorized(signer)+"'\n"), 0o700)
	}
	if err != nil {
		panic(err)
	}
	return ownHole{
		name: "OpenPubkey needs no code", id: "public_key_alone", severity: doctor.Critical, on: allOwn(),
		settings: map[string]string{"SFTPGO_SFTPD__OPKSSH_PATH": verifier},
		in: func(t *testing.T, st *stage, _ *ownFactor) error {
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			mine := newKey()
			cert := &ssh.Certificate{Key: mine.PublicKey(), CertType: ssh.UserCert, ValidPrincipals: []string{"ann"},
				ValidBefore: ssh.CertTimeInfinity}
			if err := cert.SignCert(rand.Reader, signer); err != nil {
				return err
			}
			with, err := ssh.NewCertSigner(cert, mine)
			if err != nil {
				return err
			}
			return st.s.Key("ann", with)
		},
	}
}

// A share needs no login, and a session makes it.
func TestASharePassesByTheOwnFactor(t *testing.T) {
	t.Parallel()
	st := newBareStage(t, nil)
	st.s.AddUser(t, "ann", static, nil)
	session, err := st.s.Open("REST", client.Typing("ann", static, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	share, err := client.Share(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.setOwnFactor("", allOwn()...); err != nil {
		t.Fatal(err)
	}
	if err := client.ReadShare(t.Context(), st.s.Servers, share); err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	named := finding(st.examine(), "shares")
	if len(named) != 1 || named[0].Severity != doctor.High {
		t.Fatalf("doctor says %+v", named)
	}
	st.apply(named[0].Change)
	if err := client.ReadShare(t.Context(), st.s.Servers, share); err == nil {
		t.Error("the share is still there")
	}
	if left := finding(st.examine(), "shares"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
}

// Whoever knows the password of somebody who must have a second factor and has none sets it.
func TestAnotherPersonSetsTheOwnFactor(t *testing.T) {
	t.Parallel()
	st := newBareStage(t, nil)
	st.s.AddUser(t, "ann", static, map[string]any{"filters": map[string]any{"two_factor_protocols": allOwn(),
		"denied_login_methods": []string{"password-over-SSH"}, "denied_protocols": []string{"DAV"}}})
	if err := st.s.Interactive("ann", static); err == nil {
		t.Error("SFTPGo lets somebody in over SSH without the second factor that there must be")
	}
	named := finding(st.examine(), "own_second_factor")
	if len(named) != 1 || named[0].Severity != doctor.High {
		t.Fatalf("doctor says %+v", named)
	}
	if left := finding(st.examine(), "password_alone"); len(left) > 0 {
		t.Errorf("doctor says %+v, and nobody is in yet", left)
	}
	thief, err := st.setOwnFactor("", allOwn()...)
	if err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	if err := st.s.Interactive("ann", static, thief.code(t)); err != nil {
		t.Errorf("whoever set it does not get in: %v", err)
	}
	if left := finding(st.examine(), "own_second_factor"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
}

// A group that forbids to set the second factor has the web client ask nobody for it.
func TestAGroupSwitchesTheOwnFactorOffInTheWebClient(t *testing.T) {
	t.Parallel()
	st := newBareStage(t, nil)
	st.s.AddUser(t, "ann", static, nil)
	if _, err := st.setOwnFactor("", allOwn()...); err != nil {
		t.Fatal(err)
	}
	way, err := client.Find("the web client")
	if err != nil {
		t.Fatal(err)
	}
	in := func() error {
		_, err := way.Open(t.Context(), st.s.Servers, client.Typing("ann", static, "", ""))
		return err
	}
	if err := in(); err == nil {
		t.Fatal("the web client asks for no code")
	}
	group := map[string]any{"name": "staff", "user_settings": map[string]any{"filters": map[string]any{
		"web_client": []string{"mfa-disabled"}}}}
	st.s.Call(t, http.MethodPost, "/groups", group)
	st.apply(&doctor.Change{Account: "ann", Set: map[string]any{"groups": []map[string]any{
		{"name": "staff", "type": 2}}}})
	if err := in(); err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	const line = `groups of account "ann": take "mfa-disabled" out of user_settings.filters.web_client`
	named := func() bool {
		return slices.ContainsFunc(finding(st.examine(), "password_alone"), func(f doctor.Finding) bool {
			return f.Line == line && f.Severity == doctor.Critical
		})
	}
	if !named() {
		t.Errorf("doctor says %+v", finding(st.examine(), "password_alone"))
	}
	group["user_settings"] = map[string]any{}
	st.s.Call(t, http.MethodPut, "/groups/staff", group)
	if err := in(); err == nil {
		t.Error("the hole is still open")
	}
	if named() {
		t.Error("doctor still names it")
	}
}

// Without hooks and without a second factor there is nothing to go round, and doctor says so.
func TestNobodyHasASecondFactor(t *testing.T) {
	t.Parallel()
	st := newBareStage(t, nil)
	st.s.AddUser(t, "ann", static, nil)
	report := st.examine()
	if named := finding(report, "hooks"); len(named) != 1 || named[0].Severity != doctor.Critical {
		t.Errorf("doctor says %+v", named)
	}
	if named := finding(report, "no_second_factor"); len(named) != 1 || named[0].Severity != doctor.Info {
		t.Errorf("doctor says %+v", named)
	}
	for _, c := range report.Checks {
		if slices.Contains([]string{"configuration", "users_file", "hookd", "api_key"}, c.ID) {
			t.Errorf("doctor speaks of %s where there are no hooks", c.ID)
		}
	}
}
