package mockapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Ready asks whether the server accepts requests.
func (c *Client) Ready(ctx context.Context) error {
	return c.do(ctx, http.MethodGet, "readyz", nil, nil)
}

// Apps lists all worlds, oldest first.
func (c *Client) Apps(ctx context.Context) ([]App, error) {
	list, err := get[List[App]](ctx, c, "apps", nil)
	return list.Items, err
}

// AddApp makes a world, which starts as the server's seed says.
func (c *Client) AddApp(ctx context.Context, app NewApp) (App, error) {
	return send[App](ctx, c, http.MethodPost, "apps", app)
}

// RemoveApp removes a world; its key is no longer accepted.
func (c *Client) RemoveApp(ctx context.Context, key string) error {
	return c.do(ctx, http.MethodDelete, "apps/"+url.PathEscape(key), nil, nil)
}

// UserQuery picks a page of users. A Limit of 0 is a thousand.
type UserQuery struct {
	Search        string // part of an id, name, e-mail or number
	Offset, Limit int    // how many to skip, and how many to return at most
}

func (q UserQuery) values() url.Values {
	v := url.Values{}
	set(v, "search", q.Search)
	setNumber(v, "offset", int64(q.Offset))
	setNumber(v, "limit", int64(q.Limit))
	return v
}

// Users lists users by id.
func (c *Client) Users(ctx context.Context, q UserQuery) (List[User], error) {
	return get[List[User]](ctx, c, "users", q.values())
}

// AddUser makes a user.
func (c *Client) AddUser(ctx context.Context, user NewUser) (User, error) {
	return send[User](ctx, c, http.MethodPost, "users", user)
}

// User returns the user with that id, name, e-mail or cellphone.
func (c *Client) User(ctx context.Context, ref string) (User, error) {
	return get[User](ctx, c, "users/"+url.PathEscape(ref), nil)
}

// PatchUser changes the user with that id, name, e-mail or cellphone.
func (c *Client) PatchUser(ctx context.Context, ref string, patch UserPatch) (User, error) {
	return send[User](ctx, c, http.MethodPatch, "users/"+url.PathEscape(ref), patch)
}

// RemoveUser removes a user without a trace, unlike Authy's own delete.
func (c *Client) RemoveUser(ctx context.Context, ref string) error {
	return c.do(ctx, http.MethodDelete, "users/"+url.PathEscape(ref), nil, nil)
}

// Token returns the code of a user, step steps from now. An empty family means app for a user who
// has the app, else generic.
func (c *Client) Token(ctx context.Context, ref, family string, step int) (Token, error) {
	query := url.Values{}
	set(query, "family", family)
	setNumber(query, "step", int64(step))
	return get[Token](ctx, c, "users/"+url.PathEscape(ref)+"/token", query)
}

// Clock returns the time of the world.
func (c *Client) Clock(ctx context.Context) (Clock, error) { return get[Clock](ctx, c, "clock", nil) }

// TurnClock changes the time of the world.
func (c *Client) TurnClock(ctx context.Context, change ClockChange) (Clock, error) {
	return send[Clock](ctx, c, http.MethodPost, "clock", change)
}

// Faults lists the rules in order.
func (c *Client) Faults(ctx context.Context) ([]Rule, error) {
	list, err := get[List[Rule]](ctx, c, "faults", nil)
	return list.Items, err
}

// AddFault adds a rule after the others and returns it with its id.
func (c *Client) AddFault(ctx context.Context, rule Rule) (Rule, error) {
	return send[Rule](ctx, c, http.MethodPost, "faults", rule)
}

// RemoveFault removes a rule.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	return c.do(ctx, http.MethodDelete, "faults/"+url.PathEscape(id), nil, nil)
}

// ClearFaults removes all rules.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "faults", nil, nil)
}

// JournalQuery picks entries of the journal; a zero field picks all.
type JournalQuery struct {
	Endpoint, Method, Decision, Fault string // as in [Entry]
	User                              string // id, name, e-mail or cellphone
	Status                            int    // HTTP status of the reply
	Since                             int64  // only ids above it
	Limit                             int    // only the newest so many
}

func (q JournalQuery) values() url.Values {
	v := url.Values{}
	set(v, "endpoint", q.Endpoint)
	set(v, "method", q.Method)
	set(v, "decision", q.Decision)
	set(v, "fault", q.Fault)
	set(v, "user", q.User)
	setNumber(v, "status", int64(q.Status))
	setNumber(v, "since", q.Since)
	setNumber(v, "limit", int64(q.Limit))
	return v
}

// Journal lists what was asked, oldest first.
func (c *Client) Journal(ctx context.Context, q JournalQuery) ([]Entry, error) {
	list, err := get[List[Entry]](ctx, c, "journal", q.values())
	return list.Items, err
}

// ClearJournal forgets what was asked.
func (c *Client) ClearJournal(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "journal", nil, nil)
}

// OutboxQuery picks messages; a zero field picks all.
type OutboxQuery struct {
	User    string // id, name, e-mail or cellphone
	Channel string // "sms", "call", "email" or "push"
	To      string // full phone number or address
	Since   int64  // only ids above it
	Limit   int    // only the newest so many
}

func (q OutboxQuery) values() url.Values {
	v := url.Values{}
	set(v, "user", q.User)
	set(v, "channel", q.Channel)
	set(v, "to", q.To)
	setNumber(v, "since", q.Since)
	setNumber(v, "limit", int64(q.Limit))
	return v
}

