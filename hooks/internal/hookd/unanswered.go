package hookd

import (
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/sftpgo"
)

// answerTime is how long an answer may take: SFTPGo ends an SSH login after two minutes.
const answerTime = 150 * time.Second

// maxOpen bounds how many conversations are watched. Each takes some 500 bytes.
const maxOpen = 20_000

// unanswered watches keyboard-interactive conversations that wait for a code. Over HTTP, SFTPGo
// does not tell a hook that the client has hung up, so a right password without a code would leave
// no audit line. It is safe for concurrent use.
type unanswered struct {
	after func(time.Duration, func()) (stop func() bool) // nil: nothing is watched
	tell  func(r sftpgo.Keyint)                          // about the step in which the question was asked

	mu   sync.Mutex
	open map[string]func() bool // stops the timer of a conversation, by its name
}

// asked starts to watch a conversation, at the step in which a code was asked for. It does nothing
// if very many are open.
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

// answered stops watching a conversation, and reports whether it was watched.
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
