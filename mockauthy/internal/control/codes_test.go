package control_test

import (
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

func codes(t *testing.T, m *mockauthytest.Mock, ids string) (mockapi.List[mockapi.Code], int) {
	t.Helper()
	resp := read(t, m.URL+"/_mock/codes?ids="+ids)
	defer resp.Body.Close()
	var list mockapi.List[mockapi.Code]
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list, resp.StatusCode
}

func read(t *testing.T, url string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestCodesOfSeveralUsersAreWhatTheirPhonesShow(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	m.SetTime(time.Unix(1_700_000_017, 0))
	alice, bob := m.User("alice"),
		m.AddUser(mockapi.NewUser{Name: "bob", Cellphone: "2015550100", Registered: mockapi.Ptr(false)})
	list, status := codes(t, m, fmt.Sprintf("%d,%d,77", alice.ID, bob.ID))
	if status != http.StatusOK || list.Total != 3 {
		t.Fatalf("%d with %d codes, want 200 with two of alice and one of bob, who has no app: %+v", status, list.Total,
			list.Items)
	}
	for _, want := range []struct {
		user        *mockauthytest.User
		family      string
		left, digit int
	}{{alice, "app", 3, 7}, {alice, "generic", 23, 6}, {bob, "generic", 23, 6}} {
		now, err := m.Client.Token(t.Context(), want.user.Ref(), want.family, 0)
		if err != nil {
			t.Fatal(err)
		}
		next, err := m.Client.Token(t.Context(), want.user.Ref(), want.family, 1)
		if err != nil {
			t.Fatal(err)
		}
		got := list.Items[0]
		list.Items = list.Items[1:]
		if got.User != want.user.ID || got.Family != want.family || got.Token != now.Token || got.Next != next.Token ||
			got.Digits != want.digit {
			t.Errorf("got %+v, want the codes %s and %s of %s", got, now.Token, next.Token, want.family)
		}
		if left := got.ExpiresAt.Sub(m.Now()); left != time.Duration(want.left)*time.Second {
			t.Errorf("the code of %s ends in %v, want %d s", want.family, left, want.left)
		}
	}
}

func TestCodesNameEachDevice(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	if _, err := m.Client.AddDevice(t.Context(), alice.Ref(), mockapi.NewDevice{OS: "iphone"}); err != nil {
		t.Fatal(err)
	}
	user, err := m.Client.User(t.Context(), alice.Ref())
	if err != nil {
		t.Fatal(err)
	}
	list, _ := codes(t, m, alice.Ref())
	if list.Total != 3 || list.Items[0].Token != alice.Code() || list.Items[1].Token == alice.Code() {
		t.Fatalf("the codes are %+v, want those of two devices, the first device's first, and the generic one",
			list.Items)
	}
	for i, device := range []int64{user.Devices[0].ID, user.Devices[1].ID, 0} {
		if list.Items[i].Device != device {
			t.Errorf("code %d is of the device %d, want %d", i, list.Items[i].Device, device)
		}
	}
}

func TestCodesRefuseWhatIsNoListOfIDs(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	tooMany := "1"
	for range 100 {
		tooMany += ",1"
	}
	for name, ids := range map[string]string{"none": "", "a name": "alice", "a hundred and one": tooMany,
		"another parameter": "1&id=2"} {
		if _, status := codes(t, m, ids); status != http.StatusBadRequest {
			t.Errorf("%s: %d, want 400", name, status)
		}
	}
}

func TestQRCodeIsAPictureForThisSiteAlone(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.User("alice")
	resp := read(t, m.URL+"/_mock/users/alice/qr?family=generic&api_key="+m.Key)
	defer resp.Body.Close()
	picture, err := png.Decode(resp.Body)
	if err != nil || resp.Header.Get("Content-Type") != "image/png" || picture.Bounds().Dx() != 300 {
		t.Errorf("got %s, %v; want a PNG 300 pixels wide", resp.Header.Get("Content-Type"), err)
	}
	if got := resp.Header.Get("Cross-Origin-Resource-Policy"); got != "same-origin" {
		t.Errorf("Cross-Origin-Resource-Policy %q, want same-origin: the secret is in the picture", got)
	}
	for path, want := range map[string]int{"/_mock/users/nobody/qr": 404, "/_mock/users/alice/qr?family=other": 400,
		"/_mock/users/alice/qr?step=1": 400} {
		resp := read(t, m.URL+path)
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
}
