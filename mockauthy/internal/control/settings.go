package control

import (
	"net/http"

	"sftpgo-authy/mockauthy/internal/document"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

func getSettings(_ *call, w *world.World) (reply, error) { return ok(SettingsOf(w.Settings())) }

// patchSettings changes the settings that the body names.
func patchSettings(c *call, w *world.World) (reply, error) {
	data, err := c.read(maxBody)
	if err != nil {
		return reply{}, err
	}
	if len(data) == 0 {
		data = []byte("{}")
	}
	err = w.UpdateSettings(func(s *world.Settings) error {
		patched := SettingsOf(*s)
		err := document.JSON(data, &patched)
		*s = WorldSettings(patched)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return changed(w)
}

// changed publishes the new settings and answers with them.
func changed(w *world.World) (reply, error) {
	settings := w.Settings()
	w.Events.Tell(settings)
	return ok(SettingsOf(settings))
}

func listQuirks(*call) (reply, error) {
	items := []mockapi.Quirk{}
	for _, q := range world.Quirks() {
		items = append(items, mockapi.Quirk{Name: q.Name, Doc: q.Doc})
	}
	return ok(mockapi.List[mockapi.Quirk]{Items: items, Total: len(items)})
}

// applyQuirk turns one on. PATCH settings, or a reset, turns it off.
func applyQuirk(c *call, w *world.World) (reply, error) {
	name, err := c.path("name")
	if err != nil {
		return reply{}, err
	}
	if err := c.body(&struct{}{}, maxBody); err != nil {
		return reply{}, err
	}
	if err := w.UpdateSettings(func(s *world.Settings) error { return s.ApplyQuirk(name) }); err != nil {
		return reply{}, refuseAs(http.StatusNotFound, "name", err.Error(), "one of GET /_mock/quirks")
	}
	return changed(w)
}
