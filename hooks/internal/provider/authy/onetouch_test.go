package authy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

const uuid = "e1b0c3d0-0000-0134-1111-0e5d6a065904"

func TestRequestApproval(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   provider.Result
	}{
		"put":        {200, `{"approval_request":{"uuid":"` + uuid + `"},"success":true}`, provider.Right},
		"no success": {200, `{"approval_request":{"uuid":"` + uuid + `"}}`, provider.Protocol},
		"no uuid":    {200, `{"approval_request":{},"success":true}`, provider.Protocol},
		"a uuid that is a path": {200,
			`{"approval_request":{"uuid":"../../../protected/json/app/details?x"},"success":true}`, provider.Protocol},
		"a uuid of another form": {200, `{"approval_request":{"uuid":"1/2"},"success":true}`, provider.Protocol},
		"the words of a verify":  {200, authytest.Valid, provider.Protocol},
		"no phone":               {400, authytest.Error("60051"), provider.Refused},
		"unknown user":           {404, authytest.Error("60026"), provider.UnknownUser},
		"down":                   {503, "<html>", provider.NoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var form url.Values
			server := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
				text, _ := io.ReadAll(r.Body)
				form, _ = url.ParseQuery(string(text))
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			client, err := New(Options{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			a, got := client.RequestApproval(context.Background(), id, provider.Question{Message: "m",
				Details: map[string]string{"IP": "1.2.3.4"}, Life: 15 * time.Second})
			if got.Result != c.want || (a == nil) != (c.want != provider.Right) {
				t.Errorf("got %+v, %+v, want %v", a, got, c.want)
			}
			if seen := server.Seen(); len(seen) != 1 || seen[0] != "/onetouch/json/users/1000/approval_requests" ||
				form.Get("seconds_to_expire") != "15" || form.Get("details[IP]") != "1.2.3.4" ||
				form.Get("message") != "m" {
				t.Errorf("asked %v with %v", seen, form)
			}
		})
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	about := func(uuid, status string) string {
		return `{"approval_request":{"uuid":"` + uuid + `","status":"` + status + `"},"success":true}`
	}
	for name, c := range map[string]struct {
		status int
		body   string
		want   provider.ApprovalStatus
		result provider.Result
	}{
		"approved":  {200, about(uuid, "approved"), provider.ApprovalApproved, provider.Right},
		"pending":   {200, about(uuid, "pending"), provider.ApprovalPending, provider.Right},
		"another's": {200, about("f1b0c3d0-0000-0134-1111-0e5d6a065904", "approved"), "", provider.Protocol},
		"without success": {200, `{"approval_request":{"uuid":"` + uuid + `","status":"approved"},"success":false}`,
			"", provider.Protocol},
		"approved in a 500": {500, about(uuid, "approved"), "", provider.Protocol},
		"uuid twice": {200, `{"approval_request":{"uuid":"x","uuid":"` + uuid +
			`","status":"approved"},"success":true}`, "", provider.Protocol},
		"in capitals": {200, `{"approval_request":{"UUID":"` + uuid + `","Status":"approved"},"success":true}`,
			"", provider.Protocol},
		"in both": {200, `{"approval_request":{"uuid":"` + uuid +
			`","status":"denied","Status":"approved"},"success":true}`, "", provider.Protocol},
		"not found": {404,
			`{"message":"Approval request not found","success":false,"errors":{},"error_code":"60049"}`, "",
			provider.Refused},
		"down": {502, "", "", provider.NoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := New(Options{URL: authytest.Says(t, c.status, c.body).URL})
			if err != nil {
				t.Fatal(err)
			}
			got, answer := client.Approval(context.Background(), Approval{uuid})
			if got != c.want || answer.Result != c.result {
				t.Errorf("got %q, %+v, want %q, %v", got, answer, c.want, c.result)
			}
		})
	}
}
