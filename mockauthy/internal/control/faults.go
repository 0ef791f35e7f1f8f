package control

import (
	"fmt"
	"net/http"

	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

func listFaults(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery(); err != nil {
		return reply{}, err
	}
	rules := each(w.Faults.List(), ruleOf)
	return ok(mockapi.List[mockapi.Rule]{Items: rules, Total: len(rules)})
}

func addFault(c *call, w *world.World) (reply, error) {
	var rule mockapi.Rule
	if err := c.body(&rule, maxBody); err != nil {
		return reply{}, err
	}
	added, err := w.Faults.Add(faultRule(rule))
	if err != nil {
		return reply{}, err
	}
	tellFaults(w)
	return reply{status: http.StatusCreated, body: ruleOf(added)}, nil
}

func tellFaults(w *world.World) { w.Events.Tell(w.Faults.List()) }

// patchFault switches a rule off and on again.
func patchFault(c *call, w *world.World) (reply, error) {
	id, err := c.path("id")
	if err != nil {
		return reply{}, err
	}
	var patch mockapi.RulePatch
	if err := c.body(&patch, maxBody); err != nil {
		return reply{}, err
	}
	rule, found := w.Faults.Change(id, func(r *fault.Rule) {
		if patch.Disabled != nil {
			r.Disabled = *patch.Disabled
		}
	})
	if !found {
		return reply{}, noRule(id)
	}
	tellFaults(w)
	return ok(ruleOf(rule))
}

func noRule(id string) error {
	return refuseAs(http.StatusNotFound, "id", fmt.Sprintf("there is no rule %.40q", id), "one of GET /_mock/faults")
}

func clearFaults(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery(); err != nil {
		return reply{}, err
	}
	w.Faults.Clear()
	tellFaults(w)
	return none()
}

func removeFault(c *call, w *world.World) (reply, error) {
	id, err := c.path("id")
	if err != nil {
		return reply{}, err
	}
	if !w.Faults.Remove(id) {
		return reply{}, noRule(id)
	}
	tellFaults(w)
	return none()
}
