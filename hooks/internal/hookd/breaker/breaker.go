// Package breaker stands before Authy: it bounds how many calls run at once, and stops asking for a
// while when Authy does not answer, so that denials come at once and not after every deadline.
package breaker

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// Options of a [Breaker].
type Options struct {
	Calls    int           // at once
	Failures int           // in a row that open it
	Pause    time.Duration // until it tries again, with one call
}

// patience is how long a call waits for its turn.
const patience = time.Second

// Breaker implements [gate.Provider] over another one.
type Breaker struct {
	provider gate.Provider
	turns    chan struct{}
	circuit  *gobreaker.CircuitBreaker[authy.Answer]
}

// What a call means to the circuit.
var (
	errSilent = errors.New("no answer")
	errOwn    = errors.New("a limit of our own")
)

// New puts a breaker before provider.
//
// Silence alone opens it, never an answer and never a limit of ours: where silence is configured to
// pass, nobody may be able to bring it about.
func New(provider gate.Provider, o Options) *Breaker {
	return &Breaker{
		provider: provider,
		turns:    make(chan struct{}, o.Calls),
		circuit: gobreaker.NewCircuitBreaker[authy.Answer](gobreaker.Settings{
			Name:        "authy",
			MaxRequests: 1,
			Timeout:     o.Pause,
			ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= uint32(o.Failures) },
			IsExcluded:  func(err error) bool { return errors.Is(err, errOwn) },
		}),
	}
}

// Open says whether Authy is not asked at present.
func (b *Breaker) Open() bool { return b.circuit.State() == gobreaker.StateOpen }

// Verify implements [gate.Provider].
func (b *Breaker) Verify(ctx context.Context, id authy.ID, code otp.Code) authy.Answer {
	answer, err := b.circuit.Execute(func() (authy.Answer, error) {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case b.turns <- struct{}{}:
			defer func() { <-b.turns }()
		case <-timer.C:
			return authy.Answer{Result: authy.Limited}, errOwn
		case <-ctx.Done():
			return authy.Answer{Result: authy.Limited}, errOwn
		}
		answer := b.provider.Verify(ctx, id, code)
		switch {
		case answer.Result == authy.NoAnswer:
			return answer, errSilent
		case answer.Result == authy.Limited && answer.Status == 0:
			return answer, errOwn
		}
		return answer, nil
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return authy.Answer{Result: authy.NoAnswer}
	}
	return answer
}
