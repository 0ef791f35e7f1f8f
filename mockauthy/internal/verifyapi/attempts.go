package verifyapi

import (
	"math"
	"strconv"
	"strings"

	"sftpgo-authy/mockauthy/internal/verify"
)

type attemptBody struct {
	SID             string         `json:"sid"`
	AccountSID      string         `json:"account_sid"`
	ServiceSID      string         `json:"service_sid"`
	VerificationSID string         `json:"verification_sid"`
	CreatedAt       *string        `json:"date_created"`
	UpdatedAt       *string        `json:"date_updated"`
	Conversion      string         `json:"conversion_status"`
	Channel         string         `json:"channel"`
	Price           map[string]any `json:"price"`
	ChannelData     map[string]any `json:"channel_data"`
	URL             string         `json:"url"`
}

func conversion(a verify.Attempt) string {
	if a.Converted {
		return "converted"
	}
	return "unconverted"
}

func (c *call) attemptBody(a verify.Attempt) attemptBody {
	status := "unconfirmed"
	if a.Converted {
		status = "confirmed"
	}
	return attemptBody{SID: a.SID, AccountSID: c.accountSID(), ServiceSID: a.ServiceSID,
		VerificationSID: a.VerificationSID, CreatedAt: stamp(a.At), UpdatedAt: stamp(a.UpdatedAt),
		Conversion: conversion(a), Channel: a.Channel, Price: map[string]any{"value": "0.00", "currency": "usd"},
		ChannelData: map[string]any{"verification_sid": a.VerificationSID, "to": a.To, "status": status,
			"code_length": a.CodeLength, "message_status": nil, "error_code": nil, "country": nil, "locale": nil,
			"mcc": nil, "mnc": nil, "carrier": nil}, // what is null a carrier would know
		URL: c.base + "/Attempts/" + a.SID}
}

// attempts are those that the filters of the query pick.
func (c *call) attempts() ([]verify.Attempt, error) {
	if c.form.Get("Country") != "" {
		return nil, unsupported("filter of attempts by country")
	}
	f := &form{c: c, code: 60200}
	after, before := f.time("DateCreatedAfter"), f.time("DateCreatedBefore")
	status := strings.ToLower(c.form.Get("Status")) // the OpenAPI document has it in both cases
	if status != "" && status != "converted" && status != "unconverted" {
		f.fail("Status", "want converted or unconverted")
	}
	if f.err != nil {
		return nil, f.err
	}
	is := func(name, value string) bool { return !f.given(name) || c.form.Get(name) == value }
	picked := []verify.Attempt{}
	for _, a := range c.account().Attempts() {
		if is("VerifyServiceSid", a.ServiceSID) && is("VerificationSid", a.VerificationSID) &&
			is("Channel", a.Channel) &&
			is("ChannelData.To", a.To) && (status == "" || status == conversion(a)) &&
			!a.At.Before(after) &&
			(before.IsZero() || !a.At.After(before)) {
			picked = append(picked, a)
		}
	}
	return picked, nil
}

func attemptList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	all, err := c.attempts()
	if err != nil {
		return reply{}, err
	}
	return c.list("attempts", p, each(cut(all, p), c.attemptBody), len(all))
}

func attemptGet(c *call) (reply, error) {
	for _, a := range c.account().Attempts() {
		if a.SID == c.path("sid") {
			return reply{body: c.attemptBody(a)}, nil
		}
	}
	return reply{}, verify.ByCode(20404).Because("nothing was sent under that SID")
}

func attemptSummary(c *call) (reply, error) {
	all, err := c.attempts()
	if err != nil {
		return reply{}, err
	}
	converted := 0
	for _, a := range all {
		if a.Converted {
			converted++
		}
	}
	rate := 0.0
	if len(all) > 0 {
		rate = math.Round(float64(converted)/float64(len(all))*1e4) / 1e2
	}
	return reply{body: struct {
		Total       int    `json:"total_attempts"`
		Converted   int    `json:"total_converted"`
		Unconverted int    `json:"total_unconverted"`
		Rate        string `json:"conversion_rate_percentage"`
		URL         string `json:"url"`
	}{len(all), converted, len(all) - converted,
		strconv.FormatFloat(rate, 'f', 2, 64), c.base + "/Attempts/Summary"}}, nil
}
