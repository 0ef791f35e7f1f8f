package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/setup/lasting"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/cmdline"
)

const doctorHelp = `
It looks at three things: the hooks' own configuration; the accounts, keys and shares of SFTPGo,
over its REST API (an administrator with all permissions sees everything); and SFTPGo's settings,
which that API does not serve:

  --sftpgo-pid PID      the running process: its flags, its environment, its folders and the files
                        that it reads; run doctor as the user of that process or as root
  --sftpgo-config FILE  without --sftpgo-pid: its configuration file (env.d beside it is read as
                        well), or "none". With it: the file that you believe it reads
  --sftpgo-env FILE     without --sftpgo-pid: its environment, NAME=value lines or a folder of such
                        files; may be repeated, or "none"

Where SFTPGo asks no hook, and no configuration of hooks is named, doctor looks at SFTPGo's own
second factor alone.

Without --sftpgo-pid nobody saw what is in force, and every check of these settings says so. What
doctor could not look at it reports as NOT SEEN, never as OK. It changes nothing and logs nobody in.

  authyctl doctor --sftpgo-pid "$(pidof sftpgo)" --sftpgo-url http://127.0.0.1:8080 \
    --sftpgo-admin admin --sftpgo-password-file FILE

Exit code, whatever the form: 0 everything is OK, notes aside; 1 something was found, or doctor
failed; 2 the command line is wrong; 3 nothing was found but not everything was seen.
`

// none is what a person names in place of a file that does not exist.
const none = "none"

// texts is a flag that may be repeated.
type texts []string

func (t *texts) String() string     { return strings.Join(*t, " ") }
func (t *texts) Set(v string) error { *t = append(*t, v); return nil }

// examination is what the flags of doctor say to look at.
type examination struct {
	options
	socket string // of hookd
	file   string
	envs   texts
	pid    int
	ask    bool
}

// doctor examines everything that the flags name, and reports it.
func (c *cli) doctor(set *flag.FlagSet) func(context.Context, string) error {
	var e examination
	e.configFlag(set)
	e.sftpgoFlags(set)
	set.StringVar(&e.socket, "hookd-socket", "",
		"admin `SOCKET` of the running hookd; default hookd.admin_socket of the configuration")
	set.StringVar(&e.file, "sftpgo-config", "", "configuration `FILE` of SFTPGo, or none")
	set.Var(&e.envs, "sftpgo-env",
		"`FILE` or folder with SFTPGo's environment, or none; may be repeated, the first counts")
	set.Func("sftpgo-pid", "process id `PID` of the running SFTPGo, to read what it has in force",
		func(text string) error {
			pid, err := strconv.Atoi(text) // of pidof, which prints none or several, too
			if err != nil || pid <= 0 {
				return errors.New("want the id of one running process (pidof prints nothing where SFTPGo does not run)")
			}
			e.pid = pid
			return nil
		})
	set.BoolVar(&e.ask, "authy", true, "ask Authy and Twilio Verify about the key and the people")
	format := "text"
	set.Func(
		"format",
		"`FORM` of the report: text, json, or sarif for what collects findings of scanners (default text)",
		func(text string) error {
			if !slices.Contains([]string{"text", "json", "sarif"}, text) {
				return errors.New("want text, json or sarif")
			}
			format = text
			return nil
		},
	)
	set.BoolFunc("json", "the same as --format json", func(string) error { format = "json"; return nil })
	return func(ctx context.Context, _ string) error {
		report := doctor.Examine(c.facts(ctx, e))
		if err := c.write(report, format); err != nil {
			return err
		}
		if format == "text" {
			c.hint(e)
		}
		switch clean, complete := report.Clean(); {
		case !clean:
			return silent{exitNo}
		case !complete:
			return silent{exitUnknowns}
		}
		return nil
	}
}

// write prints the report in one of its forms.
func (c *cli) write(report doctor.Report, format string) error {
	switch format {
	case "json":
		return report.WriteJSON(c.out)
	case "sarif":
		return report.WriteSARIF(c.out, cmdline.Version("authyctl"))
	}
	return report.WriteText(c.out, c.width)
}

// hint says what to add where neither SFTPGo's process nor its REST API was named: most checks need
// one of them.
func (c *cli) hint(e examination) {
	if e.pid == 0 && e.file == "" && len(e.envs) == 0 && e.url == "" {
		fmt.Fprintln(c.err,
			`hint: most checks need the running SFTPGo and its REST API: authyctl doctor --sftpgo-pid PID `+
				`--sftpgo-url URL --sftpgo-admin NAME --sftpgo-password-file FILE; authyctl doctor --help says more`)
	}
}

