package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Share makes a link, in a session of the REST API, that reads the account's whole root folder, and
// returns its id.
func Share(ctx context.Context, session Session) (string, error) {
	rest, ok := session.(*restSession)
	if !ok {
		return "", errors.New("make a share: this is no session of the REST API")
	}
	share := map[string]any{"name": "all", "scope": 1, "paths": []string{"/"}}
	if _, _, err := rest.api.Call(ctx, http.MethodPost, "/user/shares", share); err != nil {
		return "", err
	}
	body, _, err := rest.api.Call(ctx, http.MethodGet, "/user/shares", nil)
	if err != nil {
		return "", err
	}
	var shares []struct{ ID string }
	if err := json.Unmarshal(body, &shares); err != nil || len(shares) != 1 {
		return "", fmt.Errorf("list of shares %s: want one (%w)", body, err)
	}
	return shares[0].ID, nil
}

// ReadShare reads what a share offers, as anybody who has its link. SFTPGo hides a share that the
// account may not have: "not found" is its refusal (seen on 2.7.5), and wraps ErrRefused.
func ReadShare(ctx context.Context, s Servers, id string) error {
	err := Fetch(ctx, s, "/shares/"+id, "")
	if err != nil && strings.Contains(err.Error(), ": 404 ") {
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// ReadWithKey lists an account's root folder with an API key for all users, in place of a login.
func ReadWithKey(ctx context.Context, s Servers, account, key string) error {
	return Fetch(ctx, s, "/user/dirs", key+"."+account)
}
