// Package audit writes one JSON line per login attempt. A [Record] has no place for a code,
// password, hash, key or URL.
package audit

import (
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/gate"
)

// Doors by which SFTPGo reaches a hook.
const (
	Program = "program"
	HTTP    = "http"
)

// Record is one attempt. For checkpwd "accepted" means that the code was right; SFTPGo still judges
// the password.
type Record struct {
	Time     time.Time   `json:"time"`
	Hook     gate.Hook   `json:"hook"`
	Door     string      `json:"door"`
	Account  string      `json:"account"`
	IP       string      `json:"ip"`
	Protocol string      `json:"protocol"`
	Outcome  gate.Result `json:"outcome"`
	Reason   gate.Reason `json:"reason"`
	Status   int         `json:"provider_status"` // HTTP status of the provider's answer, 0 without one
	Latency  int64       `json:"latency_ms"`      // of the decision, without the time somebody typed
	ID       string      `json:"id"`              // of this attempt
	// Accounts is [Stale] if a source of accounts could not be read and what it said last counted;
	// otherwise it is left out.
	Accounts string `json:"accounts,omitempty"`
	// StepsOff says how many steps a wrong code was ahead of our clock, or behind it if negative.
	// It is left out if that is not known.
	StepsOff int `json:"steps_off,omitempty"`
}

// Stale is what [Record.Accounts] says of accounts.
const Stale = "stale"

// maxText bounds an account name in the log, in bytes: for extauth it is whatever a stranger typed.
const maxText = 256

// Line returns the record as one line of JSON with its newline. Control characters, and those that
// change the direction of text, are escaped, so that a terminal shows what was typed and nothing
// else.
func (r Record) Line() []byte {
	when := r.Time.UTC()
	if when.Year() < 0 || when.Year() > 9999 { // RFC 3339 has no such time
		when = time.Time{}
	}
	// Written by hand: encoding/json first inspects the type, which takes longer than the line for
	// a program that writes one line in its life.
	text := append(make([]byte, 0, 512), `{"time":"`...)
	text = append(when.AppendFormat(text, time.RFC3339Nano), '"')
	field := func(name, value string) {
		text = append(append(append(text, `,"`...), name...), `":`...)
		// an error means that bytes which are not UTF-8 were replaced
		text, _ = jsontext.AppendQuote(text, clip(value))
	}
	number := func(name string, value int64) {
		text = strconv.AppendInt(append(append(append(text, `,"`...), name...), `":`...), value, 10)
	}
	field("hook", string(r.Hook))
	field("door", r.Door)
	field("account", r.Account)
	field("ip", r.IP)
	field("protocol", r.Protocol)
	field("outcome", string(r.Outcome))
	field("reason", string(r.Reason))
	number("provider_status", int64(r.Status))
	number("latency_ms", r.Latency)
	field("id", r.ID)
	if r.Accounts != "" {
		field("accounts", r.Accounts)
	}
	if r.StepsOff != 0 {
		number("steps_off", int64(r.StepsOff))
	}
	text = append(text, '}')
	return append(escape(text), '\n')
}

// clip shortens s to maxText bytes without cutting a character.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

// escape writes the characters of JSON text that a terminal would obey as \u escapes. Such
// characters can stand only inside strings, so the result is the same JSON.
func escape(text []byte) []byte {
	out := make([]byte, 0, len(text)+1)
	for _, r := range string(text) {
		switch {
		case unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// Log takes records. It is safe for concurrent use.
type Log struct {
	Seen func(Record) // told of each record, written or not; may be nil

	mu     sync.Mutex
	w      io.Writer
	torn   bool // the last line has no end; a [File] sees to that by itself
	failed bool
}

// NewLog writes records to w, each with one Write.
func NewLog(w io.Writer) *Log { return &Log{w: w} }

// Write records an attempt. An error means that the record may be lost; by default that denies the
// login.
func (l *Log) Write(r Record) error {
	if l.Seen != nil {
		l.Seen(r)
	}
	line := r.Line()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.torn {
		line = append([]byte("\n"), line...)
	}
	n, err := l.w.Write(line)
	l.torn = err != nil && (n > 0 && line[n-1] != '\n' || n == 0 && l.torn)
	if l.failed = err != nil; err != nil {
		return fmt.Errorf("audit: cannot be written: %w", err)
	}
	return nil
}

// Failed says whether the last record could not be written.
func (l *Log) Failed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}
