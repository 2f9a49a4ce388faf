package verifftest_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// click posts the form of a session's page.
func click(t *testing.T, client *http.Client, page, outcome string, fields ...string) answer {
	t.Helper()
	form := url.Values{"outcome": {outcome}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", page, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func TestHostedPage(t *testing.T) {
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		id := created(t, srv, person)
		page := srv.Sessions()[0].URL
		a := send(t, client, "HEAD", page, "")
		assert.Equal(t, http.StatusOK, a.status)
		assert.Equal(t, "created", status(t, srv, id), "who asks for the headers has not arrived")

		a = send(t, client, "GET", page, "")
		assert.Equal(t, http.StatusOK, a.status)
		assert.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"))
		assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
		assert.Equal(t, "started", status(t, srv, id))
		for _, want := range []string{
			`<html lang="en">`, "This is a fake.", "Nothing here reaches Veriff", id, "attempt-1",
			`value="Mirae"`, `value="Hong"`, `value="1990-01-31"`, `value="M1234567"`,
			`value="approve"`, `value="decline"`, `value="resubmit"`, `value="leave"`,
			"106 Known fraud", "204 Poor image quality",
		} {
			assert.Contains(t, a.body, want)
		}
		assert.NotContains(t, a.body, "<script")
		for _, m := range regexp.MustCompile(`<(?:input|select) id="(\w+)"`).FindAllStringSubmatch(a.body, -1) {
			assert.Contains(t, a.body, `<label for="`+m[1]+`">`)
		}
		assert.Equal(t, 4, strings.Count(a.body, "<input "))
		assert.Equal(t, 2, strings.Count(a.body, "<select "))

		a = send(t, client, "GET", page, "")
		assert.Equal(t, http.StatusOK, a.status, "a reload changes nothing")
		assert.Len(t, srv.Webhooks(), 1)
		assert.Len(t, srv.Requests(), 1, "a visit is no request to the API")
	})
}

func TestHostedPageEscapes(t *testing.T) {
	srv := start(t)
	const evil = `"><script>alert('1')</script>&amp;`
	verification, err := json.Marshal(map[string]any{"vendorData": evil, "person": map[string]any{"firstName": evil, "lastName": evil}})
	require.NoError(t, err)
	created(t, srv, string(verification))
	page := srv.Sessions()[0].URL
	for name, body := range map[string]string{
		"first":  send(t, inProcess(srv), "GET", page, "").body,
		"failed": click(t, inProcess(srv), page, "nothing", "firstName", evil, "lastName", evil, "dateOfBirth", evil, "documentNumber", evil).body,
	} {
		assert.NotContains(t, body, "<script", name)
		assert.Contains(t, html.UnescapeString(body), evil, name)
	}
}

func TestHostedOutcomes(t *testing.T) {
	fields := []string{
		"firstName", "Bora", "lastName", "", "dateOfBirth", "2001-02-03", "documentNumber", "X9",
		"declineReason", "106", "resubmitReason", "204",
	}
	for outcome, c := range map[string]struct {
		status     string
		code       float64
		reasonCode any
		webhooks   int
	}{
		"approve":  {"approved", 9001, nil, 3},
		"decline":  {"declined", 9102, 106.0, 3},
		"resubmit": {"resubmission_requested", 9103, 204.0, 3},
		"leave":    {"abandoned", 9104, nil, 2},
	} {
		for _, opened := range []bool{true, false} {
			name := outcome + " at once"
			if opened {
				name = outcome + " after a look"
			}
			t.Run(name, func(t *testing.T) {
				both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
					r := &receiver{status: 200}
					srv.DeliverTo(r)
					id := created(t, srv, `{"callback":"https://shop.invalid/back?a=b&c=d","person":{"firstName":"Mirae","lastName":"Hong","idNumber":"7"}}`)
					page := srv.Sessions()[0].URL
					if opened {
						send(t, client, "GET", page, "")
					}
					a := click(t, client, page, outcome, fields...)
					require.Equal(t, http.StatusSeeOther, a.status, a.body)
					assert.Equal(t, "https://shop.invalid/back?a=b&c=d", a.header.Get("Location"), "without a result")
					assert.Len(t, r.got, c.webhooks)

					v := decided(t, srv, id)
					assert.Equal(t, c.status, v["status"])
					assert.Equal(t, c.code, v["code"])
					assert.Equal(t, c.reasonCode, v["reasonCode"])
					if outcome == "leave" {
						assert.Nil(t, v["person"])
						return
					}
					who := v["person"].(map[string]any)
					assert.Equal(t, "Bora", who["firstName"])
					assert.Nil(t, who["lastName"], "emptied on the form")
					assert.Equal(t, "2001-02-03", who["dateOfBirth"])
					assert.Equal(t, "7", who["idNumber"], "not on the form")
					assert.Equal(t, "X9", v["document"].(map[string]any)["number"])
				})
			})
		}
	}
}

