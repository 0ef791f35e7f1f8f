package fault

import (
	"bytes"
	"cmp"
	"slices"
)

// Kind is one way to misbehave, the row of a fault. Everything else that lists or checks faults
// follows from the rows: package mockapi's constants, the OpenAPI document, the switches of the
// page and the table in docs/testing.md are written from them by
//
//	go test ./mockauthy/internal/fault -update && go test ./mockauthy/internal/control -update
type Kind struct {
	Name string
	// Doc ends the sentence "the client sees".
	Doc string
	// Takes names the fields of an Effect that the kind uses, those that it needs first.
	Takes []string
	// Presets are the switches of the page.
	Presets []Preset

	implied func(Effect) bool         // whether the parameters mean this kind when none is named
	check   func(Effect) *Problem     // what the kind needs of its parameters
	instead func(Wire, Effect) Reply  // the reply that is sent without the engine; nil: it acts
	damage  func(Effect, Reply) Reply // changes the engine's reply
	send    func(Wire, Hit, Reply)    // how the reply is sent; nil: whole, after the delay
	tls     bool                      // happens in the TLS handshake, before there is a request
}

// Preset is a fault with all its parameters, ready to be switched on.
type Preset struct {
	Group, Name string
	Words       string // what it does, and how a careful login reacts
	Effect      Effect // its kind is the row's
}

// Acts says whether the engine acts on the request: a code is used up, a text is in the outbox.
func (k *Kind) Acts() bool { return k.instead == nil && !k.tls }

// Groups of presets, in the order of the page.
const (
	refuses = "Authy refuses"
	slow    = "Authy is slow or away"
	broken  = "The answer is broken"
	odd     = "The answer is odd"
)

// Groups returns the groups of presets in the order of the page.
func Groups() []string { return []string{refuses, slow, broken, odd} }

// jsonType is the media type of all of Authy's replies. Only replies that are not the engine's name
// it.
const jsonType = "application/json;charset=utf-8"

