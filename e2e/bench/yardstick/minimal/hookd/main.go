// Command hookd is the least that the three hooks over HTTP can be which ask Authy. It ignores the
// answer: never use it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"

	"sftpgo-authy/e2e/bench/yardstick/verify"
)

// call is what SFTPGo sends, all three hooks together.
type call struct {
	Username, Password string
	Step               int
	Answers            []string
	User               json.RawMessage
}

func main() {
	listen := flag.String("listen", "", "`address` to listen on")
	flag.Parse()
	http.HandleFunc("/keyint", serve(keyint))
	http.HandleFunc("/extauth", serve(func(c call) (string, error) {
		return string(c.User), verify.Ask(c.Username, c.Password)
	}))
	http.HandleFunc("/checkpwd", serve(func(c call) (string, error) {
		password, code := verify.Cut(c.Password)
		return `{"status":2,"to_verify":"` + password + `"}`, verify.Ask(c.Username, code)
	}))
	log.Fatal(http.ListenAndServe(*listen, nil))
}

func keyint(c call) (string, error) {
	switch c.Step {
	case 1:
		return `{"questions":["Password: "],"echos":[false],"check_password":1}`, nil
	case 2:
		return `{"questions":["Code: "],"echos":[false]}`, nil
	}
	return `{"auth_result":1}`, verify.Ask(c.Username, c.Answers[0])
}

func serve(answer func(call) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var c call
		err := json.NewDecoder(r.Body).Decode(&c)
		var reply string
		if err == nil {
			reply, err = answer(c)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, reply)
	}
}
