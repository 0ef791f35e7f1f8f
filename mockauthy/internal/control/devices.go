package control

import (
	"fmt"
	"net/http"
	"strconv"

	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

func addDevice(c *call, w *world.World) (reply, error) {
	user, err := c.user(w)
	if err != nil {
		return reply{}, err
	}
	var spec mockapi.NewDevice
	if err := c.body(&spec, maxBody); err != nil {
		return reply{}, err
	}
	device, err := w.App.AddDevice(user.ID, spec.OS, spec.Secret)
	if err != nil {
		return reply{}, err
	}
	w.Events.Tell(mockapi.UserChange{ID: user.ID})
	return reply{status: http.StatusCreated, body: deviceOf(device)}, nil
}

func removeDevice(c *call, w *world.World) (reply, error) {
	user, err := c.user(w)
	if err != nil {
		return reply{}, err
	}
	text, err := c.path("device")
	if err != nil {
		return reply{}, err
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		err = w.App.RemoveDevice(user.ID, id)
	}
	if err != nil {
		return reply{},
			refuseAs(http.StatusNotFound, "device", fmt.Sprintf("the user has no device %.40q", text),
				"the id of one of the user's devices")
	}
	w.Events.Tell(mockapi.UserChange{ID: user.ID})
	return none()
}
