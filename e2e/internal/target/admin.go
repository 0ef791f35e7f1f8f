package target

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/internal/sftpgotest"
)

// admin looks after accounts, over SFTPGo's REST API.
type admin struct{ *client.API }

func newAdmin(addr string) *admin {
	return &admin{client.AdminAPI(addr, sftpgotest.Admin, sftpgotest.Password)}
}

// put deletes the account, if it is there, and creates it.
func (a *admin) put(ctx context.Context, account Account) error {
	if _, status, err := a.Call(ctx, http.MethodDelete, "/users/"+url.PathEscape(account.Name), nil); err != nil &&
		status != http.StatusNotFound {
		return err
	}
	_, _, err := a.Call(ctx, http.MethodPost, "/users", account.Document())
	return err
}

// read returns the user document.
func (a *admin) read(ctx context.Context, name string) (map[string]any, error) {
	body, _, err := a.Call(ctx, http.MethodGet, "/users/"+url.PathEscape(name), nil)
	if err != nil {
		return nil, err
	}
	return decodeDocument(body)
}

// change reads the document, changes it and writes it back. The password stays as it is: SFTPGo
// gives none out.
func (a *admin) change(ctx context.Context, name string, change func(map[string]any)) error {
	document, err := a.read(ctx, name)
	if err != nil {
		return err
	}
	change(document)
	_, _, err = a.Call(ctx, http.MethodPut, "/users/"+url.PathEscape(name), document)
	return err
}

// clear deletes every account.
func (a *admin) clear(ctx context.Context) error {
	body, _, err := a.Call(ctx, http.MethodGet, "/users?limit=500", nil)
	if err != nil {
		return err
	}
	var users []struct {
		Username string `json:"username"`
	}
	if err := json.Unmarshal(body, &users); err != nil {
		return fmt.Errorf("list of users: %w", err)
	}
	for _, user := range users {
		if _, _, err := a.Call(ctx, http.MethodDelete, "/users/"+url.PathEscape(user.Username), nil); err != nil {
			return err
		}
	}
	return nil
}

// decodeDocument keeps numbers as they are written: a document that is written back must not lose a
// digit.
func decodeDocument(data []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("user document: %w", err)
	}
	return document, nil
}
