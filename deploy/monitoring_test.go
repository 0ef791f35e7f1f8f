package deploy_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/process"
	"sftpgo-authy/internal/untried"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// rule is an alert.
type rule struct {
	Alert, Expr string
	Labels      map[string]string
}

// alerts returns the rules of deploy/monitoring.
func alerts(t *testing.T) []rule {
	t.Helper()
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal([]byte(read(t, "deploy/monitoring/alerts.yml")), &file); err != nil {
		t.Fatal(err)
	}
	var all []rule
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// Each alert is tested by promtool in both directions, and explained on the page.
func TestAlerts(t *testing.T) {
	t.Parallel()
	promtool := untried.Program(t, "prometheus", "promtool")
	for _, args := range [][]string{
		{"check", "config", "prometheus.yml"}, {"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"},
	} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		cmd.Dir = "monitoring"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	var file struct {
		Tests []struct {
			Cases []struct {
				Name  string `yaml:"alertname"`
				Fires []any  `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/monitoring/alerts_test.yml")), &file); err != nil {
		t.Fatal(err)
	}
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		for _, c := range test.Cases {
			fires[c.Name] = fires[c.Name] || len(c.Fires) > 0
			quiet[c.Name] = quiet[c.Name] || len(c.Fires) == 0
		}
	}
	page := read(t, "docs/metrics.md")
	rules := alerts(t)
	for _, r := range rules {
		if !fires[r.Alert] || !quiet[r.Alert] {
			t.Errorf("%s: tested firing: %v, tested quiet: %v", r.Alert, fires[r.Alert], quiet[r.Alert])
		}
		if row := fmt.Sprintf("| `%s` | %s |", r.Alert, r.Labels["severity"]); !strings.Contains(page, row) {
			t.Errorf("docs/metrics.md has no row that begins %s", row)
		}
	}
	if rows := strings.Count(page, "` | critical |") + strings.Count(page, "` | warning |"); rows != len(rules) {
		t.Errorf("docs/metrics.md has %d alerts, and alerts.yml %d", rows, len(rules))
	}
}

// queries returns every query of the dashboard, by the title of its panel, as Grafana would send it
// for all instances.
func queries(t *testing.T) map[string]string {
	t.Helper()
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
		Templating struct {
			List []struct{ Name, Query string }
		}
	}
	readJSON(t, "deploy/monitoring/dashboard.json", &board)
	filled := strings.NewReplacer("$instance", ".*", "$__rate_interval", "15s")
	all := map[string]string{}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all[p.Title+", "+target.RefID] = filled.Replace(target.Expr)
		}
	}
	for _, v := range board.Templating.List {
		if name, ok := strings.CutPrefix(v.Query, "label_values("); ok {
			metric, label, _ := strings.Cut(strings.TrimSuffix(name, ")"), ", ")
			all["variable "+v.Name] = "count by (" + label + ") (" + metric + ")"
		}
	}
	if len(all) < 20 {
		t.Fatalf("%d queries, want those of the whole dashboard", len(all))
	}
	return all
}

// A real Prometheus with the configuration that we ship scrapes a hookd while people log in. Every
// query of the dashboard, and every series that an alert looks at, returns something, and every
// rule can be evaluated.
func TestPrometheusScrapesAHookd(t *testing.T) {
	t.Parallel()
	prometheus := untried.Program(t, "prometheus", "prometheus")
	addrs := ports.Addrs(t, 3)
	load := underLoad(t, addrs[0], addrs[1])
	defer load.stop(t)
	at := startPrometheus(t, prometheus, addrs[2], addrs[1])

	wanted := queries(t)
	for _, r := range alerts(t) {
		for i, series := range regexp.MustCompile(`(?:authy_\w+|up)(?:\{[^}]*\})?`).FindAllString(r.Expr, -1) {
			wanted[fmt.Sprintf("alert %s, series %d", r.Alert, i)] = series
		}
	}
	end := time.Now().Add(time.Minute)
	for name, query := range wanted {
		for {
			found, err := at.query(query)
			if err == nil && found > 0 {
				break
			}
			if time.Now().After(end) {
				t.Errorf("%s: %d series, %v: %s", name, found, err, query)
				break
			}
			<-time.After(200 * time.Millisecond)
		}
	}
	var rules struct {
		Groups []struct {
			Rules []struct{ Name, Health, LastError string }
		}
	}
	if err := at.get("/api/v1/rules", &rules); err != nil || len(rules.Groups) != 1 {
		t.Fatalf("%d groups of rules, %v", len(rules.Groups), err)
	}
	for _, r := range rules.Groups[0].Rules {
		if r.Health != "ok" {
			t.Errorf("alert %s is %s: %s", r.Name, r.Health, r.LastError)
		}
	}
}

// underLoad runs a hookd at which people log in in all ways, until it is stopped.
func underLoad(t *testing.T, listen, monitoring string) *attempts {
	t.Helper()
	mock := mockauthytest.New(t)
	right, wrong := mock.AddUser(mockapi.NewUser{Name: "right", Cellphone: "2125550141", CountryCode: 1}),
		mock.AddUser(mockapi.NewUser{Name: "wrong", Cellphone: "2125550142", CountryCode: 1})
	dir := t.TempDir()
	for name, text := range map[string]string{
		"users":  "right: " + right.Ref() + "\nwrong: " + wrong.Ref() + "\n",
		"secret": "s3cret\n", "audit.jsonl": "",
		"hookd.yaml": strings.NewReplacer("DIR", dir, "KEY", mock.Key, "URL", mock.URL, "HOOKS", listen, "ADMIN",
			monitoring).Replace("api_key: KEY\napi_url: URL\nusers_file: DIR/users\naudit: DIR/audit.jsonl\n" +
			"trusted_networks: [192.0.2.0/24]\n" +
			"hookd: {listen: 'HOOKS', admin_listen: 'ADMIN', secret_file: DIR/secret}\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	buildInto(t, dir, "./hooks/hookd")
	startHere(t, listen, dir, nil, "hookd", "--config", filepath.Join(dir, "hookd.yaml"))
	load := newAttempts()
	load.run(func(account string) error {
		mock.Advance(10 * time.Second) // the next code
		for _, body := range []string{
			`{"username":"right","password":"x` + right.Code() + `"}`,
			`{"username":"wrong","password":"x1234567"}`,
			`{"username":"right","password":"x","ip":"192.0.2.7"}`,
			`{"username":"` + account + `","password":"x1234567"}`,
		} {
			if err := callHook("http://"+listen+"/checkpwd", "s3cret", body); err != nil {
				return err
			}
		}
		return callHook("http://"+listen+"/extauth", "s3cret",
			`{"username":"right","password":"x","user":{"username":"right"}}`)
	})
	return load
}

// startHere runs a program of a folder until the test ends, and returns once it listens.
func startHere(t *testing.T, listen, dir string, env []string, program string, args ...string) {
	t.Helper()
	log := process.NewOutput()
	running, err := process.Start(log, dir, env, filepath.Join(dir, program), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Kill)
	if err := process.WaitListening(t.Context(), listen, running.Done); err != nil {
		t.Fatalf("%v:\n%s", err, log)
	}
}

// prometheusAt is a Prometheus, by its address.
type prometheusAt string

// startPrometheus runs a Prometheus as deploy/monitoring has it, with another target and shorter
// intervals.
func startPrometheus(t *testing.T, program, listen, target string) prometheusAt {
	t.Helper()
	dir := t.TempDir()
	changed := strings.NewReplacer("127.0.0.1:8891", target, "15s", "1s")
	for name, text := range map[string]string{
		"prometheus.yml": changed.Replace(read(t, "deploy/monitoring/prometheus.yml")),
		"alerts.yml":     read(t, "deploy/monitoring/alerts.yml"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(program, filepath.Join(dir, "prometheus")); err != nil {
		t.Fatal(err)
	}
	startHere(t, listen, dir, nil, "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
		"--web.listen-address="+listen)
	return prometheusAt(listen)
}

// query returns how many series a query returns now.
func (p prometheusAt) query(expr string) (int, error) {
	var found struct{ Result []any }
	err := p.get("/api/v1/query?query="+url.QueryEscape(expr), &found)
	return len(found.Result), err
}

// get calls Prometheus's API.
func (p prometheusAt) get(path string, into any) error {
	res, err := http.Get("http://" + string(p) + path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer := struct {
		Status, Error string
		Data          any
	}{Data: into}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return err
	}
	if answer.Status != "success" {
		return fmt.Errorf("%s: %s", answer.Status, answer.Error)
	}
	return nil
}
