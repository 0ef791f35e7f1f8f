// Written by go test ./mockauthy/internal/fault -update from the rows in kinds.go.

// The faults that one switch turns on, each with what it does and what a careful login does then. One with an
// `endpoint` goes with that alone; the others with the call that is chosen.
export const groups = [
  {
    title: "Authy refuses",
    presets: [
      { name: "Every code is wrong", words: "Answers 401 and 60020, also to the right code. A login is denied.", effect: { kind: "authy_error", error: "60020" } },
      { name: "Code was used before", words: "Answers 401 and 60019, as if somebody had been quicker with the same code.", effect: { kind: "authy_error", error: "60019" } },
      { name: "Unknown user", words: "Answers 404 and 60016: nobody has this Authy id, although the login thinks so.", effect: { kind: "authy_error", error: "60016" } },
      { name: "User is suspended", words: "Answers 503 and 60017. A 503 that is an answer: a login must not take it for an outage and let people in.", effect: { kind: "authy_error", error: "60017" } },
      { name: "The API key is wrong", words: "Answers 401 and 60001, as after a key was changed and forgotten somewhere.", effect: { kind: "authy_error", error: "60001" } },
      { name: "Too many requests", words: "Answers 429 and 60003: somebody tried too often.", effect: { kind: "authy_error", error: "60003" } },
    ],
  },
  {
    title: "Authy is slow or away",
    presets: [
      { name: "Slow: three seconds", words: "Acts and answers rightly, three seconds late. A login still works.", effect: { kind: "latency", delay: "3s" } },
      { name: "Far too slow: a minute", words: "The answer takes a minute. A login must give up before the file server does.", effect: { kind: "latency", delay: "1m0s" } },
      { name: "Connection cut before Authy acts", words: "The connection is reset. The code was not looked at and stays fresh.", effect: { kind: "drop_before" } },
      { name: "Connection cut after Authy acted", words: "The connection is reset after the code was used up. Asking again says “used before”.", effect: { kind: "drop_after" } },
      { name: "Connection cut in the answer", words: "Headers and half of the body arrive, then the connection is reset.", effect: { kind: "drop_midway" } },
      { name: "Connection hangs in the answer", words: "Headers arrive, and then nothing more. A login must give up before the file server does.", effect: { kind: "hang_midway" } },
      { name: "A page of a proxy in trouble", words: "Answers 503 with a page of HTML: Authy itself did not answer.", effect: { kind: "html_503" } },
      { name: "The answer drips", words: "Answers rightly, but the body takes five seconds to come out, bit by bit.", effect: { kind: "slow_body", delay: "5s" } },
      { name: "TLS handshake fails", words: "The handshake breaks off before there is a request; only where mockauthy speaks https (--tls-listen, --proxy-listen).", endpoint: "tls", effect: { kind: "tls_failure" } },
    ],
  },
  {
    title: "The answer is broken",
    presets: [
      { name: "Server error", words: "A bare 500.", effect: { kind: "status", status: 500, body: "Internal Server Error", content_type: "text/plain" } },
      { name: "Cut short", words: "The JSON ends in the middle, in a reply that is complete as HTTP.", effect: { kind: "truncate" } },
      { name: "Nothing at all, with 200", words: "Status 200 without a body. That is no yes.", effect: { kind: "empty_200" } },
      { name: "Sent elsewhere", words: "Answers 302 to another site. A login that follows asks a stranger for its yes.", effect: { kind: "redirect", location: "https://example.com/" } },
      { name: "Not JSON", words: "Status 200 and a body that no JSON reader understands.", effect: { kind: "malformed" } },
    ],
  },
  {
    title: "The answer is odd",
    presets: [
      { name: "“success” is a boolean", words: "true instead of \"true\", which makes clients that expect the text fail or panic.", effect: { kind: "success_boolean" } },
      { name: "Numbers and texts changed over", words: "Numbers where texts are usual and the other way round.", effect: { kind: "wrong_types" } },
      { name: "More keys than known", words: "The reply has keys that nobody knows. Clients should not mind.", effect: { kind: "extra_keys" } },
    ],
  },
];
