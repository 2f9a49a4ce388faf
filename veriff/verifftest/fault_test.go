package verifftest_test

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

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// Each of these befalls the creation of a session, and then the decision about
// one that is approved.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault     verifftest.Fault
		processed bool
		check     func(t *testing.T, srv *verifftest.Server, a answer, err error)
	}{
		"refusal": {verifftest.Status(503, 0), false, func(t *testing.T, _ *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 503, a.status)
			assert.Equal(t, `{"status":"fail","message":"Service Unavailable."}`, a.body)
			assert.Empty(t, a.header.Values("Retry-After"))
			assert.Empty(t, a.header.Values("X-HMAC-SIGNATURE"))
		}},
		"refusal with Retry-After": {verifftest.Status(429, 3*time.Second), false, func(t *testing.T, _ *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 429, a.status)
			assert.Equal(t, "3", a.header.Get("Retry-After"))
		}},
		"HTML": {verifftest.HTML(200), false, func(t *testing.T, _ *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 200, a.status)
			assert.Contains(t, a.body, "<!doctype html>")
		}},
		"redirect": {verifftest.Redirect("https://b.invalid/v1"), false, func(t *testing.T, _ *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 307, a.status)
			assert.Equal(t, "https://b.invalid/v1", a.header.Get("Location"))
		}},
		"reset before": {verifftest.ResetBefore(), false, func(t *testing.T, _ *verifftest.Server, _ answer, err error) {
			assert.ErrorContains(t, err, "connection reset")
		}},
		"reset after": {verifftest.ResetAfter(), true, func(t *testing.T, _ *verifftest.Server, _ answer, err error) {
			assert.ErrorContains(t, err, "connection reset")
		}},
		"truncated": {verifftest.Truncate(), true, func(t *testing.T, _ *verifftest.Server, a answer, err error) {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.NotEmpty(t, a.body)
			assert.False(t, json.Valid([]byte(a.body)))
		}},
		"oversized": {verifftest.Oversize(1 << 20), true, func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Greater(t, len(a.body), 1<<20)
			assert.NotNil(t, a.verification(t))
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		}},
		"wrong signature": {verifftest.WrongSignature(), true, func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Regexp(t, "^[0-9a-f]{64}$", a.header.Get("X-HMAC-SIGNATURE"))
			assert.NotEqual(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		}},
		"no signature": {verifftest.NoSignature(), true, func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Empty(t, a.header.Values("X-HMAC-SIGNATURE"))
			assert.Equal(t, srv.APIKey, a.header.Get("X-AUTH-CLIENT"))
		}},
		"duplicate and case-twin members": {verifftest.ExtraMembers(`"status":"approved","Status":"declined"`), true, func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Contains(t, a.body, `,"status":"approved","Status":"declined"}`)
			assert.Equal(t, 3, strings.Count(a.body, `"status":`), "of the answer, of the verification, and ours")
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		}},
		"another session": {verifftest.AnotherSession(), true, func(t *testing.T, srv *verifftest.Server, a answer, err error) {
			require.NoError(t, err)
			id := a.verification(t)["id"]
			assert.Regexp(t, uuid4, id)
			for _, s := range srv.Sessions() {
				assert.NotEqual(t, s.ID, id)
			}
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
				id := approved(t, srv)
				ask := func() (answer, error) {
					return try(t, client, "GET", srv.URL+sessions+"/"+id+"/decision", "",
						"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, id))
				}
				create := func() (answer, error) {
					return try(t, client, "POST", srv.URL+sessions, `{"verification":{}}`, "X-AUTH-CLIENT", srv.APIKey)
				}
				requests := len(srv.Requests())

				require.NoError(t, srv.Inject(c.fault.On(verifftest.CreateSessionRoute)))
				a, err := ask()
				require.NoError(t, err, "another operation is left alone")
				require.Equal(t, 200, a.status)
				a, err = create()
				c.check(t, srv, a, err)
				want := 1
				if c.processed {
					want = 2
				}
				assert.Len(t, srv.Sessions(), want, "sessions")

				require.NoError(t, srv.Inject(c.fault.On(verifftest.DecisionRoute)))
				a, err = ask()
				c.check(t, srv, a, err)
				a, err = ask()
				require.NoError(t, err, "once")
				assert.Equal(t, 200, a.status)
				assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
				assert.Equal(t, id, a.verification(t)["id"])
				assert.Len(t, srv.Requests(), requests+4, "all are kept")
			})
		})
	}
}

