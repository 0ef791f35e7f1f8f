// Package phone serves the phone that the tester does not have: one web page that shows the codes
// of every user, what would have been sent, what was asked and why it was answered so, and that
// turns the clock and orders faults.
//
// The page is static files inside the binary: HTML, style sheets and ES modules, with no build step
// and nothing from elsewhere. All it knows comes from /_mock/.
package phone

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// Prefix is where the parts of the page are served; the page itself is at "/".
const Prefix = "/_phone/"

//go:embed web
var web embed.FS

// policy lets the page load its own parts and talk to its own server, and nothing else. There is no
// unsafe-inline, and with trusted types no script of ours could make markup of a text even by
// mistake.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
	"trusted-types 'none'"

type file struct {
	body        []byte
	contentType string
	etag        string
}

// New returns the handler of the page at "/" and of its parts below [Prefix]; every other path is
// 404. It answers GET and HEAD. The server around it checks Host and Origin, as for /_mock/.
func New() http.Handler {
	files := map[string]file{}
	root, err := fs.Sub(web, "web")
	if err != nil {
		panic("phone: embedded files: " + err.Error()) // only a broken build can do this
	}
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		url := Prefix + name
		if name == "index.html" {
			url = "/"
		}
		files[url] = file{body: body, contentType: contentType(name),
			etag: fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256(body))[:20])}
		return nil
	})
	if err != nil {
		panic("phone: embedded files: " + err.Error())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		switch {
		case !ok:
			http.NotFound(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this is a page: want GET", http.StatusMethodNotAllowed)
		default:
			f.serve(w, r)
		}
	})
}

// Wanted says whether a request for "/" wants a page: a browser accepts HTML by name, curl does
// not.
func Wanted(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept")            // "/" is another thing to who wants no HTML
	h.Set("Cache-Control", "no-cache") // ask again, by ETag: a newer mockauthy must not meet an older page
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}

// contentType does not ask the system's tables, which differ by machine.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return mime.TypeByExtension(strings.ToLower(ext))
	}
}
