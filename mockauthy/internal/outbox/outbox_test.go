package outbox_test

import (
	"testing"

	"sftpgo-authy/mockauthy/internal/outbox"
)

func TestOutbox(t *testing.T) {
	t.Parallel()
	told := 0
	o := outbox.New(10, func(outbox.Message) { told++ })
	for _, m := range []outbox.Message{
		{User: 1, Channel: "sms", To: "+12015550123", Code: "0000001"},
		{User: 1, Channel: "call", To: "+12015550123", Code: "0000002"},
		{User: 2, Channel: "sms", To: "+12015550124", Code: "0000003"},
	} {
		o.Add(m)
	}
	for name, row := range map[string]struct {
		f    outbox.Filter
		want int
	}{
		"all":     {outbox.Filter{}, 3},
		"user":    {outbox.Filter{User: 1}, 2},
		"channel": {outbox.Filter{Channel: "sms"}, 2},
		"to":      {outbox.Filter{To: "+12015550124"}, 1},
		"after":   {outbox.Filter{After: 1}, 2},
	} {
		if got := len(o.List(row.f)); got != row.want {
			t.Errorf("%s: got %d messages, want %d", name, got, row.want)
		}
	}
	if got, err := o.Wait(t.Context(), 2, outbox.Filter{User: 1}); err != nil || got[1].ID != 2 {
		t.Errorf("wait: got %+v and %v", got, err)
	}
	o.Clear()
	if m := o.Add(outbox.Message{}); m.ID != 4 || told != 4 {
		t.Errorf("after Clear: got number %d, told %d times, want 4 and 4", m.ID, told)
	}
}