func TestStall(t *testing.T) {
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		for name, stall := range map[string]func(<-chan struct{}) verifftest.Fault{"before": verifftest.Stall, "within": verifftest.StallBody} {
			release := make(chan struct{})
			require.NoError(t, srv.Inject(stall(release)))
			before, seen := len(srv.Sessions()), len(srv.Requests())
			ended := make(chan answer)
			go func() {
				a, err := try(t, client, "POST", srv.URL+sessions, `{"verification":{}}`, "X-AUTH-CLIENT", srv.APIKey)
				assert.NoError(t, err)
				ended <- a
			}()
			require.Eventually(t, func() bool { return len(srv.Requests()) > seen }, 5*time.Second, time.Millisecond)
			if name == "before" {
				assert.Len(t, srv.Sessions(), before, "nothing is processed yet")
			}
			close(release)
			a := <-ended
			assert.Equal(t, http.StatusCreated, a.status, name)
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"), name)
		}
	})
}

func TestStallForEver(t *testing.T) {
	both(t, func(t *testing.T, srv *verifftest.Server, client *http.Client) {
		for name, fault := range map[string]verifftest.Fault{"before": verifftest.Stall(nil), "within": verifftest.StallBody(nil)} {
			require.NoError(t, srv.Inject(fault))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "POST", srv.URL+sessions, strings.NewReader(`{"verification":{}}`))
			require.NoError(t, err)
			req.Header.Set("X-AUTH-CLIENT", srv.APIKey)
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
	srv := start(t)
	require.NoError(t, srv.FailNext(http.StatusTooManyRequests, time.Second))
	a := create(t, srv, `{}`)
	assert.Equal(t, http.StatusTooManyRequests, a.status)
	assert.Equal(t, "1", a.header.Get("Retry-After"))
	assert.Equal(t, http.StatusCreated, create(t, srv, `{}`).status)
}

func TestFaultsInARow(t *testing.T) {
	srv := start(t)
	require.NoError(t, srv.Inject(verifftest.Status(500, 0).Times(2), verifftest.Status(502, 0), verifftest.Status(503, 0).Times(9)))
	var statuses []int
	for range 4 {
		statuses = append(statuses, create(t, srv, `{}`).status)
	}
	assert.Equal(t, []int{500, 500, 502, 503}, statuses)
	srv.ClearFaults()
	assert.Equal(t, http.StatusCreated, create(t, srv, `{}`).status)
}

func TestFaultSparesTheHostedPage(t *testing.T) {
	srv := start(t)
	created(t, srv, person)
	require.NoError(t, srv.FailNext(500, 0))
	assert.Equal(t, http.StatusOK, send(t, inProcess(srv), "GET", srv.Sessions()[0].URL, "").status)
	assert.Equal(t, http.StatusInternalServerError, create(t, srv, `{}`).status)
}

func TestFaultsThatCannotHappen(t *testing.T) {
	for name, c := range map[string]struct {
		fault verifftest.Fault
		want  string
	}{
		"zero":                {verifftest.Fault{}, "at least once"},
		"never":               {verifftest.Truncate().Times(0), "at least once"},
		"unknown operation":   {verifftest.Truncate().On("GET /v1/nothing"), `no operation "GET /v1/nothing"`},
		"success":             {verifftest.Status(200, 0), "not the status of a refusal"},
		"no status":           {verifftest.HTML(0), "not the status of an answer"},
		"nothing added":       {verifftest.Oversize(0), "must be positive"},
		"less than nothing":   {verifftest.Oversize(-1), "must be positive"},
		"no members":          {verifftest.ExtraMembers(""), "not the members of a JSON object"},
		"what is no member":   {verifftest.ExtraMembers(`"status"`), "not the members of a JSON object"},
		"more than an object": {verifftest.ExtraMembers(`"a":1},"b":{"c":1`), "not the members of a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			require.ErrorContains(t, srv.Inject(c.fault), c.want)
			assert.Equal(t, http.StatusCreated, create(t, srv, `{}`).status)
		})
	}
}

func TestFaultsThatDoNotFit(t *testing.T) {
	for name, fault := range map[string]verifftest.Fault{
		"another session": verifftest.AnotherSession(), "members": verifftest.ExtraMembers(`"a":1`),
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			id := created(t, srv, `{}`)
			require.NoError(t, srv.Inject(fault))
			a := decision(t, srv, id)
			assert.Equal(t, http.StatusInternalServerError, a.status)
			assert.Contains(t, a.body, "the answer is about nothing")
		})
	}
}
