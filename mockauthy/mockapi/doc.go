// Package mockapi is the tester's side of mockauthy: the shapes of the control API under /_mock/,
// and a [Client] for them.
//
// Everything that a test may want of the mock (users and their codes, the clock, faults, the
// journal of what was asked, the outbox of what would have been sent) goes through this API, from
// Go as from any other language. The server is built on these types too, so they cannot drift
// apart.
package mockapi
