// Package ports reserves TCP ports of the loopback for programs that cannot pick their own: SFTPGo,
// redis-server, containers.
package ports

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// The ports lie below the range that the system takes for outgoing connections (on Linux 32768 to
// 60999), so that none is lost between here and the program, or while the program restarts.
const (
	first  = 20000
	size   = 100 // of a block, its lock included
	blocks = 120
)

// Block is a reserved row of ports that no other Block of this machine gives away until it is
// closed.
type Block struct {
	lock net.Listener
	next int
	end  int
}

// Reserve takes a block that nobody has. The lock is a listener on the block's first port: the
// system frees it however this process ends, and other processes see it.
func Reserve() (*Block, error) {
	offset := rand.IntN(blocks)
	for i := range blocks {
		start := first + (offset+i)%blocks*size
		lock, err := listen(start)
		if err == nil {
			return &Block{lock: lock, next: start + 1, end: start + size}, nil
		}
	}
	return nil, fmt.Errorf("reserve ports: all %d blocks from %d to %d are taken; end programs that listen there",
		blocks, first, first+blocks*size-1)
}

// Take returns the first of n ports in a row that nobody listens on. A port is given once. The
// error says that the block is used up.
func (b *Block) Take(n int) (int, error) {
	for start := b.next; start+n <= b.end; start++ {
		if allFree(start, n) {
			b.next = start + n
			return start, nil
		}
	}
	return 0, fmt.Errorf("take %d ports in a row: only %d are left of this block of %d; reserve another", n,
		b.end-b.next, size)
}

// Addr is [Block.Take] of one port, as host:port.
func (b *Block) Addr() (string, error) {
	port, err := b.Take(1)
	return addr(port), err
}

// Close returns the block back. Call it when the programs that have its ports have ended. Closing
// twice is no error.
func (b *Block) Close() error {
	if err := b.lock.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Tester is what a test gives to [Addrs]: a part of testing.TB.
type Tester interface {
	Helper()
	Cleanup(func())
	Fatal(...any)
}

// Addrs returns n addresses, host:port, that nobody listens on and that are reserved until the test
// ends.
func Addrs(t Tester, n int) []string {
	t.Helper()
	block, err := Reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = block.Close() })
	addrs := make([]string, n)
	for i := range addrs {
		if addrs[i], err = block.Addr(); err != nil {
			t.Fatal(err)
		}
	}
	return addrs
}

// allFree asks by dialling. A listener of our own would do harm: a program that starts at that
// moment inherits it until it runs, and the port, closed here, is taken.
func allFree(start, n int) bool {
	for port := start; port < start+n; port++ {
		conn, err := net.Dial("tcp", addr(port))
		if err == nil {
			_ = conn.Close()
			return false
		}
	}
	return true
}

func listen(port int) (net.Listener, error) { return net.Listen("tcp", addr(port)) }

func addr(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