// facts collects what can be seen, and why the rest cannot.
func (c *cli) facts(ctx context.Context, e examination) *doctor.Facts {
	f := &doctor.Facts{Now: c.now().UnixMilli()}
	f.Settings.Value, f.Settings.Err = e.settings()

	cfg, err := config.Load(e.config, c.lookup)
	f.Config = doctor.Known[config.Config]{Value: cfg, Err: err}
	f.Hookless = f.Settings.Err == nil && !f.Settings.Value.Hooked() && e.config == "" && !config.Given(c.lookup)
	f.Hookd.Value, f.Hookd.Err = e.hookd(ctx, cfg)
	if e.pid != 0 && e.file != none {
		f.NamedFile = e.file
	}
	var sources gate.Accounts
	var client *sftpgoapi.Client
	clientErr := err
	if api, err := c.sftpgo(e.options, cfg); err != nil {
		clientErr = err
	} else if api != nil {
		client, clientErr = api, nil
		defer api.Close()
	} else if clientErr == nil {
		clientErr = errors.New(
			"SFTPGo's REST API was not named; add --sftpgo-url, and --sftpgo-api-key-file or --sftpgo-admin")
	}
	if f.Hookless {
		sources = accounts.Chain{} // nobody is anywhere
	}
	if f.Config.Err == nil {
		var people provider.Set
		if people, f.Config.Err = setup.References(cfg); f.Config.Err == nil {
			sources, f.Config.Err = c.sources(client, people, cfg)
		}
		if slices.Contains(cfg.AccountSources, config.SourceFile) {
			list, err := readUsers(cfg.UsersFile, people)
			if err == nil {
				err = list.Usable()
			}
			f.UsersFile.Value, f.UsersFile.Err = list.Values, err
		}
	}
	if f.Config.Err == nil && cfg.TOTP.Enabled() {
		f.TOTP.Value, f.TOTP.Err = inspectTOTP(cfg.TOTP)
	}
	if client == nil {
		f.Accounts.Err, f.Inventory.Err, f.Clock.Err = clientErr, clientErr, clientErr
	} else {
		f.AskSFTPGo(ctx, client, sources, c.now)
	}
	if f.Config.Err == nil && cfg.Lasts() {
		c.askMemory(ctx, f)
	}
	f.AskHooks(ctx, rand.Reader)
	c.askProviders(ctx, e, f)
	return f
}

// askMemory asks the memory that outlives a restart. A file that is not there it does not make.
func (c *cli) askMemory(ctx context.Context, f *doctor.Facts) {
	cfg := f.Config.Value
	if _, err := os.Lstat(cfg.MemoryFile); cfg.MemoryFile != "" && errors.Is(err, fs.ErrNotExist) {
		f.Memory.Value.Missing = true
		return
	}
	kept, closer, err := lasting.Memory(cfg, c.host())
	if err == nil {
		defer closer.Close()
		err = kept.Store.Ping(ctx)
	}
	if f.Memory.Err = err; err != nil {
		return
	}
	if shared, ok := kept.Store.(interface{ Warning(context.Context) string }); ok {
		f.Memory.Value.Warning = shared.Warning(ctx)
	}
	f.AskMemory(ctx, kept)
}

// hookd asks the running hookd which settings it has in force.
func (e examination) hookd(ctx context.Context, cfg config.Config) (*doctor.Hookd, error) {
	path := e.socket
	if path == "" {
		path = cfg.Hookd.AdminSocket
	}
	if path == "" {
		return nil, errors.New("what the running hookd has in force was not seen: set hookd.admin_socket and " +
			"restart hookd, or add --hookd-socket")
	}
	client, err := admin.NewClient(path)
	if err != nil {
		return nil, unseenHookd(err)
	}
	state, err := client.State(ctx)
	if err != nil {
		return nil, unseenHookd(err)
	}
	return doctor.TellOf(state), nil
}

// unseenHookd says why hookd did not tell what it has in force, and what to do if none answers.
func unseenHookd(err error) error {
	if errors.Is(err, admin.ErrNobody) {
		err = fmt.Errorf("%w; start hookd, or restart the one that runs", err)
	}
	return fmt.Errorf("what the running hookd has in force was not seen: %w", err)
}

// askProviders asks Authy and Twilio Verify about our keys and the people, unless --authy=false or
// a broken configuration prevent it.
func (c *cli) askProviders(ctx context.Context, e examination, f *doctor.Facts) {
	if !e.ask {
		f.App = doctor.Unknown[authy.App]("--authy=false")
		f.Authy = doctor.Unknown[map[authy.ID]error]("--authy=false: the users at Authy were not looked at")
		f.Verify = doctor.Unknown[doctor.Verify]("--authy=false: Twilio Verify was not asked")
		return
	}
	if f.Config.Err == nil && f.Config.Value.AsksAuthy() {
		client, err := setup.Authy(f.Config.Value)
		if f.Config.Err = err; err == nil {
			f.AskAuthy(ctx, client)
		}
	}
	if f.Config.Err == nil && f.Config.Value.Verify.Enabled() {
		client, err := setup.Verify(f.Config.Value)
		if f.Config.Err = err; err == nil {
			f.AskVerify(ctx, client)
		}
	}
}

// settings returns SFTPGo's settings: those of the running process, if a flag names it, else those
// of the file and the environment that flags name. Both must be named, if only as none, because an
// environment that nobody looked at may say the opposite of the file.
func (e examination) settings() (doctor.Settings, error) {
	if e.pid != 0 {
		if len(e.envs) > 0 {
			return doctor.Settings{},
				errors.New("--sftpgo-pid and --sftpgo-env: both name an environment; want one of them")
		}
		p, err := doctor.ReadProcess(e.pid)
		if err != nil {
			return doctor.Settings{}, err
		}
		return p.Settings()
	}
	var envs []map[string]string
	for _, path := range e.envs {
		if path == none {
			continue
		}
		env, err := doctor.ReadEnv(path)
		if err != nil {
			return doctor.Settings{}, err
		}
		envs = append(envs, env)
	}
	switch {
	case e.file == "" && len(e.envs) == 0:
		return doctor.Settings{},
			errors.New("SFTPGo's settings were not named; add --sftpgo-pid PID of the running process, or " +
				"--sftpgo-config FILE and --sftpgo-env FILE")
	case e.file == "":
		return doctor.Settings{},
			errors.New("SFTPGo's configuration file was not named; add --sftpgo-config FILE, or none if it has none")
	case len(e.envs) == 0:
		return doctor.Settings{},
			errors.New("SFTPGo's environment, which overrides its file, was not named; add --sftpgo-pid PID, or " +
				"--sftpgo-env FILE, or none if it has none")
	case e.file == none:
		return doctor.ReadSettings("", envs...)
	}
	return doctor.ReadSettings(e.file, envs...)
}
