package hookd

import (
	"strconv"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/sftpgo"
)

// TestWatchIsBounded: whoever opens very many conversations does not fill the memory.
func TestWatchIsBounded(t *testing.T) {
	t.Parallel()
	timers := 0
	u := &unanswered{after: func(time.Duration, func()) func() bool { timers++; return func() bool { return true } }}
	for i := range maxOpen + 10 {
		u.asked(sftpgo.Keyint{RequestID: strconv.Itoa(i)})
	}
	u.asked(sftpgo.Keyint{})
	if timers != maxOpen {
		t.Errorf("%d are watched, want %d", timers, maxOpen)
	}
	if !u.answered("0") || u.answered("0") {
		t.Error("an answer is found not once")
	}
	if u.asked(sftpgo.Keyint{RequestID: "one more"}); timers != maxOpen+1 {
		t.Errorf("%d were watched, want one more than %d", timers, maxOpen)
	}
}
