package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/proof"
)

// Endpoint is an address at which SFTPGo asks hooks over HTTP, and what was seen there.
type Endpoint struct {
	Server string   // scheme, host and port as the settings have them
	Keys   []string // the settings
	Addr   netip.AddrPort
	Local  bool // on this machine: where nobody listens, any user of it may
	Sight  Sight
	Why    error // of Unseen, Stranger and Disbelieved
	UID    int   // of the user who listens there, -1 where that was not seen
}

// Sight is what was seen at an [Endpoint].
type Sight int

// What is seen at an endpoint.
const (
	Unseen      Sight = iota
	Absent            // this machine has no such address, so nobody can listen there
	Silent            // nobody listens
	Proven            // our hookd
	PassedOn          // our hookd, with something in between
	Stranger          // something that cannot prove that it is our hookd
	Disbelieved       // SFTPGo does not believe its certificate
)

// askTime bounds one question.
const askTime = 5 * time.Second

// AskHooks finds out what answers at the addresses of the hooks. Nothing secret is sent. random
// makes up the numbers that the answers are made for.
func (f *Facts) AskHooks(ctx context.Context, random io.Reader) {
	if f.Settings.Err != nil {
		return
	}
	for _, server := range f.Settings.Value.servers() {
		f.Endpoints = append(f.Endpoints, f.ask(ctx, server, random)...)
	}
}

// servers returns the servers that hooks are asked at, each once, as endpoints that nobody looked
// at.
func (s Settings) servers() []Endpoint {
	var all []Endpoint
	for _, h := range s.hooks() {
		if !isHTTP(h.value) {
			continue
		}
		server := h.value
		if u, err := url.Parse(h.value); err == nil {
			u.RawQuery, u.Fragment, u.Path, u.RawPath = "", "", path.Dir("/"+u.Path), ""
			server = strings.TrimSuffix(u.String(), "/")
		}
		known := false
		for i := range all {
			if all[i].Server == server {
				all[i].Keys, known = append(all[i].Keys, h.key), true
			}
		}
		if !known {
			all = append(all, Endpoint{Server: server, Keys: []string{h.key}, UID: -1})
		}
	}
	return all
}

// ask looks at every address that the name of a server stands for.
func (f *Facts) ask(ctx context.Context, server Endpoint, random io.Reader) []Endpoint {
	s := f.Settings.Value
	unseen := func(err error) []Endpoint { server.Why = err; return []Endpoint{server} }
	u, err := url.Parse(server.Server)
	switch {
	case err != nil:
		return unseen(errors.New("the URL of a hook cannot be read"))
	case s.Network != nil:
		return unseen(s.Network)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil && s.Root != "" {
		return unseen(
			fmt.Errorf("%s: its name may stand for something else where SFTPGo runs, which has files of its own; "+
				"run doctor there", u))
	}
	addrs, err := addresses(ctx, u)
	if err != nil {
		return unseen(err)
	}
	config, err := s.tls(u)
	if err != nil {
		return unseen(err)
	}
	a := asker{url: u, tls: config, random: random}
	a.keys, a.keyless = f.proofKeys(server)
	var endpoints []Endpoint
	for _, addr := range addrs {
		endpoint := server
		endpoint.Addr, endpoint.Local = addr, isLocal(addr.Addr())
		if endpoint.Local {
			endpoint.UID = listener(addr)
		}
		endpoint.Sight, endpoint.Why = a.look(ctx, addr)
		endpoints = append(endpoints, endpoint)
	}
	return endpoints
}

// addresses returns where a URL leads.
func addresses(ctx context.Context, u *url.URL) ([]netip.AddrPort, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", portOf(u))
	if err != nil {
		return nil, fmt.Errorf("%s: its port cannot be read", u)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return nil, fmt.Errorf("%s: the addresses of its name were not seen: %w", u, err)
	}
	var all []netip.AddrPort
	for _, ip := range ips {
		all = append(all, netip.AddrPortFrom(ip.Unmap(), uint16(port)))
	}
	return all, nil
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// tls returns how SFTPGo judges certificates of hooks: those of the system and of
// http.ca_certificates vouch for them.
func (s Settings) tls(u *url.URL) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname(),
		InsecureSkipVerify: s.Bool("http.skip_tls_verify")}
	files := s.List("http.ca_certificates")
	if u.Scheme != "https" || len(files) == 0 {
		return config, nil
	}
	var err error
	if config.RootCAs, err = x509.SystemCertPool(); err != nil {
		config.RootCAs = x509.NewCertPool()
	}
	d := &disk{root: s.Root}
	for _, file := range files {
		if !filepath.IsAbs(file) {
			file = filepath.Join(s.Dir, file)
		}
		text, err := d.read(file)
		if err != nil {
			return nil, fmt.Errorf("http.ca_certificates: %w", err)
		}
		config.RootCAs.AppendCertsFromPEM(text)
	}
	return config, nil
}

