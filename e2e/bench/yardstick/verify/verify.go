// Package verify is the one call to Authy that the minimal hooks make: the same request as ours,
// and the answer is thrown away. It is a yardstick for a bench, not a way to log anybody in.
package verify

import (
	"io"
	"net/http"
	"os"
)

// digits is how long the code at the end of a password is.
const digits = 7

// Ask asks the API of the environment whether the code is right for an account, and tells nobody
// what it said. The bench names an account by a letter and its Authy id, so that not even a users
// file has to be read. The connection is hung up afterwards, as ours is; with BENCH_KEEP set it is
// kept for the next call. Built with the tag lasting, it also keeps the code in a file, with one
// commit.
func Ask(account, code string) error {
	request, err := http.NewRequest(http.MethodGet,
		os.Getenv("AUTHY_API_URL")+"/protected/json/verify/"+code+"/"+account[1:]+"?force=true", nil)
	if err != nil {
		return err
	}
	request.Close = os.Getenv("BENCH_KEEP") == ""
	request.Header.Set("X-Authy-API-Key", os.Getenv("AUTHY_API_KEY"))
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, reply.Body)
	_ = reply.Body.Close()
	return keep(account, code)
}

// Cut returns the password without the code at its end, and the code.
func Cut(typed string) (password, code string) {
	return typed[:len(typed)-digits], typed[len(typed)-digits:]
}
