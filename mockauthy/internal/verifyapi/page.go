package verifyapi

import (
	"net/url"
	"strconv"

	"sftpgo-authy/mockauthy/internal/verify"
)

// page is what the query of a list asks for.
type page struct{ number, size int }

// page reads PageSize (1 to 1000, 50 if not given) and the page's number, of PageToken first.
func (c *call) page() (page, error) {
	p := page{size: 50}
	if text := c.form.Get("PageSize"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1000 {
			return p, verify.Invalid(60373, "PageSize", "%.20q, want 1 to 1000", text)
		}
		p.size = n
	}
	if text := c.form.Get("Page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return p, verify.Invalid(60200, "Page", "%.20q, want a number from 0", text)
		}
		p.number = n
	}
	if text := c.form.Get("PageToken"); text != "" && p.number > 0 && text != pageToken(p.number) {
		return p, verify.Invalid(60374, "PageToken", "it is not one that a list returned for this page")
	}
	return p, nil
}

// pageToken is opaque to clients.
func pageToken(number int) string { return "PT" + strconv.Itoa(number) }

// cut returns the items of a page.
func cut[T any](all []T, p page) []T {
	from := min(p.number*p.size, len(all))
	return all[from:min(from+p.size, len(all))]
}

type metaBody struct {
	Page     int     `json:"page"`
	PageSize int     `json:"page_size"`
	First    string  `json:"first_page_url"`
	Previous *string `json:"previous_page_url"`
	URL      string  `json:"url"`
	Next     *string `json:"next_page_url"`
	Key      string  `json:"key"`
}

// list answers with a page of bodies under the list's name. There are total items in all.
func (c *call) list(name string, p page, bodies any, total int) (reply, error) {
	at := func(number int) *string {
		query := url.Values{}
		for name, values := range c.form { // filters go from page to page
			query[name] = values
		}
		query.Set("PageSize", strconv.Itoa(p.size))
		query.Set("Page", strconv.Itoa(number))
		query.Del("PageToken")
		if number > 0 {
			query.Set("PageToken", pageToken(number))
		}
		u := c.base + c.http.URL.EscapedPath()[len("/v2"):] + "?" + query.Encode()
		return &u
	}
	meta := metaBody{Page: p.number, PageSize: p.size, First: *at(0), URL: *at(p.number), Key: name}
	if p.number > 0 {
		meta.Previous = at(p.number - 1)
	}
	if (p.number+1)*p.size < total {
		meta.Next = at(p.number + 1)
	}
	return reply{body: map[string]any{name: bodies, "meta": meta}}, nil
}

// each converts a list; an empty one is no null.
func each[A, B any](list []A, convert func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}
