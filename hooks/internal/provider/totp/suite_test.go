package totp

import (
	"testing"

	"sftpgo-authy/hooks/internal/provider/providertest"
)

// TestProvider: this provider is one as all are.
func TestProvider(t *testing.T) {
	t.Parallel()
	providertest.Run(t, func(t *testing.T) providertest.World {
		w := newWorld(t, "alice: "+good+"\nbob: "+other+"\n", someKey(1))
		keys := keysOf(t, someKey(1))
		return providertest.World{
			Provider: w.Provider,
			People: []providertest.Subject{
				{Account: "alice", Right: w.code(good, 0).Digits(), Wrong: "000000",
					Recovery: w.recoveryCodes("alice", keys)},
				{Account: "bob", Reference: "bob", Right: w.code(other, 0).Digits(), Wrong: "000000",
					Recovery: w.recoveryCodes("bob", keys)},
			},
			Broken:   []string{"a: b\n", " alice"},
			Secrets:  []string{good, other, someKey(1)},
			UsedOnce: true,
		}
	})
}
