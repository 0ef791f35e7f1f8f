package deploy_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents are the Markdown files of the repository, named from its root.
func documents(t *testing.T) []string {
	t.Helper()
	found := filesNamed(t, ".md")
	if len(found) < 10 {
		t.Fatalf("%d documents", len(found))
	}
	return found
}

// prose is a document without its code, in which nothing is a link or a heading.
func prose(text string) string {
	text = regexp.MustCompile("(?ms)^ *```.*?^ *```$").ReplaceAllString(text, "")
	return regexp.MustCompile("``.*?``|`[^`\n]*`").ReplaceAllStringFunc(text, func(code string) string {
		// its words stay: a heading may have some
		return strings.NewReplacer("[", "", "]", "", "(", "", ")", "").Replace(code)
	})
}

// links are the targets of a document's links and pictures.
func links(text string) []string {
	var found []string
	for _, m := range regexp.MustCompile(
		`\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|(?m:^\[[^\]]+\]: (\S+))`).FindAllStringSubmatch(prose(text), -1) {
		found = append(found, m[1]+m[2])
	}
	return found
}

// anchors are the names that the headings of a document have in links, as GitHub makes them.
func anchors(text string) []string {
	var names []string
	times := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(prose(text), -1) {
		heading := regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(m[1], "$1")
		name := regexp.MustCompile(`[^\p{L}\p{N}_\- ]`).ReplaceAllString(strings.ToLower(heading), "")
		name = strings.ReplaceAll(name, " ", "-")
		times[name]++
		if n := times[name]; n > 1 {
			name = fmt.Sprintf("%s-%d", name, n-1)
		}
		names = append(names, name)
	}
	return names
}

// follow returns the document or file that a link leads to from a page, and the heading in it. A
// folder shows its README. The address of another site is no file.
func follow(page, link string) (file, anchor string) {
	if regexp.MustCompile(`^[a-z]+:`).MatchString(link) {
		return "", ""
	}
	file, anchor, _ = strings.Cut(link, "#")
	if file == "" {
		return page, anchor
	}
	file = path.Join(path.Dir(page), file)
	if info, err := os.Stat(filepath.Join("..", filepath.FromSlash(file), "README.md")); err == nil &&
		info.Mode().IsRegular() {
		file += "/README.md"
	}
	return file, anchor
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, page := range documents(t) {
		for _, link := range links(read(t, page)) {
			file, anchor := follow(page, link)
			if file == "" {
				continue
			}
			checked++
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(file))); err != nil ||
				strings.HasPrefix(file, "../") {
				t.Errorf("%s: link to %s, which is not there", page, link)
			} else if anchor != "" && !slices.Contains(anchors(read(t, file)), anchor) {
				t.Errorf("%s: link to %s, but %s has no such heading", page, link, file)
			}
		}
	}
	if checked < 20 {
		t.Errorf("%d links were followed, want all", checked)
	}
}

// Whoever begins at the README comes to every page by links.
func TestEveryPageIsReached(t *testing.T) {
	t.Parallel()
	reached := map[string]bool{"README.md": true}
	for next := []string{"README.md"}; len(next) > 0; next = next[1:] {
		for _, link := range links(read(t, next[0])) {
			file, _ := follow(next[0], link)
			if strings.HasSuffix(file, ".md") && !reached[file] {
				reached[file] = true
				if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(file))); err == nil {
					next = append(next, file)
				}
			}
		}
	}
	for _, page := range documents(t) {
		if !reached[page] {
			t.Errorf("%s: no link leads there from README.md; docs/README.md lists the pages", page)
		}
	}
}

// docs/README.md says of itself that it has all pages.
func TestIndexListsEveryPage(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{"docs/README.md": true}
	for _, link := range links(read(t, "docs/README.md")) {
		file, _ := follow("docs/README.md", link)
		listed[file] = true
	}
	for _, page := range documents(t) {
		if path.Dir(page) == "docs" && !listed[page] {
			t.Errorf("docs/README.md does not list %s", page)
		}
	}
}

// A fence opens with the name of a language or with nothing, and every one is closed: what runs the
// commands of a page passes over any other, and would leave them untested.
func TestFencesAreThoseThatTestsRead(t *testing.T) {
	t.Parallel()
	fence := regexp.MustCompile("(?m)^ *```(.*)$")
	for _, page := range documents(t) {
		open := false
		for _, m := range fence.FindAllStringSubmatch(read(t, page), -1) {
			if open = !open; open && !regexp.MustCompile(`^[a-z]*$`).MatchString(m[1]) || !open && m[1] != "" {
				t.Errorf("%s: fence ```%s; want one word of small letters, or none", page, m[1])
			}
		}
		if open {
			t.Errorf("%s: the last fence is not closed", page)
		}
	}
}

func TestLinksAndHeadingsOfMarkdown(t *testing.T) {
	t.Parallel()
	text := "# A `b_c` & (d)\n\n## Twice\n\n```sh\n# no heading\n[no](link)\n```\n\n[one](a.md#x \"t\") " +
		"![two](<b.png>) `[no](link)`\n\n## Twice\n\n[three]: https://example.com\n"
	if got := links(text); !slices.Equal(got, []string{"a.md#x", "b.png", "https://example.com"}) {
		t.Errorf("links: %q", got)
	}
	if got := anchors(text); !slices.Equal(got, []string{"a-b_c--d", "twice", "twice-1"}) {
		t.Errorf("anchors: %q", got)
	}
	for link, want := range map[string]string{"testing.md#in-go": "docs/testing.md",
		"../hooks/keyint": "hooks/keyint/README.md", "#here": "docs/x.md", "mailto:a@b": "", "https://a/b.md": ""} {
		if got, _ := follow("docs/x.md", link); got != want {
			t.Errorf("%s leads to %q, want %q", link, got, want)
		}
	}
}
