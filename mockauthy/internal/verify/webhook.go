package verify

import (
	"net/url"
	"slices"
	"time"
)

// Webhook is an address that a client wants to be told of events. The mock keeps it and calls
// nobody.
type Webhook struct {
	SID, FriendlyName, URL string
	EventTypes             []string
	Status, Version        string
	CreatedAt, UpdatedAt   time.Time
}

func (w *Webhook) sid() string { return w.SID }

// eventTypes are those of the OpenAPI document.
var eventTypes = []string{"*", "factor.created", "factor.verified", "factor.deleted", "challenge.approved",
	"challenge.denied"}

// Webhooks lists those of a service, oldest first.
func (a *Account) Webhooks(serviceSID string) ([]Webhook, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return nil, err
	}
	all := make([]Webhook, len(s.webhooks))
	for i, w := range s.webhooks {
		all[i] = *w
	}
	return all, nil
}

// SaveWebhook makes a webhook, for an empty SID, or changes one.
func (a *Account) SaveWebhook(serviceSID, sid string, change func(*Webhook)) (Webhook, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return Webhook{}, err
	}
	w := &Webhook{Status: "enabled", Version: "v2", CreatedAt: date(a.seconds())}
	if sid != "" {
		if w = findNamed(s.webhooks, sid, (*Webhook).sid); w == nil {
			return Webhook{}, refuse(20404, "the service has no webhook with that SID")
		}
	}
	next := *w
	change(&next)
	if err := next.check(); err != nil {
		return Webhook{}, err
	}
	if next.UpdatedAt = date(a.seconds()); sid == "" {
		next.SID = a.newSID().text("YW")
		s.webhooks = append(s.webhooks, w)
	}
	*w = next
	return next, nil
}

func (w *Webhook) check() error {
	switch {
	case w.FriendlyName == "":
		return Missing("FriendlyName")
	case len(w.EventTypes) == 0:
		return Missing("EventTypes")
	case w.URL == "":
		return Missing("WebhookUrl")
	case w.Status != "enabled" && w.Status != "disabled":
		return Invalid(60200, "Status", "want enabled or disabled")
	case w.Version != "v1" && w.Version != "v2":
		return Invalid(60200, "Version", "want v1 or v2")
	}
	if u, err := url.Parse(w.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return Invalid(60200, "WebhookUrl", "want a URL such as https://example.com/hook")
	}
	for _, event := range w.EventTypes {
		if !slices.Contains(eventTypes, event) {
			return Invalid(60200, "EventTypes", "%.40q is none", event)
		}
	}
	return nil
}

// DeleteWebhook removes a webhook.
func (a *Account) DeleteWebhook(serviceSID, sid string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return err
	}
	s.webhooks, err = without(s.webhooks, sid, (*Webhook).sid)
	return err
}
