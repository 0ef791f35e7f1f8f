package control

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gorilla/mux"
)

// Errors and help that name a call name one that there is.
func TestHintsNameCallsThatThereAre(t *testing.T) {
	t.Parallel()
	h := New(nil, Options{})
	hint := regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE) (/_mock/[A-Za-z0-9_/{}.-]*[A-Za-z0-9_}])`)
	named := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range hint.FindAllStringSubmatch(string(text), -1) {
			named++
			var found mux.RouteMatch
			if !h.router.Match(&http.Request{Method: m[1], URL: &url.URL{Path: m[2]}}, &found) ||
				found.MatchErr != nil {
				t.Errorf("%s: %s is no call", path, m[0])
			}
		}
		return nil
	})
	if err != nil || named < 10 {
		t.Errorf("%d hints were found, %v", named, err)
	}
}
