// Package authy is the engine of the mock: one App is one private world of
// users, devices and codes, the way Twilio's Authy keeps them behind one API
// key.
//
// The engine decides; it does not speak HTTP, does not log and does not know
// what time it is. Time and randomness come in through Options, messages that
// Authy would have texted go out through Options.Deliver, and every refusal is
// an *Error out of one table that has the code, the HTTP status and the words
// of the real service. Package api puts it on the wire.
//
// An App is safe for concurrent use. Everything it returns is a copy.
package authy
