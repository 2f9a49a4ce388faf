package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// send makes a request with these headers, given in pairs, and follows nobody
// elsewhere.
func send(t *testing.T, method, address, body string, headers ...string) (status int, header http.Header, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	read, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, resp.Header, string(read)
}

// do is a control, as a program uses it. The form is given in pairs.
func do(t *testing.T, s *sandbox, path string, form ...string) (status int, words string) {
	t.Helper()
	status, _, words = send(t, "POST", s.url+path, encode(form...))
	return status, strings.TrimSpace(words)
}

func encode(form ...string) string {
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	return values.Encode()
}

func page(t *testing.T, s *sandbox) string {
	t.Helper()
	status, _, text := send(t, "GET", s.url, "")
	require.Equal(t, http.StatusOK, status)
	return text
}

// session starts a check with Veriff and gives its id.
func session(t *testing.T, s *sandbox) string {
	t.Helper()
	status, _, answer := send(t, "POST", s.vendor("veriff").URL+"/v1/sessions", `{"verification":{"vendorData":"<attempt-1>"}}`,
		"Content-Type", "application/json", "X-AUTH-CLIENT", value(t, s, "VERIFF_API_KEY"))
	require.Equal(t, http.StatusCreated, status, answer)
	var body struct{ Verification struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(answer), &body))
	return body.Verification.ID
}

