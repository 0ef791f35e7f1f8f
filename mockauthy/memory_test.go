package main_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"sftpgo-authy/mockauthy/internal/verify"
)

// TestMemoryIsBoundedOverAllWorlds floods a mock that accepts every key: with worlds, with long
// bodies, with users of one world and with factors of one account, until it says that it is full.
// Run it alone and with -v to see the figures.
func TestMemoryIsBoundedOverAllWorlds(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("floods a mock four times, and -short is set; or this is not Linux, and the peak is read from /proc")
	}
	const limit = 32 // MiB
	// What the collector may be behind, and the program itself.
	const peak = 3 * limit << 10
	binary := build(t)
	junk := strings.Repeat("x", 20<<10)
	for name, body := range map[string]func(i int) (key, form string){
		"worlds": func(i int) (string, string) { return fmt.Sprint("key", i), "user[email]=a@x.test" },
		"long bodies": func(i int) (string, string) {
			return fmt.Sprint("key", i%50), "junk=" + junk + "&user[email]=a@x.test"
		},
		"factors": func(int) (string, string) {
			return "AC" + strings.Repeat("a", 32), "FactorType=totp&FriendlyName=a"
		},
		"one crowd": func(int) (string, string) { return "crowd", "user[email]=" + junk[:200] + "@x.test" },
	} {
		t.Run(name, func(t *testing.T) {
			cmd, url, lines := start(t, binary, "--any-key", "--max-memory", strconv.Itoa(limit), "--log-level",
				"error", "--set", "verify.limits=false")
			var sent, refused atomic.Int64
			var flood sync.WaitGroup
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
			defer client.CloseIdleConnections()
			for range 4 {
				flood.Go(func() {
					for sent.Load() < 400_000 && refused.Load() < 500 {
						i := int(sent.Add(1))
						key, form := body(i)
						form += fmt.Sprintf("&user[country_code]=1&user[cellphone]=202%07d", 2_000_000+i)
						path := "/protected/json/users/new"
						if name == "factors" {
							path = fmt.Sprintf(
								"/v2/Services/%s/Entities/person-%07d/Factors",
								verify.CredentialsOf(key).ServiceSID,
								i,
							)
						}
						req, err := http.NewRequest(http.MethodPost, url+path, bytes.NewReader([]byte(form)))
						if err != nil {
							t.Error(err)
							return
						}
						req.Header.Set("X-Authy-API-Key", key)
						if name == "factors" {
							req.SetBasicAuth(key, "any")
							req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
						}
						resp, err := client.Do(req)
						if err != nil {
							t.Error(err)
							return
						}
						_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
						resp.Body.Close()
						if resp.StatusCode == http.StatusServiceUnavailable {
							refused.Add(1)
						}
					}
				})
			}
			flood.Wait()
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			if err != nil {
				t.Fatal(err)
			}
			high := regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`).FindSubmatch(status)
			kib, _ := strconv.Atoi(string(high[1]))
			t.Logf("%d requests, of which %d were refused; peak %d MiB with --max-memory %d", sent.Load(),
				refused.Load(), kib>>10, limit)
			if kib > peak {
				t.Errorf("peak %d KiB, want at most %d", kib, peak)
			}
			if resp, err := http.Get(url + "/_mock/users"); err != nil || resp.StatusCode != 200 {
				t.Errorf("the first app can no longer be read: %v %v", resp, err)
			}
			_ = cmd.Process.Signal(syscall.SIGTERM)
			for lines.Scan() { // until it has closed its output
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}
