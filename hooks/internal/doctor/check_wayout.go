package doctor

import (
	"errors"
	"strings"

	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/tunnel"
)

// wayOut tells how calls reach Authy from here, and whether Authy answers. A direct way is not
// worth a note.
func wayOut(f *Facts) ([]Finding, error) {
	if !f.Config.Value.AsksAuthy() {
		return nil, nil
	}
	where, way, findings := "way out to Authy", "directly", []Finding(nil)
	if c := f.Config.Value; c.Proxy != nil {
		way = "through the proxy " + c.Proxy.String() + " (" + c.ProxyFrom + ")"
		note := Finding{Severity: Info, Where: where, What: "goes " + way}
		if strings.EqualFold(c.ProxyFrom, "HTTPS_PROXY") {
			// SFTPGo's programs have only what command.commands[].env passes on, and hookd has what
			// its unit says.
			note.What += ", as doctor's own environment has it"
			note.Line = "proxy_url: the same, unless the environment of the hooks has that variable too"
		}
		findings = append(findings, note)
	}
	var answered *authy.APIError
	var refused *tunnel.Refusal
	switch err := f.App.Err; {
	case err == nil, errors.As(err, &answered):
		return findings, nil
	case errors.As(err, &refused), errors.Is(err, exchange.ErrNoAnswer):
		return append(findings, Finding{Severity: Warning, Where: where,
			What: "a call went " + way + " and failed, as logins will: " + err.Error(),
			Line: "proxy_url: the proxy that leads out of this network, or let this machine reach " +
				f.Config.Value.APIURL}), nil
	default:
		return findings, err
	}
}
