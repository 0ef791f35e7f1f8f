package authyapi

import (
	"bytes"
	"image/png"
	"net/url"
	"strconv"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"sftpgo-authy/mockauthy/internal/exchange"
)

// Bounds of a picture's side in pixels.
const (
	minQR     = 100
	maxQR     = 1000
	defaultQR = 300
)

// userSecret answers users/{id}/secret (documentation; the message's text is ours). The secret is
// only in the picture.
func userSecret(c *call) (reply, error) {
	label := c.params.get("label")
	if len(label) > 200 {
		return reply{}, badParameter("label", "must have at most 200 bytes")
	}
	size := defaultQR
	if text := c.params.get("qr_size"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil {
			return reply{}, badParameter("qr_size", "'"+text+"' is not a valid Integer")
		}
		size = min(max(size, minQR), maxQR)
	}
	code, err := c.app().NewQRCode(c.path("id"), label)
	if err != nil {
		return reply{}, err
	}
	picture := exchange.Base(
		c.server.external,
		c.http,
	) + "/qr/" + code.Ticket + "/" + strconv.FormatInt(
		code.User,
		10,
	) + ".png?" +
		url.Values{
			"size":  {strconv.Itoa(size)},
			"label": {code.Label},
		}.Encode()
	return reply{user: code.User, decision: "created", reason: "picture at /qr/, the secret is in it alone",
		body: struct {
			Label   string `json:"label"`
			Issuer  string `json:"issuer"`
			QRCode  string `json:"qr_code"`
			Success bool   `json:"success"`
			Message string `json:"message"`
		}{code.Label, code.Issuer, picture, true, "QR code generated"}}, nil
}

// qrPicture answers the URL that userSecret returned. It needs no key, since a browser or phone
// shows the picture: the ticket proves that somebody with the key asked for it.
func qrPicture(c *call) (reply, error) {
	label := c.params.get("label")
	if len(label) > 200 {
		return reply{}, badParameter("label", "must have at most 200 bytes")
	}
	size, err := strconv.Atoi(c.params.get("size"))
	if err != nil {
		size = defaultQR
	}
	text, ok := c.app().QRText(c.path("id"), c.path("ticket"), label)
	if !ok {
		return unknownPath(c)
	}
	picture, err := drawQR(text, min(max(size, minQR), maxQR))
	if err != nil {
		return reply{}, fail("60122", err.Error())
	}
	return reply{user: c.user(), raw: picture, contentType: "image/png", reason: "picture drawn"}, nil
}

// drawQR draws text as a PNG of size by size pixels, with the empty border that scanners want.
func drawQR(text string, size int) ([]byte, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	modules := code.Bounds().Dx()
	const border = 4 // modules, ISO 18004
	scale := max(size/(modules+2*border), 1)
	scaled, err := barcode.Scale(code, modules*scale, modules*scale)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, framed{scaled, max(size, (modules+2*border)*scale)}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
