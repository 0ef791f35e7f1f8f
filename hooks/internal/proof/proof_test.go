package proof

import (
	"net"
	"strings"
	"testing"
)

const secret = "5f0c9b7d2e8146a3c17be04d9a6f28355f0c9b7d1e8146a3c17be04d9a6f2836"

func addr(t *testing.T, text string) net.Addr {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAProofIsGoodForItsQuestionAndConnectionAlone(t *testing.T) {
	t.Parallel()
	key, err := KeyOf(secret)
	if err != nil {
		t.Fatal(err)
	}
	nonce := Nonce{1}
	ends, err := EndsOf(addr(t, "[::ffff:127.0.0.1]:50000"), addr(t, "127.0.0.1:8890"), nil)
	if err != nil || ends != (Ends{Client: "127.0.0.1:50000", Server: "127.0.0.1:8890"}) {
		t.Fatalf("%+v, %v", ends, err)
	}
	ends.Channel = "00"
	good := key.Prove(nonce, ends)
	if !key.Made(good, nonce) {
		t.Fatal("a proof is not believed")
	}
	other, err := KeyOf(secret[:62])
	if err != nil {
		t.Fatal(err)
	}
	moved, plain, cut := good, good, good
	moved.Server = "[::1]:8890"
	plain.Channel = ""
	cut.MAC = cut.MAC[:32]
	for what, made := range map[string]bool{
		"another secret":      other.Made(good, nonce),
		"another nonce":       key.Made(good, Nonce{2}),
		"another channel":     key.Made(plain, nonce),
		"another end":         key.Made(moved, nonce),
		"a part of the MAC":   key.Made(cut, nonce),
		"nothing":             key.Made(Answer{Ends: ends}, nonce),
		"the secret as a key": Key(secret).Made(good, nonce),
	} {
		if made {
			t.Errorf("%s: believed", what)
		}
	}
}

func TestAWeakSecretProvesNothing(t *testing.T) {
	t.Parallel()
	for _, weak := range []string{"", "change-me", "between-sftpgo-and-hookd"} {
		if _, err := KeyOf(weak); err == nil {
			t.Errorf("%q proves", weak)
		}
	}
}

func TestNonces(t *testing.T) {
	t.Parallel()
	n := Nonce{7, 31: 9}
	if got, err := ParseNonce(n.String()); err != nil || got != n {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "00", n.String() + "00", strings.Repeat("g", 64)} {
		if _, err := ParseNonce(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
