package target

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
)

// ports hands out TCP ports of the loopback that nobody listens on, for programs that cannot pick their own. They lie
// below the range that the system takes for outgoing connections, so that none is lost between here and the program.
// Each port is given once: two servers of one test run never meet.
type ports struct {
	mu   sync.Mutex
	next int
}

const (
	firstPort = 20000
	lastPort  = 32000
)

// newPorts starts at a random place, so that two test runs side by side rarely try the same ones.
func newPorts() *ports {
	return &ports{next: firstPort + rand.IntN(lastPort-firstPort)}
}

// take gives n ports in a row.
func (p *ports) take(n int) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range lastPort - firstPort {
		if p.next+n > lastPort {
			p.next = firstPort
		}
		start := p.next
		p.next += n
		if allFree(start, n) {
			return start, nil
		}
	}
	return 0, fmt.Errorf("no %d free ports in a row between %d and %d", n, firstPort, lastPort)
}

func allFree(start, n int) bool {
	for port := start; port < start+n; port++ {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return false
		}
		_ = listener.Close()
	}
	return true
}
