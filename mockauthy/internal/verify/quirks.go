package verify

// Quirk is a named difference from the default behaviour that one word turns on. Each is a
// combination of settings.
type Quirk struct {
	Name  string
	Doc   string // one line: what differs, and where it was seen
	Apply func(*Settings)
}

// Quirks returns all quirks, ordered by name.
func Quirks() []Quirk {
	return []Quirk{
		{"verify-60324", "a wrong code for a challenge is 403 and 60324 (error dictionary), not a pending challenge",
			func(s *Settings) { s.WrongCode = "60324" }},
		{
			"verify-6039x",
			"an unknown entity, factor or challenge is 60392, 60390 or 60391 (error dictionary), not 20404",
			func(s *Settings) { s.NotFound = "6039x" },
		},
		{
			"verify-careful",
			"what is unknown goes against the client: secrets need their plainest form and 16 bytes and " +
				"may not come twice, a new configuration or a wrong code makes a factor unverified, entities with " +
				"factors stay",
			func(s *Settings) {
				s.SecretForm, s.ShortestSecret, s.SameSecret = "strict", 16, "60317"
				s.Reverify, s.ConfigChange, s.EntityDelete = "judge", "unverify", "refuse"
			},
		},
		{"verify-no-limits", "no limits on challenges, factors, entities and sends, which the error dictionary has",
			func(s *Settings) { s.Limits = false }},
		{"verify-replay", "a code that was approved is approved again in another challenge (unknown of the real " +
			"service)",
			func(s *Settings) { s.Replay = "allow" }},
	}
}
