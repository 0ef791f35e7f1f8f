package hookhost

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
	"github.com/pkg/sftp"
	"github.com/studio-b12/gowebdav"
	"golang.org/x/crypto/ssh"
)

// start returns a running host with the user "ann", password "secret", which is closed with the
// test.
func start(t *testing.T, config Config) *Host {
	t.Helper()
	config.Dir = t.TempDir()
	h, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	addUser(t, h, nil)
	return h
}

// addUser adds ann with changes on top of the plain document.
func addUser(t *testing.T, h *Host, changes map[string]any) {
	t.Helper()
	doc := map[string]any{"username": "ann", "password": "secret", "status": 1,
		"permissions": map[string][]string{"/": {"*"}}}
	for k, v := range changes {
		doc[k] = v
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.AddUser(raw); err != nil {
		t.Fatal(err)
	}
}

// annsFiles logs ann in over SFTP until the test ends.
func annsFiles(t *testing.T, h *Host) *sftp.Client {
	t.Helper()
	conn, err := ssh.Dial("tcp", h.SSHAddr(), &ssh.ClientConfig{User: "ann",
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		Auth:            []ssh.AuthMethod{ssh.Password("secret")}, Timeout: loginTime})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // the host may be gone
	files, err := sftp.NewClient(conn)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFilesOverEveryProtocol(t *testing.T) {
	t.Parallel()
	h := start(t, Config{})

	files := annsFiles(t, h)
	sent := strings.Repeat("over ssh\n", 10_000)
	out, err := files.Create("/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(out, sent); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	in, err := files.Open("/a.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(in); err != nil || string(got) != sent {
		t.Fatalf("sftp: read %d bytes back, %v; want %d", len(got), err, len(sent))
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if list, err := files.ReadDir("/"); err != nil || len(list) != 1 || list[0].Name() != "a.txt" {
		t.Fatalf("sftp: folder: %v, %v", list, err)
	}
	if _, err := files.Stat("/../../../../../etc/passwd"); err == nil {
		t.Fatal("sftp: a path leads out of the home folder")
	}
	if err := files.Mkdir("/d"); err != nil {
		t.Fatal(err)
	}
	if err := files.Rename("/a.txt", "/d/b.txt"); err != nil {
		t.Fatal(err)
	}

	control, err := ftp.Dial(h.FTPAddr(), ftp.DialWithTimeout(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if err := control.Login("ann", "secret"); err != nil {
		t.Fatal(err)
	}
	reply, err := control.Retr("/d/b.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reply); err != nil || string(got) != sent {
		t.Fatalf("ftp: read %d bytes back, %v; want %d", len(got), err, len(sent))
	}
	if err := reply.Close(); err != nil {
		t.Fatal(err)
	}
	if err := control.Stor("/c.txt", strings.NewReader("over ftp")); err != nil {
		t.Fatal(err)
	}
	if err := control.Quit(); err != nil {
		t.Fatal(err)
	}

	dav := gowebdav.NewClient("http://"+h.DAVAddr(), "ann", "secret")
	dav.SetTransport(&http.Transport{DisableKeepAlives: true})
	if got, err := dav.Read("/c.txt"); err != nil || string(got) != "over ftp" {
		t.Fatalf("webdav: %q, %v", got, err)
	}
	if err := dav.Write("/e.txt", []byte("over webdav"), 0o644); err != nil {
		t.Fatal(err)
	}
	if info, err := files.Stat("/e.txt"); err != nil || info.Size() != 11 {
		t.Fatalf("sftp: file written over webdav: %v, %v", info, err)
	}
}
