package used

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/authy"
)

func TestCodesOpenOneDoor(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	now := time.UnixMilli(1_700_000_000_000)
	codes := New([]byte("k"), func() time.Time { return now })
	ann, _ := authy.ParseID("1000")
	bob, _ := authy.ParseID("1001")
	code, _ := authy.ParseCode("1234567")
	other, _ := authy.ParseCode("1234568")
	claim := func(what string, id authy.ID, code authy.Code, want bool) {
		t.Helper()
		if got, err := codes.Claim(ctx, id, code); got != want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", what, got, err, want)
		}
	}
	claim("new", ann, code, true)
	claim("taken", ann, code, false)
	claim("another code", ann, other, true)
	claim("another person", bob, code, true)
	codes.Release(ctx, ann, other)
	claim("given back", ann, other, true)
	now = now.Add(Life - time.Second)
	claim("almost forgotten", ann, code, false)
	now = now.Add(time.Second)
	claim("forgotten", ann, code, true)
	now = now.Add(2 * Life)
	claim("much later", ann, code, true)
	if len(codes.taken) != 1 {
		t.Errorf("%d codes are remembered, want the last alone", len(codes.taken))
	}
}

func TestOneOfManyGetsTheCode(t *testing.T) {
	t.Parallel()
	codes := New([]byte("k"), time.Now)
	id, _ := authy.ParseID("1000")
	code, _ := authy.ParseCode("1234567")
	var won atomic.Int32
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if ok, _ := codes.Claim(context.Background(), id, code); ok {
				won.Add(1)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 50 got the code", won.Load())
	}
}
