package hookd

import (
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/sftpgo"
)

// answerTime is after how long nobody will answer a question any more: SFTPGo ends an SSH login
// that takes two minutes.
const answerTime = 150 * time.Second

// maxOpen bounds the conversations that are watched, of some 500 bytes each.
const maxOpen = 20_000

// unanswered watches keyboard-interactive conversations that wait for a code. SFTPGo tells a hook
// over HTTP nothing when the client hangs up, so that a right password without a code would leave
// no line of audit. It is safe for concurrent use.
type unanswered struct {
	after func(time.Duration, func()) (stop func() bool) // nil: nothing is watched
	tell  func(r sftpgo.Keyint)                          // about the step in which the question was asked

	mu   sync.Mutex
	open map[string]func() bool // stops the timer of a conversation, by its name
}

// asked watches a conversation from the step on in which a code was asked for. When very many are
// open, it is not watched.
func (u *unanswered) asked(r sftpgo.Keyint) {
	if u.after == nil || r.RequestID == "" {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.open) >= maxOpen {
		return
	}
	if u.open == nil {
		u.open = map[string]func() bool{}
	}
	if stop, found := u.open[r.RequestID]; found {
		stop()
	}
	u.open[r.RequestID] = u.after(answerTime, func() {
		if u.answered(r.RequestID) {
			u.tell(r)
		}
	})
}

// answered ends the watch of a conversation, and says whether there was one.
func (u *unanswered) answered(request string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	stop, found := u.open[request]
	if found {
		stop()
		delete(u.open, request)
	}
	return found
}
