package verifyapi

import (
	"net/http"

	"sftpgo-authy/mockauthy/internal/verify"
)

func entityNew(c *call) (reply, error) {
	identity := c.form.Get("Identity")
	if identity == "" {
		return reply{}, verify.Missing("Identity")
	}
	e, err := c.account().CreateEntity(c.path("service"), identity)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated, body: c.entityBody(e), decision: "created"}, nil
}

func entityGet(c *call) (reply, error) {
	e, err := c.account().Entity(c.path("service"), c.path("identity"))
	if err != nil {
		return reply{}, err
	}
	return reply{body: c.entityBody(e)}, nil
}

func entityList(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	list, total, err := c.account().Entities(c.path("service"), p.number*p.size, p.size)
	if err != nil {
		return reply{}, err
	}
	return c.list("entities", p, each(list, c.entityBody), total)
}

func entityDelete(c *call) (reply, error) {
	return deleted(c.account().DeleteEntity(c.path("service"), c.path("identity")))
}
