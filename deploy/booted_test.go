package deploy_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/untried"
)

// The packages of Debian, beside the least, that a server of docs/production.md has.
const bootPackages = "systemd,systemd-sysv,dbus,ca-certificates,curl,openssl"

// Times that bound the test: a first run fetches some 100 MB.
const (
	fetchTime = 10 * time.Minute
	bootTime  = 6 * time.Minute
)

// inside is the variable that says that this process runs in the booted machine.
const inside = "BOOTED_MACHINE"

// TestUnitOnABootedSystemd sets the server up from docs/production.md in a machine that systemd has
// booted (systemd-nspawn), to the letter: with Debian's package, its users, its paths, its unit and
// its ports. Run it by `make boot`.
func TestUnitOnABootedSystemd(t *testing.T) {
	if os.Getenv("BOOT") != "1" {
		t.Skip("boots a machine; `make boot` does it") // on purpose
	}
	if os.Getuid() != 0 {
		untried.Skip(t, "a machine cannot be booted without root")
	}
	nspawn := untried.Program(t, "systemd-container", "systemd-nspawn")
	sftpgo := untried.Program(t, "none; SFTPGo has its own packages", "sftpgo")
	if _, err := os.Stat("/usr/share/sftpgo"); err != nil {
		untried.Skip(t, "SFTPGo's templates are not installed: %v", err)
	}
	debs, _ := filepath.Glob("../dist/sftpgo-authy_*_" + runtime.GOARCH + ".deb")
	if len(debs) != 1 {
		t.Fatalf("packages in dist: %q; want one, of `make package`", debs)
	}
	root := rootFS(t)
	out := t.TempDir()
	buildInto(t, filepath.Join(out, "bin"), "./mockauthy")
	if err := os.Link(debs[0], filepath.Join(out, "sftpgo-authy.deb")); err != nil {
		t.Fatal(err)
	}
	compile := exec.Command("go", "test", "-c", "-o", filepath.Join(out, "inside.test"), ".")
	if said, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, said)
	}
	repo, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), bootTime)
	defer cancel()
	args := []string{
		"--quiet", "--directory=" + root, "--volatile=overlay", "--machine=sftpgo-authy-test", "--register=no",
		"--private-network",
		"--bind=" + out + ":/out", "--bind-ro=" + repo + ":/repo", "--bind-ro=" + sftpgo + ":/usr/bin/sftpgo",
		"--bind-ro=/usr/share/sftpgo", "--console=pipe",
	}
	if _, err := os.Stat("/run/systemd/system"); err != nil { // nobody here to ask for a unit
		args = append(args, "--keep-unit")
	}
	cmd := exec.CommandContext(ctx, nspawn, append(args, "--boot")...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	var console bytes.Buffer
	cmd.Stdout, cmd.Stderr = &console, &console
	err = cmd.Run()
	said, _ := os.ReadFile(filepath.Join(out, "said"))
	t.Logf("in the machine:\n%s", said)
	if !strings.HasSuffix(strings.TrimSpace(string(said)), "\nPASS") {
		t.Errorf("the machine did not pass (%v):\n%s", err, console.String())
	}
}

