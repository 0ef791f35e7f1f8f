// Package authyapi speaks Authy's wire protocol over the engine: it finds the app by its key, reads
// parameters from wherever clients put them, executes faults, and writes bodies whose keys, order
// and types are the real service's. Every request is journaled on arrival and completed with a
// decision and a reason.
//
// Paths are never cleaned and never redirected; every segment is unescaped once and is data.
package authyapi
