package verifyapi

import (
	"slices"

	"sftpgo-authy/mockauthy/internal/verify"
)

type webhookBody struct {
	SID          string   `json:"sid"`
	ServiceSID   string   `json:"service_sid"`
	AccountSID   string   `json:"account_sid"`
	FriendlyName string   `json:"friendly_name"`
	EventTypes   []string `json:"event_types"`
	Status       string   `json:"status"`
	Version      string   `json:"version"`
	WebhookURL   string   `json:"webhook_url"`
	Method       string   `json:"webhook_method"`
	CreatedAt    *string  `json:"date_created"`
	UpdatedAt    *string  `json:"date_updated"`
	URL          string   `json:"url"`
}

func (c *call) webhookBody(w verify.Webhook) webhookBody {
	return webhookBody{SID: w.SID, ServiceSID: c.path("service"), AccountSID: c.accountSID(),
		FriendlyName: w.FriendlyName, EventTypes: w.EventTypes, Status: w.Status, Version: w.Version, WebhookURL: w.URL,
		Method: "POST", CreatedAt: stamp(w.CreatedAt), UpdatedAt: stamp(w.UpdatedAt),
		URL: c.base + "/Services/" + c.path("service") + "/Webhooks/" + w.SID}
}

// webhookSave makes a webhook, or changes the one in the path.
func webhookSave(c *call) (reply, error) {
	f := &form{c: c, code: 60200}
	w, err := c.account().SaveWebhook(c.path("service"), c.path("sid"), func(w *verify.Webhook) {
		f.text("FriendlyName", &w.FriendlyName)
		f.text("WebhookUrl", &w.URL)
		f.text("Status", &w.Status)
		f.text("Version", &w.Version)
		if events := c.form["EventTypes"]; len(events) > 0 {
			w.EventTypes = slices.Clone(events)
		}
	})
	if err != nil {
		return reply{}, err
	}
	return c.saved(c.path("sid"), c.webhookBody(w)), nil
}

func webhookGet(c *call) (reply, error) {
	all, err := c.account().Webhooks(c.path("service"))
	for _, w := range all {
		if w.SID == c.path("sid") {
			return reply{body: c.webhookBody(w)}, nil
		}
	}
	if err == nil {
		err = verify.ByCode(20404).Because("the service has no webhook with that SID")
	}
	return reply{}, err
}

func webhookList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	all, err := c.account().Webhooks(c.path("service"))
	if err != nil {
		return reply{}, err
	}
	return c.list("webhooks", p, each(cut(all, p), c.webhookBody), len(all))
}

func webhookDelete(c *call) (reply, error) {
	return deleted(c.account().DeleteWebhook(c.path("service"), c.path("sid")))
}
