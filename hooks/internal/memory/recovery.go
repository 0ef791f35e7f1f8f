package memory

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sftpgo-authy/hooks/internal/memory/store"
)

func (s *Logins) stepKey(person string) store.Key { return s.key(store.LastStep, "", person) }

// AdvanceStep keeps the last step of a person whose code was accepted. It returns false where the
// step, or a later one, was accepted before: of many attempts at once it returns true for one.
func (s *Logins) AdvanceStep(ctx context.Context, person string, step int64) (bool, error) {
	return s.Store.Advance(ctx, s.stepKey(person), step, 0)
}

// LastStep returns when the last step of a person began that was accepted, in Unix seconds, or when
// the last login of one was whose logins are noted; 0 where none was.
func (s *Logins) LastStep(ctx context.Context, person string) (int64, error) {
	text, err := s.Store.Get(ctx, s.stepKey(person))
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}

// ForgetStep forgets the last step and the wrong guesses of a person, who has a new secret: codes
// of the old one make no code of the new one used.
func (s *Logins) ForgetStep(ctx context.Context, person string) error {
	return errors.Join(
		s.ForgetGuesses(ctx, person), s.Store.Drop(ctx, s.stepKey(person)), s.Store.Keep(ctx, s.stepKey(person)),
	)
}

// Recovery codes lie in one mark for each person, as the digests that their provider makes of them.
// One that is used up has a mark of its own, which is set once: so each works once, also where
// several attempts come at the same moment.

func (s *Logins) recoveryKey(person string) store.Key { return s.key(store.Recovery, "codes", person) }

func (s *Logins) usedUpKey(person, digest string) store.Key {
	return s.key(store.Recovery, "used", person, digest)
}

// SetRecovery gives persons recovery codes, in the place of all that they had. digests are words of
// no more than [store.MaxValue] bytes together with a blank between two; none for no codes. What
// tells which of the old ones are used up goes with them, but for those that are given again: an
// enrolment of many that goes on makes the same ones.
func (s *Logins) SetRecovery(ctx context.Context, digests map[string][]string) error {
	var keys []store.Key
	for person, words := range digests {
		old, err := s.Recovery(ctx, person)
		if err != nil {
			return err
		}
		key := s.recoveryKey(person)
		keys = append(keys, key)
		if len(words) == 0 {
			err = s.Store.Drop(ctx, key)
		} else {
			err = s.Store.Set(ctx, key, strings.Join(words, " "), 0)
		}
		for _, digest := range old {
			if slices.Contains(words, digest) {
				continue
			}
			used := s.usedUpKey(person, digest)
			keys = append(keys, used)
			err = errors.Join(err, s.Store.Drop(ctx, used))
		}
		if err != nil {
			return err
		}
	}
	return s.Store.Keep(ctx, keys...)
}

// Recovery returns the digests of a person's recovery codes, used ones included.
func (s *Logins) Recovery(ctx context.Context, person string) ([]string, error) {
	text, err := s.Store.Get(ctx, s.recoveryKey(person))
	return strings.Fields(text), err
}

// UseRecovery uses a recovery code up. It returns false where it was used before, and where the
// person has other codes by now: then the mark of an old one may be gone already.
func (s *Logins) UseRecovery(ctx context.Context, person, digest string) (bool, error) {
	key := s.usedUpKey(person, digest)
	fresh, _, err := s.Store.Take(ctx, key, "used", 0)
	if err != nil || !fresh {
		return false, err
	}
	digests, err := s.Recovery(ctx, person)
	if err != nil || !slices.Contains(digests, digest) {
		return false, errors.Join(err, s.Store.Drop(ctx, key))
	}
	return true, s.Store.Keep(ctx, key)
}

// RecoveryLeft returns how many recovery codes of a person are not used up.
func (s *Logins) RecoveryLeft(ctx context.Context, person string) (int, error) {
	digests, err := s.Recovery(ctx, person)
	left := 0
	for _, digest := range digests {
		used, getErr := s.Store.Get(ctx, s.usedUpKey(person, digest))
		if err = errors.Join(err, getErr); used == "" {
			left++
		}
	}
	return left, err
}
