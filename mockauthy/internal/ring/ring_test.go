package ring_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"sftpgo-authy/mockauthy/internal/ring"
)

func all(*int64) bool { return true }

func number(id int64) int64 { return id }

func TestRingKeepsTheNewest(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		limit, before, after int // items added before and after a Clear; before < 0: no Clear
		want                 []int64
	}{
		"nothing yet":                     {3, -1, 0, nil},
		"filling":                         {3, -1, 2, []int64{1, 2}},
		"full":                            {3, -1, 3, []int64{1, 2, 3}},
		"the oldest goes":                 {3, -1, 5, []int64{3, 4, 5}},
		"round several times":             {3, -1, 11, []int64{9, 10, 11}},
		"cleared":                         {3, 2, 0, nil},
		"numbers go on after a clear":     {3, 2, 2, []int64{3, 4}},
		"full again after a clear":        {3, 5, 4, []int64{7, 8, 9}},
		"a ring for nothing keeps none":   {0, -1, 4, nil},
		"a ring for one keeps the latest": {1, -1, 4, []int64{4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ring.New[int64](row.limit)
			for range max(row.before, 0) {
				r.Add(number)
			}
			if row.before >= 0 {
				r.Clear()
			}
			for range row.after {
				r.Add(number)
			}
			if got := r.List(all); !slices.Equal(got, row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestUpdateReachesOnlyWhatIsKept(t *testing.T) {
	t.Parallel()
	r := ring.New[int64](2)
	for range 3 {
		r.Add(number)
	}
	for id, want := range map[int64]bool{0: false, 1: false, 2: true, 3: true, 4: false} {
		if _, ok := r.Update(id, func(v *int64) { *v *= 10 }); ok != want {
			t.Errorf("update of %d: got %t, want %t", id, ok, want)
		}
	}
	if got := r.List(all); !slices.Equal(got, []int64{20, 30}) {
		t.Errorf("got %v, want [20 30]", got)
	}
}

func TestWaitReturnsOnceThereAreEnough(t *testing.T) {
	t.Parallel()
	r := ring.New[int64](100)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			got, err := r.Wait(t.Context(), 10, func(v *int64) bool { return *v%2 == 0 })
			if err != nil || len(got) < 10 {
				t.Errorf("got %d items and %v, want at least 10", len(got), err)
			}
		})
	}
	for range 20 {
		r.Add(number)
	}
	wg.Wait()
}

func TestWaitGivesUpWithWhatThereIs(t *testing.T) {
	t.Parallel()
	r := ring.New[int64](100)
	r.Add(number)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := r.Wait(ctx, 2, all)
	if !errors.Is(err, context.Canceled) || len(got) != 1 {
		t.Errorf("got %v and %v, want one item and context canceled", got, err)
	}
}
