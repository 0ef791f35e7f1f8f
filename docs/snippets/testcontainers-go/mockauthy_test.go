// Package login tests against mockauthy in a container. Copy this file into your module, and put
// your own login in place of codeIsRight.
package login

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// startMockauthy returns the base URL of a mock that ends with the test. Its API key is
// mock-api-key, and it has one user: alice, with the Authy id 4815162.
func startMockauthy(t *testing.T) string {
	t.Helper()
	image := os.Getenv("MOCKAUTHY_IMAGE")
	if image == "" {
		image = "sftpgo-authy/mockauthy" // what `make image` builds
	}
	mock, err := testcontainers.Run(t.Context(), image, testcontainers.WithExposedPorts("8880/tcp"),
		// Under localhost /_mock/ answers anyway. These are names of the engine where tests run in
		// a container themselves.
		testcontainers.WithEnv(map[string]string{"MOCKAUTHY_ALLOW_HOST": "docker,172.17.0.1"}),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/_mock/readyz").WithPort("8880/tcp")))
	testcontainers.CleanupContainer(t, mock)
	if err != nil {
		t.Fatal(err)
	}
	url, err := mock.PortEndpoint(t.Context(), "8880/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// get returns the body of an answer.
func get(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("X-Authy-API-Key", "mock-api-key")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return strings.TrimSpace(string(body)), err
}

// codeIsRight stands for your code: it asks Authy.
func codeIsRight(ctx context.Context, url, code string) bool {
	body, err := get(ctx, url+"/protected/json/verify/"+code+"/4815162?force=true")
	return err == nil && strings.Contains(body, `"token":"is valid"`)
}

func TestLogin(t *testing.T) {
	url := startMockauthy(t)
	code, err := get(t.Context(), url+"/_mock/users/alice/code") // what her phone shows
	if err != nil {
		t.Fatal(err)
	}
	if !codeIsRight(t.Context(), url, code) {
		t.Errorf("the code %s was refused", code)
	}
	if codeIsRight(t.Context(), url, code) {
		t.Errorf("the code %s was good twice", code)
	}
}
