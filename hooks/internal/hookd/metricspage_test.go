package hookd

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// family is a metric: its type, and the values that each of its labels has.
type family struct {
	kind   string
	labels map[string][]string
}

// scrape reads the text of /metrics.
func scrape(t *testing.T, addr string) map[string]*family {
	t.Helper()
	_, text := ask(t, "GET", "http://"+addr+"/metrics", "", "")
	all := map[string]*family{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`).FindAllStringSubmatch(text, -1) {
		all[m[1]] = &family{kind: m[2], labels: map[string][]string{}}
	}
	sample := regexp.MustCompile(`(?m)^(authy_\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+$`)
	for _, m := range sample.FindAllStringSubmatch(text, -1) {
		f := all[m[1]]
		if f == nil {
			t.Fatalf("%s has no type", m[0])
		}
		for _, label := range regexp.MustCompile(`(\w+)="([^"]*)"`).FindAllStringSubmatch(m[2], -1) {
			if values := f.labels[label[1]]; label[1] != "le" && !slices.Contains(values, label[2]) {
				f.labels[label[1]] = append(values, label[2])
			}
		}
	}
	return all
}

// metricsPage reads docs/metrics.md: what it says of each metric, and the values of each label.
func metricsPage(t *testing.T) (named map[string]*family, values map[string][]string) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := os.ReadFile("../../../docs/reference.md")
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile("`([a-z_]+)`")
	all := func(text string) (list []string) {
		for _, m := range words.FindAllStringSubmatch(text, -1) {
			list = append(list, m[1])
		}
		return list
	}
	named, values = map[string]*family{}, map[string][]string{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		name := strings.Trim(cells[0], "` ")
		switch {
		case strings.HasPrefix(line, "| `authy_") && len(cells) == 4:
			named[name] = &family{kind: strings.TrimSpace(cells[1]), labels: map[string][]string{}}
			for _, label := range all(cells[2]) {
				named[name].labels[label] = nil
			}
		case strings.HasPrefix(line, "| `") && len(cells) == 2:
			values[name] = all(cells[1])
		}
	}
	_, verdicts, _ := strings.Cut(string(reference), "\n## Verdicts\n")
	verdicts, _, _ = strings.Cut(verdicts, "\n## ")
	for _, m := range regexp.MustCompile("(?m)\\| `([a-z_]+)` \\|$").FindAllStringSubmatch(verdicts, -1) {
		values["reason"] = append(values["reason"], m[1])
	}
	return named, values
}

// TestMetricsPage: a hookd that was asked everything has the metrics that the page names, with
// those types, labels and values, and no others. What strangers type makes no series.
func TestMetricsPage(t *testing.T) {
	t.Parallel()
	provider := authytest.Says(t, 200, authytest.Valid)
	addr, out, _ := daemon(t, []string{"-listen", "127.0.0.1:0"}, "AUTHY_API_URL="+provider.URL,
		"AUTHY_HOOKD_SECRET=s3cret")
	if addr == "" {
		t.Fatal(out)
	}
	series := func() (n int) {
		_, text := ask(t, "GET", "http://"+addr+"/metrics", "", "")
		return strings.Count("\n"+text, "\nauthy_")
	}
	typed := func(i int) {
		for path, r := range requests {
			body := strings.ReplaceAll(r.body, `"ann"`,
				fmt.Sprintf(`"ann-%d","ip":"192.0.2.%d","protocol":"P%d"`, i, i, i))
			ask(t, "POST", "http://"+addr+path, asJSON, body, "s3cret")
			ask(t, "POST", "http://"+addr+path, asJSON, body, fmt.Sprint("wrong-", i))
			ask(t, "GET", fmt.Sprint("http://", addr, path, i), "", "")
		}
	}
	for path, r := range requests {
		ask(t, "POST", "http://"+addr+path, asJSON, r.body, "s3cret")
	}
	typed(0)
	before := series()
	for i := range 20 {
		typed(i + 1)
	}
	if after := series(); after != before {
		t.Errorf("%d series became %d by what strangers typed", before, after)
	}

	found := scrape(t, addr)
	maps.DeleteFunc(found, func(name string, _ *family) bool {
		return strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_")
	})
	comparePage(t, found)
}

// comparePage compares the metrics of a hookd with the page, both ways.
func comparePage(t *testing.T, found map[string]*family) {
	t.Helper()
	named, values := metricsPage(t)
	for name, f := range found {
		said := named[name]
		switch {
		case said == nil:
			t.Errorf("%s is not on the page", name)
			continue
		case said.kind != f.kind:
			t.Errorf("%s is a %s, and on the page a %s", name, f.kind, said.kind)
		}
		got, want := slices.Sorted(maps.Keys(f.labels)), slices.Sorted(maps.Keys(said.labels))
		if !slices.Equal(got, want) {
			t.Errorf("%s has the labels %v, and on the page %v", name, got, want)
		}
		for label, list := range f.labels {
			for _, value := range list {
				if !slices.Contains(values[label], value) {
					t.Errorf("%s has %s=%q, which is not on the page", name, label, value)
				}
			}
		}
	}
	for name := range named {
		if found[name] == nil {
			t.Errorf("%s is on the page, and hookd does not have it", name)
		}
	}
	for _, label := range []string{"hook", "caller", "fate", "taken"} { // all their values are there from the start
		var have []string
		for _, f := range found {
			have = append(have, f.labels[label]...)
		}
		for _, value := range values[label] {
			if !slices.Contains(have, value) {
				t.Errorf("the page has %s=%q, which nothing has", label, value)
			}
		}
	}
}
