package doctor

import (
	"errors"
	"strings"

	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/tunnel"
)

// wayOut tells how calls reach Authy and Twilio Verify from here, and whether they answer. A direct
// way is not worth a note.
func wayOut(f *Facts) ([]Finding, error) {
	var findings []Finding
	var unseen error
	add := func(found []Finding, err error) {
		findings, unseen = append(findings, found...), errors.Join(unseen, err)
	}
	if c := f.Config.Value; c.AsksAuthy() {
		add(wayTo("Authy", c.APIURL, c.Proxy, c.ProxyFrom, f.App.Err))
	}
	if c := f.Config.Value.Verify; c.Enabled() {
		add(wayTo("Twilio Verify", c.URL, c.Proxy, c.ProxyFrom, f.Verify.Err))
	}
	return findings, unseen
}

// wayTo tells how calls reach an API at an address. failed is how the first call ended.
func wayTo(who, address string, proxy *tunnel.Proxy, from string, failed error) ([]Finding, error) {
	where, way, findings := "way out to "+who, "directly", []Finding(nil)
	if proxy != nil {
		way = "through the proxy " + proxy.String() + " (" + from + ")"
		note := Finding{Severity: Info, Where: where, What: "goes " + way}
		if strings.EqualFold(from, "HTTPS_PROXY") {
			// SFTPGo's programs have only what command.commands[].env passes on, and hookd has what
			// its unit says.
			note.What += ", as doctor's own environment has it"
			note.Line = "proxy_url: the same, unless the environment of the hooks has that variable too"
		}
		findings = append(findings, note)
	}
	var atAuthy *authy.APIError
	var atVerify *verify.APIError
	var refused *tunnel.Refusal
	switch {
	case failed == nil, errors.As(failed, &atAuthy), errors.As(failed, &atVerify):
		return findings, nil
	case errors.As(failed, &refused), errors.Is(failed, exchange.ErrNoAnswer):
		return append(findings, Finding{Severity: Warning, Where: where,
			What: "a call went " + way + " and failed, as logins will: " + failed.Error(),
			Line: "proxy_url: the proxy that leads out of this network, or let this machine reach " + address}), nil
	default:
		return findings, failed
	}
}
