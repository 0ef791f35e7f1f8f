package authyapi

import (
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"

	"sftpgo-authy/mockauthy/internal/exchange"
)

var braces = regexp.MustCompile(`\{(\w+)\}`)

// pattern allows empty segments: verify//1 asks about the empty token.
func pattern(template string) string { return braces.ReplaceAllString(template, "{$1:[^/]*}") }

// oneSlash reduces the slashes at the beginning of a path to one and changes nothing else:
// dcu/go-authy sent //protected/… from 2015 to 2017, and so does every client whose base URL ends
// with a slash. It works on the escaped path, so that %2F and dots stay data.
func oneSlash(r *http.Request) *http.Request {
	escaped := r.URL.EscapedPath()
	extra := len(escaped) - len(strings.TrimLeft(escaped, "/")) - 1
	if extra <= 0 {
		return r
	}
	u := *r.URL
	u.Path, u.RawPath = u.Path[extra:], escaped[extra:]
	again := *r
	again.URL = &u
	return &again
}

// segment unescapes one segment, once: %2F and .. in it are data. The router has split the path
// already.
func segment(escaped string) string {
	if s, err := url.PathUnescape(escaped); err == nil {
		return s
	}
	return escaped
}

// dirty says whether cleaning could change an escaped path.
func dirty(escaped string) bool {
	return strings.Contains(escaped, "//") || strings.Contains(escaped, "/.") ||
		strings.Contains(escaped, "%2")
}

// clean does what the real service's path protection did until February 2015: it unescaped the
// whole path and then resolved the dots, so that verify/..%2Fsms/1 was sms/1 (sakurity.com, March
// 2015).
func clean(u *url.URL) *url.URL {
	c := *u
	c.Path, c.RawPath = path.Clean("/"+u.Path), ""
	return &c
}

// masked hides the code in a path: everything between verify/ and the last segment.
func masked(escaped string) string {
	const mark = "/verify/"
	start := strings.Index(escaped, mark)
	if start < 0 {
		return exchange.Shorten(escaped)
	}
	start += len(mark)
	end := strings.LastIndexByte(escaped, '/')
	if end < start {
		end = len(escaped)
	}
	return exchange.Shorten(escaped[:start] + exchange.Stars(end-start) + escaped[end:])
}
