package mockauthytest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// TestMain fails when any server of these tests leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asked asks Authy's verify as a careful client does and returns status and error code ("" for
// yes).
func asked(t *testing.T, authy *mockauthytest.Mock, code, id string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		authy.URL+"/protected/json/verify/"+code+"/"+id+"?force=true", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Authy-API-Key", authy.Key)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, "no answer"
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Token     string `json:"token"`
		ErrorCode string `json:"error_code"`
	}
	_ = json.Unmarshal(data, &body) // a fault may have sent anything
	if resp.StatusCode == 200 && body.Token != "is valid" {
		t.Errorf("200 with token %q", body.Token)
	}
	return resp.StatusCode, body.ErrorCode
}

func expect(t *testing.T, authy *mockauthytest.Mock, code, id string, status int, errorCode string) {
	t.Helper()
	if gotStatus, gotCode := asked(t, authy, code, id); gotStatus != status || gotCode != errorCode {
		t.Errorf("verify: got %d %s, want %d %s", gotStatus, gotCode, status, errorCode)
	}
}

func TestAStoryOfOneUser(t *testing.T) {
	t.Parallel()
	authy := mockauthytest.New(t)
	ann := authy.User("ann")

	code := ann.Code()
	expect(t, authy, code, ann.Ref(), 200, "")
	expect(t, authy, code, ann.Ref(), 401, "60019")
	expect(t, authy, ann.WrongCode(), ann.Ref(), 401, "60020")

	old := ann.Code()
	authy.Advance(10 * time.Minute)
	expect(t, authy, old, ann.Ref(), 401, "60020")
	expect(t, authy, ann.Code(), ann.Ref(), 200, "")

	authy.Advance(90 * time.Second)
	authy.Fail(mockauthytest.Verify, 503).Once()
	expect(t, authy, ann.Code(), ann.Ref(), 503, "")
	expect(t, authy, ann.Code(), ann.Ref(), 200, "")

	authy.ExpectCalls(mockauthytest.Verify, 7)
	entries := authy.Journal(mockapi.JournalQuery{Endpoint: mockauthytest.Verify, User: "ann"})
	if last := entries[len(entries)-1]; last.Decision != "accepted" || last.DoneAt == nil || last.User != ann.ID {
		t.Errorf("the last entry is %+v, want it accepted", last)
	}
	if hit := entries[5]; hit.Fault != "f1" || hit.Status != 503 {
		t.Errorf("the entry of the fault is %+v, want f1 and 503", hit)
	}
}

func TestAHundredServersAtOnce(t *testing.T) {
	t.Parallel()
	for i := range 100 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			authy := mockauthytest.New(t)
			user := authy.User(fmt.Sprintf("user%d", i))
			authy.Advance(time.Duration(i) * time.Hour)
			if i%2 == 0 {
				authy.Refuse(mockauthytest.Verify, "rate_limited").For(user).Once()
				expect(t, authy, user.Code(), user.Ref(), 429, "60003")
			}
			expect(t, authy, user.Code(), user.Ref(), 200, "")
			authy.ExpectCalls(mockauthytest.Verify, 2-i%2)
		})
	}
}

func TestTheClockCanStand(t *testing.T) {
	t.Parallel()
	authy := mockauthytest.New(t)
	at := time.Unix(1_700_000_150, 0).UTC()
	authy.Freeze()
	authy.SetTime(at)
	if got := authy.Now(); !got.Equal(at) {
		t.Errorf("frozen at %v, want %v", got, at)
	}
	// The vectors of RFC 6238's secret, 7 digits in 10 s and 6 digits in 30 s.
	bob := authy.AddUser(mockapi.NewUser{Name: "bob", Cellphone: "2015550123",
		Secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"})
	if got := bob.Code(); got != "0391515" {
		t.Errorf("code %s, want 0391515", got)
	}
	authy.SetTime(time.Unix(1_700_000_490, 0))
	if got := bob.GenericCode(); got != "047164" {
		t.Errorf("generic code %s, want 047164", got)
	}
	authy.Resume()
	authy.Reset()
	if got := authy.Now(); time.Since(got).Abs() > time.Minute {
		t.Errorf("after a reset it is %v, want now", got)
	}
}

func TestTheSameSeedGivesTheSameSecrets(t *testing.T) {
	t.Parallel()
	one, same, other := mockauthytest.New(t), mockauthytest.New(t), mockauthytest.New(t, mockauthytest.WithSeed(2))
	if a, b := one.User("ann").Secret, same.User("ann").Secret; a != b {
		t.Errorf("the same seed gave %s and %s", a, b)
	}
	if a, b := one.User("ann").Secret, other.User("ann").Secret; a == b {
		t.Error("another seed gave the same secret")
	}
}

func TestAnyKeyIsAWorldOfItsOwn(t *testing.T) {
	t.Parallel()
	authy := mockauthytest.New(t, mockauthytest.WithAnyKey())
	ann := authy.User("ann")
	stranger := *authy.Client
	stranger.Key = "another-key"
	if _, err := stranger.User(t.Context(), ann.Ref()); !mockapi.IsRefusal(err, 404) {
		t.Errorf("ann in another world: got %v, want not found", err)
	}
}

func TestADroppedConnectionIsInTheJournal(t *testing.T) {
	t.Parallel()
	authy := mockauthytest.New(t)
	ann := authy.User("ann")
	authy.Fault(mockauthytest.Verify, mockapi.Effect{Kind: mockapi.DropAfter}).Once()
	code := ann.Code()
	expect(t, authy, code, ann.Ref(), 0, "no answer")
	expect(t, authy, code, ann.Ref(), 401, "60019") // it had been processed
}

func BenchmarkNew(b *testing.B) {
	for range b.N {
		s, err := mockauthytest.Start()
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestChancesFollowTheSeed(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		authy := mockauthytest.New(t, mockauthytest.WithSeed(seed))
		ann := authy.User("ann")
		_, err := authy.Client.AddFault(t.Context(),
			mockapi.Rule{Effect: mockapi.Effect{Status: 503}, Probability: 0.5})
		if err != nil {
			t.Fatal(err)
		}
		outcome := ""
		for range 40 {
			status, _ := asked(t, authy, "1234567", ann.Ref())
			outcome += fmt.Sprint(status) + " "
		}
		return outcome
	}
	first := run(7)
	if again := run(7); again != first {
		t.Errorf("the same seed and requests gave %s and %s", first, again)
	}
	if other := run(8); other == first {
		t.Errorf("another seed gave the same outcome %s", first)
	}
}
