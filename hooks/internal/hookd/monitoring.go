package hookd

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/config"
)

// monitoring are the paths for monitoring, which need no secret.
func (p *process) monitoring() routes {
	return routes{"/healthz": get(healthy), "/readyz": get(p.ready), "/metrics": get(p.metrics.handler().ServeHTTP)}
}

// monitoringBeside returns those that answer beside the hooks: all, unless they have an address of
// their own.
func (p *process) monitoringBeside(c config.Config) routes {
	if c.Hookd.AdminListen != "" {
		return nil
	}
	return p.monitoring()
}

// openMonitoring serves hookd.admin_listen, if it is set, until shut is called. It answers until
// the last login has ended, so that /readyz can say that hookd is stopping.
func (p *process) openMonitoring(address string) (at string, shut func(), err error) {
	if address == "" {
		return "", func() {}, nil
	}
	l, err := p.listen(address)
	if err != nil {
		return "", nil, fmt.Errorf("hookd.admin_listen: %w", err)
	}
	return l.Addr().String(), background(p.server(p.monitoring()), l), nil
}

// listen listens on an address, over TLS if the configuration in force has a certificate.
func (p *process) listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil || p.now.Load().tls == nil {
		return l, err
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return p.now.Load().tls, nil },
	}), nil
}

// server returns a server whose limits are all below the 20 s that SFTPGo waits.
func (p *process) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 19 * time.Second,
		IdleTimeout:    30 * time.Second,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
}
