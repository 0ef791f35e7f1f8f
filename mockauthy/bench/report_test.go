package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSectionIsWrittenInPlace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "performance.md")
	if err := write(file, "one\n"); err != nil {
		t.Fatal(err)
	}
	page, _ := os.ReadFile(file)
	if err := os.WriteFile(file, append(page, "## hooks\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(file, "two\n"); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(file)
	if text := string(got); strings.Contains(text, "one") ||
		!strings.Contains(text, first+"two\n\n"+last+"## hooks\n") || strings.Count(text, first) != 1 {
		t.Errorf("page:\n%s", text)
	}
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\n{}":   true,
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]":           false,
		"HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}": false,
		"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}":          false,
		"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}":        false,
		"HTTP/1.1 200 OK\r\n":                                      false,
		"":                                                         false,
	} {
		err := answered(bufio.NewReader(strings.NewReader(text)), api{status: 200, right: "{}"})
		if (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTableSaysWhatWasMissed(t *testing.T) {
	t.Parallel()
	r := results{plan: plan{users: 1_000_000, starts: 1}, apis: []measured{{api: api{must: 0.75},
		rates: rates{mediumToBare: 0.74, bigToSmall: 0.95}, memory: memory{made: 700, used: 701}}}}
	text := r.table()
	if strings.Count(text, "**no**") != 2 || strings.Count(text, "| yes |") != 5 {
		t.Errorf("table:\n%s", text)
	}
}
