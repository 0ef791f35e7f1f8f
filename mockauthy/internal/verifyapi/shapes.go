package verifyapi

import (
	"encoding/json"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
)

// The bodies have the keys, and mostly their order, of the examples in Twilio's OpenAPI document.

// stamp is a date of the wire, ISO 8601 in UTC with seconds; null for the zero time.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format("2006-01-02T15:04:05Z")
	return &text
}

// orNull is a text that is null when it is empty.
type orNull string

// MarshalJSON writes the text, or null.
func (t orNull) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// raw is a JSON text that is null when it is empty.
func raw(text string) *json.RawMessage {
	if text == "" {
		return nil
	}
	message := json.RawMessage(text)
	return &message
}

type totpBody struct {
	Issuer     orNull `json:"issuer"`
	TimeStep   int    `json:"time_step"`
	CodeLength int    `json:"code_length"`
	Skew       int    `json:"skew"`
}

type pushBody struct {
	IncludeDate bool   `json:"include_date"`
	Apn         orNull `json:"apn_credential_sid"`
	Fcm         orNull `json:"fcm_credential_sid"`
}

type whatsappBody struct {
	MsgServiceSID orNull `json:"msg_service_sid"`
	From          orNull `json:"from"`
}

type relyingPartyBody struct {
	ID      orNull   `json:"id"`
	Name    orNull   `json:"name"`
	Origins []string `json:"origins"`
}

type passkeysBody struct {
	RelyingParty            relyingPartyBody `json:"relying_party"`
	AuthenticatorAttachment orNull           `json:"authenticator_attachment"`
	DiscoverableCredentials orNull           `json:"discoverable_credentials"`
	UserVerification        orNull           `json:"user_verification"`
}

type serviceBody struct {
	SID                            string            `json:"sid"`
	AccountSID                     string            `json:"account_sid"`
	FriendlyName                   string            `json:"friendly_name"`
	CodeLength                     int               `json:"code_length"`
	LookupEnabled                  bool              `json:"lookup_enabled"`
	Psd2Enabled                    bool              `json:"psd2_enabled"`
	SkipSmsToLandlines             bool              `json:"skip_sms_to_landlines"`
	DtmfInputRequired              bool              `json:"dtmf_input_required"`
	TtsName                        orNull            `json:"tts_name"`
	DoNotShareWarningEnabled       bool              `json:"do_not_share_warning_enabled"`
	CustomCodeEnabled              bool              `json:"custom_code_enabled"`
	Push                           pushBody          `json:"push"`
	TOTP                           totpBody          `json:"totp"`
	Whatsapp                       whatsappBody      `json:"whatsapp"`
	Passkeys                       passkeysBody      `json:"passkeys"`
	DefaultTemplateSID             orNull            `json:"default_template_sid"`
	VerifyEventSubscriptionEnabled bool              `json:"verify_event_subscription_enabled"`
	CreatedAt                      *string           `json:"date_created"`
	UpdatedAt                      *string           `json:"date_updated"`
	URL                            string            `json:"url"`
	Links                          map[string]string `json:"links"`
}

func (c *call) serviceBody(s verify.Service) serviceBody {
	at := c.base + "/Services/" + s.SID
	issuer := s.Issuer
	if issuer == "" {
		issuer = s.FriendlyName // capture of April 2022
	}
	kept := func(name string) orNull { return orNull(s.Idle[name]) }
	var origins []string
	if list := s.Idle["Passkeys.RelyingParty.Origins"]; list != "" {
		origins = strings.Split(list, ",")
	}
	return serviceBody{
		SID: s.SID, AccountSID: c.accountSID(), FriendlyName: s.FriendlyName, CodeLength: s.CodeLength,
		LookupEnabled: s.LookupEnabled, Psd2Enabled: s.Psd2Enabled, SkipSmsToLandlines: s.SkipSmsToLandlines,
		DtmfInputRequired: s.DtmfInputRequired, TtsName: orNull(s.TtsName),
		DoNotShareWarningEnabled: s.DoNotShareWarningEnabled, CustomCodeEnabled: s.CustomCodeEnabled,
		Push: pushBody{IncludeDate: !strings.EqualFold(s.Idle["Push.IncludeDate"], "false"),
			Apn: kept("Push.ApnCredentialSid"), Fcm: kept("Push.FcmCredentialSid")},
		TOTP: totpBody{Issuer: orNull(issuer), TimeStep: s.TOTP.TimeStep, CodeLength: s.TOTP.CodeLength,
			Skew: s.TOTP.Skew},
		Whatsapp: whatsappBody{kept("Whatsapp.MsgServiceSid"), kept("Whatsapp.From")},
		Passkeys: passkeysBody{
			RelyingParty: relyingPartyBody{kept("Passkeys.RelyingParty.Id"), kept("Passkeys.RelyingParty.Name"),
				origins},
			AuthenticatorAttachment: kept("Passkeys.AuthenticatorAttachment"),
			DiscoverableCredentials: kept("Passkeys.DiscoverableCredentials"),
			UserVerification:        kept("Passkeys.UserVerification")},
		DefaultTemplateSID:             orNull(s.DefaultTemplateSID),
		VerifyEventSubscriptionEnabled: s.VerifyEventSubscriptionEnabled,
		CreatedAt:                      stamp(s.CreatedAt), UpdatedAt: stamp(s.UpdatedAt), URL: at,
		Links: map[string]string{
			"verification_checks": at + "/VerificationCheck", "verifications": at + "/Verifications",
			"rate_limits": at + "/RateLimits", "messaging_configurations": at + "/MessagingConfigurations",
			"entities": at + "/Entities", "webhooks": at + "/Webhooks", "access_tokens": at + "/AccessTokens",
		},
	}
}

