package breaker

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// judge answers what it is told, and counts.
type judge struct {
	answer func() provider.Answer
	calls  atomic.Int32
}

func (p *judge) Verify(context.Context, provider.Person, otp.Code) provider.Answer {
	p.calls.Add(1)
	return p.answer()
}

func ask(b *Breaker) provider.Answer { return b.Verify(context.Background(), authy.ID{}, otp.Code{}) }

func TestSilenceOpens(t *testing.T) {
	t.Parallel()
	silent := atomic.Bool{}
	silent.Store(true)
	p := &judge{answer: func() provider.Answer {
		if silent.Load() {
			return provider.Answer{Result: provider.NoAnswer}
		}
		return provider.Answer{Result: provider.Right, Status: 200}
	}}
	b := New(p, Options{Calls: 4, Failures: 3, Pause: 50 * time.Millisecond})
	for range 10 {
		if got := ask(b); got.Result != provider.NoAnswer {
			t.Errorf("got %+v", got)
		}
	}
	if n := p.calls.Load(); n != 3 || !b.Open() {
		t.Errorf("asked %d times, open %v, want 3 and open", n, b.Open())
	}
	silent.Store(false)
	for end := time.Now().Add(5 * time.Second); b.Open() && time.Now().Before(end); <-time.After(5 * time.Millisecond) {
	}
	if got := ask(b); got.Result != provider.Right || b.Open() {
		t.Errorf("after the pause: got %+v, open %v", got, b.Open())
	}
}

// TestAnswersNeverOpen: whatever an attacker can bring about, a suspended user's 503 included, is
// an answer.
func TestAnswersNeverOpen(t *testing.T) {
	t.Parallel()
	for result := provider.Protocol; result < provider.NoAnswer; result++ {
		p := &judge{answer: func() provider.Answer { return provider.Answer{Result: result, Status: 503} }}
		b := New(p, Options{Calls: 4, Failures: 2, Pause: time.Hour})
		for range 10 {
			if got := ask(b); got.Result != result {
				t.Errorf("got %+v, want %v", got, result)
			}
		}
		if b.Open() || p.calls.Load() != 10 {
			t.Errorf("%v opens it", result)
		}
	}
}

// TestOwnLimitsNeverOpen: too many at once and people who hang up are refused, which is an answer,
// and do not open it.
func TestOwnLimitsNeverOpen(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	p := &judge{answer: func() provider.Answer {
		<-release
		return provider.Answer{Result: provider.Right, Status: 200}
	}}
	b := New(p, Options{Calls: 1, Failures: 1, Pause: time.Hour})
	var wait sync.WaitGroup
	wait.Go(func() { ask(b) })
	for p.calls.Load() == 0 { // until the only turn is taken
		<-time.After(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 5 {
		if got := b.Verify(ctx, authy.ID{}, otp.Code{}); got.Result != provider.Limited {
			t.Errorf("hung up: got %+v", got)
		}
	}
	if got := ask(b); got.Result != provider.Limited {
		t.Errorf("one too many: got %+v", got)
	}
	if b.Open() {
		t.Error("our own limits opened it")
	}
	close(release)
	wait.Wait()
}
