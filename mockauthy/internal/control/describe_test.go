package control

import (
	"sftpgo-authy/mockauthy/mockapi"
)

// description is what the document says of a route besides its path and method.
type description struct {
	summary string
	query   []parameter
	body    any    // a value of the type of the request's body; nil: none
	status  int    // of the answer; 0: 200, or 204 without one
	answer  any    // a value of the type of the answer; nil: none
	media   string // of an answer that is no JSON
	global  bool   // the call is not about one world
}

// parameter is one of the query.
type parameter struct {
	name, text string
	number     bool
}

var (
	searchUser = parameter{name: "user", text: "id, name, e-mail or cellphone of a user"}
	since      = parameter{name: "since", text: "only ids above this one", number: true}
	limit      = parameter{name: "limit", text: "only the newest so many; total counts all", number: true}
	waiting    = []parameter{
		{name: "count", text: "how many to wait for, 1 if not given", number: true},
		{name: "timeout", text: "how long to wait in real time, 5s if not given, at most 5m; then the answer is 408"},
	}
	entries = []parameter{
		{name: "endpoint", text: "name of a call of Authy, such as verify"},
		{name: "method", text: "HTTP method"},
		searchUser,
		{name: "decision", text: "accepted, refused, sent, …"},
		{name: "status", text: "HTTP status of the reply", number: true},
		{name: "fault", text: "id of the rule that hit the request"},
		{name: "done", text: "true: only answered ones, false: only those not answered yet"},
		since, limit,
	}
	messages = []parameter{
		searchUser, {name: "channel", text: "sms, call, email or push"}, {name: "to", text: "full number or address"},
		since, limit,
	}
	family = parameter{name: "family",
		text: "app (7 digits, 10 s) or generic (6 digits, 30 s); if not given, app for a user who has it"}
)

var step = parameter{name: "step", text: "steps from now: -1 is the previous code, 1 the next", number: true}

