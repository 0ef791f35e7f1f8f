package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// place is a folder with files, and the environment that names them.
type place struct {
	t   *testing.T
	dir string
	env map[string]string
}

func newPlace(t *testing.T) *place {
	p := &place{t: t, dir: t.TempDir()}
	p.env = map[string]string{"AUTHY_API_KEY": "k", "AUTHY_USERS_FILE": "/users"}
	return p
}

func (p *place) file(name, text string, mode os.FileMode) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *place) load() (Config, error) {
	return Load("", func(name string) (string, bool) { v, ok := p.env[name]; return v, ok })
}

func TestThreeVariablesSuffice(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	c, err := p.load()
	if err != nil {
		t.Fatal(err)
	}
	if c.APIKey != "k" || c.APIURL != "https://api.authy.com" || c.OnNoAnswer != Deny || c.OnAuditFailure != Deny ||
		c.Unmapped != (Unmapped{Deny, Deny}) ||
		c.Checkpwd.CodeLength != 7 || c.Hookd.Listen != "127.0.0.1:8890" || c.Grace != 0 {
		t.Errorf("defaults are %+v", c)
	}
}

func TestFileAndVariables(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"yaml": "api_url: https://authy.example\nunmapped: {keyint: password_only}\nkeyint:\n  typing_timeout: 20s\n" +
			"users_file: /from-file\n",
		"json": "{\n\t\"api_url\": \"https:\\/\\/authy.example\", \"unmapped\": {\"keyint\": \"password_only\"},\n" +
			"\t\"keyint\": {\"typing_timeout\": \"20s\"}, \"users_file\": \"/from-file\"}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.env["AUTHY_HOOKS_CONFIG"] = p.file("c", text, 0o644)
			p.env["AUTHY_ALLOW_HTTP"] = "" // set to nothing is not set
			c, err := p.load()
			if err != nil {
				t.Fatal(err)
			}
			if c.APIURL != "https://authy.example" || c.Unmapped != (Unmapped{PasswordOnly, Deny}) ||
				c.Keyint.TypingTimeout != 20*time.Second || c.UsersFile != "/users" {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestWhatAFileMayLookLike(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":                "",
		"comments":               "# nothing\n---\n# yet\n...\n",
		"a byte order mark":      "\ufeffusers_file: /users\n",
		"line ends of Windows":   "users_file: /users\r\nkeyint:\r\n  retries: 0\r\n",
		"a marker first":         "---\nusers_file: /users\n",
		"keys without value":     "users_file:\non_no_answer: ~\nhookd:\nkeyint: {}\nunmapped: null\n",
		"json without value":     `{"users_file": null, "hookd": null, "keyint": {}, "unmapped": {"keyint": null}}`,
		"numbers that are text":  "api_key: 0123\n",
		"json numbers for text":  `{"api_key": 123}`,
		"quoted and folded":      "api_key: 'k'\nusers_file: \"/us\\u0065rs\"\naudit: >-\n  stderr\n",
		"a list and its like":    "account_sources:\n  - file\nkeyint: {send_codes: []}\n",
		"json, escapes in pairs": `{"keyint": {"code_question": "\ud83d\ude00"}}`,
		"json, every other kind": `{"account_sources": ["file"], "allow_http": false, "hookd": {"max_calls": 64, ` +
			`"lockout": {"window": "15m"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := Defaults()
			if problems := c.decode([]byte(text)); len(problems) > 0 {
				t.Fatal(problems)
			}
			if c.UsersFile != "" && c.UsersFile != "/users" || c.OnNoAnswer != Deny ||
				c.Hookd.Listen != "127.0.0.1:8890" || c.Unmapped != (Unmapped{Deny, Deny}) ||
				c.Hookd.MaxCalls != 64 || len(c.AccountSources) != 1 ||
				strings.HasPrefix(name, "numbers") && c.APIKey != "0123" {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestMisspeltVariablesAreNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"AUTHY_API_KY": "AUTHY_API_KEY", "AUTHY_USER_FILE": "AUTHY_USERS_FILE",
		"AUTHY_HOOK_CONFIG": "AUTHY_HOOKS_CONFIG", "AUTHY_APIKEY": "AUTHY_API_KEY",
		"AUTHY_HOOKD_SECRETS_FILE": "AUTHY_HOOKD_SECRET_FILE", "AUTHY_KEY_FILE": "AUTHY_API_KEY_FILE",
		"AUTHY_URL": "AUTHY_API_URL",
	} {
		got := UnknownVariables([]string{"PATH=/bin", "AUTHY_API_KEY=k", "AUTHY_API_KEY_FILE=", "AUTHY_HOOKS_CONFIG=/c",
			name + "=secret@"})
		if len(got) != 1 || !strings.Contains(got[0].Error(), name+": no such variable") ||
			!strings.Contains(got[0].Error(), "mean "+want+"?") ||
			strings.Contains(got[0].Error(), "secret@") {
			t.Errorf("%s: got %v, want it to name %s", name, got, want)
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.env["AUTHY_API_KEY"] = ""
	p.env["AUTHY_API_KEY_FILE"] = p.file("key", "from-file\r\n", 0o640)
	// The variable replaces the file's form of the key.
	p.env["AUTHY_HOOKS_CONFIG"] = p.file("c", "api_key: in-config\n", 0o600)
	if c, err := p.load(); err != nil || c.APIKey != "from-file" {
		t.Errorf("got %q, %v", c.APIKey, err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config string // "" for no file
		mode   os.FileMode
		env    map[string]string
		want   []string
	}{
		"no key": {env: map[string]string{"AUTHY_API_KEY": ""},
			want: []string{"api_key: is missing"}},
		"no users": {env: map[string]string{"AUTHY_USERS_FILE": ""},
			want: []string{"users_file: is missing"}},
		"key twice": {env: map[string]string{"AUTHY_API_KEY_FILE": "/x"},
			want: []string{"api_key: is set both as a value and as a file"}},
		"key with a newline": {env: map[string]string{"AUTHY_API_KEY": "a\nb"},
			want: []string{"api_key: has a blank"}},
		"key file absent": {env: map[string]string{"AUTHY_API_KEY": "", "AUTHY_API_KEY_FILE": "/nowhere/key"},
			want: []string{"api_key_file /nowhere/key: no such file"}},
		"key file relative": {env: map[string]string{"AUTHY_API_KEY": "", "AUTHY_API_KEY_FILE": "key"},
			want: []string{`api_key_file: "key" is relative`}},
		"http to the world": {env: map[string]string{"AUTHY_API_URL": "http://api.authy.com"},
			want: []string{"api_url: plain http"}},
		"url with a path": {env: map[string]string{"AUTHY_API_URL": "https://u:secret@x/y"},
			want: []string{"api_url: has a user"}},
		"odd boolean": {env: map[string]string{"AUTHY_ALLOW_HTTP": "perhaps"},
			want: []string{`AUTHY_ALLOW_HTTP: "perhaps"; want 1 or 0`}},
		"audit relative": {env: map[string]string{"AUTHY_AUDIT": "audit.log"},
			want: []string{`audit: "audit.log"; want stderr, syslog or an absolute path`}},
		"config absent": {env: map[string]string{"AUTHY_HOOKS_CONFIG": "/nowhere/c"},
			want: []string{"config /nowhere/c: no such file"}},
		"config relative": {env: map[string]string{"AUTHY_HOOKS_CONFIG": "c"},
			want: []string{`config "c": is a relative path`}},
		"unknown keys": {config: "on_no_anser: allow\nkeyint: {timeout: 3s}\n",
			want: []string{"unknown key on_no_anser", "unknown key keyint.timeout"}},
		"unknown keys, json": {config: `{"on_no_anser":"allow","keyint":{"timeout":"3s"}}`,
			want: []string{"unknown key on_no_anser", "unknown key keyint.timeout"}},
		"key twice in json": {config: `{"on_no_answer":"deny","on_no_answer":"allow"}`,
			want: []string{"has a key twice"}},
		"key twice in yaml": {config: "on_no_answer: deny\non_no_answer: allow\n",
			want: []string{"on_no_answer: is given twice"}},
		"two documents": {config: "on_no_answer: deny\n---\non_no_answer: allow\n",
			want: []string{"second document"}},
		"key twice below": {config: "keyint: {retries: 1, code_question: x, retries: 0}\n",
			want: []string{"keyint.retries: is given twice"}},
		"two documents, one empty": {config: "---\n---\non_no_answer: allow\n", want: []string{"second document"}},
		"a directive":              {config: "%YAML 1.1\n---\non_no_answer: deny\n", want: []string{"a line with %"}},
		"not yaml, with a secret": {config: "api_key: secret@: x\nx: [",
			want: []string{"is not valid YAML: see line 1"}},
		"not json, with a secret": {config: `{"api_key": "secret@`, want: []string{"is not valid JSON"}},
		"a key of nothing":        {config: "? [a]\n: b\n", want: []string{"is not valid YAML"}},
		"a tab": {config: "audit: stderr\napi_url: https://a\tb\n",
			want: []string{"line 2: a tab"}},
		"not utf-8": {config: "# \xff\n",
			want: []string{"line 1: a tab, another control character or broken UTF-8"}},
		"a merged key": {config: "<<: {on_no_answer: allow}\n",
			want: []string{"line 1: a key that is no plain text"}},
		"an alias": {config: "audit: &a /x\nusers_file: *a\n",
			want: []string{"line 1: an alias, a tag"}},
		"a tag": {config: "push: {enabled: !!bool secret@}\n",
			want: []string{"line 1: an alias, a tag"}},
		"a tag that ends the file": {config: "hookd:\n  secret: !secret@", want: []string{"line 2: an alias, a tag"}},
		"a tag alone at the end":   {config: "hookd:\n  secret: x\n!", want: []string{"is not valid YAML"}},
		"a block of nothing": {config: "hookd:\n  secret: >-#secret@\n",
			want: []string{"line 2: a block of text without text"}},
		"an alias in a list": {config: "account_sources: [file, *a]\n",
			want: []string{"line 1: an alias, a tag"}},
		"words for numbers": {config: "keyint: {retries: one}\ncheckpwd: {code_length: 010}\n",
			want: []string{"keyint.retries: want a whole number", "checkpwd.code_length: want a whole number"}},
		"a word for true": {config: "allow_http: yes\npush: {enabled: 1}\n",
			want: []string{"allow_http: want true or false", "push.enabled: want true or false"}},
		"lists for text": {config: "audit: [x]\napi_url: true\n",
			want: []string{"audit: want text", "api_url: want text"}},
		"text for a list": {config: "account_sources: file\n",
			want: []string{"account_sources: want a list"}},
		"many strange things": {config: "audit: &a x\nusers_file: !!str y\nkeyint: {retries: 2.5}\n",
			want: []string{"audit: line 1", "users_file: line 2", "keyint.retries: want"}},
		"a list of lists": {config: "account_sources: [file, [file]]\n",
			want: []string{"account_sources[1]: want text"}},
		"what only a program sets": {config: "'-': x\nSFTPGoAPIKey: x\n",
			want: []string{"unknown key -", "unknown key SFTPGoAPIKey"}},
		"not yaml":             {config: "a: [", want: []string{"is not valid YAML: see line 1"}},
		"a list":               {config: "[1]", want: []string{"c: want keys and values"}},
		"grace beyond an hour": {config: "grace: 61m\n", want: []string{"grace: 1h1m0s; want 0s to 1h0m0s"}},
		"grace below nothing": {config: "grace: -1s\nhookd: {webdav_grace: 2h}\n",
			want: []string{"grace: -1s; want 0s to 1h0m0s", "hookd.webdav_grace: 2h0m0s; want 0s to 1h0m0s"}},
		"duration without unit": {config: "keyint: {typing_timeout: 90}\n",
			want: []string{"keyint.typing_timeout: want a time with its unit"}},
		"secret in the wrong place": {config: "hookd: secret@\n", want: []string{"hookd: want keys and values"}},
		"all at once": {
			config: "on_no_answer: maybe\nunmapped: {keyint: allow, checkpwd: bypass}\ncheckpwd: {code_length: 5, " +
				"separator: a1}\nkeyint: {typing_timeout: 90ms}\nhookd: {listen: here}\n",
			want: []string{"on_no_answer: \"maybe\"; want deny or allow", "unmapped.keyint: ", "unmapped.checkpwd: ",
				"code_length: 5; want 6 to 10", "separator: ", "typing_timeout: ", "hookd.listen: "}},
		"questions the same": {config: "keyint: {password_question: x, code_question: x}\n",
			want: []string{"are the same"}},
		"question of nothing": {config: "keyint: {code_question: ''}\n",
			want: []string{"keyint.code_question: want 1 to 200 bytes"}},
		"question that moves": {config: "keyint: {code_question: \"a\\e[2Jb\"}\n",
			want: []string{"keyint.code_question: want 1 to 200 bytes"}},
		"others may write": {config: "on_no_answer: deny\n", mode: 0o666,
			want: []string{"mode 0666, want 0644 or stricter"}},
		"secret for everyone": {config: "api_key: k\n", mode: 0o644,
			want: []string{"holds a secret: mode 0644, want 0640 or stricter"}},
		"password of sentinels for everyone": {config: "hookd:\n  redis_url: " +
			"redis+sentinel://host/main?sentinel_password=p\n", mode: 0o644,
			want: []string{"holds a secret: mode 0644, want 0640 or stricter"}},
		"secret of Verify for everyone": {config: "verify: {secret: k}\n", mode: 0o644,
			want: []string{"holds a secret: mode 0644, want 0640 or stricter"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			if c.config != "" {
				p.env["AUTHY_HOOKS_CONFIG"] = p.file("c", c.config, max(c.mode, 0o600))
			}
			for k, v := range c.env {
				p.env[k] = v
			}
			_, err := p.load()
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v\nwant it to say %s", err, want)
				}
			}
			if err != nil && strings.Contains(err.Error(), "secret@") {
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}

func TestHTTPWhereItIsSafeOrWanted(t *testing.T) {
	t.Parallel()
	for url, allow := range map[string]string{"http://127.0.0.1:1": "", "http://localhost:1": "", "http://[::1]:1": "",
		"http://mock:8880": "1"} {
		p := newPlace(t)
		p.env["AUTHY_API_URL"], p.env["AUTHY_ALLOW_HTTP"] = url, allow
		if _, err := p.load(); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	p := newPlace(t)
	p.env["AUTHY_API_URL"] = "http://127.0.0.1.example.com"
	if _, err := p.load(); err == nil {
		t.Error("a name that begins like loopback passes for it")
	}
}

// FuzzDecode: no file crashes the reader, and none opens a bypass without its word.
func FuzzDecode(f *testing.F) {
	f.Add("on_no_answer: deny\nkeyint: {typing_timeout: 3s}\n")
	f.Add(`{"unmapped":{"keyint":"deny"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		c := Defaults()
		c.decode([]byte(text))
		if c.OnNoAnswer == Allow && !strings.Contains(text, "al") && !strings.Contains(text, `\`) &&
			!strings.Contains(text, "!!") && !strings.Contains(text, "%") {
			t.Fatalf("%q allows", text)
		}
	})
}
