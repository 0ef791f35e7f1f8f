package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sftpgo-authy/hooks/internal/doctor"
	"sftpgo-authy/internal/ports"
	"sftpgo-authy/internal/sftpgotest"
	"sftpgo-authy/internal/untried"
)

// nobody is another user of the machine.
const nobody = 65534

// Variables that make of this program somebody who answers in hookd's place.
const (
	impostorAt = "TEST_IMPOSTOR_AT" // where it listens
	impostorTo = "TEST_IMPOSTOR_TO" // whom it passes everything on to; "" to say 200 and nothing
)

func TestMain(m *testing.M) {
	if at := os.Getenv(impostorAt); at != "" {
		fmt.Println(impersonate(at, os.Getenv(impostorTo)))
		return
	}
	os.Exit(m.Run())
}

// impersonate answers at an address, and says on the standard output when it does.
func impersonate(at, to string) error {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	handler := http.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	if to != "" {
		u, err := url.Parse(to)
		if err != nil {
			return err
		}
		handler = httputil.NewSingleHostReverseProxy(u)
	}
	return http.Serve(l, handler)
}

// impostor has another user of the machine listen at an address, until the returned function is
// called.
func impostor(t *testing.T, at, to string) (end func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		untried.Skip(t, "user %d cannot start a program of another user; run as root", os.Geteuid())
	}
	dir := shortDir(t)
	program := filepath.Join(dir, "impostor")
	if err := errors.Join(os.Chmod(dir, 0o755), copyFile(os.Args[0], program)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Dir, cmd.Env = "/", []string{impostorAt + "=" + at, impostorTo + "=" + to}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(end)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the impostor says %q (%v)", line, err)
	}
	return end
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o755)
}

// clear makes a stage whose hookd speaks plain http at an address of loopback, and whose SFTPGo
// asks it at host. ann is an account of extauth.
func clear(t *testing.T, host string) *stage {
	t.Helper()
	st := newStage(t, nil)
	st.account("ann", "extauth", nil, nil)
	st.stop()
	st.listen = ports.Addrs(t, 1)[0]
	delete(st.env, "AUTHY_HOOKS_CONFIG")
	_, port, _ := net.SplitHostPort(st.hookd()[len("http://"):])
	st.s.Restart(t, st.recipe("http://"+net.JoinHostPort(host, port)))
	return st
}

// transport returns the findings about who answers in hookd's place, by severity.
func (st *stage) transport() (report doctor.Report, by map[doctor.Severity][]doctor.Finding) {
	st.t.Helper()
	report, by = st.examine(), map[doctor.Severity][]doctor.Finding{}
	for _, f := range finding(report, "hook_transport") {
		by[f.Severity] = append(by[f.Severity], f)
	}
	return report, by
}

func TestAnImpostorOnTheOtherAddressOfLocalhost(t *testing.T) {
	t.Parallel()
	if !sftpgotest.TwoLocalhosts(t) {
		return
	}
	st := clear(t, "localhost")
	other := "[::1]" + st.listen[strings.LastIndex(st.listen, ":"):]
	free := func() doctor.Finding {
		_, by := st.transport()
		for _, f := range by[doctor.High] {
			if strings.HasPrefix(f.Line, "use 127.0.0.1:") && strings.Contains(f.Where, other) {
				return f
			}
		}
		t.Fatalf("doctor says %+v", by)
		return doctor.Finding{}
	}
	free() // before anybody is there
	for what, to := range map[string]string{"says 200 and nothing": "", "passes everything on": "http://" + st.listen} {
		end := impostor(t, other, to)
		err := st.s.FTPLogin("ann", "guess")
		if in := err == nil; in != (to == "") {
			t.Fatalf("%s: %v", what, err)
		}
		_, by := st.transport()
		switch named := by[doctor.Critical]; {
		case to == "" && (len(named) != 1 || !strings.Contains(named[0].What, "is not our hookd") ||
			!strings.Contains(named[0].What, "nobody")):
			t.Errorf("%s: doctor says %+v", what, by)
		case to != "" && !strings.Contains(fmt.Sprint(by[doctor.High]), "passes everything on, reads every password"):
			t.Errorf("%s: doctor says %+v", what, by)
		}
		end()
	}
	shut := free()
	defer impostor(t, other, "")()
	st.apply(shut.Change)
	if err := st.s.FTPLogin("ann", "guess"); err == nil {
		t.Error("the hole is still open")
	}
	if _, by := st.transport(); len(by[doctor.Critical]) > 0 {
		t.Errorf("doctor still says %+v", by)
	}
}