// Outbox lists what would have been sent, oldest first.
func (c *Client) Outbox(ctx context.Context, q OutboxQuery) ([]Message, error) {
	list, err := get[List[Message]](ctx, c, "outbox", q.values())
	return list.Items, err
}

// ClearOutbox forgets what would have been sent.
func (c *Client) ClearOutbox(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "outbox", nil, nil)
}

// CountJournal says how many entries there are.
func (c *Client) CountJournal(ctx context.Context, q JournalQuery) (int, error) {
	n, err := get[Count](ctx, c, "journal/count", q.values())
	return n.Count, err
}

// WaitJournal returns the entries once there are count, or a refusal with status 408 after the
// timeout.
func (c *Client) WaitJournal(ctx context.Context, q JournalQuery, count int, timeout time.Duration) ([]Entry, error) {
	list, err := get[List[Entry]](ctx, c, "journal/wait", waiting(q.values(), count, timeout))
	return list.Items, err
}

// CountOutbox says how many messages there are.
func (c *Client) CountOutbox(ctx context.Context, q OutboxQuery) (int, error) {
	n, err := get[Count](ctx, c, "outbox/count", q.values())
	return n.Count, err
}

// WaitOutbox returns the messages once there are count, or a refusal with status 408 after the
// timeout.
func (c *Client) WaitOutbox(ctx context.Context, q OutboxQuery, count int, timeout time.Duration) ([]Message, error) {
	list, err := get[List[Message]](ctx, c, "outbox/wait", waiting(q.values(), count, timeout))
	return list.Items, err
}

func waiting(v url.Values, count int, timeout time.Duration) url.Values {
	v.Set("count", strconv.Itoa(count))
	v.Set("timeout", timeout.String())
	return v
}

// Approvals lists pushes, oldest first. Empty arguments pick all users and all statuses.
func (c *Client) Approvals(ctx context.Context, user, status string) ([]Approval, error) {
	query := url.Values{}
	set(query, "user", user)
	set(query, "status", status)
	list, err := get[List[Approval]](ctx, c, "approvals", query)
	return list.Items, err
}

// Approve says yes to a push, as the person would on the phone.
func (c *Client) Approve(ctx context.Context, uuid string) (Approval, error) {
	return send[Approval](ctx, c, http.MethodPost, "approvals/"+url.PathEscape(uuid)+"/approve", nil)
}

// Deny says no to a push.
func (c *Client) Deny(ctx context.Context, uuid string) (Approval, error) {
	return send[Approval](ctx, c, http.MethodPost, "approvals/"+url.PathEscape(uuid)+"/deny", nil)
}

// Settings returns the settings of the app.
func (c *Client) Settings(ctx context.Context) (Settings, error) {
	return get[Settings](ctx, c, "settings", nil)
}

// PatchSettings changes the settings in patch, by their JSON names: {"include_device": false}.
func (c *Client) PatchSettings(ctx context.Context, patch map[string]any) (Settings, error) {
	return send[Settings](ctx, c, http.MethodPatch, "settings", patch)
}

// PatchFault switches a rule off or on.
func (c *Client) PatchFault(ctx context.Context, id string, patch RulePatch) (Rule, error) {
	return send[Rule](ctx, c, http.MethodPatch, "faults/"+url.PathEscape(id), patch)
}

// AddDevice adds an installed app to a user.
func (c *Client) AddDevice(ctx context.Context, ref string, device NewDevice) (Device, error) {
	return send[Device](ctx, c, http.MethodPost, "users/"+url.PathEscape(ref)+"/devices", device)
}

// RemoveDevice removes an installed app from a user.
func (c *Client) RemoveDevice(ctx context.Context, ref string, device int64) error {
	return c.do(ctx, http.MethodDelete, "users/"+url.PathEscape(ref)+"/devices/"+strconv.FormatInt(device, 10),
		nil, nil)
}

// GlobalClock returns the time that all worlds start from.
func (c *Client) GlobalClock(ctx context.Context) (Clock, error) {
	return get[Clock](ctx, c, "clock/global", nil)
}

// TurnGlobalClock changes the clock that all worlds start from.
func (c *Client) TurnGlobalClock(ctx context.Context, change ClockChange) (Clock, error) {
	return send[Clock](ctx, c, http.MethodPost, "clock/global", change)
}

// State returns the world as one document.
func (c *Client) State(ctx context.Context) (State, error) { return get[State](ctx, c, "state", nil) }

// SetState replaces the world.
func (c *Client) SetState(ctx context.Context, state State) error {
	return c.do(ctx, http.MethodPut, "state", state, nil)
}

// Reset brings the world back to how it started, clock and faults included.
func (c *Client) Reset(ctx context.Context) error {
	return c.do(ctx, http.MethodPost, "reset", nil, nil)
}

// Quirks lists the named differences from the usual behaviour.
func (c *Client) Quirks(ctx context.Context) ([]Quirk, error) {
	list, err := get[List[Quirk]](ctx, c, "quirks", nil)
	return list.Items, err
}

// ApplyQuirk turns one on; a change of settings or a reset turns it off.
func (c *Client) ApplyQuirk(ctx context.Context, name string) (Settings, error) {
	return send[Settings](ctx, c, http.MethodPost, "quirks/"+url.PathEscape(name), nil)
}
