package report

import (
	"errors"
	"strings"
	"testing"

	"sftpgo-authy/internal/client"
)

func TestTableSaysWhatRanAndWhatNot(t *testing.T) {
	t.Parallel()
	r := New()
	var b strings.Builder
	if r.Table(&b); b.Len() > 0 {
		t.Fatalf("nothing ran, and the table is %q", b.String())
	}
	r.Begin("binary", "SFTPGo 2.7.5")
	r.Scenario("binary", "right code", nil)
	r.Scenario("binary", "wrong code", errors.New("she is in"))
	r.Skip("container", "no docker on PATH\nmore")
	r.LeftOut("@redis", "redis-server is not installed")
	r.Table(&b)
	want := `FAILED on binary: wrong code
LEFT OUT: scenarios tagged @redis, since redis-server is not installed
TARGET     RAN  PASSED  FAILED  WHAT, OR WHY NOT
binary     yes  1       1       SFTPGo 2.7.5
container  no   -       -       no docker on PATH
`
	if b.String() != want {
		t.Fatalf("got\n%s\nwant\n%s", b.String(), want)
	}
	if r.Count("binary") != 2 || r.Count("container") != 0 {
		t.Fatalf("counts are %d and %d", r.Count("binary"), r.Count("container"))
	}
}

func TestMatrixNeedsAResultOrAReasonForEachCell(t *testing.T) {
	t.Parallel()
	r := New()
	r.Begin("binary", "SFTPGo 2.7.5")
	if err := r.Matrix(&strings.Builder{}); err == nil ||
		!strings.Contains(err.Error(), "keyint, program door, SFTP with prompts on binary") {
		t.Fatalf("got %v, want an error that names what was not tried", err)
	}
	for _, hook := range []string{"keyint", "extauth", "checkpwd"} {
		for _, door := range []string{"program", "HTTP"} {
			for _, way := range client.All() {
				why := ""
				if impossible(hook, way) != "" {
					continue
				}
				if door == "HTTP" && way.Name == "FTP" {
					why = "it is Sunday"
				}
				r.Tried(Cell{"binary", hook, door, way.Name}, why)
			}
		}
	}
	r.Skip("container", "no docker on PATH")
	var b strings.Builder
	if err := r.Matrix(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| SFTP | SFTP with prompts | yes | yes | no (1) | no (1) |\n",
		"| FTP | FTP | yes | no (2) | no (1) | no (1) |\n",
		"1. container did not run: no docker on PATH.\n2. it is Sunday.\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the matrix lacks %q:\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "|  |") {
		t.Error("the matrix has an empty cell")
	}
}
