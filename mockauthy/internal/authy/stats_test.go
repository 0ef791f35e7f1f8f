package authy

import (
	"testing"
	"time"
)

// The fixture of co-authy has twelve months in a row, the idle ones with zeros; authy-go's live
// test counted twelve as well.
func TestStatsAreTheLastTwelveMonthsWithoutAGap(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // November 2023
	at := func(year int, month time.Month) {
		w.advance(time.Date(year, month, 10, 0, 0, 0, 0, time.UTC).Sub(w.now()))
	}
	w.Begin()
	at(2024, time.February)
	w.Begin()
	w.Begin()
	months, _ := w.Stats()
	if len(months) != 4 || months[0].Month != time.November || months[0].Year != 2023 ||
		months[1].Month != time.December ||
		months[1].APICalls != 0 || months[2].Year != 2024 || months[3].APICalls != 2 {
		t.Errorf("with two idle months between: %+v", months)
	}
	at(2025, time.January)
	w.Begin()
	months, _ = w.Stats()
	if len(months) != 12 || months[0].Month != time.February || months[0].Year != 2024 || months[0].APICalls != 2 ||
		months[11].APICalls != 1 {
		t.Errorf("after fifteen months: %+v", months)
	}
	at(2023, time.December) // turned back: the months ahead are not told
	if months, _ = w.Stats(); len(months) != 2 || months[0].APICalls != 1 || months[1].APICalls != 0 {
		t.Errorf("turned back: %+v", months)
	}
	if months, _ := newWorld(t).Stats(); len(months) != 1 {
		t.Errorf("nothing happened yet: %+v", months)
	}
}