// otp asks Iamport for a code, or for an approval in an app.
func otp(t *testing.T, s *sandbox, form ...string) (impUID string) {
	t.Helper()
	iamport := s.vendor("iamport").URL
	_, _, answer := send(t, "POST", iamport+"/users/getToken", encode(
		"imp_key", value(t, s, "IAMPORT_REST_API_KEY"), "imp_secret", value(t, s, "IAMPORT_REST_API_SECRET")))
	var body struct {
		Response struct {
			AccessToken string `json:"access_token"`
			ImpUID      string `json:"imp_uid"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &body))
	form = append(form, "name", "홍미래", "phone", "01012345678", "birth", "900131", "gender_digit", "2", "carrier", "SKT")
	status, _, answer := send(t, "POST", iamport+"/certifications/otp/request", encode(form...),
		"Authorization", "Bearer "+body.Response.AccessToken)
	require.Equal(t, http.StatusOK, status, answer)
	require.NoError(t, json.Unmarshal([]byte(answer), &body))
	return body.Response.ImpUID
}

func TestStartPage(t *testing.T) {
	s := begin(t)
	text := page(t, s)
	for _, v := range s.vendors {
		assert.Contains(t, text, v.URL)
		for _, x := range v.Settings {
			assert.Contains(t, text, "<dt>"+x.Name+"</dt><dd>"+x.Value+"</dd>")
		}
	}
	assert.Equal(t, 3, strings.Count(text, "None yet: your application starts them."))
	status, header, _ := send(t, "GET", s.url, "")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")

	id := session(t, s)
	text = page(t, s)
	assert.Contains(t, text, `<span class="status created">created</span> <span class="id">`+id)
	assert.Contains(t, text, s.veriff.Sessions()[0].URL)
	assert.Contains(t, text, "&lt;attempt-1&gt;", "what the application sent is escaped")
	require.NoError(t, s.veriff.Expire(id))
	text = page(t, s)
	assert.Contains(t, text, `<span class="status expired">`)
	assert.NotContains(t, text, s.veriff.Sessions()[0].URL, "nothing is to be done there")
	assert.Contains(t, text, "Not delivered")

	for range atMost + 2 {
		session(t, s)
	}
	text = page(t, s)
	assert.NotContains(t, text, `<div class="row"><span class="status expired">`, "the newest are shown")
	assert.Contains(t, text, "and 3 older")
}

func TestEnvironment(t *testing.T) {
	s := begin(t)
	_, _, text := send(t, "GET", s.url+"/env", "")
	for _, v := range s.vendors {
		for _, x := range v.Settings {
			assert.Contains(t, "\n"+text, "\n"+x.Name+"="+x.Value+"\n")
			assert.Regexp(t, `^[\w:/.-]+$`, x.Value, "a shell takes it as it is")
		}
	}
}

func TestCredentialsNeverChange(t *testing.T) {
	settings := func() map[string]string {
		out := map[string]string{}
		for _, v := range begin(t).vendors {
			for _, x := range v.Settings {
				if !strings.HasSuffix(x.Name, "_URL") { // the ports of this test are free ones
					out[x.Name] = x.Value
				}
			}
		}
		return out
	}
	first := settings()
	assert.Len(t, first, 9)
	assert.Equal(t, first, settings())
}

func TestCode(t *testing.T) {
	s := begin(t)
	impUID := otp(t, s, "channel_key", value(t, s, "IAMPORT_CHANNEL_KEY"))
	status, _, code := send(t, "GET", s.url+"/code/"+impUID, "")
	assert.Equal(t, http.StatusOK, status)
	assert.Regexp(t, `^\d{6}\n$`, code)
	assert.Contains(t, page(t, s), `<strong class="id">`+strings.TrimSpace(code)+`</strong>`)

	status, _, _ = send(t, "GET", s.url+"/code/imp_1", "")
	assert.Equal(t, http.StatusNotFound, status)
}

func TestDecide(t *testing.T) {
	s := begin(t)
	ids := map[string]string{}
	for _, outcome := range []string{"approve", "decline", "resubmit"} {
		ids[outcome] = session(t, s)
		require.NoError(t, s.veriff.Submit(ids[outcome]))
	}
	app := otp(t, s, "channel_key", value(t, s, "IAMPORT_KCP_CHANNEL_KEY"), "verification_method", "APP", "bypass", `{"kcpV2":{"media_type":"MC01"}}`)
	text := page(t, s)
	for _, id := range []string{ids["approve"], ids["decline"], ids["resubmit"], app} {
		assert.Contains(t, text, `aria-label="approve `+id+`"`)
	}
	for outcome, id := range ids {
		status, words := do(t, s, "/decide", "vendor", "veriff", "id", id, "outcome", outcome)
		assert.Equal(t, http.StatusOK, status, words)
	}
	var statuses []string
	for _, x := range s.veriff.Sessions() {
		statuses = append(statuses, x.Status)
	}
	assert.Equal(t, []string{"approved", "declined", "resubmission_requested"}, statuses)
	status, words := do(t, s, "/decide", "vendor", "iamport", "id", app, "outcome", "approve")
	assert.Equal(t, http.StatusOK, status, words)

	for _, v := range s.vendors {
		status, words = do(t, s, "/decide", "vendor", v.Name, "id", "1", "outcome", "postpone")
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.Equal(t, "there is no such outcome", words)
		status, words = do(t, s, "/decide", "vendor", v.Name, "id", "1", "outcome", "approve")
		assert.Equal(t, http.StatusUnprocessableEntity, status)
		assert.Contains(t, words, v.Name+"test: ")
	}
}

func TestClock(t *testing.T) {
	s := begin(t)
	date := func(v *vendor) time.Time {
		_, header, _ := send(t, "GET", v.URL, "")
		at, err := http.ParseTime(header.Get("Date"))
		require.NoError(t, err)
		return at
	}
	id := session(t, s)
	for _, v := range s.vendors {
		before := date(v)
		status, words := do(t, s, "/clock", "vendor", v.Name, "amount", "8", "unit", "days")
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, v.Title+": moved the clock by 8 days", words)
		assert.False(t, date(v).Before(before.Add(192*time.Hour)))
	}
	assert.Equal(t, 3, strings.Count(page(t, s), "moved by 192h0m0s"))
	assert.Equal(t, "expired", s.veriff.Sessions()[0].Status, id)
	_, _ = do(t, s, "/clock", "vendor", "veriff", "amount", "-8", "unit", "days")
	assert.Equal(t, 2, strings.Count(page(t, s), "moved by"))
}

func TestFaults(t *testing.T) {
	s := begin(t)
	create := func() int {
		status, _, _ := send(t, "POST", s.vendor("veriff").URL+"/v1/sessions", `{"verification":{}}`,
			"Content-Type", "application/json", "X-AUTH-CLIENT", value(t, s, "VERIFF_API_KEY"))
		return status
	}
	status, words := do(t, s, "/fault", "vendor", "veriff", "fault", "429")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "Veriff: to happen to the next call: 429 with Retry-After: 1", words)
	assert.Equal(t, http.StatusTooManyRequests, create())
	assert.Equal(t, http.StatusCreated, create(), "once")

	_, _ = do(t, s, "/fault", "vendor", "veriff", "fault", "503", "route", "POST /v1/sessions")
	_, _ = do(t, s, "/fault", "vendor", "veriff", "fault", "html", "route", "GET /v1/sessions/{id}/decision")
	assert.Equal(t, http.StatusServiceUnavailable, create())
	assert.Equal(t, http.StatusCreated, create(), "the other is for another route")

	for _, v := range s.vendors {
		text := page(t, s)
		for _, f := range v.Faults {
			assert.Contains(t, text, `<option value="`+f.Name+`">`)
			for _, route := range append(v.Routes, "") {
				status, words := do(t, s, "/fault", "vendor", v.Name, "fault", f.Name, "route", route)
				assert.Equal(t, http.StatusOK, status, words)
			}
		}
		status, _ = do(t, s, "/fault", "vendor", v.Name, "fault", "none")
		assert.Equal(t, http.StatusOK, status)
	}
	assert.Equal(t, http.StatusCreated, create(), "all are forgotten")
}

func TestRefusals(t *testing.T) {
	s := begin(t)
	for name, test := range map[string]struct {
		path string
		form []string
		says string
	}{
		"clock of nobody":     {"/clock", []string{"amount", "1", "unit", "days"}, "the vendor must be veriff, iamport or tomoidv"},
		"unit":                {"/clock", []string{"vendor", "veriff", "amount", "1", "unit", "years"}, "the unit must be minutes, hours or days"},
		"no amount":           {"/clock", []string{"vendor", "veriff", "unit", "days"}, "the amount must be a whole number from -10000 to 10000"},
		"amount":              {"/clock", []string{"vendor", "veriff", "amount", "10001", "unit", "days"}, "the amount must be a whole number from -10000 to 10000"},
		"webhooks to nowhere": {"/webhooks", nil, "verifftest: webhooks go to an absolute http or https URL"},
		"fault of nobody":     {"/fault", []string{"fault", "429"}, "the vendor must be veriff, iamport or tomoidv"},
		"fault":               {"/fault", []string{"vendor", "tomoidv", "fault", "fire"}, "the fault must be none, 429, 401, 503, html, reset-before, reset-after, stall, truncate, another-user"},
		"route":               {"/fault", []string{"vendor", "veriff", "fault", "429", "route", "GET /"}, "the route must be empty, POST /v1/sessions, "},
		"decided by nobody":   {"/decide", []string{"id", "1", "outcome", "approve"}, "the vendor must be veriff, iamport or tomoidv"},
	} {
		t.Run(name, func(t *testing.T) {
			status, words := do(t, s, test.path, test.form...)
			assert.Equal(t, http.StatusUnprocessableEntity, status)
			assert.True(t, strings.HasPrefix(words, test.says), words)
			status, _, text := send(t, "POST", s.url+test.path, encode(test.form...), "Accept", "text/html,*/*")
			assert.Equal(t, http.StatusUnprocessableEntity, status)
			assert.Contains(t, text, `<p class="alert" role="alert">`+test.says, "in a browser on the page")
		})
	}
	assert.Empty(t, s.said)
}

func TestBrowserComesBackToThePage(t *testing.T) {
	s := begin(t)
	status, header, _ := send(t, "POST", s.url+"/redeliver", "", "Accept", "text/html,*/*")
	assert.Equal(t, http.StatusSeeOther, status)
	assert.Equal(t, "/", header.Get("Location"))
	assert.Contains(t, page(t, s), "Veriff: delivered again; 0 webhooks are not answered with 200")
}

func TestOtherPagesControlNothing(t *testing.T) {
	s := begin(t)
	status, _, _ := send(t, "POST", s.url+"/webhooks", encode("url", "http://192.0.2.1/"), "Origin", "https://elsewhere.example")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Empty(t, s.webhooks)
}
