package config

import (
	"math"
	"strings"
)

// Strength says how hard a secret is to guess, without giving it away.
type Strength struct {
	Length int `json:"length"` // in bytes
	Bits   int `json:"bits"`   // of randomness, at most
}

// StrengthOf measures a secret: its length times the bits of one character of the smallest alphabet that it may have
// been drawn from. That is the most it can hold; a sentence holds less. A secret that repeats itself counts once.
func StrengthOf(secret string) Strength {
	return Strength{Length: len(secret), Bits: int(float64(len(period(secret))) * math.Log2(alphabet(secret)))}
}

// alphabets are those that secrets are drawn from, the smallest first.
var alphabets = []string{
	"0123456789", "0123456789abcdef", "0123456789ABCDEF",
	"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=",
	"0123456789abcdefghijklmnopqrstuvwxyz", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=",
}

// alphabet returns the size of the smallest alphabet that has all characters of text.
func alphabet(text string) float64 {
	for _, a := range alphabets {
		if strings.Trim(text, a) == "" {
			return float64(len(a))
		}
	}
	return '~' - ' '
}

// period returns the shortest text of which the whole is a repetition.
func period(text string) string {
	for n := 1; n <= len(text)/2; n++ {
		if strings.HasPrefix(strings.Repeat(text[:n], len(text)/n+1), text) {
			return text[:n]
		}
	}
	return text
}
