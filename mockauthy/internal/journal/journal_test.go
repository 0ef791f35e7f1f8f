package journal_test

import (
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/journal"
)

func TestAnEntryExistsOnArrivalAndIsCompletedByTheReply(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	var told []journal.Entry
	j := journal.New(10, func() time.Time { return at }, func(e journal.Entry) { told = append(told, e) })

	id := j.Begin(journal.Entry{Endpoint: "verify", Method: "GET", Path: "/protected/json/verify/*******/1000",
		User: 1000})
	before := j.List(journal.Filter{})
	if len(before) != 1 || before[0].ID != id || before[0].DoneAt != nil || !before[0].At.Equal(at) {
		t.Fatalf("on arrival: got %+v", before)
	}
	arrived := at
	at = at.Add(time.Second)
	j.Done(id, journal.Result{Status: 401, Decision: "refused", Reason: "code of the step before last", Fault: "f1"})
	got := j.List(journal.Filter{})[0]
	if !got.At.Equal(arrived) || !got.DoneAt.Equal(at) || got.Status != 401 || got.User != 1000 ||
		got.Decision != "refused" || got.Fault != "f1" {
		t.Errorf("after the reply: got %+v", got)
	}
	if len(told) != 2 {
		t.Errorf("told %d times, want 2: arrival and reply", len(told))
	}
	j.Clear()
	j.Done(id, journal.Result{Status: 200})
	if left := j.List(journal.Filter{}); len(left) != 0 {
		t.Errorf("a reply after Clear brought back %+v", left)
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	j := journal.New(10, time.Now, nil)
	j.Done(j.Begin(journal.Entry{Endpoint: "verify", Method: "GET", User: 1}),
		journal.Result{Status: 200, Decision: "accepted"})
	j.Done(j.Begin(journal.Entry{Endpoint: "verify", Method: "GET", User: 2}),
		journal.Result{Status: 401, Decision: "refused"})
	j.Done(j.Begin(journal.Entry{Endpoint: "users/new", Method: "POST"}),
		journal.Result{Status: 503, Fault: "f1", User: 3})
	j.Begin(journal.Entry{Endpoint: "sms", Method: "GET", User: 1})
	yes, no := true, false
	for name, row := range map[string]struct {
		f    journal.Filter
		want int
	}{
		"all":              {journal.Filter{}, 4},
		"endpoint":         {journal.Filter{Endpoint: "verify"}, 2},
		"method":           {journal.Filter{Method: "POST"}, 1},
		"user":             {journal.Filter{User: 1}, 2},
		"user by result":   {journal.Filter{User: 3}, 1},
		"decision":         {journal.Filter{Decision: "refused"}, 1},
		"status":           {journal.Filter{Status: 200}, 1},
		"fault":            {journal.Filter{Fault: "f1"}, 1},
		"after":            {journal.Filter{After: 3}, 1},
		"done":             {journal.Filter{Done: &yes}, 3},
		"not done":         {journal.Filter{Done: &no}, 1},
		"all at once":      {journal.Filter{Endpoint: "verify", User: 2, Status: 401, After: 1, Done: &yes}, 1},
		"nothing of these": {journal.Filter{Endpoint: "verify", User: 3}, 0},
	} {
		if got := len(j.List(row.f)); got != row.want {
			t.Errorf("%s: got %d entries, want %d", name, got, row.want)
		}
	}
}
