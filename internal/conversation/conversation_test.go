package conversation_test

import (
	"os/exec"
	"strings"
	"testing"

	"sftpgo-authy/internal/conversation"
)

func TestHold(t *testing.T) {
	t.Parallel()
	const ask = `echo '{"questions":["One: "],"check_password":1}'; read a; echo '{"questions":["Two: "]}'; `
	for name, c := range map[string]struct {
		script  string
		answers []string
		asked   string
		reply   string
		ok      bool
	}{
		"answers in order": {ask + `read b; echo "got $a $b"`, []string{"1", "2"}, "One: Two: ",
			"got 1 2\n", true},
		"none left":             {ask + `read b || echo ended`, []string{"1"}, "One: Two: ", "ended\n", true},
		"half a line at an end": {`printf '{"ques'; kill -9 $$`, nil, "", `{"ques`, false},
		"no question, exit 1": {`echo '{"username":""}'; echo more; exit 1`, nil, "",
			"{\"username\":\"\"}\nmore\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rounds, reply, err := conversation.Hold(exec.Command("/bin/sh", "-c", c.script), c.answers...)
			var asked strings.Builder
			for _, r := range rounds {
				asked.WriteString(r.Questions[0])
			}
			if asked.String() != c.asked || reply != c.reply || (err == nil) != c.ok {
				t.Errorf("got %+v, %q, %v", rounds, reply, err)
			}
		})
	}
}
