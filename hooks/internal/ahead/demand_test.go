package ahead

import (
	"testing"
	"time"
)

func TestLikely(t *testing.T) {
	t.Parallel()
	const far = 80 * time.Millisecond
	begin := time.Unix(1_700_000_000, 0)
	for name, c := range map[string]struct {
		dials  []time.Duration
		wanted []time.Duration // since begin
		now    time.Duration
		want   int
	}{
		"nothing":         {nil, nil, 0, 0},
		"no dial yet":     {nil, []time.Duration{0, 1, 2}, 0, 0},
		"one in a minute": {[]time.Duration{far}, []time.Duration{0}, 0, 0},
		"two in a minute": {[]time.Duration{far}, []time.Duration{0, 50 * time.Second},
			50 * time.Second, 1},
		"two, long ago": {[]time.Duration{far}, []time.Duration{0, time.Second},
			61 * time.Second, 0},
		"two, of which one is long ago": {[]time.Duration{far}, []time.Duration{0, 50 * time.Second},
			60 * time.Second, 0},
		"four at once": {[]time.Duration{far}, []time.Duration{0, 0, 0, 0}, 0, 2},
		"four within a dial, many later": {[]time.Duration{far},
			append([]time.Duration{0, 20e6, 40e6, 60e6}, every2nd(20)...), 40 * time.Second, 4},
		"four within two dials, many later": {[]time.Duration{far},
			append([]time.Duration{0, 50e6, 100e6, 150e6}, every2nd(20)...), 40 * time.Second, 2},
		"the slowest dial counts": {[]time.Duration{far, 200e6},
			append([]time.Duration{0, 50e6, 100e6, 150e6}, every2nd(20)...), 40 * time.Second, 4},
		"the nearest counts":          {[]time.Duration{far, 2e6}, []time.Duration{0, 0, 0, 0}, 0, 0},
		"no more than are told apart": {[]time.Duration{far}, make([]time.Duration, 100), 0, 10},
		"the clock was set back":      {[]time.Duration{far}, []time.Duration{10e9, 10e9, 10e9}, 0, 0},
	} {
		var d demand
		for _, took := range c.dials {
			d.dialled(took)
		}
		for _, at := range c.wanted {
			d.note(begin.Add(at), 10)
		}
		if got := d.likely(begin.Add(c.now)); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

// every2nd is n times, two seconds apart.
func every2nd(n int) []time.Duration {
	var all []time.Duration
	for i := range n {
		all = append(all, time.Duration(2*i+2)*time.Second)
	}
	return all
}

func TestOldDialsAreForgotten(t *testing.T) {
	t.Parallel()
	var d demand
	d.dialled(time.Second)
	for range samples {
		d.dialled(10 * time.Millisecond)
	}
	if shortest, longest := d.dialTime(); shortest != 10*time.Millisecond || longest != 10*time.Millisecond {
		t.Errorf("got %v to %v", shortest, longest)
	}
}
