package hookd

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"

	"sftpgo-authy/hooks/internal/proof"
)

// prover answers /prove: it proves to anybody who has the secret that this hookd has it too.
// Everybody may ask, and learns nothing else. It proves nothing if the secret is not strong enough.
func prover(secret string) http.HandlerFunc {
	key, err := proof.KeyOf(secret)
	if err != nil {
		return http.NotFound
	}
	return func(w http.ResponseWriter, r *http.Request) {
		nonce, err := proof.ParseNonce(r.URL.Query().Get("nonce"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer, err := prove(key, nonce, r)
		if err != nil {
			http.Error(w, "this connection cannot be named", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(answer) // who asked is gone
	}
}

// prove answers for the connection of a request.
func prove(key proof.Key, nonce proof.Nonce, r *http.Request) (proof.Answer, error) {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return proof.Answer{}, err
	}
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	ends, err := proof.EndsOf(net.TCPAddrFromAddrPort(remote), local, r.TLS)
	if err != nil {
		return proof.Answer{}, err
	}
	return key.Prove(nonce, ends), nil
}
