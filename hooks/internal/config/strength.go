package config

import (
	"math"
	"strings"
	"unicode"
)

// Strength tells how hard a secret is to guess, without giving it away.
type Strength struct {
	Length int `json:"length"` // in bytes
	Bits   int `json:"bits"`   // of randomness, at most
}

// What one character of a pattern is worth in bits.
const (
	ofWord = 2.5 // a letter of words
	ofRun  = 1   // one that follows the one before, as in 1234 and aaaa
)

// StrengthOf estimates the strength of a secret: its number of characters, times the bits of one
// character that is drawn at random from those of its kind. A part that repeats an earlier one
// counts as one character; letters that form words, and characters that follow each other in the
// alphabet, count for little. The result is an upper bound, since nobody sees how a secret was
// made.
func StrengthOf(secret string) Strength {
	rest := novel(secret)
	each := math.Log2(alphabet(secret))
	letter, next := each, each
	if common, pairs := count(rest, isCommon); each > 4 && pairs >= 8 && float64(common) >= 0.36*float64(pairs) {
		// more than hexadecimal
		letter = min(letter, ofWord)
	}
	if rows, pairs := count(rest, isRow); pairs > 0 && float64(rows) >= 0.4*float64(pairs) {
		next = ofRun
	}
	bits := 0.0
	for i, r := range rest {
		switch {
		case i > 0 && next < each:
			bits += next
		case unicode.IsLetter(r):
			bits += letter
		default:
			bits += each
		}
	}
	return Strength{Length: len(secret), Bits: int(bits)}
}

// alphabets are those that whole secrets are often drawn from.
var alphabets = []string{
	"0123456789", "0123456789abcdef", "0123456789ABCDEF", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=",
}

// alphabet returns how many characters there are of the kinds that occur in text.
func alphabet(text string) float64 {
	for _, a := range alphabets {
		if strings.Trim(text, a) == "" {
			return float64(len(a))
		}
	}
	size, others := 0, ""
	for _, kind := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"} {
		if strings.ContainsAny(text, kind) {
			size += len(kind)
		}
		others += kind
	}
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = seen[r] || !strings.ContainsRune(others, r)
		if seen[r] {
			size++
			others += string(r)
		}
	}
	return float64(size)
}

// repeated is the length from which a part that occurred before is no accident.
const repeated = 5

// novel returns text without the parts that repeat an earlier one, except for the first character
// of each.
func novel(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		out.WriteByte(text[i])
		n := 0
		for i+n < len(text) && strings.Contains(text[:i+n], text[i:i+n+1]) {
			n++
		}
		if n >= repeated {
			i += n - 1
		}
	}
	return out.String()
}

// count returns for how many pairs of neighbours something holds, and how many pairs there are of
// its kind.
func count(text string, holds func(a, b rune) (yes, kind bool)) (yes, pairs int) {
	var last rune
	for i, r := range text {
		if holding, kind := holds(last, r); i > 0 && kind {
			pairs++
			if holding {
				yes++
			}
		}
		last = r
	}
	return yes, pairs
}

// common are pairs of letters that are frequent in words of European languages: half of all pairs
// in words, and a fourteenth of random pairs.
const common = " th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me " +
	"de hi ri ro ic ne ea ra ce li ch ll be ma si om ur "

func isCommon(a, b rune) (yes, kind bool) {
	if !unicode.IsLetter(a) || !unicode.IsLetter(b) {
		return false, false
	}
	return strings.Contains(common, " "+strings.ToLower(string(a)+string(b))+" "), true
}

// isRow reports whether b is a or its neighbour.
func isRow(a, b rune) (yes, kind bool) { return a-b <= 1 && b-a <= 1, true }
