package verify

import (
	"slices"
	"time"
)

// RateLimit bounds how many codes are sent for one value of something that the client counts by,
// such as an address on the internet.
type RateLimit struct {
	SID, UniqueName, Description string
	Buckets                      []*Bucket
	CreatedAt, UpdatedAt         time.Time
	counts                       map[string]window // by value; seconds of each start
}

// Bucket is a number of starts in a time.
type Bucket struct {
	SID                  string
	Max, Interval        int // Interval in seconds
	CreatedAt, UpdatedAt time.Time
}

func (r *RateLimit) sid() string { return r.SID }

func (b *Bucket) sid() string { return b.SID }

// Limits on rate limits; the numbers of the real service are unknown.
const (
	mostRateLimits = 10
	mostBuckets    = 5
	mostValues     = 10_000 // that a rate limit counts at the same time
)

// withinRates counts a start and refuses it when a bucket is full. The caller holds mu.
func (a *Account) withinRates(s *service, values map[string]string) error {
	now := a.seconds()
	for name, value := range values {
		r := findNamed(s.rateLimits, name, func(r *RateLimit) string { return r.UniqueName })
		if r == nil {
			return refuse(60211, "the service has no rate limit %.40q", name)
		}
		longest := 0
		for _, b := range r.Buckets {
			longest = max(longest, b.Interval)
			starts := slices.Clone(r.counts[value])
			if starts.full(now, int64(b.Interval), b.Max) {
				e := refuse(20429, "rate limit %.40q: %d starts in %d seconds", name, b.Max, b.Interval)
				e.Limit, e.RetryAfter = r.UniqueName, int64(b.Interval)-(now-starts[len(starts)-b.Max])
				return e
			}
		}
		if len(r.counts) >= mostValues {
			clear(r.counts) // nothing that a test could notice
		}
		starts := r.counts[value]
		starts.full(now, int64(longest), 0)
		starts.add(now)
		r.counts[value] = starts
	}
	return nil
}

// RateLimits lists those of a service, oldest first.
func (a *Account) RateLimits(serviceSID string) ([]RateLimit, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return nil, err
	}
	all := make([]RateLimit, len(s.rateLimits))
	for i, r := range s.rateLimits {
		all[i] = r.view()
	}
	return all, nil
}

func (r *RateLimit) view() RateLimit {
	v := *r
	v.Buckets, v.counts = make([]*Bucket, len(r.Buckets)), nil
	for i, b := range r.Buckets {
		kept := *b
		v.Buckets[i] = &kept
	}
	return v
}

// SaveRateLimit makes a rate limit, for an empty SID, or changes one.
func (a *Account) SaveRateLimit(serviceSID, sid string, change func(*RateLimit)) (RateLimit, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return RateLimit{}, err
	}
	r, made := &RateLimit{counts: map[string]window{}, CreatedAt: date(a.seconds())}, sid == ""
	if !made {
		if r = findNamed(s.rateLimits, sid, (*RateLimit).sid); r == nil {
			return RateLimit{}, refuse(20404, "the service has no rate limit with that SID")
		}
	}
	next := *r
	change(&next)
	switch {
	case next.UniqueName == "":
		return RateLimit{}, Missing("UniqueName")
	case made && len(s.rateLimits) >= mostRateLimits:
		return RateLimit{}, refuse(60207, "%d rate limits are the most", mostRateLimits)
	case made && findNamed(s.rateLimits, next.UniqueName, func(r *RateLimit) string { return r.UniqueName }) != nil:
		return RateLimit{}, refuse(60208, "there is one with that name")
	}
	if next.UpdatedAt = date(a.seconds()); made {
		next.SID = a.newSID().text("RK")
		s.rateLimits = append(s.rateLimits, r)
	}
	*r = next
	return r.view(), nil
}

// DeleteRateLimit removes a rate limit with its buckets.
func (a *Account) DeleteRateLimit(serviceSID, sid string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return err
	}
	s.rateLimits, err = without(s.rateLimits, sid, (*RateLimit).sid)
	return err
}

// SaveBucket makes a bucket of a rate limit, for an empty SID, or changes one.
func (a *Account) SaveBucket(serviceSID, rateLimitSID, sid string, change func(*Bucket)) (Bucket, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return Bucket{}, err
	}
	r := findNamed(s.rateLimits, rateLimitSID, (*RateLimit).sid)
	if r == nil {
		return Bucket{}, refuse(20404, "the service has no rate limit with that SID")
	}
	b := &Bucket{CreatedAt: date(a.seconds())}
	if sid != "" {
		if b = findNamed(r.Buckets, sid, (*Bucket).sid); b == nil {
			return Bucket{}, refuse(20404, "the rate limit has no bucket with that SID")
		}
	}
	next := *b
	change(&next)
	next.UpdatedAt = date(a.seconds())
	switch {
	case next.Max < 1:
		return Bucket{}, Invalid(60200, "Max", "%d, want 1 or more", next.Max)
	case next.Interval < 1:
		return Bucket{}, Invalid(60200, "Interval", "%d, want 1 second or more", next.Interval)
	case slices.ContainsFunc(r.Buckets, func(b *Bucket) bool { return b.Interval == next.Interval && b.SID != sid }):
		return Bucket{}, refuse(60210, "there is one with that interval")
	case sid == "" && len(r.Buckets) >= mostBuckets:
		return Bucket{}, refuse(60209, "%d buckets are the most", mostBuckets)
	}
	if sid == "" {
		next.SID = a.newSID().text("BL")
		r.Buckets = append(r.Buckets, b)
	}
	*b = next
	return next, nil
}

// DeleteBucket removes a bucket.
func (a *Account) DeleteBucket(serviceSID, rateLimitSID, sid string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return err
	}
	r := findNamed(s.rateLimits, rateLimitSID, (*RateLimit).sid)
	if r == nil {
		return refuse(20404, "the service has no rate limit with that SID")
	}
	r.Buckets, err = without(r.Buckets, sid, (*Bucket).sid)
	return err
}
