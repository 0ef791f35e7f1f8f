package ahead

import (
	"errors"
	"net"
	"os"
	"time"
)

// spare is a connection that waits to be used.
type spare struct {
	conn  net.Conn
	began time.Time     // when it was dialled
	ended chan struct{} // closed when nobody watches it any more
	quiet bool          // then: nothing had happened on it
}

// watch reads until something happens, or until [spare.claim] ends it. What TLS sends for itself,
// such as session tickets, is handled inside the connection and does not end the watch. Anything
// else does: the server closed the connection, or sent something that nobody asked for and that
// must not become the reply to a request.
func (s *spare) watch() {
	n, err := s.conn.Read(make([]byte, 1))
	s.quiet = n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
	close(s.ended)
}

// claim ends the watch and says whether the connection can be used. If not, it is closed.
func (s *spare) claim() bool {
	_ = s.conn.SetReadDeadline(time.Unix(1, 0))
	<-s.ended
	if !s.quiet || s.conn.SetReadDeadline(time.Time{}) != nil || pending(s.conn) {
		_ = s.conn.Close()
		return false
	}
	return true
}
