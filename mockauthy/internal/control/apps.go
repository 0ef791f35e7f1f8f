package control

import (
	"errors"
	"net/http"
	"strings"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

func app(w *world.World) mockapi.App {
	_, users := w.App.Users("", 0, 0)
	own := w.Verify.Credentials()
	return mockapi.App{Key: w.Key, Name: w.App.Settings().AppName, Users: users, AccountSID: own.AccountSID,
		AuthToken: own.AuthToken, APIKeySID: own.KeySID, APIKeySecret: own.KeySecret, ServiceSID: own.ServiceSID}
}

func (h *Handler) listApps(c *call) (reply, error) {
	if err := c.onlyQuery(); err != nil {
		return reply{}, err
	}
	items := []mockapi.App{}
	for _, w := range h.worlds.List() {
		items = append(items, app(w))
	}
	return ok(mockapi.List[mockapi.App]{Items: items, Total: len(items)})
}

func (h *Handler) addApp(c *call) (reply, error) {
	var spec mockapi.NewApp
	if err := c.body(&spec, maxBody); err != nil {
		return reply{}, err
	}
	if spec.Key == "" {
		spec.Key = h.worlds.NewKey()
	}
	if len(spec.Name) > maxAppName {
		return reply{}, refuse("name", "is too long", "at most 30 bytes, as Authy wants")
	}
	w, err := h.worlds.Add(spec.Key)
	switch {
	case errors.Is(err, world.ErrTaken):
		return reply{},
			refuseAs(http.StatusConflict, "key", "an app has that key already", "another key, or none to get a new one")
	case errors.Is(err, world.ErrKey):
		return reply{}, refuse("key", "cannot be", strings.TrimPrefix(world.ErrKey.Error(), "want "))
	case errors.Is(err, world.ErrFull):
		return reply{}, refuseAs(http.StatusTooManyRequests, "", err.Error(), "")
	case err != nil:
		return reply{}, err
	}
	if spec.Name != "" {
		err = w.App.UpdateSettings(func(s *authy.Settings) error {
			s.AppName = spec.Name
			return nil
		})
	}
	return reply{status: http.StatusCreated, body: app(w)}, err
}

// maxAppName is Authy's own bound (documentation of its dashboard).
const maxAppName = 30

func (h *Handler) removeApp(c *call) (reply, error) {
	key, err := c.path("key")
	if err != nil {
		return reply{}, err
	}
	if !h.worlds.Remove(key) {
		return reply{}, refuseAs(http.StatusNotFound, "key", "no app has that key", "one of GET /_mock/apps")
	}
	return none()
}
