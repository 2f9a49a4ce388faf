package tomoidvtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// Each of these befalls a start, then a request for a token, then one for a
// result.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault     tomoidvtest.Fault
		processed bool
		check     func(t *testing.T, a answer, err error)
	}{
		"refusal": {tomoidvtest.Status(503, 0), false, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 503, a.status)
			assert.Equal(t, `{"message":"Service Unavailable"}`, a.body)
			assert.Empty(t, a.header.Values("Retry-After"))
			assert.Empty(t, a.header.Values("Vary"))
		}},
		"refusal with Retry-After": {tomoidvtest.Status(429, 1500*time.Millisecond), false, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 429, a.status)
			assert.Equal(t, "2", a.header.Get("Retry-After"))
		}},
		"OAuth error": {tomoidvtest.OAuthError(403, "insufficient_scope", "why"), false, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 403, a.status)
			assert.Equal(t, `{"error":"insufficient_scope","error_description":"why"}`, a.body)
		}},
		"text": {tomoidvtest.Text(400, "invalid body"), false, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 400, a.status)
			assert.Equal(t, "invalid body", a.body)
			assert.Equal(t, "text/plain;charset=utf-8", a.header.Get("Content-Type"))
		}},
		"HTML": {tomoidvtest.HTML(200), false, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 200, a.status)
			assert.Contains(t, a.body, "<!doctype html>")
		}},
		"redirect": {tomoidvtest.Redirect("https://b.invalid/v1"), false, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 307, a.status)
			assert.Equal(t, "https://b.invalid/v1", a.header.Get("Location"))
		}},
		"reset before": {tomoidvtest.ResetBefore(), false, func(t *testing.T, _ answer, err error) {
			assert.ErrorContains(t, err, "connection reset")
		}},
		"reset after": {tomoidvtest.ResetAfter(), true, func(t *testing.T, _ answer, err error) {
			assert.ErrorContains(t, err, "connection reset")
		}},
		"truncated": {tomoidvtest.Truncate(), true, func(t *testing.T, a answer, err error) {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.NotEmpty(t, a.body)
			assert.False(t, json.Valid([]byte(a.body)))
		}},
		"oversized": {tomoidvtest.Oversize(1 << 20), true, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Greater(t, len(a.body), 1<<20)
			assert.Len(t, a.json(t)["padding"], 1<<20)
		}},
		"set": {tomoidvtest.SetMembers(map[string]any{"access_token": "", "expires_in": 0, "result": nil, "start_idv_uri": 1}), true, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 200, a.status)
			for member, want := range map[string]any{"access_token": "", "expires_in": 0.0, "result": nil, "start_idv_uri": 1.0} {
				got, there := a.json(t)[member]
				assert.True(t, there, member)
				assert.Equal(t, want, got, member)
			}
		}},
		"dropped": {tomoidvtest.DropMembers("access_token", "results", "start_idv_uri"), true, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 200, a.status)
			for _, member := range []string{"access_token", "results", "start_idv_uri"} {
				assert.NotContains(t, a.json(t), member)
			}
		}},
		"duplicate and case-twin members": {tomoidvtest.ExtraMembers(`"results":[],"Results":[],"results":null`), true, func(t *testing.T, a answer, err error) {
			require.NoError(t, err)
			assert.True(t, strings.HasSuffix(a.body, `,"results":[],"Results":[],"results":null}`), a.body)
			assert.True(t, json.Valid([]byte(a.body)))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
				a := passed(t, srv)
				a.client = client
				start := func() (answer, error) { return a.try(t, startPath, `{"user_id":"u"}`) }
				result := func() (answer, error) { return a.try(t, resultPath, `{"user_id":"p"}`) }
				assertion := a.assertion()
				token := func() (answer, error) {
					return try(t, client, "POST", srv.URL+tokenPath, form(assertion).Encode(), "Content-Type", "application/x-www-form-urlencoded")
				}
				requests := len(srv.Requests())

				require.NoError(t, srv.Inject(c.fault.On(tomoidvtest.StartRoute)))
				got, err := result()
				require.NoError(t, err, "another operation is left alone")
				require.Equal(t, 200, got.status)
				got, err = start()
				c.check(t, got, err)
				want := 1
				if c.processed {
					want = 2
				}
				assert.Len(t, srv.Attempts(), want, "checks")

				require.NoError(t, srv.Inject(c.fault.On(tomoidvtest.TokenRoute)))
				got, err = token()
				c.check(t, got, err)
				got, err = token()
				require.NoError(t, err, "once")
				assert.Equal(t, c.processed, got.status == 400, "the assertion is used up when it was processed")

				require.NoError(t, srv.Inject(c.fault.On(tomoidvtest.ResultRoute)))
				got, err = result()
				c.check(t, got, err)
				got, err = result()
				require.NoError(t, err, "once")
				assert.Len(t, records(t, got.json(t)), 1)
				assert.Len(t, srv.Requests(), requests+6, "all are kept")
			})
		})
	}
}

