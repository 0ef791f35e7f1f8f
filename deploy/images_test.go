package deploy_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/x509"
	"debug/elf"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/ports"
)

const bundle = "/etc/ssl/certs/ca-certificates.crt"

// The images in one test, so that they are built one after the other and once each.
func TestImages(t *testing.T) {
	needImages(t)
	for stage, want := range map[string]struct {
		user     string
		programs []string
		files    []string
	}{
		"mockauthy":   {"65532:65532", []string{"mockauthy"}, []string{"/etc/mockauthy/seed.yaml"}},
		"hookd":       {"65532:65532", []string{"hookd", "authyctl"}, []string{"/etc/sftpgo-authy/users"}},
		"hookd-alone": {"65532:65532", []string{"hookd", "authyctl"}, nil},
		"sftpgo": {"1000:1000", []string{"keyint", "extauth", "checkpwd", "authyctl"},
			[]string{"/etc/sftpgo-authy/users", "/etc/sftpgo/sftpgo.json", "/etc/sftpgo/accounts.json"}},
	} {
		t.Run(stage, func(t *testing.T) {
			image := build(t, stage)
			if got := docker(t, "image", "inspect", "-f", "{{.Config.User}}", image); got != want.user {
				t.Errorf("runs as %q, want %s", got, want.user)
			}
			id := create(t, image)
			for _, program := range want.programs {
				header, content := copyOut(t, id, "/usr/local/bin/"+program)
				if header.Mode&0o022 != 0 || header.Mode&0o111 != 0o111 {
					t.Errorf("%s: mode %04o, want all to run and nobody to write it", program, header.Mode)
				}
				if !static(t, content) {
					t.Errorf("%s is linked dynamically: it would not start on scratch or Alpine", program)
				}
			}
			for _, file := range want.files {
				if header, _ := copyOut(t, id, file); header.Mode&0o777 != 0o444 {
					t.Errorf("%s: mode %04o, want 0444", file, header.Mode)
				}
			}
			_, text := copyOut(t, id, bundle)
			if n := bytes.Count(text, []byte("BEGIN CERTIFICATE")); n < 50 {
				t.Errorf("%s holds %d certificates, want those of the public authorities", bundle, n)
			}
		})
	}
	t.Run("mockauthy is healthy by its own word", func(t *testing.T) {
		id := create(t, build(t, "mockauthy"))
		waitHealthy(t, id)
	})
	t.Run("what is published has nobody's secrets", func(t *testing.T) {
		id := create(t, build(t, "hookd-alone"))
		out, err := exec.CommandContext(t.Context(), "docker", "cp", id+":/etc/sftpgo-authy", "-").Output()
		if err == nil {
			t.Errorf("/etc/sftpgo-authy is there, with %d bytes", len(out))
		}
	})
	t.Run("hookd calls Authy over TLS", hookdTLS)
	t.Run("program calls Authy over TLS", programTLS)
}

// hookdTLS has hookd's image ask a provider whose authority is, and is not, in the image's bundle.
func hookdTLS(t *testing.T) {
	for name, trusted := range map[string]bool{"authority in the bundle": true, "authority unknown": false} {
		t.Run(name, func(t *testing.T) {
			provider := newProvider(t)
			listen := fmt.Sprintf("127.0.0.1:%d", takePorts(t, 1))
			id := create(t, "--network", "host", "-e", "AUTHY_API_URL="+provider.URL, "-e", "AUTHY_API_KEY=k",
				"-e", "AUTHY_USERS_FILE=/etc/sftpgo-authy/users", "-e", "AUTHY_HOOKD_SECRET=secret-of-the-image-test",
				build(t, "hookd"), "-listen", listen)
			if trusted {
				trust(t, id, provider)
			}
			docker(t, "start", id)
			got := ask(t, "http://"+listen+"/checkpwd",
				`{"username":"carol","password":"pw0123456","ip":"192.0.2.1","protocol":"SSH"}`)
			provider.check(t, trusted, got, id)
		})
	}
}

