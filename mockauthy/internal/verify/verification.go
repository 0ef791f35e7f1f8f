package verify

type sent struct{}

// RateLimit X
type RateLimit struct{}

// Webhook X
type Webhook struct{}

func (a *Account) told(s *service, event string, e *entity, f *factor, c *challenge) {}
