package authy

import (
	"context"
	"fmt"
	"net/http"
)

// exportOff is the error of an app whose migration tools nobody has switched on (documentation of
// the export).
const exportOff = "60154"

// ExportOff says whether Authy refused because the export of secrets is not open for this app. It
// is the same for all its users.
func (e *APIError) ExportOff() bool { return e.Code == exportOff }

// Exported is the secret of a user's own authenticator app, which makes codes of 6 digits and 30
// seconds. It prints as "[secret]".
type Exported struct {
	Secret string `json:"secret"` // base32
	OTP    string `json:"otp"`    // the code of the moment of the export
}

// String hides the secret.
func (Exported) String() string { return "[secret]" }

// Format hides the secret from every verb of package fmt.
func (Exported) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[secret]")) }

// Export asks for the secret of a user's own authenticator app, which changes nothing at Authy. It
// needs Twilio's support, who open it for an app: see [APIError.ExportOff]. The secret of the Authy
// app itself cannot be had.
func (c *Client) Export(ctx context.Context, id ID) (Exported, error) {
	var got Exported
	err := c.askAbout(ctx, id, http.MethodGet, "/secret/export", nil, &got)
	return got, err
}