// programTLS does the same with a program hook in SFTPGo's image.
func programTLS(t *testing.T) {
	for name, trusted := range map[string]bool{"authority in the bundle": true, "authority unknown": false} {
		t.Run(name, func(t *testing.T) {
			provider := newProvider(t)
			id := create(t, "--network", "host", "-e", "AUTHY_API_URL="+provider.URL, "-e", "AUTHY_API_KEY=k", "-e",
				"AUTHY_USERS_FILE=/etc/sftpgo-authy/users",
				"-e", "SFTPGO_AUTHD_USERNAME=carol", "-e", "SFTPGO_AUTHD_PASSWORD=pw0123456", "-e",
				"SFTPGO_AUTHD_IP=192.0.2.1", "-e", "SFTPGO_AUTHD_PROTOCOL=SSH",
				"--entrypoint", "/usr/local/bin/checkpwd", build(t, "sftpgo"))
			if trusted {
				trust(t, id, provider)
			}
			docker(t, "start", id)
			docker(t, "wait", id)
			out, err := exec.CommandContext(t.Context(), "docker", "logs", id).Output()
			if err != nil {
				t.Fatal(err)
			}
			provider.check(t, trusted, string(out), id)
		})
	}
}

// provider is an Authy over TLS that says yes to everything and counts.
type provider struct {
	*httptest.Server
	asked chan string
}

func newProvider(t *testing.T) provider {
	t.Helper()
	p := provider{asked: make(chan string, 10)}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/verify/") { // hookd also asks whether its key is good
			p.asked <- r.URL.Path
		}
		fmt.Fprint(w, `{"message":"Token is valid.","token":"is valid","success":"true"}`)
	}))
	p.Config.ErrorLog = log.New(io.Discard, "", 0) // it would speak of the handshakes that are meant to fail
	p.StartTLS()
	t.Cleanup(p.Close)
	return p
}

func (p provider) check(t *testing.T, trusted bool, got, container string) {
	t.Helper()
	want, calls := `"status":0`, 0
	if trusted {
		want, calls = `"status":2`, 1
	}
	if !strings.Contains(strings.ReplaceAll(got, " ", ""), want) || len(p.asked) != calls {
		logs, _ := exec.Command("docker", "logs", container).CombinedOutput()
		t.Errorf("answered %s after %d calls, want %s after %d\n%s", got, len(p.asked), want, calls, logs)
	}
}

// trust adds the provider's authority to the bundle in a container.
func trust(t *testing.T, container string, p provider) {
	t.Helper()
	header, text := copyOut(t, container, bundle)
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw})...)
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		t.Fatal("no certificates in the bundle")
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	header.Size = int64(len(text))
	if err := w.WriteHeader(header); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(text)
	_ = w.Close()
	dockerIn(t, archive.Bytes(), "cp", "-", container+":"+path.Dir(bundle))
}

// copyOut reads a file of a container.
func copyOut(t *testing.T, container, file string) (*tar.Header, []byte) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "docker", "cp", "-L", container+":"+file, "-")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	r := tar.NewReader(bytes.NewReader(out))
	header, err := r.Next()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return header, content
}

func static(t *testing.T, program []byte) bool {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return false
		}
	}
	return true
}

// waitHealthy starts a container and waits for the engine to say what its health check found.
func waitHealthy(t *testing.T, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	events := exec.CommandContext(ctx, "docker", "events", "--since", "0m", "--filter", "container="+id, "--filter",
		"event=health_status", "--format", "{{.Action}}")
	out, err := events.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := events.Start(); err != nil {
		t.Fatal(err)
	}
	docker(t, "start", id)
	line := make([]byte, 200)
	n, _ := out.Read(line)
	cancel()
	_ = events.Wait()
	if got := strings.TrimSpace(string(line[:n])); got != "health_status: healthy" {
		logs, _ := exec.Command("docker", "logs", id).CombinedOutput()
		t.Errorf("health: %q\n%s", got, logs)
	}
}

// takePorts returns the first of n free loopback ports in a row, reserved until the test ends.
func takePorts(t *testing.T, n int) int {
	t.Helper()
	block, err := ports.Reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { block.Close() })
	first, err := block.Take(n)
	if err != nil {
		t.Fatal(err)
	}
	return first
}

// ask posts to a hook that is just starting: it tries until somebody listens.
func ask(t *testing.T, url, body string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Hook-Secret", "secret-of-the-image-test")
		if reply, err := http.DefaultClient.Do(r); err == nil {
			defer reply.Body.Close()
			text, err := io.ReadAll(reply.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nobody listens on %s", url)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
