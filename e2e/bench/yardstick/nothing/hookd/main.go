// Command hookd is three hooks over HTTP that do nothing: everybody whom SFTPGo knows gets in.
// Never use it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
)

// digits is how long the code at the end of a password is.
const digits = 7

// call is what SFTPGo sends.
type call struct {
	Password string
	User     json.RawMessage
}

func main() {
	listen := flag.String("listen", "", "`address` to listen on")
	flag.Parse()
	http.HandleFunc("/keyint", serve(func(call) string { return `{"auth_result":1}` }))
	http.HandleFunc("/extauth", serve(func(c call) string { return string(c.User) }))
	http.HandleFunc("/checkpwd", serve(func(c call) string {
		return `{"status":2,"to_verify":"` + c.Password[:len(c.Password)-digits] + `"}`
	}))
	log.Fatal(http.ListenAndServe(*listen, nil))
}

func serve(answer func(call) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c call
		if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, answer(c))
	}
}