// rootFS returns the folder with the root file system of a machine, which is fetched once and kept.
// Its mirror and release are those of this machine.
func rootFS(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	mirror, release := aptSource(t)
	dir := filepath.Join(cache, "sftpgo-authy", "boot-"+release)
	units := filepath.Join(dir, "etc/systemd/system")
	if _, err := os.Lstat(filepath.Join(units, "multi-user.target.wants/inside.service")); err != nil {
		fetchRootFS(t, dir, mirror, release)
	}
	for _, name := range []string{"sftpgo.service", "inside.service"} {
		text, err := os.ReadFile(filepath.Join("testdata", "boot", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(units, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fetchRootFS makes the folder. Its last step is the link that shows that it is whole.
func fetchRootFS(t *testing.T, dir, mirror, release string) {
	t.Helper()
	debootstrap := untried.Program(t, "debootstrap", "debootstrap")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), fetchTime)
	defer cancel()
	fetch := exec.CommandContext(ctx, debootstrap, "--variant=minbase", "--include="+bootPackages, release, dir, mirror)
	if said, err := fetch.CombinedOutput(); err != nil {
		untried.Skip(t, "debootstrap %s: %v\n%s", release, err, said)
	}
	enabled := filepath.Join(dir, "etc/systemd/system/multi-user.target.wants")
	if err := os.MkdirAll(enabled, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../inside.service", filepath.Join(enabled, "inside.service")); err != nil {
		t.Fatal(err)
	}
}

// aptSource returns the mirror and the release that this machine's apt is set up with.
func aptSource(t *testing.T) (mirror, release string) {
	t.Helper()
	apt := untried.Program(t, "apt", "apt-get")
	out, err := exec.Command(apt, "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(ORIGIN)",
		"Created-By: Packages").Output()
	if err != nil {
		untried.Skip(t, "apt-get indextargets: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 3 && (fields[2] == "Debian" || fields[2] == "Ubuntu") && !strings.Contains(fields[1], "-") {
			return fields[0], fields[1]
		}
	}
	untried.Skip(t, "apt has no source of Debian or Ubuntu with its lists (apt-get update):\n%s", out)
	return "", ""
}

// TestInsideTheBootedMachine is the part that runs in the machine.
func TestInsideTheBootedMachine(t *testing.T) {
	if os.Getenv(inside) != "1" {
		t.Skip("runs in the machine that TestUnitOnABootedSystemd boots") // on purpose
	}
	p := &pasted{
		t: t, root: "/", work: "/paste", ssh: "127.0.0.1:2022", web: "http://127.0.0.1:8080",
		env: append(os.Environ(), "HOME=/root"), replace: strings.NewReplacer(),
	}
	p.run(`mkdir -p /paste /root && ln -s /out/bin /paste/bin
echo 127.0.0.1 api.authy.com >>/etc/hosts`)
	// What SFTPGo's package does when it is installed.
	p.run(`useradd --system --user-group --no-create-home --home-dir /var/lib/sftpgo --shell /usr/sbin/nologin sftpgo
install -d -m 0750 -o sftpgo -g sftpgo /etc/sftpgo /etc/sftpgo/env.d /var/lib/sftpgo /srv/sftpgo`)
	p.startMock("127.0.0.1:8880", "--tls-listen", "127.0.0.1:443")
	p.run(`cp /ca.pem /usr/local/share/ca-certificates/authy.crt && update-ca-certificates`)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(p.run("journalctl --no-pager -u hookd -u sftpgo | grep -v '\"level\":\"info\"' | tail -n 60"))
		}
	})

	p.run("apt-get install --yes /out/sftpgo-authy.deb")
	if said := p.run("hookd --version"); strings.Contains(said, "(devel)") {
		t.Errorf("the package does not know its version: %s", said)
	}
	steps := stepsOfThePage(t)
	if !strings.Contains(steps[0].text, "useradd") {
		t.Fatal("the first block of the page does not do what the package does")
	}
	t.Log(p.paste(steps[1:]))
	p.logins()

	// The unit: its user, its files, its way to be reloaded and restarted.
	if got := p.run("systemctl show -p User -p ActiveState -p NRestarts hookd"); !strings.Contains(got,
		"User=sftpgo-authy") ||
		!strings.Contains(got, "ActiveState=active") || !strings.Contains(got, "NRestarts=0") {
		t.Errorf("hookd runs as\n%s", got)
	}
	if got := p.run(
		"cd /etc/sftpgo-authy && stat -c '%U %a' /var/log/sftpgo-authy /var/log/sftpgo-authy/audit.jsonl " +
			"/run/sftpgo-authy/hookd.sock /var/lib/sftpgo-authy /var/lib/sftpgo-authy/memory totp-secrets totp-key",
	); got != "sftpgo-authy 750\nsftpgo-authy 600\nsftpgo-authy 600\n"+
		"sftpgo-authy 700\nsftpgo-authy 600\nsftpgo-authy 600\nsftpgo-authy 600\n" {
		t.Errorf("owners and modes:\n%s", got)
	}
	if got := p.run("cat /var/log/sftpgo-authy/audit.jsonl"); strings.Count(got, `"outcome":"accepted"`) != 3 {
		t.Errorf("the audit does not have three logins:\n%s", got)
	}
	p.run("systemctl reload hookd")
	p.eventually(func() error {
		return exec.Command("sh", "-c", `journalctl --no-pager -u hookd | grep -q '"msg":"reloaded"'`).Run()
	})
	p.run("systemctl restart hookd")
	const ready = `{"ready":true,"degraded":[]}` + "\n"
	got := p.run("curl --silent --cacert /etc/sftpgo-authy/hookd.crt https://127.0.0.1:8890/readyz")
	if got != ready {
		t.Errorf("after a restart: %s", got)
	}
	o := &operator{pasted: p}
	o.works = o.byRecoveryCodes("alice", "CHANGE-ME-alice")
	o.secret()
	o.backup()
	p.lifeOfThePackage()
}

