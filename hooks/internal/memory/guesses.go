package memory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
)

// Guesses at codes that we judge ourselves are bounded for each person, whoever makes them and from
// wherever: nobody else would suspend the person. One is judged at a time. After [FreeGuesses]
// wrong ones each costs a pause, twice as long as the one before, up to [LongestPause]. A wrong
// guess is forgotten after as long, so that over the days there are no more than one in that time.
// A right code forgets none: somebody could guess between the logins of the person.
const (
	FreeGuesses  = 5
	FirstPause   = 15 * time.Second
	LongestPause = time.Hour

	judgeTime = 10 * time.Second // that a guess may take; then the next one is judged in any case
	turnTime  = judgeTime / 2    // for so long a guess that ends makes way for the next
	mostWrong = 24
)

// pauseAfter returns how long nobody is judged after so many wrong guesses.
func pauseAfter(wrong int) time.Duration {
	pause := FirstPause
	for n := FreeGuesses; n < wrong && pause < LongestPause; n++ {
		pause *= 2
	}
	if wrong < FreeGuesses {
		return 0
	}
	return min(pause, LongestPause)
}

func (s *Logins) guessKey(person string) store.Key { return s.key(store.Guess, "turn", person) }
func (s *Logins) wrongKey(person string) store.Key { return s.key(store.Guess, "wrong", person) }

// BeginGuess takes the one guess at a person's code that may be judged at a time. free is false
// while another one is judged, and during the pause after wrong ones. EndGuess ends it, and is told
// until when it may make way for the next.
func (s *Logins) BeginGuess(ctx context.Context, person string) (until time.Time, free bool, err error) {
	until = s.Now().Add(turnTime)
	free, _, err = s.Store.Take(ctx, s.guessKey(person), "", judgeTime)
	return until, free, err
}

// EndGuess ends a guess that BeginGuess took. One that was wrong counts before anybody learns that
// it was. One that comes late leaves alone what stands there: it may be the pause after the guess
// of somebody else.
func (s *Logins) EndGuess(ctx context.Context, person string, until time.Time, wrong bool) error {
	free := func() error {
		if s.Now().Before(until) {
			return s.Store.Drop(ctx, s.guessKey(person))
		}
		return nil
	}
	if !wrong {
		return free()
	}
	n, err := s.wrongGuesses(ctx, person)
	if err != nil {
		return err
	}
	n = min(n+1, mostWrong)
	text := fmt.Sprintf("%d %d", n, s.Now().Unix())
	if err := s.Store.Set(ctx, s.wrongKey(person), text, time.Duration(n)*LongestPause); err != nil {
		return err
	}
	if pause := pauseAfter(n); pause > 0 {
		err = s.Store.Set(ctx, s.guessKey(person), "", pause)
	} else {
		err = free()
	}
	if err != nil {
		return err
	}
	return s.Store.Keep(ctx, s.wrongKey(person), s.guessKey(person))
}

// ForgetGuesses forgets the wrong guesses at a person's code, and ends the pause after them.
func (s *Logins) ForgetGuesses(ctx context.Context, person string) error {
	return errors.Join(
		s.Store.Drop(ctx, s.wrongKey(person)), s.Store.Drop(ctx, s.guessKey(person)),
		s.Store.Keep(ctx, s.wrongKey(person), s.guessKey(person)),
	)
}

// wrongGuesses returns how many wrong guesses at a person's code are not forgotten.
func (s *Logins) wrongGuesses(ctx context.Context, person string) (int, error) {
	text, err := s.Store.Get(ctx, s.wrongKey(person))
	if err != nil || text == "" {
		return 0, err
	}
	var n int
	var last int64
	if _, err := fmt.Sscanf(text, "%d %d", &n, &last); err != nil {
		return mostWrong, nil // whoever wrote it may not have wished us well
	}
	forgotten := int(s.Now().Sub(time.Unix(last, 0)) / LongestPause)
	return max(0, n-max(0, forgotten)), nil
}