// kinds is the table. It is never changed.
var kinds = [...]Kind{
	{
		Name: "authy_error", Doc: "that error of the API, by code (60003) or name (rate_limited)",
		Takes:   []string{"error", "status"},
		implied: func(e Effect) bool { return e.Error != "" },
		check: needs(func(e Effect) bool { return e.Error != "" }, "error", "an authy_error needs one",
			`a code such as "60003"`),
		instead: func(w Wire, e Effect) Reply { return w.Refusal(e.Error) },
		Presets: []Preset{
			{refuses, "Every code is wrong", "Answers 401 and 60020, also to the right code. A login is denied.",
				Effect{Error: "60020"}},
			{refuses, "Code was used before",
				"Answers 401 and 60019, as if somebody had been quicker with the same code.", Effect{Error: "60019"}},
			{refuses, "Unknown user", "Answers 404 and 60016: nobody has this Authy id, although the login thinks so.",
				Effect{Error: "60016"}},
			{refuses, "User is suspended",
				"Answers 503 and 60017. A 503 that is an answer: a login must not take it for an outage and " +
					"let people in.",
				Effect{Error: "60017"}},
			{refuses, "The API key is wrong",
				"Answers 401 and 60001, as after a key was changed and forgotten somewhere.", Effect{Error: "60001"}},
			{refuses, "Too many requests", "Answers 429 and 60003: somebody tried too often.", Effect{Error: "60003"}},
		},
	},
	{
		Name: "status", Doc: "any HTTP answer", Takes: []string{"status", "body", "content_type"},
		implied: func(e Effect) bool { return e.Status != 0 && e.Location == "" },
		check: needs(func(e Effect) bool { return e.Status != 0 }, "status", "a status effect needs one",
			"an HTTP status from 200 to 599"),
		instead: func(_ Wire, e Effect) Reply {
			return Reply{Body: []byte(e.Body), ContentType: cmp.Or(e.ContentType, jsonType)}
		},
		Presets: []Preset{{broken, "Server error", "A bare 500.",
			Effect{Status: 500, Body: "Internal Server Error", ContentType: "text/plain"}}},
	},
	{
		Name: "latency", Doc: "the true answer, late", Takes: []string{"delay", "jitter"},
		implied: func(e Effect) bool { return delayed(e) && e.Location == "" },
		check:   needs(delayed, "delay", "a latency effect needs one", `a duration such as "2s"`),
		Presets: []Preset{
			{slow, "Slow: three seconds", "Acts and answers rightly, three seconds late. A login still works.",
				Effect{Delay: 3e9}},
			{slow, "Far too slow: a minute",
				"The answer takes a minute. A login must give up before the file server does.", Effect{Delay: 60e9}},
		},
	},
	{
		Name: "drop_before", Doc: "a reset connection",
		instead: func(Wire, Effect) Reply { return Reply{Note: "connection dropped before the request was processed"} },
		send:    func(w Wire, h Hit, _ Reply) { w.Wait(h.Delay); w.Drop() },
		Presets: []Preset{{slow, "Connection cut before Authy acts",
			"The connection is reset. The code was not looked at and stays fresh.", Effect{}}},
	},
	{
		Name: "drop_after", Doc: "a reset connection",
		send: func(w Wire, h Hit, _ Reply) { w.Wait(h.Delay); w.Drop() },
		Presets: []Preset{{slow, "Connection cut after Authy acted",
			"The connection is reset after the code was used up. Asking again says “used before”.", Effect{}}},
	},
	{
		Name: "drop_midway", Doc: "headers and some of the body, then a reset connection", Takes: []string{"bytes"},
		send: func(w Wire, h Hit, r Reply) {
			w.Wait(h.Delay)
			w.Head(r)
			w.Write(part(r.Body, h.Effect.Bytes))
			w.Drop()
		},
		Presets: []Preset{{slow, "Connection cut in the answer",
			"Headers and half of the body arrive, then the connection is reset.", Effect{}}},
	},
	{
		Name: "hang_midway", Doc: "headers, and then nothing until it gives up, or for five minutes",
		send: func(w Wire, h Hit, r Reply) {
			w.Wait(h.Delay)
			w.Head(r)
			w.Write(nil)
			w.Wait(maxDelay)
			w.Drop()
		},
		Presets: []Preset{{slow, "Connection hangs in the answer",
			"Headers arrive, and then nothing more. A login must give up before the file server does.", Effect{}}},
	},
	{
		Name: "truncate", Doc: "JSON that ends early, in a reply that is complete as HTTP", Takes: []string{"bytes"},
		damage: func(e Effect, r Reply) Reply { r.Body = part(r.Body, e.Bytes); return r },
		Presets: []Preset{{broken, "Cut short",
			"The JSON ends in the middle, in a reply that is complete as HTTP.", Effect{}}},
	},
	{
		Name: "empty_200", Doc: "status 200 without a body",
		instead: func(Wire, Effect) Reply { return Reply{ContentType: jsonType} },
		Presets: []Preset{{broken, "Nothing at all, with 200", "Status 200 without a body. That is no yes.", Effect{}}},
	},
	{
		Name: "html_503", Doc: "status 503 with an HTML page, as a proxy in trouble sends",
		instead: func(Wire, Effect) Reply {
			return Reply{Status: 503, ContentType: "text/html",
				Body: []byte("<html><head><title>503 Service Unavailable</title></head>" +
					"<body><h1>503 Service Unavailable</h1>No server is available to handle this " +
					"request.</body></html>\n")}
		},
		Presets: []Preset{{slow, "A page of a proxy in trouble",
			"Answers 503 with a page of HTML: Authy itself did not answer.", Effect{}}},
	},
	{
		Name: "redirect", Doc: "status 302, or the given one, and where to go", Takes: []string{"location", "status"},
		implied: func(e Effect) bool { return e.Location != "" },
		check: func(e Effect) *Problem {
			if e.Location == "" {
				return &Problem{"effect.location", "a redirect needs one", "a URL or path"}
			}
			if e.Status != 0 && (e.Status < 300 || e.Status > 399) {
				return problem("effect.status", "300 to 399", "%d is no redirect", e.Status)
			}
			return nil
		},
		instead: func(Wire, Effect) Reply { return Reply{Status: 302, ContentType: "text/html"} },
		Presets: []Preset{{broken, "Sent elsewhere",
			"Answers 302 to another site. A login that follows asks a stranger for its yes.",
			Effect{Location: "https://example.com/"}}},
	},
	{
		Name: "success_boolean", Doc: "success as a boolean, where the real API has a string",
		damage: func(_ Effect, r Reply) Reply {
			r.Body = bytes.Replace(r.Body, []byte(`"success":"true"`), []byte(`"success":true`), 1)
			return r
		},
		Presets: []Preset{{odd, "“success” is a boolean",
			"true instead of \"true\", which makes clients that expect the text fail or panic.", Effect{}}},
	},
	{
		Name: "wrong_types", Doc: "numbers where strings are usual, and the other way round",
		damage: func(_ Effect, r Reply) Reply { r.Body = scalar.ReplaceAllFunc(r.Body, wrongType); return r },
		Presets: []Preset{{odd, "Numbers and texts changed over",
			"Numbers where texts are usual and the other way round.", Effect{}}},
	},
	{
		Name: "extra_keys", Doc: "keys that nobody knows",
		damage: func(_ Effect, r Reply) Reply {
			if rest, ok := bytes.CutPrefix(r.Body, []byte("{")); ok {
				r.Body = slices.Concat([]byte(`{"unheard_of":{"list":[1,null,"x"],"flag":true},"zz":null,`), rest)
			}
			return r
		},
		Presets: []Preset{{odd, "More keys than known",
			"The reply has keys that nobody knows. Clients should not mind.", Effect{}}},
	},
	{
		Name: "slow_body", Doc: "the true answer, whose body drips out over the delay",
		Takes: []string{"delay", "jitter"},
		check: needs(delayed, "delay", "a slow_body effect needs one", `a duration such as "2s"`),
		send: func(w Wire, h Hit, r Reply) {
			const pieces = 10
			w.Head(r)
			for piece := range slices.Chunk(r.Body, len(r.Body)/pieces+1) {
				w.Wait(h.Delay / pieces)
				w.Write(piece)
			}
		},
		Presets: []Preset{{slow, "The answer drips",
			"Answers rightly, but the body takes five seconds to come out, bit by bit.", Effect{Delay: 5e9}}},
	},
	{
		Name: "malformed", Doc: "a reply that is not JSON at all, with status 200",
		damage: func(_ Effect, r Reply) Reply {
			return Reply{Status: 200, ContentType: "text/plain",
				Body: []byte(`<<< this is not JSON, "success":"true", "token":"is valid" >>>`)}
		},
		Presets: []Preset{{broken, "Not JSON", "Status 200 and a body that no JSON reader understands.", Effect{}}},
	},
	{
		Name: "tls_failure", Doc: "a TLS handshake that breaks off (endpoint tls alone)", tls: true,
		Presets: []Preset{{slow, "TLS handshake fails",
			"The handshake breaks off before there is a request; only where mockauthy speaks https (--tls-listen, " +
				"--proxy-listen).", Effect{}}},
	},
}

// Kinds returns a copy of the table.
func Kinds() []Kind { return slices.Clone(kinds[:]) }

// Names returns the names of all kinds, in the order of the table.
func Names() []string {
	names := make([]string, len(kinds))
	for i := range kinds {
		names[i] = kinds[i].Name
	}
	return names
}

// kindOf finds a row by name; nil when there is none.
func kindOf(name string) *Kind {
	for i := range kinds {
		if kinds[i].Name == name {
			return &kinds[i]
		}
	}
	return nil
}

// needs makes the check of a kind that one parameter is given.
func needs(given func(Effect) bool, field, message, wanted string) func(Effect) *Problem {
	return func(e Effect) *Problem {
		if given(e) {
			return nil
		}
		return &Problem{"effect." + field, message, wanted}
	}
}

func delayed(e Effect) bool { return e.Delay != 0 || e.Jitter != 0 }