func TestHostedPageWithoutCallback(t *testing.T) {
	srv := start(t)
	created(t, srv, `{}`)
	page := srv.Sessions()[0].URL
	client := &http.Client{Transport: srv.RoundTripper()} // follows
	req, err := http.NewRequestWithContext(t.Context(), "POST", page, strings.NewReader("outcome=approve"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, page+"/end", resp.Request.URL.String())
	a := send(t, inProcess(srv), "GET", page+"/end", "")
	assert.Equal(t, http.StatusOK, a.status)
	assert.Contains(t, a.body, "You can close this page.")
}

func TestHostedResubmission(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	page := srv.Sessions()[0].URL
	click(t, inProcess(srv), page, "resubmit", "resubmitReason", "201")
	assert.Contains(t, send(t, inProcess(srv), "GET", page, "").body, `value="approve"`, "the same page takes another attempt")
	assert.Equal(t, "started", status(t, srv, id))
	click(t, inProcess(srv), page, "approve")
	assert.Equal(t, "approved", status(t, srv, id))
}

func TestFormsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		outcome string
		fields  []string
		want    string
	}{
		"no outcome":             {"", nil, "Choose an outcome."},
		"unknown outcome":        {"review", nil, "Choose an outcome."},
		"no reason to decline":   {"decline", nil, "Choose a reason to decline."},
		"unknown reason":         {"decline", []string{"declineReason", "201"}, "Choose a reason to decline."},
		"reason is no number":    {"decline", []string{"declineReason", "x"}, "Choose a reason to decline."},
		"no reason to ask again": {"resubmit", []string{"resubmitReason", "101"}, "Choose a reason to ask for another attempt."},
		"date of birth":          {"approve", []string{"dateOfBirth", "31.1.1990"}, "The date of birth must be a date"},
		"impossible date":        {"approve", []string{"dateOfBirth", "1990-02-30"}, "The date of birth must be a date"},
		"document number":        {"approve", []string{"documentNumber", "A-1"}, "The document number may have"},
		"too much":               {"approve", []string{"firstName", strings.Repeat("a", 64<<10)}, "The form could not be read."},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			id := created(t, srv, person)
			a := click(t, inProcess(srv), srv.Sessions()[0].URL, c.outcome, append([]string{"lastName", "Kim", "resubmitReason", "204"}, c.fields...)...)
			assert.Equal(t, http.StatusUnprocessableEntity, a.status)
			assert.Contains(t, a.body, `role="alert">`+c.want)
			if name != "too much" && c.outcome != "resubmit" {
				assert.Contains(t, a.body, `value="Kim"`, "what was typed is still there")
				assert.Contains(t, a.body, `<option value="204" selected>`, "and what was chosen")
				assert.Contains(t, a.body, `<option value="203">`)
			}
			assert.Equal(t, "created", status(t, srv, id))
			assert.Empty(t, srv.Webhooks())
		})
	}
}

func TestFinishedSession(t *testing.T) {
	for name, end := range map[string]func(*verifftest.Server, string) error{
		"submitted": func(srv *verifftest.Server, id string) error { return srv.Submit(id) },
		"expired":   (*verifftest.Server).Expire,
		"approved":  func(srv *verifftest.Server, id string) error { return srv.ForceDecision(id, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			id := created(t, srv, person)
			require.NoError(t, end(srv, id))
			page, before := srv.Sessions()[0].URL, len(srv.Webhooks())
			for _, a := range []answer{
				send(t, inProcess(srv), "GET", page, ""),
				click(t, inProcess(srv), page, "approve"),
				click(t, inProcess(srv), page, "nothing"),
			} {
				assert.Equal(t, http.StatusOK, a.status)
				assert.Contains(t, a.body, "Nothing is to be done here")
				assert.NotContains(t, a.body, "<form")
				assert.NotContains(t, a.body, "Mirae", "who comes late learns nothing about the person")
			}
			assert.Equal(t, name, status(t, srv, id))
			assert.Len(t, srv.Webhooks(), before)
		})
	}
}

func TestTwoClicks(t *testing.T) {
	srv := start(t)
	created(t, srv, person)
	page := srv.Sessions()[0].URL
	statuses := make(chan int)
	for range 8 {
		go func() { statuses <- click(t, inProcess(srv), page, "approve").status }()
	}
	count := make(map[int]int)
	for range 8 {
		count[<-statuses]++
	}
	assert.Equal(t, map[int]int{http.StatusSeeOther: 1, http.StatusOK: 7}, count, "one of them counts")
	assert.Len(t, srv.Webhooks(), 3)
}

func TestUnknownPage(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	for _, page := range []string{"/v/unknown", "/v/unknown/end", "/v/" + id} {
		a := send(t, inProcess(srv), "GET", srv.URL+page, "")
		assert.Equal(t, http.StatusNotFound, a.status, page)
		assert.Contains(t, a.body, "There is no such session", page)
	}
	assert.Equal(t, http.StatusNotFound, click(t, inProcess(srv), srv.URL+"/v/unknown", "approve").status)
	assert.Equal(t, "created", status(t, srv, id))
}

func TestCallbackOnLoopback(t *testing.T) {
	srv := start(t, verifftest.WithLoopbackCallbacks())
	created(t, srv, `{"callback":"http://127.0.0.1:8080/back"}`)
	a := click(t, inProcess(srv), srv.Sessions()[0].URL, "approve")
	assert.Equal(t, "http://127.0.0.1:8080/back", a.header.Get("Location"))
}

func TestHostedPageLeavesPhotos(t *testing.T) {
	srv := start(t)
	session := create(t, srv, person).verification(t)
	id := session["id"].(string)
	require.Equal(t, http.StatusSeeOther, click(t, inProcess(srv), session["url"].(string), "approve").status)
	found := lists(t, ask(t, srv, "GET", "/sessions/"+id+"/media", id))
	require.Len(t, found["images"], 2)
	require.Len(t, found["videos"], 1)
	assert.Equal(t, "image/jpeg", download(t, srv, found["images"][0]).header.Get("Content-Type"))
	assert.Equal(t, "video/mp4", download(t, srv, found["videos"][0]).header.Get("Content-Type"))
}
