package ahead

import "time"

// The limits of a prediction.
const (
	seconds = 60                     // of the past that count
	samples = 16                     // dials whose time is remembered
	unknown = 200 * time.Millisecond // a dial takes, before there was one
)

// demand remembers when connections were wanted, for a minute, and how long the last dials took.
type demand struct {
	last   [seconds]second // by the second of the clock
	recent []time.Time     // of those within one dial's time, the oldest first
	took   []time.Duration // of the last dials, in a ring
	next   int
}

// second is what happened in one second.
type second struct {
	at    int64 // which, since 1970
	count int   // connections that were wanted
	peak  int   // of them within one dial's time, at most
}

// note remembers that a connection is wanted now. It does not count beyond most at a time.
func (d *demand) note(now time.Time, most int) {
	_, longest := d.dialTime()
	first := max(0, len(d.recent)+1-most)
	for first < len(d.recent) && now.Sub(d.recent[first]) > longest {
		first++
	}
	d.recent = append(d.recent[first:], now)
	s := &d.last[now.Unix()%seconds]
	if s.at != now.Unix() {
		*s = second{at: now.Unix()}
	}
	s.count++
	s.peak = max(s.peak, len(d.recent))
}

// dialled remembers how long a dial took.
func (d *demand) dialled(took time.Duration) {
	if len(d.took) < samples {
		d.took = append(d.took, took)
		return
	}
	d.took[d.next] = took
	d.next = (d.next + 1) % samples
}

// dialTime returns the shortest and the longest time of the last dials.
func (d *demand) dialTime() (shortest, longest time.Duration) {
	if len(d.took) == 0 {
		return 0, unknown
	}
	shortest = d.took[0]
	for _, took := range d.took {
		shortest, longest = min(shortest, took), max(longest, took)
	}
	return shortest, longest
}

// likely returns how many spares will probably be wanted: the largest number that was wanted within
// the last minute while one was being dialled, and never more than are wanted during the life of a
// spare. A server so near that a dial takes almost no time needs none.
func (d *demand) likely(now time.Time) int {
	if shortest, _ := d.dialTime(); shortest < worthwhile {
		return 0
	}
	count, peak := 0, 0
	for _, s := range d.last {
		if s.at > now.Unix()-seconds && s.at <= now.Unix() {
			count, peak = count+s.count, max(peak, s.peak)
		}
	}
	return min(peak, count*int(life/time.Second)/seconds)
}
