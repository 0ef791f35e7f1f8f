package verifyapi

import (
	"net/http"

	"sftpgo-authy/mockauthy/internal/verify"
)

type rateLimitBody struct {
	SID         string            `json:"sid"`
	ServiceSID  string            `json:"service_sid"`
	AccountSID  string            `json:"account_sid"`
	UniqueName  string            `json:"unique_name"`
	Description string            `json:"description"`
	CreatedAt   *string           `json:"date_created"`
	UpdatedAt   *string           `json:"date_updated"`
	URL         string            `json:"url"`
	Links       map[string]string `json:"links"`
}

func (c *call) rateLimitBody(r verify.RateLimit) rateLimitBody {
	at := c.rateLimitURL(r.SID)
	return rateLimitBody{
		SID:         r.SID,
		ServiceSID:  c.path("service"),
		AccountSID:  c.accountSID(),
		UniqueName:  r.UniqueName,
		Description: r.Description,
		CreatedAt:   stamp(r.CreatedAt),
		UpdatedAt:   stamp(r.UpdatedAt),
		URL:         at,
		Links:       map[string]string{"buckets": at + "/Buckets"},
	}
}

func (c *call) rateLimitURL(sid string) string {
	return c.base + "/Services/" + c.path("service") + "/RateLimits/" + sid
}

// rateLimitSave makes a rate limit, or changes the one in the path.
func rateLimitSave(c *call) (reply, error) {
	f := &form{c: c, code: 60200}
	r, err := c.account().SaveRateLimit(c.path("service"), c.path("limit"), func(r *verify.RateLimit) {
		if r.SID == "" { // it cannot be changed later
			f.text("UniqueName", &r.UniqueName)
		}
		f.text("Description", &r.Description)
	})
	if err != nil {
		return reply{}, err
	}
	return c.saved(c.path("limit"), c.rateLimitBody(r)), nil
}

// saved is the reply to a create, for an empty SID in the path, or to an update.
func (c *call) saved(sid string, body any) reply {
	if sid == "" {
		return reply{status: http.StatusCreated, body: body, decision: "created"}
	}
	return reply{body: body, decision: "updated"}
}

// rateLimit finds the rate limit in the path.
func (c *call) rateLimit() (verify.RateLimit, error) {
	all, err := c.account().RateLimits(c.path("service"))
	for _, r := range all {
		if r.SID == c.path("limit") {
			return r, nil
		}
	}
	if err == nil {
		err = verify.ByCode(20404).Because("the service has no rate limit with that SID")
	}
	return verify.RateLimit{}, err
}

func rateLimitGet(c *call) (reply, error) {
	r, err := c.rateLimit()
	return reply{body: c.rateLimitBody(r)}, err
}

func rateLimitList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	all, err := c.account().RateLimits(c.path("service"))
	if err != nil {
		return reply{}, err
	}
	return c.list("rate_limits", p, each(cut(all, p), c.rateLimitBody), len(all))
}

func rateLimitDelete(c *call) (reply, error) {
	return deleted(c.account().DeleteRateLimit(c.path("service"), c.path("limit")))
}

type bucketBody struct {
	SID          string  `json:"sid"`
	RateLimitSID string  `json:"rate_limit_sid"`
	ServiceSID   string  `json:"service_sid"`
	AccountSID   string  `json:"account_sid"`
	Max          int     `json:"max"`
	Interval     int     `json:"interval"`
	CreatedAt    *string `json:"date_created"`
	UpdatedAt    *string `json:"date_updated"`
	URL          string  `json:"url"`
}

func (c *call) bucketBody(b *verify.Bucket) bucketBody {
	return bucketBody{SID: b.SID, RateLimitSID: c.path("limit"), ServiceSID: c.path("service"),
		AccountSID: c.accountSID(), Max: b.Max, Interval: b.Interval, CreatedAt: stamp(b.CreatedAt),
		UpdatedAt: stamp(b.UpdatedAt), URL: c.rateLimitURL(c.path("limit")) + "/Buckets/" + b.SID}
}

// bucketSave makes a bucket, or changes the one in the path.
func bucketSave(c *call) (reply, error) {
	f := &form{c: c, code: 60200}
	b, err := c.account().SaveBucket(c.path("service"), c.path("limit"), c.path("sid"), func(b *verify.Bucket) {
		f.number("Max", &b.Max)
		f.number("Interval", &b.Interval)
	})
	if err != nil {
		return reply{}, err
	}
	return c.saved(c.path("sid"), c.bucketBody(&b)), nil
}

func bucketGet(c *call) (reply, error) {
	r, err := c.rateLimit()
	if err != nil {
		return reply{}, err
	}
	for _, b := range r.Buckets {
		if b.SID == c.path("sid") {
			return reply{body: c.bucketBody(b)}, nil
		}
	}
	return reply{}, verify.ByCode(20404).Because("the rate limit has no bucket with that SID")
}

func bucketList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	r, err := c.rateLimit()
	if err != nil {
		return reply{}, err
	}
	return c.list("buckets", p, each(cut(r.Buckets, p), c.bucketBody), len(r.Buckets))
}

func bucketDelete(c *call) (reply, error) {
	return deleted(c.account().DeleteBucket(c.path("service"), c.path("limit"), c.path("sid")))
}
