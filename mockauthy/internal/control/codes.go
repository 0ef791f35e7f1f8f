package control

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// maxCodes is how many users one call may ask about: a page of phones.
const maxCodes = 100

// listCodes returns the codes of several users and factors at once, as their phones would show
// them. Unknown ones are left out, since one may just have been removed. A user without the app
// has no code of that family.
func listCodes(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery("ids", "factors"); err != nil {
		return reply{}, err
	}
	ids, err := c.named("ids")
	if err != nil {
		return reply{}, err
	}
	sids, err := c.named("factors")
	if err != nil {
		return reply{}, err
	}
	if len(ids)+len(sids) == 0 {
		return reply{}, refuse("ids", "there are none", "Authy ids, or factors, with commas between")
	}
	items := []mockapi.Code{}
	for _, sid := range sids {
		switch code, err := shownFactor(w, sid); {
		case errors.Is(err, verify.ErrNoFactor):
		case err != nil:
			return reply{}, err
		default:
			items = append(items, code)
		}
	}
	for _, text := range ids {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return reply{}, refuse("ids", fmt.Sprintf("%.40q is no Authy id", text), "numbers with commas between")
		}
		for _, family := range []authy.Family{authy.AppFamily, authy.GenericFamily} {
			codes, err := shownCodes(w, id, family)
			switch {
			case errors.Is(err, authy.ErrNoUser), errors.Is(err, authy.ErrNoDevice):
			case err != nil:
				return reply{}, err
			default:
				items = append(items, codes...)
			}
		}
	}
	return ok(mockapi.List[mockapi.Code]{Items: items, Total: len(items)})
}

// named reads a list of at most maxCodes names of the query.
func (c *call) named(parameter string) ([]string, error) {
	text := c.r.URL.Query().Get(parameter)
	if text == "" {
		return nil, nil
	}
	list := strings.Split(text, ",")
	if len(list) > maxCodes {
		return nil, refuse(parameter, fmt.Sprintf("there are %d", len(list)), fmt.Sprintf("at most %d", maxCodes))
	}
	return list, nil
}

// shownCodes returns a code for each device that shows one of that family.
func shownCodes(w *world.World, id int64, family authy.Family) ([]mockapi.Code, error) {
	for {
		codes, err := w.App.Codes(id, family, 0)
		if err != nil {
			return nil, err
		}
		next, err := w.App.Codes(id, family, 1)
		if err != nil {
			return nil, err
		}
		period := time.Duration(codes[0].Period) * time.Second
		if len(next) != len(codes) || next[0].ExpiresIn > codes[0].ExpiresIn+period {
			continue // a device came or went, or the step ended between the two: next is one too far
		}
		shown := make([]mockapi.Code, len(codes))
		for i, code := range codes {
			shown[i] = mockapi.Code{
				User: id, Device: code.Device, Family: string(family), Token: code.Token, Next: next[i].Token,
				Digits: code.Digits, Period: code.Period,
				// Steps end at whole seconds; rounding takes away the time since the code was made.
				ExpiresAt: w.Clock.Now().Add(code.ExpiresIn).Round(time.Second),
			}
		}
		return shown, nil
	}
}

// qrSize is the width and height in pixels, Authy's default.
const qrSize = 300

// userQR returns the QR code that loads the secret of a family into an authenticator app.
func userQR(c *call, w *world.World) (reply, error) {
	token, err := tokenOf(c, w, "family")
	if err != nil {
		return reply{}, err
	}
	return qrOf(token.OTPAuth)
}

// qrOf draws an otpauth:// address.
func qrOf(otpauth string) (reply, error) {
	key, err := otp.NewKeyFromURL(otpauth)
	if err != nil {
		return reply{}, err
	}
	image, err := key.Image(qrSize, qrSize)
	if err != nil {
		return reply{}, refuseAs(http.StatusConflict, "", "the secret and names are too long for a QR code", "")
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, image); err != nil {
		return reply{}, err
	}
	return ok(file{"image/png", buf.Bytes()})
}
