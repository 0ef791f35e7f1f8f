// Package mockapi is the tester's side of mockauthy: the shapes of the control API under /_mock/,
// and a [Client] for them.
//
// Everything that a test may want of the mock goes through this API, from Go or any other language:
// users and their codes, the clock, faults, the journal of what was asked, the outbox of what would
// have been sent. The server encodes these types too, so that they cannot drift apart.
package mockapi
