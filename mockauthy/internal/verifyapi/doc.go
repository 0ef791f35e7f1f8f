// Package verifyapi speaks the wire protocol of Twilio Verify v2 over the engine in package verify:
// Basic authentication, forms, JSON, pages, errors. What the engine decides, it does not.
package verifyapi
