package totp

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// RecoveryCodes is how many recovery codes a person gets, of [provider.RecoveryDigits] digits each.
const RecoveryCodes = 10

// NewRecoveryCodes makes recovery codes, each different from the others.
func NewRecoveryCodes(random io.Reader) ([]string, error) {
	bound := new(big.Int).Exp(big.NewInt(10), big.NewInt(provider.RecoveryDigits), nil)
	var codes []string
	seen := map[string]bool{}
	for len(codes) < RecoveryCodes {
		n, err := rand.Int(random, bound)
		if err != nil {
			return nil, errors.New("recovery codes: the source of randomness is dry")
		}
		code := fmt.Sprintf("%0*d", provider.RecoveryDigits, n)
		if !seen[code] {
			seen[code] = true
			codes = append(codes, code)
		}
	}
	return codes, nil
}

// RecoveryDigests returns what the memory keeps of a person's recovery codes: digests that nobody
// without the key can try codes against.
func (k Keys) RecoveryDigests(who provider.Person, codes []string) ([]string, error) {
	if !k.Any() {
		return nil, errors.New("recovery codes: there is no key; set totp.key_file")
	}
	digests := make([]string, len(codes))
	for i, code := range codes {
		digests[i] = k.list[0].recoveryDigest(provider.Key(who), code)
	}
	return digests, nil
}

// digestBytes is how much of a digest is kept: ten of them fit into one mark of the memory.
const digestBytes = 12

func (k key) recoveryDigest(person, code string) string {
	mac := hmac.New(sha256.New, k.recovery)
	fmt.Fprintf(mac, "%d:%s%s", len(person), person, code)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:digestBytes])
}

// Recover implements [provider.Recoverer]. A recovery code counts as a guess like any other code.
func (p *Provider) Recover(ctx context.Context, who provider.Person, code otp.Code) provider.Answer {
	person, _, no := p.begin(ctx, who, code)
	if no != nil {
		return *no
	}
	keys, err := p.keysNow()
	switch {
	case err != nil:
		p.problem(err)
		return provider.Answer{Result: provider.Unreadable}
	case code.Len() != provider.RecoveryDigits || !keys.Any():
		return provider.Answer{Result: provider.Wrong}
	}
	return p.guess(ctx, person, func(name string) (provider.Answer, error) {
		digests, err := p.o.Memory.Recovery(ctx, name)
		if err != nil {
			return provider.Answer{}, err
		}
		digest := keys.among(digests, name, code.Digits())
		if digest == "" {
			return provider.Answer{Result: provider.Wrong}, nil
		}
		fresh, err := p.o.Memory.UseRecovery(ctx, name, digest)
		if !fresh {
			return provider.Answer{Result: provider.Used}, err
		}
		return provider.Answer{Result: provider.Recovered, OurMemory: true}, err
	})
}

// among returns the digest that one of the keys makes of a code, if it is among those kept, else
// "". All are compared, whatever the code is.
func (k Keys) among(digests []string, person, code string) (found string) {
	for _, key := range k.list {
		digest := key.recoveryDigest(person, code)
		for _, kept := range digests {
			if subtle.ConstantTimeCompare([]byte(kept), []byte(digest)) == 1 {
				found = digest
			}
		}
	}
	return found
}
