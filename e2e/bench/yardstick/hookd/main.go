// Command hookd is three hooks over HTTP that let everybody in whom SFTPGo knows. Built as it is,
// they do nothing; built with asks set, they are the least that asks Authy, and ignore the answer.
// Never use it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"sftpgo-authy/e2e/bench/yardstick/verify"
)

// asks is set by the linker (-X main.asks=yes) where Authy is asked.
var asks string

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
		return string(c.User), ask(c.Username, c.Password)
	}))
	http.HandleFunc("/checkpwd", serve(func(c call) (string, error) {
		password, code := verify.Cut(c.Password)
		return `{"status":2,"to_verify":"` + password + `"}`, ask(c.Username, code)
	}))
	http.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "{\"msg\":\"listening\",\"addr\":%q}\n", listener.Addr().String()) // as ours says it
	log.Fatal(http.Serve(listener, nil))
}

func keyint(c call) (string, error) {
	switch {
	case asks == "":
		return `{"auth_result":1}`, nil
	case c.Step == 1:
		return `{"questions":["Password: "],"echos":[false],"check_password":1}`, nil
	case c.Step == 2:
		return `{"questions":["Code: "],"echos":[false]}`, nil
	}
	return `{"auth_result":1}`, ask(c.Username, c.Answers[0])
}

func ask(account, code string) error {
	if asks == "" {
		return nil
	}
	return verify.Ask(account, code)
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
