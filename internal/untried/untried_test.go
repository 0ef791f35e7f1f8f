package untried_test

import (
	"fmt"
	"testing"

	"sftpgo-authy/internal/untried"
)

// ended is a test that notes how it was ended.
type ended struct {
	testing.TB
	how string
}

func (e *ended) Helper() {}
func (e *ended) Skipf(format string, args ...any) {
	e.how = "skipped: " + fmt.Sprintf(format, args...)
}
func (e *ended) Fatalf(format string, args ...any) {
	e.how = "failed: " + fmt.Sprintf(format, args...)
}

func TestWhatCannotBeTriedFailsWhereEverythingMustBe(t *testing.T) {
	for strict, want := range map[string]string{
		"":  "skipped: no moon",
		"0": "skipped: no moon",
		"1": "failed: not tried, and CI_STRICT=1 wants everything tried: no moon",
	} {
		t.Setenv("CI_STRICT", strict)
		e := &ended{}
		if untried.Skip(e, "no %s", "moon"); e.how != want {
			t.Errorf("CI_STRICT=%q: %q, want %q", strict, e.how, want)
		}
	}
}

func TestAProgramIsFoundOrItsPackageNamed(t *testing.T) {
	t.Setenv("CI_STRICT", "")
	e := &ended{}
	if path := untried.Program(e, "golang", "no-such-program", "go"); path == "" || e.how != "" {
		t.Errorf("go: %q, %q", path, e.how)
	}
	if untried.Program(e, "moon", "no-such-program"); e.how == "" {
		t.Error("a program that is not there does not end the test")
	}
}