func TestAnImpostorWhileHookdIsStopped(t *testing.T) {
	t.Parallel()
	st := clear(t, "127.0.0.1")
	says := func(severity doctor.Severity, what string) {
		t.Helper()
		if report, by := st.transport(); len(by[severity]) != 1 || !strings.Contains(by[severity][0].What, what) {
			t.Errorf("doctor says %+v, want %q", report.Findings, what)
		}
	}
	says(doctor.High, "while hookd is stopped or restarts")
	st.stop()
	end := impostor(t, st.listen, "")
	if err := st.s.FTPLogin("ann", "guess"); err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	end()
	// The same with a certificate of hookd's own, as on the page: whoever listens there is not
	// asked.
	st.s.Restart(t, st.recipe(st.secureHookd()))
	if err := st.s.FTPLogin("ann", st.code("ann")); err != nil {
		t.Fatalf("with a certificate hookd does not let ann in: %v", err)
	}
	if report, by := st.transport(); len(by) > 0 {
		t.Errorf("doctor still says %+v", report.Findings)
	}
	st.stop()
	defer impostor(t, st.listen, "")()
	if err := st.s.FTPLogin("ann", "guess"); err == nil {
		t.Error("the hole is still open")
	}
}

// TestNobodyListensWhereHooksAreAsked: while hookd is gone doctor must not say that all is well.
func TestNobodyListensWhereHooksAreAsked(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "ann: 1\n")
	st.s = sftpgotest.Start(t, st.recipe("http://"+ports.Addrs(t, 1)[0]))
	_, out, _ := st.ctl("", "doctor", "--authy=false", "--sftpgo-pid", fmt.Sprint(st.s.PID()))
	contains(t, out, "FAIL      hook_transport (high)", "nothing listens there, and any user of this machine may")
}

func TestAProgramOfAnotherUserIsRewritten(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		untried.Skip(t, "user %d cannot give files away; run as root", os.Geteuid())
	}
	st := newStage(t, nil)
	st.account("ann", "checkpwd", nil, nil)
	dir := shortDir(t)
	program := filepath.Join(dir, "his", "checkpwd")
	const no, yes = "#!/bin/sh\necho '{\"status\":0}'\n", "#!/bin/sh\necho '{\"status\":1}'\n"
	if err := errors.Join(os.Chmod(dir, 0o755), os.Mkdir(filepath.Dir(program), 0o755),
		os.WriteFile(program, []byte(no), 0o755),
		os.Chown(filepath.Dir(program), nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	st.s.Restart(t, map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK": program,
		"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK": ""})
	rewrite := func() error { // root's own file, in his folder
		cmd := exec.Command("/bin/sh", "-c", `rm -f "$0" && printf '%s' "$1" >"$0" && chmod 755 "$0"`, program, yes)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return cmd.Run()
	}
	if err := st.s.FTPLogin("ann", static); err == nil {
		t.Fatal("ann is in before")
	}
	named := finding(st.examine("--authy=false"), "hook_programs")
	if len(named) != 1 || named[0].Severity != doctor.Critical ||
		named[0].Line != "chown -h root "+filepath.Dir(program) {
		t.Fatalf("doctor says %+v", named)
	}
	if err := errors.Join(rewrite(), st.s.FTPLogin("ann", static)); err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	if named := finding(st.examine("--authy=false"), "hook_programs"); len(named) != 2 {
		t.Errorf("of a folder and a program doctor says %+v", named)
	}
	if err := errors.Join(os.Chown(filepath.Dir(program), 0, 0), os.Chown(program, 0, 0),
		os.WriteFile(program, []byte(no), 0o755)); err != nil {
		t.Fatal(err)
	}
	if rewrite() == nil || st.s.FTPLogin("ann", static) == nil {
		t.Error("the hole is still open")
	}
	if left := finding(st.examine("--authy=false"), "hook_programs"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
}
