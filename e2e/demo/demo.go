package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/mdp/qrterminal/v3"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/mockauthy/mockapi"
)

// guest is somebody who can log in to the demo.
type guest struct {
	account  target.Account
	id       int64  // at Authy
	phone    string // in the range that is reserved for fiction
	how      string // in words
	sftpFlag string // what makes OpenSSH use this account's way in alone
}

// erinsSecret is what erin's authenticator app scans. Everybody knows it.
const erinsSecret = "otpauth://totp/SFTPGo%20demo:erin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=SFTPGo%20demo"

// guests are one account for each kind of login, with the names and ids of the compose file's demo.
func guests() []guest {
	account := func(name string, kind target.Kind) target.Account {
		return target.Account{Name: name, Password: name + "-password", Kind: kind}
	}
	return []guest{
		{account("alice", target.KeyintAccount), 5550101, "2025550101",
			"password alice-password, then the code at its own prompt", "keyboard-interactive"},
		{account("bob", target.ExtauthAccount), 5550102, "2025550102", "the code alone, as the password", "password"},
		{account("carol", target.CheckpwdAccount), 5550103, "2025550103",
			"carol-password and the code, in one line without a blank", "password"},
		{account("erin", target.KeyintAccount), 0, "",
			"password erin-password, then the code of an authenticator app that scanned this", "keyboard-interactive"},
	}
}

// run starts the demo, prints to out what to do, and returns when ctx is done and everything has
// ended.
func run(ctx context.Context, name string, out io.Writer) (err error) {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, "Building the programs, which takes a minute the first time."); err != nil {
		return err
	}
	programs, err := target.BuildPrograms(ctx, root)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, programs.Remove()) }()
	server, err := target.Choose(ctx, name,
		target.NewBinary(os.Getenv("SFTPGO_BIN"), programs), target.NewContainer(root), target.NewEmbedded(programs))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	site, err := server.Lease(ctx, target.Setup{
		Hooks: []target.Hook{target.Keyint, target.Extauth, target.Checkpwd}, Door: target.HTTP, Users: usersFile(),
		Secrets: "erin: " + erinsSecret + "\n",
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, site.Release()) }()
	for _, g := range guests() {
		if err := site.PutAccount(ctx, g.account); err != nil {
			return fmt.Errorf("account %s: %w", g.account.Name, err)
		}
		if g.id == 0 { // judged by the hooks themselves
			continue
		}
		if _, err := site.Authy().User(ctx, g.account.Name); err == nil {
			continue // the compose file's mockauthy starts with the same people
		}
		_, err := site.Authy().AddUser(ctx,
			mockapi.NewUser{ID: g.id, Name: g.account.Name, Cellphone: g.phone, CountryCode: 1})
		if err != nil {
			return fmt.Errorf("user %s at mockauthy: %w", g.account.Name, err)
		}
	}
	if err := explain(out, server, site); err != nil {
		return err
	}
	<-ctx.Done()
	_, err = fmt.Fprintln(out, "\nTaking everything down.")
	return err
}

func usersFile() string {
	var b strings.Builder
	for _, g := range guests() {
		reference := "totp"
		if g.id != 0 {
			reference = fmt.Sprintf("authy/%d", g.id)
		}
		fmt.Fprintf(&b, "%s: %s\n", g.account.Name, reference)
	}
	return b.String()
}

// explain prints what a person needs, each line ready to be copied.
func explain(out io.Writer, server target.Target, site target.Site) error {
	_, port, err := net.SplitHostPort(site.Servers().SSH)
	if err != nil {
		return fmt.Errorf("address of the SSH server: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Running: %s (%s), hookd and mockauthy.\n\n", server.Name(), server.Describe())
	fmt.Fprintf(&b, "The phone, with everybody's codes:  %s/\n\n", site.Authy().URL)
	for _, g := range guests() {
		fmt.Fprintf(&b, "%s: %s\n", g.account.Name, g.how)
		if g.id == 0 {
			qrterminal.GenerateHalfBlock(erinsSecret, qrterminal.L, &b)
		}
		fmt.Fprintf(&b,
			"  sftp -P %s -o PreferredAuthentications=%s -o PubkeyAuthentication=no -o StrictHostKeyChecking=no -o "+
				"UserKnownHostsFile=/dev/null %s@127.0.0.1\n",
			port, g.sftpFlag, g.account.Name)
		if g.id != 0 {
			fmt.Fprintf(&b, "  curl -s %s/_mock/users/%s/token\n", site.Authy().URL, g.account.Name)
		}
	}
	fmt.Fprint(&b, "\nReady. Ctrl-C ends it all.\n")
	_, err = io.WriteString(out, b.String())
	return err
}

// moduleRoot is the folder with go.mod above the present one: the hooks are built from there.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod in %s or above it: run this in a checkout of the repository", start)
		}
	}
}
