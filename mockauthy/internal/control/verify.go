package control

import (
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/mockapi"
)

func verifySettingsOf(s verify.Settings) mockapi.VerifySettings {
	return mockapi.VerifySettings{
		WrongCode: s.WrongCode, Replay: s.Replay, MalformedCode: s.MalformedCode, Reverify: s.Reverify,
		ConfigChange: s.ConfigChange, NotFound: s.NotFound, NotFoundPath: s.NotFoundPath, IdentityCase: s.IdentityCase,
		SameSecret: s.SameSecret, SecretForm: s.SecretForm, ShortestSecret: s.ShortestSecret,
		ExpirationDate: s.ExpirationDate, EntityDelete: s.EntityDelete, DateResponded: s.DateResponded,
		CheckStatus: s.CheckStatus, CountFailed: s.CountFailed, UnverifiedFor: mockapi.Duration(s.UnverifiedFor),
		Limits: s.Limits,
	}
}

func verifySettings(s mockapi.VerifySettings) verify.Settings {
	return verify.Settings{
		WrongCode: s.WrongCode, Replay: s.Replay, MalformedCode: s.MalformedCode, Reverify: s.Reverify,
		ConfigChange: s.ConfigChange, NotFound: s.NotFound, NotFoundPath: s.NotFoundPath, IdentityCase: s.IdentityCase,
		SameSecret: s.SameSecret, SecretForm: s.SecretForm, ShortestSecret: s.ShortestSecret,
		ExpirationDate: s.ExpirationDate, EntityDelete: s.EntityDelete, DateResponded: s.DateResponded,
		CheckStatus: s.CheckStatus, CountFailed: s.CountFailed, UnverifiedFor: time.Duration(s.UnverifiedFor),
		Limits: s.Limits,
	}
}

func verifyStateOf(st verify.State) mockapi.VerifyState {
	return mockapi.VerifyState{Services: each(st.Services, func(s verify.ServiceState) mockapi.VerifyService {
		return mockapi.VerifyService{
			SID: s.SID, FriendlyName: s.FriendlyName, CodeLength: s.CodeLength, TOTP: mockapi.VerifyTOTP(s.TOTP),
			Issuer: s.Issuer, CustomCodeEnabled: s.CustomCodeEnabled, Psd2Enabled: s.Psd2Enabled,
			LookupEnabled: s.LookupEnabled, SkipSmsToLandlines: s.SkipSmsToLandlines,
			DtmfInputRequired: s.DtmfInputRequired, DoNotShareWarningEnabled: s.DoNotShareWarningEnabled,
			VerifyEventSubscriptionEnabled: s.VerifyEventSubscriptionEnabled, TtsName: s.TtsName,
			DefaultTemplateSID: s.DefaultTemplateSID, Idle: s.Idle, CreatedAt: s.CreatedAt,
			UpdatedAt: s.UpdatedAt,
			Entities: each(s.Entities, func(e verify.EntityState) mockapi.VerifyEntity {
				return mockapi.VerifyEntity{SID: e.SID, Identity: e.Identity, CreatedAt: e.CreatedAt,
					UpdatedAt: e.UpdatedAt, Factors: each(e.Factors, factorStateOf)}
			}),
			Verifications: each(s.Verifications, func(v verify.VerificationState) mockapi.VerifyVerification {
				return mockapi.VerifyVerification{
					SID:       v.SID,
					To:        v.To,
					Channel:   v.Channel,
					Code:      v.Code,
					Status:    v.Status,
					Amount:    v.Amount,
					Payee:     v.Payee,
					Checks:    v.Checks,
					CreatedAt: v.CreatedAt,
					UpdatedAt: v.UpdatedAt,
					Sends:     each(v.Sends, func(s verify.Send) mockapi.VerifySend { return mockapi.VerifySend(s) }),
				}
			}),
			RateLimits: each(s.RateLimits, func(r verify.RateLimit) mockapi.VerifyRateLimit {
				return mockapi.VerifyRateLimit{SID: r.SID, UniqueName: r.UniqueName, Description: r.Description,
					CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
					Buckets: each(
						r.Buckets,
						func(b *verify.Bucket) mockapi.VerifyBucket { return mockapi.VerifyBucket(*b) },
					)}
			}),
			Webhooks: each(
				s.Webhooks,
				func(w verify.Webhook) mockapi.VerifyWebhook { return mockapi.VerifyWebhook(w) },
			),
		}
	})}
}