// proofKeys returns the keys with which our hookd may prove itself: of the secret that SFTPGo sends
// there, and of the one that the configuration has. The error says why there are none.
func (f *Facts) proofKeys(server Endpoint) ([]proof.Key, error) {
	secrets := f.Settings.Value.secretsFor(server.Keys)
	if f.Config.Err == nil {
		secrets = union(secrets, []string{f.Config.Value.Hookd.Secret})
	}
	why := errors.New("SFTPGo sends no secret there: set hookd.secret_file to that of `openssl rand -hex 32`, and " +
		"http.headers to X-Hook-Secret")
	var keys []proof.Key
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		key, err := proof.KeyOf(secret)
		if err != nil {
			why = err
			continue
		}
		keys = append(keys, key)
	}
	if len(keys) > 0 {
		return keys, nil
	}
	return nil, fmt.Errorf("who answers at %s was not seen, as %w", server.Server, why)
}

// secretsFor returns the secrets that SFTPGo sends to hooks. It sends a header to URLs that begin
// with the header's own.
func (s Settings) secretsFor(keys []string) (secrets []string) {
	for _, h := range s.Elements("http.headers", nil, "key", "value") {
		sent := slices.ContainsFunc(keys, func(key string) bool {
			return strings.HasPrefix(s.Text(key), h.Text("url"))
		})
		if sent && strings.EqualFold(h.Text("key"), "X-Hook-Secret") {
			secrets = append(secrets, h.Text("value"))
		}
	}
	return secrets
}

// asker asks a server for its proof.
type asker struct {
	url     *url.URL
	tls     *tls.Config
	random  io.Reader
	keys    []proof.Key
	keyless error // why there are none
}

// look asks at one address.
func (a asker) look(ctx context.Context, addr netip.AddrPort) (Sight, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr.String())
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return Silent, nil
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return Absent, nil
	case err != nil:
		return Unseen, fmt.Errorf("who answers at %s was not seen: %w", addr, err)
	}
	defer conn.Close()
	var nonce proof.Nonce
	if _, err := io.ReadFull(a.random, nonce[:]); err != nil {
		return Unseen, fmt.Errorf("randomness: %w", err)
	}
	answer, state, err := a.get(ctx, conn, nonce)
	switch {
	case state == nil && a.url.Scheme == "https":
		return Disbelieved, err
	case a.keyless != nil:
		return Unseen, a.keyless
	case err != nil:
		return Stranger, err
	}
	if a.url.Scheme != "https" {
		state = nil
	}
	ends, err := proof.EndsOf(conn.LocalAddr(), conn.RemoteAddr(), state)
	if err != nil {
		return Unseen, fmt.Errorf("who answers at %s was not seen: %w", addr, err)
	}
	for _, key := range a.keys {
		switch {
		case !key.Made(answer, nonce):
		case answer.Ends == ends:
			return Proven, nil
		default:
			return PassedOn, nil
		}
	}
	return Stranger, errors.New("it answers without the secret")
}

// errWantsTLS is of a server that speaks TLS, which hookd may be, and that SFTPGo asks in clear.
var errWantsTLS = errors.New("it speaks TLS, and SFTPGo asks over plain http")

// wantsTLS reports whether an answer is what servers in Go, such as hookd, say in clear to a
// request that is not TLS.
func wantsTLS(body io.Reader) bool {
	text, _ := io.ReadAll(io.LimitReader(body, 256)) // what cannot be read is not that text
	return strings.Contains(string(text), "Client sent an HTTP request to an HTTPS server")
}

// get asks for a proof over a connection. The state of TLS comes also with an error, where there is
// one: then TLS was spoken and the certificate believed.
func (a asker) get(
	ctx context.Context, conn net.Conn, nonce proof.Nonce,
) (answer proof.Answer, state *tls.ConnectionState, err error) {
	transport := &http.Transport{DisableKeepAlives: true}
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	if a.url.Scheme == "https" {
		secure := tls.Client(conn, a.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return answer, nil, err
		}
		transport.DialTLSContext = func(context.Context, string, string) (net.Conn, error) { return secure, nil }
		spoken := secure.ConnectionState()
		state = &spoken
	}
	u := *a.url
	u.Path, u.RawQuery = strings.TrimSuffix(u.Path, "/")+proof.Path, "nonce="+nonce.String()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answer, state, err
	}
	res, err := transport.RoundTrip(req) // follows no redirect
	if err != nil {
		return answer, state, errors.New("it does not answer as an HTTP server does")
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusBadRequest && a.url.Scheme == "http" && wantsTLS(res.Body) {
		return answer, state, errWantsTLS
	}
	if res.StatusCode != http.StatusOK {
		return answer, state, fmt.Errorf("it answers %d when it is asked for a proof", res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil || jsonobject.Decode(body, &answer) != nil {
		return answer, state, errors.New("it answers something else when it is asked for a proof")
	}
	return answer, state, nil
}