func TestFaultsInRecords(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := authorized(t, srv)
		a.client = client
		for _, country := range []string{"jp", "us"} {
			a.begin(t, map[string]any{"user_id": "u", "country": country, "kyc_policy": kycPolicy(tomoidvtest.DocumentedPolicies(country)[0])})
			require.NoError(t, srv.Pass("u", hanako()))
		}
		list := map[string]any{"user_id": "u"}
		single := map[string]any{"user_id": "u", "country": "jp", "policy": kycPolicy(idCard())}
		ppid := srv.Attempts()[0].PPID

		for _, question := range []map[string]any{list, single} {
			require.NoError(t, srv.Inject(tomoidvtest.AnotherUser().Times(2)))
			for _, answer := range []map[string]any{a.result14(t, question), a.result13(t, question)} {
				if id, there := answer["user_id"]; there {
					assert.Regexp(t, `^ppid\.`, id)
					assert.NotEqual(t, ppid, id)
				}
				found, isList := answer["results"].([]any)
				if !isList {
					found = []any{answer["result"]}
				}
				for _, r := range found {
					assert.NotEqual(t, "u", r.(map[string]any)["auth_id"])
					assert.NotEmpty(t, r.(map[string]any)["auth_id"])
				}
			}
			require.NoError(t, srv.Inject(tomoidvtest.ExtraKYCMembers(`"status":"rejected","Status":"canceled"`)))
			got := a.post(t, resultPath, question, "Tomo-API-Version", "1.4")
			want := 1
			if question["policy"] == nil {
				want = 2
			}
			assert.Equal(t, want, strings.Count(got.body, `,"status":"rejected","Status":"canceled"}`))
			assert.Equal(t, want, strings.Count(got.body, `"status":"approved"`))
			assert.True(t, json.Valid([]byte(got.body)))
		}
		assert.Len(t, records(t, a.result14(t, list)), 2, "once")
	})
}

func TestStall(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := authorized(t, srv)
		a.client = client
		for name, stall := range map[string]func(<-chan struct{}) tomoidvtest.Fault{"before": tomoidvtest.Stall, "within": tomoidvtest.StallBody} {
			release := make(chan struct{})
			require.NoError(t, srv.Inject(stall(release)))
			before, seen := len(srv.Attempts()), len(srv.Requests())
			ended := make(chan answer)
			go func() {
				got, err := a.try(t, startPath, `{}`)
				assert.NoError(t, err)
				ended <- got
			}()
			require.Eventually(t, func() bool { return len(srv.Requests()) > seen }, 5*time.Second, time.Millisecond)
			if name == "before" {
				assert.Len(t, srv.Attempts(), before, "nothing is processed yet")
			}
			close(release)
			got := <-ended
			assert.Equal(t, http.StatusOK, got.status, name)
			assert.NotEmpty(t, got.json(t)["start_idv_uri"], name)
		}
	})
}

func TestStallForEver(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := authorized(t, srv)
		for name, fault := range map[string]tomoidvtest.Fault{"before": tomoidvtest.Stall(nil), "within": tomoidvtest.StallBody(nil)} {
			require.NoError(t, srv.Inject(fault))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "POST", srv.URL+startPath, strings.NewReader(`{}`))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer "+a.token)
			req.Header.Set("Content-Type", "application/json")
			resp, err := client.Do(req)
			if err == nil {
				require.Equal(t, "within", name)
				_, err = io.ReadAll(resp.Body)
				require.NoError(t, resp.Body.Close())
			}
			assert.ErrorIs(t, err, context.DeadlineExceeded, name)
		}
	})
}

func TestFailNext(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	require.NoError(t, srv.FailNext(http.StatusTooManyRequests, time.Second))
	got := a.post(t, startPath, `{}`)
	assert.Equal(t, http.StatusTooManyRequests, got.status)
	assert.Equal(t, "1", got.header.Get("Retry-After"))
	assert.Equal(t, http.StatusOK, a.post(t, startPath, `{}`).status)
}

func TestFaultsInARow(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	require.NoError(t, srv.Inject(tomoidvtest.Status(500, 0).Times(2), tomoidvtest.Status(502, 0), tomoidvtest.Status(503, 0).Times(9)))
	var statuses []int
	for range 4 {
		statuses = append(statuses, a.post(t, startPath, `{}`).status)
	}
	assert.Equal(t, []int{500, 500, 502, 503}, statuses)
	srv.ClearFaults()
	assert.Equal(t, http.StatusOK, a.post(t, startPath, `{}`).status)
}

