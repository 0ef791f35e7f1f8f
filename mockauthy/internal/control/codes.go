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
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// maxCodes is how many users one call may ask about: a page of phones.
const maxCodes = 100

// listCodes returns the codes of several users at once, as their phones would show them. Unknown
// users are left out, since one may just have been removed. A user without the app has no code of
// that family.
func listCodes(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery("ids"); err != nil {
		return reply{}, err
	}
	wanted := strings.Split(c.r.URL.Query().Get("ids"), ",")
	if len(wanted) > maxCodes {
		return reply{}, refuse("ids", fmt.Sprintf("there are %d", len(wanted)), fmt.Sprintf("at most %d", maxCodes))
	}
	items := []mockapi.Code{}
	for _, text := range wanted {
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
	key, err := otp.NewKeyFromURL(token.OTPAuth)
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
