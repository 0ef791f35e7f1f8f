package authy

import "time"

// Month counts what an app did in one month, by the app's clock.
type Month struct {
	Year     int
	Month    time.Month
	APICalls int
	Auths    int // codes accepted
	Calls    int
	SMS      int
	Users    int // users made
}

// statistics are the months of an app, oldest first, and the one that is current.
type statistics struct {
	months     []Month
	from, till int64 // unix seconds of the month that is counted in
	current    int   // its place in months
}

// maxMonths bounds how many months a clock that jumps can create.
const maxMonths = 1200

// month returns the counters of the current month.
func (a *App) month() *Month {
	now, s := a.now().UTC(), &a.stats
	if unix := now.Unix(); unix >= s.from && unix < s.till {
		return &s.months[s.current]
	}
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	s.from, s.till = first.Unix(), first.AddDate(0, 1, 0).Unix()
	for i, m := range s.months {
		if m.Year == now.Year() && m.Month == now.Month() {
			s.current = i
			return &s.months[i]
		}
	}
	if len(s.months) >= maxMonths {
		s.months = s.months[1:]
	}
	s.months = append(s.months, Month{Year: now.Year(), Month: now.Month()})
	s.current = len(s.months) - 1
	return &s.months[s.current]
}

// Begin counts an API call with this app's key and returns the current settings, which nobody may
// change.
func (a *App) Begin() *Settings {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.month().APICalls++
	return a.settings
}

// maxReported is how many months app/stats reports at most (fixture of co-authy, live test of
// authy-go).
const maxReported = 12

// Stats returns the latest months, oldest first and without gaps, beginning with the first in which
// anything happened, and the number of users.
func (a *App) Stats() (months []Month, users int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, u := range a.users {
		if !a.gone(u) {
			users++
		}
	}
	known := map[int]Month{}
	now := a.now().UTC()
	present := monthNumber(now.Year(), now.Month())
	first := present
	for _, m := range a.stats.months {
		n := monthNumber(m.Year, m.Month)
		known[n] = m
		first = min(first, n)
	}
	for n := max(first, present-maxReported+1); n <= present; n++ {
		m, ok := known[n]
		if !ok {
			m = Month{Year: n / 12, Month: time.Month(n%12 + 1)}
		}
		months = append(months, m)
	}
	return months, users
}

// monthNumber numbers months, so that neighbours differ by one.
func monthNumber(year int, month time.Month) int { return year*12 + int(month) - 1 }