type entityBody struct {
	SID        string            `json:"sid"`
	Identity   string            `json:"identity"`
	AccountSID string            `json:"account_sid"`
	ServiceSID string            `json:"service_sid"`
	CreatedAt  *string           `json:"date_created"`
	UpdatedAt  *string           `json:"date_updated"`
	URL        string            `json:"url"`
	Links      map[string]string `json:"links"`
}

func (c *call) entityBody(e verify.Entity) entityBody {
	at := c.entityURL(e.ServiceSID, e.Identity)
	return entityBody{SID: e.SID, Identity: e.Identity, AccountSID: c.accountSID(), ServiceSID: e.ServiceSID,
		CreatedAt: stamp(e.CreatedAt), UpdatedAt: stamp(e.UpdatedAt), URL: at,
		Links: map[string]string{"factors": at + "/Factors", "new_factors": at + "/Factors",
			"challenges": at + "/Challenges"}}
}

// entityURL needs no escaping: an identity has letters, digits and dashes alone.
func (c *call) entityURL(service, identity string) string {
	return c.base + "/Services/" + service + "/Entities/" + identity
}

func (c *call) accountSID() string { return c.account().Credentials().AccountSID }

// bindingBody is told once, when the factor is made.
type bindingBody struct {
	Secret string `json:"secret"`
	URI    string `json:"uri"`
}

type configBody struct {
	Alg        string `json:"alg"`
	Skew       int    `json:"skew"`
	CodeLength int    `json:"code_length"`
	TimeStep   int    `json:"time_step"`
}

type factorHead struct {
	SID        string `json:"sid"`
	AccountSID string `json:"account_sid"`
	ServiceSID string `json:"service_sid"`
	EntitySID  string `json:"entity_sid"`
	Identity   string `json:"identity"`
}

type factorTail struct {
	CreatedAt    *string          `json:"date_created"`
	UpdatedAt    *string          `json:"date_updated"`
	FriendlyName string           `json:"friendly_name"`
	Status       string           `json:"status"`
	FactorType   string           `json:"factor_type"`
	Config       configBody       `json:"config"`
	Metadata     *json.RawMessage `json:"metadata"`
	URL          string           `json:"url"`
}

// factorBody is a factor as fetch, list and update show it.
type factorBody struct {
	factorHead
	factorTail
}

// newFactorBody is a factor as create shows it.
type newFactorBody struct {
	factorHead
	Binding bindingBody `json:"binding"`
	Options *string     `json:"options"`
	factorTail
}

func (c *call) factorBody(f verify.Factor) factorBody {
	status := "unverified"
	if f.Verified {
		status = "verified"
	}
	return factorBody{
		factorHead{SID: f.SID, AccountSID: c.accountSID(), ServiceSID: f.ServiceSID, EntitySID: f.EntitySID,
			Identity: f.Identity},
		factorTail{CreatedAt: stamp(f.CreatedAt), UpdatedAt: stamp(f.UpdatedAt), FriendlyName: f.FriendlyName,
			Status: status, FactorType: "totp", Config: configBody(f.Config), Metadata: raw(f.Metadata),
			URL: c.entityURL(f.ServiceSID, f.Identity) + "/Factors/" + f.SID},
	}
}

type detailsBody struct {
	Message string        `json:"message"`
	Date    *string       `json:"date"`
	Fields  []detailField `json:"fields"`
}

type detailField struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

type challengeBody struct {
	SID         string           `json:"sid"`
	AccountSID  string           `json:"account_sid"`
	ServiceSID  string           `json:"service_sid"`
	EntitySID   string           `json:"entity_sid"`
	Identity    string           `json:"identity"`
	FactorSID   string           `json:"factor_sid"`
	CreatedAt   *string          `json:"date_created"`
	UpdatedAt   *string          `json:"date_updated"`
	RespondedAt *string          `json:"date_responded"`
	ExpiresAt   *string          `json:"expiration_date"`
	Status      string           `json:"status"`
	Reason      string           `json:"responded_reason"`
	Details     *detailsBody     `json:"details"`
	Hidden      *json.RawMessage `json:"hidden_details"`
	Metadata    *json.RawMessage `json:"metadata"`
	FactorType  string           `json:"factor_type"`
	URL         string           `json:"url"`
	Links       challengeLinks   `json:"links"`
}

type challengeLinks struct {
	Notifications string `json:"notifications"`
}

func (c *call) challengeBody(v verify.Challenge) challengeBody {
	at := c.entityURL(v.ServiceSID, v.Identity) + "/Challenges/" + v.SID
	body := challengeBody{
		SID: v.SID, AccountSID: c.accountSID(), ServiceSID: v.ServiceSID, EntitySID: v.EntitySID, Identity: v.Identity,
		FactorSID: v.FactorSID, CreatedAt: stamp(v.CreatedAt), UpdatedAt: stamp(v.UpdatedAt),
		RespondedAt: stamp(v.RespondedAt), ExpiresAt: stamp(v.ExpiresAt), Status: v.Status, Reason: v.Reason,
		Hidden: raw(v.Hidden), Metadata: raw(v.Metadata), FactorType: "totp", URL: at,
		Links: challengeLinks{at + "/Notifications"},
	}
	if d := v.Details; d != nil {
		body.Details = &detailsBody{Message: d.Message, Date: stamp(d.Date), Fields: make([]detailField, len(d.Fields))}
		for i, f := range d.Fields {
			body.Details.Fields[i] = detailField(f)
		}
	}
	return body
}
