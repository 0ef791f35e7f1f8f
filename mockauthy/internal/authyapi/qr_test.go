package authyapi_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"

	"sftpgo-authy/mockauthy/internal/authy"
)

type qrReply struct {
	Label, Issuer, Message string
	QRCode                 string `json:"qr_code"`
	Success                bool
}

func (m *mock) secret(form string) qrReply {
	m.t.Helper()
	got := m.post("/protected/json/users/1000/secret", form)
	m.expect(got, 200, `{"label":`)
	if strings.Contains(got.body, secret) {
		m.t.Fatal("the secret is in the reply, which the real service never does")
	}
	var r qrReply
	if err := json.Unmarshal([]byte(got.body), &r); err != nil {
		m.t.Fatal(err)
	}
	return r
}

func TestQRPictureHoldsTheSecret(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	r := m.secret("")
	if r.Label != "ann@x.test (Demo App)" || r.Issuer != "Demo App" || !r.Success ||
		!strings.HasPrefix(r.QRCode, m.url+"/qr/") {
		t.Fatalf("reply %+v, want a URL of %s", r, m.url)
	}
	got := m.do(request{path: strings.TrimPrefix(r.QRCode, m.url), noKey: true})
	if got.status != 200 || got.header.Get("Content-Type") != "image/png" {
		t.Fatalf("got %d %s", got.status, got.header)
	}
	picture, err := png.Decode(strings.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	if picture.Bounds().Dx() != 300 || picture.Bounds().Dy() != 300 {
		t.Errorf("picture of %v, want 300 by 300 as documented", picture.Bounds())
	}
	want := "otpauth://totp/Demo%20App:ann@x.test%20%28Demo%20App%29?secret=" + secret +
		"&issuer=Demo%20App&algorithm=SHA1&digits=6&period=30"
	if !shows(picture, want) {
		t.Errorf("the picture does not show %s", want)
	}
	if again := m.secret(""); again.QRCode != r.QRCode {
		t.Errorf("a second call gave another picture: %s, %s", again.QRCode, r.QRCode)
	}
	if code, _ := m.App.Code(1000, authy.GenericFamily, 0); m.get(verifyPath(code.Token, 1000)).status != 200 {
		t.Error("a code of the QR secret was refused")
	}
}

// shows compares a picture with the modules of a QR code, one by one.
func shows(picture image.Image, text string) bool {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return false
	}
	modules := code.Bounds().Dx()
	dark := func(img image.Image, x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r < 0x8000 }
	edge := 0
	for !dark(picture, edge, edge) {
		edge++
	}
	side := (picture.Bounds().Dx() - 2*edge) / modules
	if edge < 4*side {
		return false // scanners want a border of four modules
	}
	for y := range modules {
		for x := range modules {
			if dark(code, x, y) != dark(picture, edge+x*side+side/2, edge+y*side+side/2) {
				return false
			}
		}
	}
	return true
}

func TestQRSizesAndLabels(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	for form, side := range map[string]int{"qr_size=500": 500, "qr_size=1": 0, "qr_size=100000": 1000,
		"label=me%26you%C3%A9&qr_size=": 300} {
		r := m.secret(form)
		got := m.do(request{path: strings.TrimPrefix(r.QRCode, m.url), noKey: true})
		picture, err := png.Decode(bytes.NewReader([]byte(got.body)))
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if n := picture.Bounds().Dx(); side != 0 && n != side || n < 60 {
			t.Errorf("%s: %d pixels, want %d", form, n, side)
		}
		if u, _ := url.Parse(r.QRCode); strings.HasPrefix(form, "label") && u.Query().Get("label") != "me&youé" {
			t.Errorf("%s: label %q", form, u.Query().Get("label"))
		}
	}
	m.expect(m.post("/protected/json/users/1000/secret", "qr_size=big"), 400, "'big' is not a valid Integer")
	m.expect(m.post("/protected/json/users/1000/secret", "label="+strings.Repeat("x", 201)), 400, "60004")
	m.expect(m.post("/protected/json/users/1001/secret", ""), 404, "60026")
	m.set(func(s *authy.Settings) { s.GenericTokensEnabled = false })
	m.expect(m.post("/protected/json/users/1000/secret", ""), 400,
		"The application does not have Generic Tokens enabled")
}

func TestQRHonoursHost(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	got := m.raw("POST", "/protected/json/users/1000/secret")
	m.expect(got, 200, `"qr_code":"http://mock.test/qr/`)
}

func TestQRPictureOfAnotherUserIsNotThere(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	m.ann(func(s *authy.UserSpec) { s.ID, s.Name, s.Cellphone = 1001, "bob", "2015550000" })
	path := strings.TrimPrefix(m.secret("").QRCode, m.url)
	m.expect(m.get(strings.Replace(path, "/1000.png", "/1001.png", 1)), 404, "60000")
}
