package control

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// familyFactor is the family of codes of Verify's factors.
const familyFactor = "factor"

func listFactors(c *call, w *world.World) (reply, error) {
	search, offset, limit, err := c.paging()
	if err != nil {
		return reply{}, err
	}
	factors, total := w.Verify.AllFactors(search, offset, limit)
	return ok(mockapi.List[mockapi.Factor]{Items: each(factors, factorOf), Total: total})
}

func addFactor(c *call, w *world.World) (reply, error) {
	var spec mockapi.NewFactor
	if err := c.body(&spec, maxBody); err != nil {
		return reply{}, err
	}
	n := verify.NewFactor{FriendlyName: cmp.Or(spec.FriendlyName, spec.Identity), Secret: spec.Secret,
		Config: func(t *verify.TOTP) {
			t.Alg, t.CodeLength = cmp.Or(spec.Alg, t.Alg), cmp.Or(spec.Digits, t.CodeLength)
			t.TimeStep = cmp.Or(spec.Period, t.TimeStep)
			if spec.Skew != nil {
				t.Skew = *spec.Skew
			}
		}}
	made, err := w.Verify.AddFactor(spec.ServiceSID, spec.Identity, n, spec.Verified == nil || *spec.Verified)
	if err != nil {
		return reply{}, err
	}
	w.Events.Tell(mockapi.FactorChange{SID: made.SID})
	return reply{status: http.StatusCreated, body: factorOf(made)}, nil
}

func getFactor(c *call, w *world.World) (reply, error) {
	ref, err := c.path("factor")
	if err != nil {
		return reply{}, err
	}
	factor, err := w.Verify.FindFactor(ref)
	return reply{body: factorOf(factor)}, err
}

func removeFactor(c *call, w *world.World) (reply, error) {
	ref, err := c.path("factor")
	if err != nil {
		return reply{}, err
	}
	factor, err := w.Verify.FindFactor(ref)
	if err == nil {
		err = w.Verify.DeleteFactor(factor.ServiceSID, factor.Identity, factor.SID)
	}
	if err != nil {
		return reply{}, err
	}
	w.Events.Tell(mockapi.FactorChange{SID: factor.SID})
	return none()
}

func factorToken(c *call, w *world.World) (reply, error) {
	token, err := factorTokenOf(c, w, "step")
	if err != nil {
		return reply{}, err
	}
	return ok(token)
}

// factorCode is factorToken for a shell.
func factorCode(c *call, w *world.World) (reply, error) {
	token, err := factorTokenOf(c, w, "step")
	if err != nil {
		return reply{}, err
	}
	return ok(file{textType, []byte(token.Token + "\n")})
}

func factorQR(c *call, w *world.World) (reply, error) {
	token, err := factorTokenOf(c, w)
	if err != nil {
		return reply{}, err
	}
	return qrOf(token.OTPAuth)
}

func factorTokenOf(c *call, w *world.World, parameters ...string) (mockapi.Token, error) {
	if err := c.onlyQuery(parameters...); err != nil {
		return mockapi.Token{}, err
	}
	ref, err := c.path("factor")
	if err != nil {
		return mockapi.Token{}, err
	}
	step, err := c.number("step", 0, -maxStep, maxStep)
	if err != nil {
		return mockapi.Token{}, err
	}
	code, factor, err := w.Verify.FactorCode(ref, step)
	if err != nil {
		return mockapi.Token{}, err
	}
	return mockapi.Token{Token: code.Token, Family: familyFactor, Digits: code.Digits, Period: code.Period,
		ExpiresIn: secondsLeft(code.ExpiresIn), OTPAuth: factor.URI}, nil
}

// shownFactor returns the code of a factor as a phone shows it.
func shownFactor(w *world.World, sid string) (mockapi.Code, error) {
	for {
		code, _, err := w.Verify.FactorCode(sid, 0)
		if err != nil {
			return mockapi.Code{}, err
		}
		next, _, err := w.Verify.FactorCode(sid, 1)
		if err != nil {
			return mockapi.Code{}, err
		}
		if next.ExpiresIn > code.ExpiresIn+time.Duration(code.Period)*time.Second {
			continue // the step ended between the two: next is one too far
		}
		return mockapi.Code{Factor: sid, Family: familyFactor, Token: code.Token, Next: next.Token,
			Digits: code.Digits, Period: code.Period,
			ExpiresAt: w.Clock.Now().Add(code.ExpiresIn).Round(time.Second)}, nil
	}
}

func listChallenges(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery("factor", "status", "limit"); err != nil {
		return reply{}, err
	}
	status := c.r.URL.Query().Get("status")
	switch status {
	case "", "pending", "approved", "expired":
	default:
		return reply{}, refuse("status", fmt.Sprintf("%.40q is not known", status), "pending, approved or expired")
	}
	all, err := w.Verify.AllChallenges(c.r.URL.Query().Get("factor"), status)
	if err != nil {
		return reply{}, err
	}
	return page(c, each(all, challengeOf))
}

func listVerifications(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery("to", "limit"); err != nil {
		return reply{}, err
	}
	return page(c, each(w.Verify.AllVerifications(c.r.URL.Query().Get("to")), sentCodeOf))
}
