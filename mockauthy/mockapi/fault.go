package mockapi

// Rule makes matching requests misbehave. Rules are tried in the order they were added; the first
// one that is due decides.
type Rule struct {
	ID    string `json:"id,omitempty"`   // set by the server
	Match Match  `json:"match,omitzero"` // which requests the rule is for
	// Effect is what happens to a request.
	Effect Effect `json:"effect"`
	// After is how many matching requests are let through first.
	After int `json:"after,omitempty"`
	// Times is how many requests the rule hits; 0 means every one.
	Times int `json:"times,omitempty"`
	// Probability is the chance, above 0 and up to 1, that a request which is due is hit; 0 means
	// always. It is drawn from the server's seed, the rule's id and the number of the request, so
	// the same requests have the same outcome.
	Probability float64 `json:"probability,omitempty"`
	// Disabled rules are kept but not applied, and count no requests.
	Disabled bool `json:"disabled,omitempty"`
	// Seen and Hits count the requests that matched and those that were hit. Set by the server.
	Seen int `json:"seen"`
	Hits int `json:"hits"`
}

// RulePatch changes a rule; nil fields stay as they are.
type RulePatch struct {
	Disabled *bool `json:"disabled,omitempty"` // true switches the rule off, false on
}

// Match says which requests a rule is for. An empty field matches all.
type Match struct {
	// Endpoint is one of [Endpoints].
	Endpoint string `json:"endpoint,omitempty"`
	// User is an Authy id, or the name, e-mail or cellphone of a user, or whom a request to Verify
	// is about: an identity, a telephone number or an address.
	User UserRef `json:"user,omitempty"`
	// Method is an HTTP method.
	Method string `json:"method,omitempty"`
	// Nth picks a single matching request by its number, from 1; 0 means all.
	Nth int `json:"nth,omitempty"`
}

// Effect is what a fault does. Kind says what; the other fields are its parameters. Delay and
// Jitter go with every kind.
type Effect struct {
	// Kind is one of [Kinds]. When empty it follows from the parameters: Error means [AuthyError],
	// Location means [Redirect], Status means [RawStatus], Delay or Jitter alone means [Latency].
	Kind string `json:"kind,omitempty"`
	// Error is the error of [AuthyError] by code ("60003") or by name ("rate_limited"): Authy's or
	// Verify's. It hits requests to the API that has it alone.
	Error string `json:"error,omitempty"`
	// Status is the HTTP status: required for [RawStatus], else it replaces the usual one.
	Status int `json:"status,omitempty"`
	// Body and ContentType are the reply of [RawStatus]; an empty ContentType means JSON.
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	// Location is where [Redirect] points.
	Location string `json:"location,omitempty"`
	// RetryAfter is the header of that name, sent unchanged: seconds or an HTTP date.
	RetryAfter string `json:"retry_after,omitempty"`
	// Delay is how long the reply is held back, in real time; up to Jitter is added at random. At
	// most five minutes each.
	Delay  Duration `json:"delay,omitzero"`
	Jitter Duration `json:"jitter,omitzero"`
	// Bytes is how much of the body [Truncate] and [DropMidway] send; 0 means half.
	Bytes int `json:"bytes,omitempty"`
}
