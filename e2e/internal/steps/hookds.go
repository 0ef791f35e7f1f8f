package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cucumber/godog"

	"sftpgo-authy/e2e/internal/target"
)

// hookds are the sentences about hookd as a process: two of them, what they share, and their
// signals.
func (w *scenario) hookds(sc sentences) {
	sc.Given(`^SFTPGo asks (keyint|extauth|checkpwd) by turns at two hookd that share a redis-server$`, w.asksCluster)
	sc.Given(`^SFTPGo asks (keyint|extauth|checkpwd) by turns at two hookd that share a redis-server, with$`,
		w.asksClusterWith)
	sc.Step(`^redis is killed$`, w.killRedis)
	sc.Step(`^redis is started again$`, w.startRedis)
	sc.When(`^two minutes have gone by since redis lost what it kept$`, w.ageRedis)
	sc.Then(`^both hookd had a part in it$`, w.bothHadAPart)
	sc.Then(`^the audit says denied because `+because+`, and knows no address$`, w.auditKnowsNoAddress)
	sc.When(`^hookd is reloaded with$`, w.reloadWith)
	sc.When(`^hookd is reloaded with settings that it cannot take$`, w.reloadBroken)
}

// own returns the site where its hookd are processes of this machine.
func (w *scenario) own() (target.Hookds, error) {
	site, ok := w.site.(target.Hookds)
	if !ok {
		return nil, errors.New("hookd is no process of this machine: this scenario needs the tag @process")
	}
	return site, nil
}

func (w *scenario) asksCluster(ctx context.Context, hook string) error {
	return w.asksClusterWith(ctx, hook, &godog.Table{})
}

func (w *scenario) asksClusterWith(ctx context.Context, hook string, settings *godog.Table) error {
	setup, err := withSettings(target.Setup{Hooks: []target.Hook{target.Hook(hook)}, Door: target.HTTP, Cluster: true},
		settings)
	if err != nil {
		return err
	}
	return w.lease(ctx, setup)
}

func (w *scenario) killRedis(ctx context.Context) error {
	site, err := w.own()
	if err != nil {
		return err
	}
	return site.KillRedis(ctx)
}

func (w *scenario) ageRedis(ctx context.Context) error {
	site, err := w.own()
	if err != nil {
		return err
	}
	return site.AgeRedis(ctx)
}

func (w *scenario) startRedis(ctx context.Context) error {
	site, err := w.own()
	if err != nil {
		return err
	}
	return site.StartRedis(ctx)
}

func (w *scenario) bothHadAPart() error {
	site, err := w.own()
	if err != nil {
		return err
	}
	if asked := site.Asked(); len(asked) != 2 || slices.Min(asked) == 0 {
		return fmt.Errorf("the requests to each hookd were %v, want some to both", asked)
	}
	return nil
}

// auditKnowsNoAddress is for a conversation whose beginning is lost: SFTPGo tells the address with
// its first step only.
func (w *scenario) auditKnowsNoAddress(ctx context.Context, reason string) error {
	a, err := w.only()
	if err != nil {
		return err
	}
	lines, err := w.newAudit(ctx, 1)
	if err != nil {
		return err
	}
	line := lines[0]
	if line.IP != "" {
		return fmt.Errorf("the audit knows address %s", line.IP)
	}
	line.IP = "not known"
	return w.lineIs(line, a, "denied", reason)
}

// reload writes the settings over those of the setup and sends a SIGHUP.
func (w *scenario) reload(ctx context.Context, settings map[string]string) error {
	site, err := w.own()
	if err != nil {
		return err
	}
	return site.ReloadHookd(ctx, settings)
}

func (w *scenario) reloadWith(ctx context.Context, settings *godog.Table) error {
	setup, err := withSettings(target.Setup{}, settings)
	if err != nil {
		return err
	}
	return w.reload(ctx, setup.Config)
}

func (w *scenario) reloadBroken(ctx context.Context) error {
	if w.reload(ctx, map[string]string{"on_no_answer": "perhaps"}) == nil {
		return errors.New("hookd has taken settings that are broken")
	}
	return nil
}