func verifyState(settings mockapi.VerifySettings, st mockapi.VerifyState) verify.State {
	return verify.State{Settings: verifySettings(settings),
		Services: each(st.Services, func(s mockapi.VerifyService) verify.ServiceState {
			return verify.ServiceState{
				Service: verify.Service{
					SID: s.SID, FriendlyName: s.FriendlyName, CodeLength: s.CodeLength, TOTP: verify.TOTP(s.TOTP),
					Issuer: s.Issuer, CustomCodeEnabled: s.CustomCodeEnabled, Psd2Enabled: s.Psd2Enabled,
					LookupEnabled: s.LookupEnabled, SkipSmsToLandlines: s.SkipSmsToLandlines,
					DtmfInputRequired: s.DtmfInputRequired, DoNotShareWarningEnabled: s.DoNotShareWarningEnabled,
					VerifyEventSubscriptionEnabled: s.VerifyEventSubscriptionEnabled, TtsName: s.TtsName,
					DefaultTemplateSID: s.DefaultTemplateSID, Idle: s.Idle, CreatedAt: s.CreatedAt,
					UpdatedAt: s.UpdatedAt,
				},
				Entities: each(s.Entities, func(e mockapi.VerifyEntity) verify.EntityState {
					return verify.EntityState{SID: e.SID, Identity: e.Identity, CreatedAt: e.CreatedAt,
						UpdatedAt: e.UpdatedAt, Factors: each(e.Factors, factorState)}
				}),
				Verifications: each(s.Verifications, func(v mockapi.VerifyVerification) verify.VerificationState {
					return verify.VerificationState{
						Code:   v.Code,
						Checks: v.Checks,
						Verification: verify.Verification{SID: v.SID,
							To: v.To, Channel: v.Channel, Status: v.Status, Amount: v.Amount, Payee: v.Payee,
							CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
							Sends: each(v.Sends, func(s mockapi.VerifySend) verify.Send { return verify.Send(s) })},
					}
				}),
				RateLimits: each(s.RateLimits, func(r mockapi.VerifyRateLimit) verify.RateLimit {
					return verify.RateLimit{SID: r.SID, UniqueName: r.UniqueName, Description: r.Description,
						CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
						Buckets: each(r.Buckets, func(b mockapi.VerifyBucket) *verify.Bucket {
							kept := verify.Bucket(b)
							return &kept
						})}
				}),
				Webhooks: each(s.Webhooks, func(w mockapi.VerifyWebhook) verify.Webhook { return verify.Webhook(w) }),
			}
		})}
}

func factorStateOf(f verify.FactorState) mockapi.VerifyFactor {
	return mockapi.VerifyFactor{
		SID: f.SID, FriendlyName: f.FriendlyName, Secret: f.Secret, Verified: f.Verified,
		Config: mockapi.VerifyTOTP(f.Config), Metadata: f.Metadata, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt,
		Tries: f.Tries, Used: f.Used,
		Challenges: each(f.Challenges, func(c verify.ChallengeState) mockapi.VerifyChallenge {
			kept := mockapi.VerifyChallenge{SID: c.SID, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
				ExpiresAt: c.ExpiresAt, RespondedAt: c.RespondedAt, Tries: c.Tries, Approved: c.Approved,
				Hidden: c.Hidden, Metadata: c.Metadata}
			if d := c.Details; d != nil {
				kept.Details = &mockapi.VerifyDetails{Message: d.Message, Date: d.Date, Fields: each(d.Fields,
					func(f verify.DetailField) mockapi.VerifyDetailField { return mockapi.VerifyDetailField(f) })}
			}
			return kept
		}),
	}
}

func factorState(f mockapi.VerifyFactor) verify.FactorState {
	return verify.FactorState{
		SID: f.SID, FriendlyName: f.FriendlyName, Secret: f.Secret, Verified: f.Verified,
		Config: verify.TOTP(f.Config), Metadata: f.Metadata, CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt,
		Tries: f.Tries, Used: f.Used,
		Challenges: each(f.Challenges, func(c mockapi.VerifyChallenge) verify.ChallengeState {
			kept := verify.ChallengeState{SID: c.SID, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
				ExpiresAt: c.ExpiresAt, RespondedAt: c.RespondedAt, Tries: c.Tries, Approved: c.Approved,
				Hidden: c.Hidden, Metadata: c.Metadata}
			if d := c.Details; d != nil {
				kept.Details = &verify.Details{Message: d.Message, Date: d.Date, Fields: each(d.Fields,
					func(f mockapi.VerifyDetailField) verify.DetailField { return verify.DetailField(f) })}
			}
			return kept
		}),
	}
}
