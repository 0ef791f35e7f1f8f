// Package verify is the engine of the mock's Twilio Verify v2: an [Account] is one private world of
// services with their entities, factors, challenges and sent codes, as Twilio keeps them behind one
// account SID.
//
// As package authy does, it decides and knows neither HTTP nor JSON; time and randomness come in
// through [Options], messages that Twilio would have sent go out through Options.Deliver, and every
// refusal is an [*Error] of one table. Package verifyapi puts it on the wire. What the real service
// does was learned from Twilio's OpenAPI document, its documentation and error dictionary, its own
// samples, and captures in public threads; docs/quirks.md says which, and [Settings] has a switch
// for what none of them tells.
//
// An Account is safe for concurrent use. Everything it returns is a copy.
package verify
