package main

import (
	"os"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/doctor"
)

func TestTheReadmeHasEveryCommandAndCheck(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commands() {
		contains(t, string(text), "authyctl "+c.name)
	}
	var table strings.Builder
	for _, c := range doctor.Checks() {
		table.WriteString("| `" + c.ID + "` | " + c.About + " |\n")
	}
	if !strings.Contains(string(text), "| --- | --- |\n"+table.String()+"\n") {
		t.Errorf("the README's table of checks should be\n%s", table.String())
	}
}
