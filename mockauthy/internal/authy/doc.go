// Package authy is the engine of the mock: an [App] is one private world of users, devices and
// codes, as Twilio's Authy keeps them behind one API key.
//
// The engine decides; it does not speak HTTP or JSON, does not log and does not read the clock.
// Time and randomness come in through [Options], messages that Authy would have sent go out through
// Options.Deliver, and every refusal is an [*Error] from one table that has the code, the HTTP
// status and the words of the real service. Package authyapi puts it on the wire.
//
// An App is safe for concurrent use. Everything it returns is a copy.
package authy
