package mockauthytest

import (
	"fmt"
	"hash/fnv"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
)

// Names of Authy's calls for [Mock.Fail], [Mock.ExpectCalls] and journal queries. The rest are in
// package mockapi.
const (
	Verify     = mockapi.Verify
	SMS        = mockapi.SMS
	Call       = mockapi.Call
	UserNew    = mockapi.UserNew
	UserStatus = mockapi.UserStatus
	UserDelete = mockapi.UserDelete
	AppDetails = mockapi.AppDetails
)

// Mock is a [Server] that belongs to a test and fails it when something goes wrong.
type Mock struct {
	*Server
	t testing.TB
}

// New starts a server that is closed with the test.
func New(t testing.TB, opts ...Option) *Mock {
	t.Helper()
	s, err := Start(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("mockauthytest: close: %v", err)
		}
	})
	return &Mock{Server: s, t: t}
}

// User returns the user with that name, and adds one with a phone of its own when there is none.
func (m *Mock) User(name string) *User {
	m.t.Helper()
	u, err := m.Client.User(m.t.Context(), name)
	if mockapi.IsRefusal(err, 404) {
		return m.AddUser(mockapi.NewUser{Name: name, Email: name + "@example.com", Cellphone: phoneFor(name),
			CountryCode: 1})
	}
	m.must(err)
	return &User{User: u, m: m}
}

// phoneFor derives a number reserved for fiction from a name, always the same one.
func phoneFor(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	n := h.Sum32()
	return fmt.Sprintf("%d%02d55501%02d", 2+n%8, n/8%100, n/800%100)
}

// AddUser makes a user as described.
func (m *Mock) AddUser(spec mockapi.NewUser) *User {
	m.t.Helper()
	u, err := m.Client.AddUser(m.t.Context(), spec)
	m.must(err)
	return &User{User: u, m: m}
}

// Now is the time of the world.
func (m *Mock) Now() time.Time {
	m.t.Helper()
	c, err := m.Client.Clock(m.t.Context())
	m.must(err)
	return c.Now
}

// Advance moves the clock; d may be negative.
func (m *Mock) Advance(d time.Duration) {
	m.t.Helper()
	m.turn(mockapi.ClockChange{Advance: mockapi.Duration(d)})
}

// SetTime moves the clock to t.
func (m *Mock) SetTime(t time.Time) {
	m.t.Helper()
	m.turn(mockapi.At(t))
}

// Freeze stops the clock; see [Mock.Resume].
func (m *Mock) Freeze() {
	m.t.Helper()
	m.turn(mockapi.ClockChange{Freeze: mockapi.Ptr(true)})
}

// Resume lets a frozen clock run on from the time it shows.
func (m *Mock) Resume() {
	m.t.Helper()
	m.turn(mockapi.ClockChange{Freeze: mockapi.Ptr(false)})
}

func (m *Mock) turn(change mockapi.ClockChange) {
	m.t.Helper()
	_, err := m.Client.TurnClock(m.t.Context(), change)
	m.must(err)
}

// Journal returns what was asked, oldest first.
func (m *Mock) Journal(q mockapi.JournalQuery) []mockapi.Entry {
	m.t.Helper()
	entries, err := m.Client.Journal(m.t.Context(), q)
	m.must(err)
	return entries
}

// Outbox returns what would have been sent, oldest first.
func (m *Mock) Outbox(q mockapi.OutboxQuery) []mockapi.Message {
	m.t.Helper()
	messages, err := m.Client.Outbox(m.t.Context(), q)
	m.must(err)
	return messages
}

// ExpectCalls fails the test, and logs the journal, unless the endpoint was called exactly want
// times.
func (m *Mock) ExpectCalls(endpoint string, want int) {
	m.t.Helper()
	if got := len(m.Journal(mockapi.JournalQuery{Endpoint: endpoint})); got != want {
		m.t.Errorf("%s was asked %d times, want %d; the journal:", endpoint, got, want)
		for _, e := range m.Journal(mockapi.JournalQuery{}) {
			m.t.Logf("  %s %s %s: %d %s %s", e.At.Format(time.TimeOnly), e.Method, e.Path, e.Status, e.Decision,
				e.Reason)
		}
	}
}

// waitTime is how long a test waits for something that must happen; it is reached only when
// something is broken.
const waitTime = 30 * time.Second

// WaitCalls waits until the endpoint was called count times and returns the entries.
func (m *Mock) WaitCalls(endpoint string, count int) []mockapi.Entry {
	m.t.Helper()
	entries, err := m.Client.WaitJournal(m.t.Context(), mockapi.JournalQuery{Endpoint: endpoint}, count, waitTime)
	m.must(err)
	return entries
}

// WaitOutbox waits until count messages would have been sent and returns them.
func (m *Mock) WaitOutbox(q mockapi.OutboxQuery, count int) []mockapi.Message {
	m.t.Helper()
	messages, err := m.Client.WaitOutbox(m.t.Context(), q, count, waitTime)
	m.must(err)
	return messages
}

// Reset brings the world back to how it started.
func (m *Mock) Reset() {
	m.t.Helper()
	m.must(m.Client.Reset(m.t.Context()))
}

func (m *Mock) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}