func TestFaultOnEveryOperation(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	for path, route := range map[string]tomoidvtest.Route{
		tokenPath: tomoidvtest.TokenRoute, healthPath: tomoidvtest.HealthRoute, startPath: tomoidvtest.StartRoute,
		resultPath: tomoidvtest.ResultRoute, resetPath: tomoidvtest.ResetRoute, deletePath: tomoidvtest.DeleteResultRoute,
		bulkPath: tomoidvtest.DeleteResultsRoute, kycPath: tomoidvtest.KYCRoute,
	} {
		require.NoError(t, srv.Inject(tomoidvtest.Status(418, 0).On(route)))
		for other, got := range everyOperation(t, a) {
			assert.Equal(t, other == path, got.status == 418, other)
		}
	}
}

func TestFaultSparesTheHostedPage(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	page := a.begin(t, `{}`)
	require.NoError(t, srv.FailNext(500, 0))
	assert.Equal(t, http.StatusOK, send(t, a.client, "GET", page, "").status)
	assert.Equal(t, http.StatusInternalServerError, a.post(t, startPath, `{}`).status)
}

func TestFaultsThatCannotHappen(t *testing.T) {
	for name, c := range map[string]struct {
		fault tomoidvtest.Fault
		want  string
	}{
		"zero":                  {tomoidvtest.Fault{}, "at least once"},
		"never":                 {tomoidvtest.Truncate().Times(0), "at least once"},
		"unknown operation":     {tomoidvtest.Truncate().On("GET /v1/nothing"), `no operation "GET /v1/nothing"`},
		"success":               {tomoidvtest.Status(200, 0), "not the status of a refusal"},
		"OAuth success":         {tomoidvtest.OAuthError(200, "a", ""), "the status of a refusal and a code"},
		"OAuth without a code":  {tomoidvtest.OAuthError(400, "", "a"), "the status of a refusal and a code"},
		"text of success":       {tomoidvtest.Text(200, "a"), "not the status of a refusal"},
		"no status":             {tomoidvtest.HTML(0), "not the status of an answer"},
		"nothing added":         {tomoidvtest.Oversize(0), "must be positive"},
		"less than nothing":     {tomoidvtest.Oversize(-1), "must be positive"},
		"no form":               {tomoidvtest.SetMembers(map[string]any{"a": make(chan int)}), "no JSON form"},
		"no members":            {tomoidvtest.ExtraMembers(""), "not the members of a JSON object"},
		"what is no member":     {tomoidvtest.ExtraMembers(`"status"`), "not the members of a JSON object"},
		"more than an object":   {tomoidvtest.ExtraMembers(`"a":1},"b":{"c":1`), "not the members of a JSON object"},
		"no members in the kyc": {tomoidvtest.ExtraKYCMembers(""), "not the members of a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			require.ErrorContains(t, srv.Inject(c.fault), c.want)
			authorized(t, srv)
		})
	}
}

func TestFaultsThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct {
		fault         tomoidvtest.Fault
		health, start string
	}{
		"another user":    {tomoidvtest.AnotherUser(), "has no record", "has no record"},
		"members of kyc":  {tomoidvtest.ExtraKYCMembers(`"a":1`), "has no record", "has no record"},
		"members":         {tomoidvtest.ExtraMembers(`"a":1`), "is no JSON object", ""},
		"set members":     {tomoidvtest.SetMembers(map[string]any{"a": 1}), "is no JSON object", ""},
		"dropped members": {tomoidvtest.DropMembers("a"), "is no JSON object", ""},
		"oversize":        {tomoidvtest.Oversize(1), "is no JSON object", ""},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			a := authorized(t, srv)
			require.NoError(t, srv.Inject(c.fault.Times(2)))
			got := send(t, a.client, "GET", srv.URL+healthPath, "")
			assert.Equal(t, http.StatusInternalServerError, got.status)
			assert.Contains(t, got.body, c.health)
			got = a.post(t, startPath, `{}`)
			if c.start == "" {
				assert.Equal(t, http.StatusOK, got.status)
				return
			}
			assert.Equal(t, http.StatusInternalServerError, got.status)
			assert.Contains(t, got.body, c.start)
		})
	}
	t.Run("members of kyc under contract 1.3", func(t *testing.T) {
		srv := begin(t, tomoidvtest.WithoutListener())
		a := passed(t, srv)
		require.NoError(t, srv.Inject(tomoidvtest.ExtraKYCMembers(`"a":1`)))
		got := a.post(t, resultPath, `{"user_id":"p"}`)
		assert.Equal(t, http.StatusInternalServerError, got.status)
		assert.Contains(t, got.body, "the answer has no kyc")
	})
}