// hookd's package is upgraded and removed, and nothing that an administrator made is lost.
func (p *pasted) lifeOfThePackage() {
	p.t.Helper()
	const kept = "sha256sum /etc/sftpgo-authy/* /var/log/sftpgo-authy/*; stat -c '%n %U %G %a' /etc/sftpgo-authy/*"
	// Codes that need no next step of the clock.
	codes := regexp.MustCompile(`(?m)^(\d{5}) (\d{5})$`).FindAllStringSubmatch(p.run("authyctl recovery alice"), -1)
	again := func(what string, in bool) {
		p.t.Helper()
		code := codes[0][1] + codes[0][2]
		codes = codes[1:]
		if err := p.logIn("alice", answers("CHANGE-ME-alice", code)); (err == nil) != in {
			p.t.Errorf("alice with password and code, %s: %v, want in: %v", what, err, in)
		}
	}
	// A program that SFTPGo starts finds the configuration without a flag and without its variable,
	// and the memory file, which hookd has else.
	said := p.run(`systemctl stop hookd
runuser -u sftpgo-authy -- env --ignore-environment AUTHY_AUDIT=stderr \
  SFTPGO_AUTHD_USERNAME=carol SFTPGO_AUTHD_PASSWORD=CHANGE-ME-carol000000 /usr/bin/checkpwd
systemctl start hookd`)
	if !strings.Contains(said, `"reason":"code_wrong"`) {
		p.t.Errorf("checkpwd without a configuration of its own says %s", said)
	}

	before, pid := p.run(kept), p.run("systemctl show -p MainPID hookd")
	p.run(`dpkg-deb -R /out/sftpgo-authy.deb /paste/next
sed -i 's/^Version: .*/Version: 99/' /paste/next/DEBIAN/control
dpkg-deb -Znone -b /paste/next /paste/next.deb && apt-get install --yes /paste/next.deb`)
	if after := p.run(kept); after != before {
		p.t.Errorf("the upgrade changed\n%s\nto\n%s", before, after)
	}
	if p.run("systemctl show -p MainPID hookd") == pid {
		p.t.Error("the upgrade did not restart hookd")
	}
	again("after the upgrade", true)

	p.run("apt-get remove --yes sftpgo-authy")
	before = p.run(kept)
	again("after the package was removed", false)
	p.run("! systemctl is-active hookd && ! command -v hookd && getent passwd sftpgo-authy")
	p.run("apt-get install --yes /out/sftpgo-authy.deb")
	if after := p.run(kept); after != before {
		p.t.Errorf("another installation changed\n%s\nto\n%s", before, after)
	}
	p.run("systemctl enable --now hookd")
	again("after another installation", true)
	p.run(`apt-get purge --yes sftpgo-authy
cd /etc/sftpgo-authy && ls totp-secrets totp-key users hookd-secret hookd.crt hookd.key && [ ! -e hookd.yaml ]
ls /var/log/sftpgo-authy/audit.jsonl`)
}

// run runs commands and returns what they print.
func (p *pasted) run(commands string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "bash", "-euo", "pipefail", "-c", commands)
	if p.t.Context().Err() != nil { // the test has ended, and its log is wanted
		cmd = exec.Command("bash", "-c", commands)
	}
	cmd.Env = p.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%v\n%s\n%s", err, commands, out)
	}
	return string(out)
}