// descriptions has every route, by method and path; the test fails when one is missing or too many.
func descriptions() map[string]description {
	return map[string]description{
		"GET /": {
			summary: "What this is, and its calls. A browser gets the phone page instead.", answer: welcome{},
			global: true},
		"GET /_mock/livez": {summary: "Is the process alive?", answer: health{}, global: true},
		"GET /_mock/readyz": {summary: "Are requests accepted?", answer: health{},
			global: true},
		"HEAD /_mock/livez": {summary: "The same without a body.", answer: health{},
			global: true},
		"HEAD /_mock/readyz": {summary: "The same without a body.", answer: health{},
			global: true},
		"GET /_mock/ca.pem": {
			summary: "The certificate to trust for https; 404 when the mock does not speak it.",
			media:   "application/x-pem-file", global: true},
		"GET /_mock/openapi.json": {summary: "This document.", answer: map[string]any{},
			global: true},
		"GET /_mock/openapi-authy.json": {summary: "The document of Authy's API as this server answers it.",
			answer: map[string]any{}, global: true},
		"GET /_mock/apps": {summary: "All worlds, oldest first.",
			answer: mockapi.List[mockapi.App]{}, global: true},
		"POST /_mock/apps": {summary: "Make a world. It starts as the seed says.",
			body: mockapi.NewApp{}, status: 201, answer: mockapi.App{}, global: true},
		"DELETE /_mock/apps/{key}": {summary: "Take a world away.", global: true},
		"GET /_mock/users": {summary: "A page of users, by id.",
			query: []parameter{{name: "search", text: "part of an id, name, e-mail or number"},
				{name: "offset", text: "how many to leave out first", number: true},
				{name: "limit", text: "how many at most, 1000 if not given", number: true}},
			answer: mockapi.List[mockapi.User]{}},
		"POST /_mock/users": {
			summary: "Make a user. Only the phone is required; 409 for an id, name or phone that is taken.",
			body:    mockapi.NewUser{}, status: 201, answer: mockapi.User{}},
		"GET /_mock/users/{id}": {summary: "One user, by id, name, e-mail or cellphone.",
			answer: mockapi.User{}},
		"PATCH /_mock/users/{id}": {summary: "Change a user.", body: mockapi.UserPatch{},
			answer: mockapi.User{}},
		"DELETE /_mock/users/{id}": {
			summary: "Take a user away without a trace, unlike Authy's own delete."},
		"GET /_mock/users/{id}/token": {summary: "The code that the user's phone shows.",
			query:  []parameter{family, step},
			answer: mockapi.Token{}},
		"GET /_mock/users/{id}/code": {summary: "The same code as plain text: the digits and a newline.",
			query: []parameter{family, step},
			media: textType},
		"GET /_mock/users/{id}/qr": {summary: "The secret as a QR code for an authenticator app.",
			query: []parameter{family}, media: "image/png"},
		"POST /_mock/users/{id}/devices": {summary: "Give a user one more installed app.",
			body: mockapi.NewDevice{}, status: 201, answer: mockapi.Device{}},
		"DELETE /_mock/users/{id}/devices/{device}": {
			summary: "Take an installed app from a user; its codes fail from then on."},
		"GET /_mock/codes": {summary: "The codes of up to 100 users and 100 factors at once.",
			query: []parameter{{name: "ids", text: "Authy ids with commas between"},
				{name: "factors", text: "SIDs of factors with commas between"}},
			answer: mockapi.List[mockapi.Code]{}},
		"GET /_mock/factors": {summary: "A page of the TOTP factors of Verify, those of the oldest entities first.",
			query: []parameter{{name: "search", text: "part of a SID, identity or friendly name"},
				{name: "offset", text: "how many to leave out first", number: true},
				{name: "limit", text: "how many at most, 1000 if not given", number: true}},
			answer: mockapi.List[mockapi.Factor]{}},
		"POST /_mock/factors": {
			summary: "Make a factor that the person has verified. Only the identity is required.",
			body:    mockapi.NewFactor{}, status: 201, answer: mockapi.Factor{}},
		"GET /_mock/factors/{factor}": {
			summary: "One factor, by its SID, or by the identity of a person who has one alone.",
			answer:  mockapi.Factor{}},
		"DELETE /_mock/factors/{factor}": {summary: "Take a factor away, as Verify's own delete does."},
		"GET /_mock/factors/{factor}/token": {summary: "The code that the person's phone shows.",
			query: []parameter{step}, answer: mockapi.Token{}},
		"GET /_mock/factors/{factor}/code": {summary: "The same code as plain text: the digits and a newline.",
			query: []parameter{step}, media: textType},
		"GET /_mock/factors/{factor}/qr": {summary: "The secret as a QR code for an authenticator app.",
			media: "image/png"},
		"GET /_mock/challenges": {summary: "Challenges of Verify, oldest first.",
			query: []parameter{{name: "factor", text: "SID of a factor, or the identity of a person who has one alone"},
				{name: "status", text: "pending, approved or expired"}, limit},
			answer: mockapi.List[mockapi.Challenge]{}},
		"GET /_mock/verifications": {summary: "Codes that Verify sent, oldest first.",
			query:  []parameter{{name: "to", text: "telephone number or address"}, limit},
			answer: mockapi.List[mockapi.SentVerification]{}},
		"GET /_mock/clock": {summary: "The time of the world.", answer: mockapi.Clock{}},
		"POST /_mock/clock": {summary: "Turn the clock of the world.",
			body: mockapi.ClockChange{}, answer: mockapi.Clock{}},
		"GET /_mock/clock/global": {summary: "The time that all worlds start from.",
			answer: mockapi.Clock{}, global: true},
		"POST /_mock/clock/global": {summary: "Turn the clock that all worlds start from.",
			body: mockapi.ClockChange{}, answer: mockapi.Clock{}, global: true},
		"GET /_mock/settings": {summary: "The knobs of the app.", answer: mockapi.Settings{}},
		"PATCH /_mock/settings": {summary: "Change the knobs that the body names.",
			body: mockapi.Settings{}, answer: mockapi.Settings{}},
		"GET /_mock/quirks": {summary: "Named differences from the usual behaviour.",
			answer: mockapi.List[mockapi.Quirk]{}, global: true},
		"POST /_mock/quirks/{name}": {
			summary: "Turn a quirk on. A change of settings or a reset turns it off.", answer: mockapi.Settings{}},
		"GET /_mock/faults": {summary: "The rules, in the order in which they are tried.",
			answer: mockapi.List[mockapi.Rule]{}},
		"POST /_mock/faults": {summary: "Make matching requests misbehave.",
			body: mockapi.Rule{}, status: 201, answer: mockapi.Rule{}},
		"DELETE /_mock/faults": {summary: "Take all rules away."},
		"PATCH /_mock/faults/{id}": {summary: "Switch a rule off or on.", body: mockapi.RulePatch{},
			answer: mockapi.Rule{}},
		"DELETE /_mock/faults/{id}": {summary: "Take a rule away."},
		"GET /_mock/journal": {summary: "What was asked of Authy's API, oldest first.",
			query: entries, answer: mockapi.List[mockapi.Entry]{}},
		"GET /_mock/journal/count": {summary: "How many requests there were.", query: entries,
			answer: mockapi.Count{}},
		"GET /_mock/journal/wait": {summary: "The requests, as soon as there are so many.",
			query: append(entries, waiting...), answer: mockapi.List[mockapi.Entry]{}},
		"DELETE /_mock/journal": {summary: "Forget what was asked."},
		"GET /_mock/outbox": {summary: "What would have been sent, oldest first.",
			query: messages, answer: mockapi.List[mockapi.Message]{}},
		"GET /_mock/outbox/count": {summary: "How many messages there were.", query: messages,
			answer: mockapi.Count{}},
		"GET /_mock/outbox/wait": {summary: "The messages, as soon as there are so many.",
			query: append(messages, waiting...), answer: mockapi.List[mockapi.Message]{}},
		"DELETE /_mock/outbox": {summary: "Forget what would have been sent."},
		"GET /_mock/approvals": {summary: "Pushes, oldest first.",
			query:  []parameter{searchUser, {name: "status", text: "pending, approved, denied or expired"}, limit},
			answer: mockapi.List[mockapi.Approval]{}},
		"GET /_mock/approvals/{uuid}": {summary: "One push.", answer: mockapi.Approval{}},
		"POST /_mock/approvals/{uuid}/approve": {
			summary: "Say yes, as the person would on the phone; 409 when it is not pending.",
			answer:  mockapi.Approval{}},
		"POST /_mock/approvals/{uuid}/deny": {summary: "Say no.", answer: mockapi.Approval{}},
		"GET /_mock/events": {
			summary: "Changes as server-sent events, from now on or after the Last-Event-ID. Kinds: journal, " +
				"outbox, clock, faults, users, factors, approvals, settings, callback, reset. reset means: read " +
				"everything again.",
			query: []parameter{{name: "last_event_id", text: "as the header Last-Event-ID", number: true}},
			media: "text/event-stream"},
		"GET /_mock/state": {summary: "The world as one document, the form of a seed file.",
			answer: mockapi.State{}},
		"PUT /_mock/state": {summary: "Replace the world, all of it or nothing.",
			body: mockapi.State{}},
		"POST /_mock/reset": {
			summary: "Back to the seed: users, settings, clock, faults; journal and outbox are emptied."},
	}
}
