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
	if c.APIKey != "k" || c.APIURL != "https://api.authy.com" || c.OnNoAnswer != Deny || c.OnAuditFailure != Deny || c.Unmapped != (Unmapped{Deny, Deny}) ||
		c.Checkpwd.CodeLength != 7 || c.Hookd.Listen != "127.0.0.1:8890" {
		t.Errorf("defaults are %+v", c)
	}
}

func TestFileAndVariables(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"yaml": "api_url: https://authy.example\nunmapped: {keyint: password_only}\nkeyint:\n  typing_timeout: 20s\nusers_file: /from-file\n",
		"json": "{\n\t\"api_url\": \"https:\\/\\/authy.example\", \"unmapped\": {\"keyint\": \"password_only\"},\n\t\"keyint\": {\"typing_timeout\": \"20s\"}, \"users_file\": \"/from-file\"}",
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
			if c.APIURL != "https://authy.example" || c.Unmapped != (Unmapped{PasswordOnly, Deny}) || c.Keyint.TypingTimeout != 20*time.Second || c.UsersFile != "/users" {
				t.Errorf("got %+v", c)
			}
		})
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
		"no key":                    {env: map[string]string{"AUTHY_API_KEY": ""}, want: []string{"api_key: is missing"}},
		"no users":                  {env: map[string]string{"AUTHY_USERS_FILE": ""}, want: []string{"users_file: is missing"}},
		"key twice":                 {env: map[string]string{"AUTHY_API_KEY_FILE": "/x"}, want: []string{"api_key: is given in clear and as a file"}},
		"key with a newline":        {env: map[string]string{"AUTHY_API_KEY": "a\nb"}, want: []string{"api_key: has a blank"}},
		"key file absent":           {env: map[string]string{"AUTHY_API_KEY": "", "AUTHY_API_KEY_FILE": "/nowhere/key"}, want: []string{"api_key_file /nowhere/key: no such file"}},
		"key file relative":         {env: map[string]string{"AUTHY_API_KEY": "", "AUTHY_API_KEY_FILE": "key"}, want: []string{`api_key_file: "key" is relative`}},
		"http to the world":         {env: map[string]string{"AUTHY_API_URL": "http://api.authy.com"}, want: []string{"api_url: plain http"}},
		"url with a path":           {env: map[string]string{"AUTHY_API_URL": "https://u:secret@x/y"}, want: []string{"api_url: has a user"}},
		"odd boolean":               {env: map[string]string{"AUTHY_ALLOW_HTTP": "perhaps"}, want: []string{`AUTHY_ALLOW_HTTP: "perhaps"; want 1 or 0`}},
		"audit relative":            {env: map[string]string{"AUTHY_AUDIT": "audit.log"}, want: []string{`audit: "audit.log"; want stderr, syslog or an absolute path`}},
		"config absent":             {env: map[string]string{"AUTHY_HOOKS_CONFIG": "/nowhere/c"}, want: []string{"config /nowhere/c: no such file"}},
		"config relative":           {env: map[string]string{"AUTHY_HOOKS_CONFIG": "c"}, want: []string{`config "c": is a relative path`}},
		"unknown keys":              {config: "on_no_anser: allow\nkeyint: {timeout: 3s}\n", want: []string{"unknown key on_no_anser", "unknown key timeout"}},
		"unknown keys, json":        {config: `{"on_no_anser":"allow","keyint":{"timeout":"3s"}}`, want: []string{"unknown key on_no_anser", "unknown key timeout"}},
		"key twice in json":         {config: `{"on_no_answer":"deny","on_no_answer":"allow"}`, want: []string{"has a key twice"}},
		"key twice in yaml":         {config: "on_no_answer: deny\non_no_answer: allow\n", want: []string{"already defined"}},
		"two documents":             {config: "on_no_answer: deny\n---\non_no_answer: allow\n", want: []string{"second document"}},
		"not yaml":                  {config: "a: [", want: []string{"yaml"}},
		"a list":                    {config: "[1]", want: []string{"cannot unmarshal"}},
		"duration without unit":     {config: "keyint: {typing_timeout: 90}\n", want: []string{"cannot unmarshal !!int into time.Duration"}},
		"secret in the wrong place": {config: "hookd: secret@\n", want: []string{"cannot unmarshal !!str into config.Hookd"}},
		"all at once":               {config: "on_no_answer: maybe\nunmapped: {keyint: allow, checkpwd: bypass}\ncheckpwd: {code_length: 5, separator: a1}\nkeyint: {typing_timeout: 90ms}\nhookd: {listen: here}\n", want: []string{"on_no_answer: \"maybe\"; want deny or allow", "unmapped.keyint: ", "unmapped.checkpwd: ", "code_length: 5; want 6 to 10", "separator: ", "typing_timeout: ", "hookd.listen: "}},
		"questions the same":        {config: "keyint: {password_question: x, code_question: x}\n", want: []string{"are the same"}},
		"question of nothing":       {config: "keyint: {code_question: ''}\n", want: []string{"keyint.code_question: want 1 to 200 bytes"}},
		"question that moves":       {config: "keyint: {code_question: \"a\\e[2Jb\"}\n", want: []string{"keyint.code_question: want 1 to 200 bytes"}},
		"others may write":          {config: "on_no_answer: deny\n", mode: 0o666, want: []string{"mode 0666, want 0644 or stricter"}},
		"secret for everyone":       {config: "api_key: k\n", mode: 0o644, want: []string{"holds a secret: mode 0644, want 0640 or stricter"}},
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
	for url, allow := range map[string]string{"http://127.0.0.1:1": "", "http://localhost:1": "", "http://[::1]:1": "", "http://mock:8880": "1"} {
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
		if c.OnNoAnswer == Allow && !strings.Contains(text, "al") && !strings.Contains(text, `\`) && !strings.Contains(text, "!!") && !strings.Contains(text, "%") {
			t.Fatalf("%q allows", text)
		}
	})
}
