// Drives twilio-go, unmodified, through every call of Verify that the mock has: each once right,
// and where it can be, once wrong. The variables are those that mockauthy env prints.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/twilio/twilio-go"
	"github.com/twilio/twilio-go/client"
	verify "github.com/twilio/twilio-go/rest/verify/v2"
)

// driver drives one library against one service.
type driver struct {
	api     *verify.ApiService
	service string
}

func main() {
	d := driver{api: twilio.NewRestClient().VerifyV2, service: os.Getenv("VERIFY_SERVICE_SID")}
	failed := 0
	for _, s := range []struct {
		name string
		run  func()
	}{
		{"services", d.services}, {"entities", d.entities}, {"factors", d.factors},
		{"a factor after five wrong codes", d.factorLimit},
		{"challenges", d.challenges}, {"challenges that are refused", d.challengeErrors},
		{"a challenge after five wrong codes", d.challengeLimit},
		{"lists of several pages", d.pages},
		{"verifications", d.verifications}, {"verifications that are refused", d.verificationErrors},
		{"custom codes", d.customCodes},
		{"attempts", d.attempts}, {"webhooks", d.webhooks}, {"rate limits", d.rateLimits},
		{"what is not had", d.notHad},
		{"wrong credentials", d.strangers},
	} {
		if err := safely(s.run); err != nil {
			failed++
			fmt.Printf("FAIL %s: %v\n", s.name, err)
			continue
		}
		fmt.Println("ok   " + s.name)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

// problem is what a step panics with.
type problem string

func safely(run func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	run()
	return nil
}

func want(ok bool, format string, args ...any) {
	if !ok {
		panic(problem(fmt.Sprintf(format, args...)))
	}
}

func same[T comparable](what string, got, wanted T) {
	want(got == wanted, "%s: %v, want %v", what, got, wanted)
}

// must returns v, or ends the step.
func must[T any](v T, err error) T {
	want(err == nil, "%v", err)
	return v
}

func done(err error) { want(err == nil, "%v", err) }

// refused ends the step unless err is Twilio's error with that status and code.
func refused(err error, status, code int) {
	var e *client.TwilioRestError
	want(errors.As(err, &e), "%v, want error %d", err, code)
	same("code", e.Code, code)
	same("status", e.Status, status)
	want(e.Message != "" && e.MoreInfo != "", "an error without a text: %+v", e)
}

func ptr[T any](v T) *T { return &v }

// str is the text behind a pointer that must not be nil.
func str(p *string) string {
	want(p != nil, "a text is missing")
	return *p
}

// mock calls the control API, as any test does that wants to know a code or turn the clock.
func mock(method, path string, body, into any) {
	data, err := json.Marshal(body)
	done(err)
	req := must(http.NewRequest(method, os.Getenv("MOCKAUTHY_URL")+"/_mock/"+path, bytes.NewReader(data)))
	req.Header.Set("Content-Type", "application/json")
	resp := must(http.DefaultClient.Do(req))
	defer resp.Body.Close()
	text := must(io.ReadAll(resp.Body))
	want(resp.StatusCode < 300, "%s %s: %s %s", method, path, resp.Status, text)
	if into != nil {
		done(json.Unmarshal(text, into))
	}
}

// code is what the phone shows for a factor.
func code(factor string) string {
	var token struct{ Token string }
	mock(http.MethodGet, "factors/"+factor+"/token", nil, &token)
	return token.Token
}

// wrong is a code of the same length that does not pass.
func wrong(factor string) string {
	right := code(factor)
	return right[:len(right)-1] + string('0'+(right[len(right)-1]-'0'+5)%10)
}

// later turns the clock on; after one step a factor has a fresh code.
func later(d time.Duration) {
	mock(http.MethodPost, "clock", map[string]string{"advance": d.String()}, nil)
}

// sent is the code of the last message to that number or address.
func sent(to, channel string) string {
	var outbox struct {
		Items []struct{ To, Channel, Code string }
	}
	mock(http.MethodGet, "outbox", nil, &outbox)
	for i := len(outbox.Items) - 1; i >= 0; i-- {
		if m := outbox.Items[i]; m.To == to && m.Channel == channel {
			return m.Code
		}
	}
	panic(problem("nothing was sent to " + to + " by " + channel))
}

// step is longer than a code is shown.
const step = 31 * time.Second
