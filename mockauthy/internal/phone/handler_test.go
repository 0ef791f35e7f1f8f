package phone_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/internal/phone"
)

func get(method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	phone.New().ServeHTTP(w, r)
	return w
}

func ExampleNew() {
	w := httptest.NewRecorder()
	phone.New().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output: 200 text/html; charset=utf-8
}

func TestEveryPartOfThePageIsServedUnderAStrictPolicy(t *testing.T) {
	t.Parallel()
	types := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
		".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	count := 0
	err := filepath.WalkDir("web", func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		count++
		path := phone.Prefix + strings.TrimPrefix(filepath.ToSlash(name), "web/")
		if name == filepath.Join("web", "index.html") {
			path = "/"
		}
		w := get(http.MethodGet, path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != types[filepath.Ext(name)] {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';",
			"frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q has no %s", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy %q lets something in", path, policy)
		}
		return nil
	})
	if err != nil || count < 10 {
		t.Errorf("looked at %d files: %v", count, err)
	}
}

// A policy would stop these in the browser; here they are found without one.
func TestThePageHasNothingInlineAndNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	forbidden := map[string]*regexp.Regexp{
		"markup from text": regexp.MustCompile(
			`innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function`),
		"inline":         regexp.MustCompile(`(?i)<style|<script>|\sstyle=|\son\w+="|javascript:`),
		"from elsewhere": regexp.MustCompile(`(?i)(src|href|url\(|import|from)\s*[=(]?\s*['"]?(https?:)?//`),
	}
	err := filepath.WalkDir("web", func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for what, pattern := range forbidden {
			if found := pattern.Find(body); found != nil {
				t.Errorf("%s: %s: %q", name, what, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHandlerSaysNoInTheUsualWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, method, path string
		header             []string
		want               int
	}{
		{"a part that is not there", http.MethodGet, phone.Prefix + "js/nothing.js", nil, 404},
		{"a way out of the folder", http.MethodGet, phone.Prefix + "../phone.go", nil, 404},
		{"a folder", http.MethodGet, phone.Prefix + "js/", nil, 404},
		{"the page under its file name", http.MethodGet, phone.Prefix + "index.html", nil, 404},
		{"a form sent here", http.MethodPost, "/", nil, 405},
		{"the head alone", http.MethodHead, "/", nil, 200},
		{"what the browser has already", http.MethodGet, "/",
			[]string{"If-None-Match", get(http.MethodGet, "/").Header().Get("ETag")}, 304},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := get(c.method, c.path, c.header...)
			if w.Code != c.want || c.method == http.MethodHead && w.Body.Len() > 0 {
				t.Errorf("%d with %d bytes, want %d", w.Code, w.Body.Len(), c.want)
			}
		})
	}
}

func TestOnlyWhoWantsHTMLGetsThePage(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{"": false, "*/*": false, "application/json": false,
		"text/html,application/xhtml+xml,*/*;q=0.8": true} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		if got := phone.Wanted(r); got != want {
			t.Errorf("Accept %q: %v, want %v", accept, got, want)
		}
	}
}
