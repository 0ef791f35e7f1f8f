package hookd

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/proof"
)

const strong = "8d1f0c52e97b3a646fe05b21c8d4973a1b7e62f09c35da84e61027fb9d8c43a5"

func TestHookdProvesItselfToWhoeverAsks(t *testing.T) {
	t.Parallel()
	url, _ := start(t, strong)
	key, err := proof.KeyOf(strong)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return conn, nil
		}}}
	nonce := proof.Nonce{3}
	res, err := client.Get(url + proof.Path + "?nonce=" + nonce.String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer proof.Answer
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	ends, err := proof.EndsOf(conn.LocalAddr(), conn.RemoteAddr(), nil)
	if err != nil || answer.Ends != ends || !key.Made(answer, nonce) {
		t.Errorf("%+v over %+v (%v)", answer, ends, err)
	}
}

func TestWhatProvesNothing(t *testing.T) {
	t.Parallel()
	nonce := proof.Nonce{}.String()
	for _, row := range []struct {
		secret, method, query string
		want                  int
	}{
		{strong, "GET", "?nonce=" + nonce, http.StatusOK},
		{strong, "POST", "?nonce=" + nonce, http.StatusMethodNotAllowed},
		{strong, "GET", "", http.StatusBadRequest},
		{strong, "GET", "?nonce=" + nonce[2:], http.StatusBadRequest},
		{strong, "GET", "?nonce=" + nonce + nonce, http.StatusBadRequest},
		{"", "GET", "?nonce=" + nonce, http.StatusNotFound},
		// its proof would let it be guessed
		{"between-sftpgo-and-hookd", "GET", "?nonce=" + nonce, http.StatusNotFound},
	} {
		url, _ := start(t, row.secret)
		if got, text := ask(t, row.method, url+proof.Path+row.query, "", ""); got != row.want ||
			strings.Contains(text, strong) {
			t.Errorf("%s %s with secret %q: %d %s, want %d", row.method, row.query, row.secret, got, text, row.want)
		}
	}
}
