package ports

import (
	"errors"
	"net"
	"testing"
)

func TestAPortIsGivenOnce(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 10 {
		b := reserve(t)
		for range 20 {
			start, err := b.Take(4)
			if err != nil {
				t.Fatal(err)
			}
			for port := start; port < start+4; port++ {
				if seen[port] {
					t.Fatalf("port %d was given twice", port)
				}
				seen[port] = true
			}
		}
	}
}

func TestAUsedUpBlockSaysSo(t *testing.T) {
	t.Parallel()
	b := reserve(t)
	if _, err := b.Take(size); err == nil {
		t.Fatal("a block has one port less than its size: the lock")
	}
	if _, err := b.Take(size / 2); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Take(size / 2); err == nil {
		t.Fatal("a used-up block gave more")
	}
}

func TestAPortThatSomebodyTookIsPassedOver(t *testing.T) {
	t.Parallel()
	b := reserve(t)
	thief, err := listen(b.next)
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	got, err := b.Addr()
	if err != nil || got == thief.Addr().String() {
		t.Fatalf("got %s, %v; somebody listens on %s", got, err, thief.Addr())
	}
}

func TestAClosedBlockIsFree(t *testing.T) {
	t.Parallel()
	b := reserve(t)
	lock := b.lock.Addr().String()
	if l, err := net.Listen("tcp", lock); err == nil {
		l.Close()
		t.Fatal("the block was not locked")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatalf("closed twice: %v", err)
	}
	if _, err := b.lock.Accept(); !errors.Is(err, net.ErrClosed) { // its port may be somebody else's by now
		t.Fatalf("got %v, want a lock that is gone", err)
	}
}

func TestAddressesAreKeptUntilTheTestEnds(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, addr := range append(Addrs(t, 2), Addrs(t, 2)...) {
		seen[addr] = true
	}
	if len(seen) != 4 {
		t.Errorf("got %v, want four of them", seen)
	}
}

func reserve(t *testing.T) *Block {
	t.Helper()
	b, err := Reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}
