package accounts

import (
	"context"
	"fmt"
	"net/http"

	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// REST asks SFTPGo's REST API for an account. It implements [Users].
type REST struct{ Client *sftpgoapi.Client }

// AdditionalInfo implements [Users]. SFTPGo asks its hooks only about accounts that it has: one
// that the key cannot see belongs to another role, and that is no "not here".
func (r REST) AdditionalInfo(ctx context.Context, name string) (string, error) {
	user, err := r.Client.User(ctx, name)
	if sftpgoapi.Status(err) == http.StatusNotFound {
		return "", fmt.Errorf("%w; use the key of an administrator without role", err)
	}
	if err != nil {
		return "", err
	}
	return user.Text("additional_info"), nil
}
