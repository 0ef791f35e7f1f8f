// Package breaker stands before a provider that asks somebody else: it bounds how many calls run
// at once, and stops asking for a while when nobody answers, so that denials come at once and not
// after every deadline.
package breaker

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// Options of a [Breaker].
type Options struct {
	Calls    int           // at once
	Failures int           // in a row that open it
	Pause    time.Duration // until it tries again, with one call
}

// patience is how long a call waits for its turn.
const patience = time.Second

// Breaker is a [provider.Verifier] over another one.
type Breaker struct {
	next    provider.Verifier
	turns   chan struct{}
	circuit *gobreaker.CircuitBreaker[provider.Answer]
}

// What a call means to the circuit.
var (
	errSilent = errors.New("no answer")
	errOwn    = errors.New("a limit of our own")
)

// New puts a breaker before next.
//
// Only silence opens it, never an answer and never a limit of ours: if silence is configured to
// pass, nobody may be able to cause it.
func New(next provider.Verifier, o Options) *Breaker {
	return &Breaker{
		next:  next,
		turns: make(chan struct{}, o.Calls),
		circuit: gobreaker.NewCircuitBreaker[provider.Answer](gobreaker.Settings{
			MaxRequests: 1,
			Timeout:     o.Pause,
			ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= uint32(o.Failures) },
			IsExcluded:  func(err error) bool { return errors.Is(err, errOwn) },
		}),
	}
}

// Open says whether the breaker is open, so that the provider is not asked at the moment.
func (b *Breaker) Open() bool { return b.circuit.State() == gobreaker.StateOpen }

// Verify implements [provider.Verifier].
func (b *Breaker) Verify(ctx context.Context, person provider.Person, code otp.Code) provider.Answer {
	answer, err := b.circuit.Execute(func() (provider.Answer, error) {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case b.turns <- struct{}{}:
			defer func() { <-b.turns }()
		case <-timer.C:
			return provider.Answer{Result: provider.Limited}, errOwn
		case <-ctx.Done():
			return provider.Answer{Result: provider.Limited}, errOwn
		}
		answer := b.next.Verify(ctx, person, code)
		switch {
		case answer.Result == provider.NoAnswer:
			return answer, errSilent
		case answer.Result == provider.Limited && answer.Status == 0:
			return answer, errOwn
		}
		return answer, nil
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return provider.Answer{Result: provider.NoAnswer}
	}
	return answer
}
