package health

import (
	"context"
	"sync"
	"time"
)

// Check finds out whether a part works.
type Check struct {
	Part string // as in [Board.Set]

	// Every is the pause between two runs while all is well, and Again the one after a finding; 0
	// means Every.
	Every, Again time.Duration

	// Now says that a run is cheap enough to be made for every [Watch.Look].
	Now bool

	// Run returns what it found. It must end soon after ctx does.
	Run func(ctx context.Context) Finding
}

// again returns the pause after a finding.
func (c Check) again(f Finding) time.Duration {
	if f.Level == Fine || c.Again == 0 {
		return c.Every
	}
	return c.Again
}

// Patience is how long one run of a check may take.
const Patience = 10 * time.Second

// Watch runs checks and puts what they find on a board. Make one with [Start].
type Watch struct {
	board  *Board
	checks []Check
	first  chan struct{} // closed when every check has run once
	cancel context.CancelFunc
	ended  sync.WaitGroup

	mu      sync.Mutex
	looking chan struct{} // closed at the end of the look that is under way; nil for none
}

// Start runs each check in a goroutine of its own, at once and then again and again, until Stop or
// until ctx ends. No login waits for a check. round, unless nil, is called once, when every check
// has run once.
func Start(ctx context.Context, board *Board, checks []Check, round func()) *Watch {
	ctx, cancel := context.WithCancel(ctx)
	w := &Watch{board: board, checks: checks, first: make(chan struct{}), cancel: cancel}
	var first sync.WaitGroup
	first.Add(len(checks))
	for _, c := range checks {
		w.ended.Go(func() { w.repeat(ctx, c, first.Done) })
	}
	w.ended.Go(func() {
		first.Wait()
		close(w.first)
		if round != nil {
			round()
		}
	})
	return w
}

// repeat runs one check until ctx ends, and calls ran after the first run.
func (w *Watch) repeat(ctx context.Context, c Check, ran func()) {
	pause := c.again(w.run(ctx, c))
	ran()
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(c.again(w.run(ctx, c)))
	}
}

// run makes one run. A finding made after ctx ended is dropped: the end may have caused it.
func (w *Watch) run(ctx context.Context, c Check) Finding {
	patient, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	found := c.Run(patient)
	if ctx.Err() == nil {
		w.board.Set(c.Part, found)
	}
	return found
}

// Look brings the board up to date for a question about the whole: it waits until every check has
// run once, and runs those that are cheap. What those find when ctx ends counts: end it by a
// deadline alone. complete is false where the first round was still running at the end of ctx.
//
// Callers that look at the same time share one run: anybody who reaches hookd may look, and a crowd
// must not use up what logins need, such as connections to a shared store.
func (w *Watch) Look(ctx context.Context) (complete bool) {
	select {
	case <-w.first:
	case <-ctx.Done():
		return false
	}
	w.mu.Lock()
	looking := w.looking
	if looking == nil {
		w.looking = make(chan struct{})
	}
	w.mu.Unlock()
	if looking == nil {
		w.look(ctx)
		return true
	}
	select {
	case <-looking:
	case <-ctx.Done():
	}
	return true
}

// look runs the cheap checks for everybody who looks.
func (w *Watch) look(ctx context.Context) {
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		close(w.looking)
		w.looking = nil
	}()
	for _, c := range w.checks {
		if c.Now {
			w.board.Set(c.Part, c.Run(ctx))
		}
	}
}

// Complete says whether every check has run once.
func (w *Watch) Complete() bool {
	select {
	case <-w.first:
		return true
	default:
		return false
	}
}

// Stop ends all checks and returns when none runs any more.
func (w *Watch) Stop() {
	w.cancel()
	w.ended.Wait()
}
