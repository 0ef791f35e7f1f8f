package control

import (
	"sftpgo-authy/mockauthy/internal/document"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

func getSettings(_ *call, w *world.World) (reply, error) { return ok(w.App.Settings()) }

// patchSettings changes the knobs that the body names and leaves the others.
func patchSettings(c *call, w *world.World) (reply, error) {
	data, err := c.read(maxBody)
	if err != nil {
		return reply{}, err
	}
	if len(data) == 0 {
		data = []byte("{}")
	}
	if err := w.App.UpdateSettings(func(s *mockapi.Settings) error { return document.JSON(data, s) }); err != nil {
		return reply{}, err
	}
	settings := w.App.Settings()
	w.Events.Tell(mockapi.EventSettings, settings)
	return ok(settings)
}
