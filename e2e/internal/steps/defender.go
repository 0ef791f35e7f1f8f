package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"sftpgo-authy/e2e/internal/target"
)

// defender are the sentences about SFTPGo's defender, which counts failed logins and bans
// addresses.
func (w *scenario) defender(sc sentences) {
	sc.Then(`^SFTPGo's defender has (nothing against anybody|points against somebody)$`, w.defenderHas)
}

// defenderHas asks SFTPGo for the addresses to which its defender has given points.
func (w *scenario) defenderHas(ctx context.Context, what string) error {
	site, ok := w.site.(target.Managed)
	if !ok {
		return errors.New("the REST API of this SFTPGo cannot be called")
	}
	body, err := site.Call(ctx, http.MethodGet, "/defender/hosts", nil)
	if err != nil {
		return err
	}
	var hosts []struct {
		IP    string `json:"ip"`
		Score int    `json:"score"`
	}
	if err := json.Unmarshal(body, &hosts); err != nil {
		return fmt.Errorf("defender's hosts: %w in %s", err, body)
	}
	if (len(hosts) == 0) != (what == "nothing against anybody") {
		return fmt.Errorf("the defender has %+v; want %s", hosts, what)
	}
	return nil
}
