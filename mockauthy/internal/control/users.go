package control

import (
	"net/http"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// maxPage is how many users one page may have; journals and outboxes have limits of their own.
const maxPage = 10_000

func listUsers(c *call, w *world.World) (reply, error) {
	search, offset, limit, err := c.paging()
	if err != nil {
		return reply{}, err
	}
	users, total := w.App.Users(search, offset, limit)
	return ok(mockapi.List[mockapi.User]{Items: each(users, userOf), Total: total})
}

// paging reads which page of users or factors is asked for.
func (c *call) paging() (search string, offset, limit int, err error) {
	if err := c.onlyQuery("search", "offset", "limit"); err != nil {
		return "", 0, 0, err
	}
	if offset, err = c.number("offset", 0, 0, 1<<31-1); err != nil {
		return "", 0, 0, err
	}
	limit, err = c.number("limit", 1000, 0, maxPage)
	return c.r.URL.Query().Get("search"), offset, limit, err
}

func addUser(c *call, w *world.World) (reply, error) {
	var spec mockapi.NewUser
	if err := c.body(&spec, maxBody); err != nil {
		return reply{}, err
	}
	user, err := w.App.AddUser(userSpec(spec))
	if err != nil {
		return reply{}, err
	}
	w.Events.Tell(mockapi.UserChange{ID: user.ID})
	return reply{status: http.StatusCreated, body: userOf(user)}, nil
}

// user finds the user of the path by id, name, e-mail or cellphone.
func (c *call) user(w *world.World) (authy.User, error) {
	ref, err := c.path("id")
	if err != nil {
		return authy.User{}, err
	}
	return w.App.FindUser(ref)
}

func getUser(c *call, w *world.World) (reply, error) {
	user, err := c.user(w)
	return reply{body: userOf(user)}, err
}

func patchUser(c *call, w *world.World) (reply, error) {
	user, err := c.user(w)
	if err != nil {
		return reply{}, err
	}
	var patch mockapi.UserPatch
	if err := c.body(&patch, maxBody); err != nil {
		return reply{}, err
	}
	if user, err = w.App.PatchUser(user.ID, userPatch(patch)); err != nil {
		return reply{}, err
	}
	w.Events.Tell(mockapi.UserChange{ID: user.ID})
	return ok(userOf(user))
}

func removeUser(c *call, w *world.World) (reply, error) {
	user, err := c.user(w)
	if err != nil {
		return reply{}, err
	}
	if err := w.App.RemoveUser(user.ID); err != nil {
		return reply{}, err
	}
	w.Events.Tell(mockapi.UserChange{ID: user.ID})
	return none()
}

// maxStep is how many steps from now a code may be asked for; no window is wider.
const maxStep = 1000

func userToken(c *call, w *world.World) (reply, error) {
	token, err := tokenOf(c, w, "family", "step")
	if err != nil {
		return reply{}, err
	}
	return ok(token)
}

// userCode returns the digits alone, for shells and for languages without JSON.
func userCode(c *call, w *world.World) (reply, error) {
	token, err := tokenOf(c, w, "family", "step")
	if err != nil {
		return reply{}, err
	}
	return ok(file{textType, []byte(token.Token + "\n")})
}

// tokenOf reads the user of the path and the named parameters of the query.
func tokenOf(c *call, w *world.World, parameters ...string) (mockapi.Token, error) {
	if err := c.onlyQuery(parameters...); err != nil {
		return mockapi.Token{}, err
	}
	user, err := c.user(w)
	if err != nil {
		return mockapi.Token{}, err
	}
	step, err := c.number("step", 0, -maxStep, maxStep)
	if err != nil {
		return mockapi.Token{}, err
	}
	family := authy.Family(c.r.URL.Query().Get("family"))
	if family != "" && family != authy.AppFamily && family != authy.GenericFamily {
		return mockapi.Token{}, refuse("family", strconv.Quote(string(family))+" is not known", "app or generic")
	}
	code, err := w.App.Code(user.ID, family, step)
	if err != nil {
		return mockapi.Token{}, err
	}
	return mockapi.Token{
		Token: code.Token, Family: string(code.Family), Digits: code.Digits, Period: code.Period,
		ExpiresIn: secondsLeft(code.ExpiresIn), OTPAuth: world.OTPAuth(w.App.Settings().AppName, user, code),
	}, nil
}

// secondsLeft rounds up: in the last half second of a step there is 1 left, not 0.
func secondsLeft(d time.Duration) int {
	return int((d + time.Second - 1).Truncate(time.Second) / time.Second)
}
