package iamporttest_test

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

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// Each of these befalls the request for a code, and then the question about a
// person who is certified.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault     iamporttest.Fault
		processed bool
		check     func(t *testing.T, srv *iamporttest.Server, a answer, err error)
	}{
		"refusal": {iamporttest.Status(503, 0), false, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			a.refused(t, 503, "Service Unavailable")
			assert.Empty(t, a.header.Values("Retry-After"))
		}},
		"refusal with Retry-After": {iamporttest.Status(429, 3*time.Second), false, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			a.refused(t, 429, "Too Many Requests")
			assert.Equal(t, "3", a.header.Get("Retry-After"))
		}},
		"error within a success": {iamporttest.ApplicationError(200, -1, "no"), false, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			a.refused(t, 200, "no")
		}},
		"error with a code": {iamporttest.ApplicationError(500, 7, ""), false, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 500, a.status)
			assert.Equal(t, `{"code":7,"message":null,"response":null}`, a.body)
		}},
		"null": {iamporttest.NullResponse(), false, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 200, a.status)
			assert.Equal(t, `{"code":0,"message":null,"response":null}`, a.body)
		}},
		"HTML": {iamporttest.HTML(200), false, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 200, a.status)
			assert.Contains(t, a.body, "<!doctype html>")
		}},
		"redirect": {iamporttest.Redirect("https://b.invalid/v1"), false, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 307, a.status)
			assert.Equal(t, "https://b.invalid/v1", a.header.Get("Location"))
		}},
		"reset before": {iamporttest.ResetBefore(), false, func(t *testing.T, _ *iamporttest.Server, _ answer, err error) {
			assert.ErrorContains(t, err, "connection reset")
		}},
		"reset after": {iamporttest.ResetAfter(), true, func(t *testing.T, _ *iamporttest.Server, _ answer, err error) {
			assert.ErrorContains(t, err, "connection reset")
		}},
		"truncated": {iamporttest.Truncate(), true, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.NotEmpty(t, a.body)
			assert.False(t, json.Valid([]byte(a.body)))
		}},
		"oversized": {iamporttest.Oversize(1 << 20), true, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Equal(t, 200, a.status)
			assert.Greater(t, len(a.body), 1<<20)
			assert.True(t, json.Valid([]byte(a.body)))
		}},
		"duplicate and case-twin members": {iamporttest.ExtraMembers(`"imp_uid":"imp_2","Imp_uid":"imp_3"`), true, func(t *testing.T, _ *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			assert.Contains(t, a.body, `,"imp_uid":"imp_2","Imp_uid":"imp_3"}`)
			assert.Equal(t, 2, strings.Count(a.body, `"imp_uid":`))
		}},
		"another certification": {iamporttest.AnotherCertification(), true, func(t *testing.T, srv *iamporttest.Server, a answer, err error) {
			require.NoError(t, err)
			impUID := a.response(t)["imp_uid"]
			assert.Regexp(t, `^imp_\d{12}$`, impUID)
			for _, c := range srv.Certifications() {
				assert.NotEqual(t, c.ImpUID, impUID)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
				impUID, err := srv.Certify(iamporttest.Attempt{}, mirae())
				require.NoError(t, err)
				authorization := bearer(t, srv)
				ask := func() (answer, error) {
					return try(t, client, "GET", srv.URL+certifications+impUID, "", "Authorization", authorization)
				}
				request := func() (answer, error) {
					return try(t, client, "POST", srv.URL+otpRequest, written(t, otpParams(srv)), "Authorization", authorization)
				}
				requests := len(srv.Requests())

				require.NoError(t, srv.Inject(c.fault.On(iamporttest.RequestOTPRoute)))
				a, err := ask()
				require.NoError(t, err, "another operation is left alone")
				require.Equal(t, 200, a.status)
				a, err = request()
				c.check(t, srv, a, err)
				want := 1
				if c.processed {
					want = 2
				}
				assert.Len(t, srv.Certifications(), want)

				require.NoError(t, srv.Inject(c.fault.On(iamporttest.CertificationRoute)))
				a, err = ask()
				c.check(t, srv, a, err)
				a, err = ask()
				require.NoError(t, err, "once")
				assert.Equal(t, impUID, a.response(t)["imp_uid"])
				assert.Len(t, srv.Requests(), requests+4, "all are kept")
			})
		})
	}
}

func TestFaultsOnEveryRoute(t *testing.T) {
	srv := start(t)
	authorization := bearer(t, srv)
	for route, path := range map[iamporttest.Route]string{
		iamporttest.TokenRoute: "/users/getToken", iamporttest.CertificationRoute: certifications + "imp_1",
		iamporttest.DeleteCertificationRoute: certifications + "imp_1", iamporttest.RequestOTPRoute: otpRequest,
		iamporttest.ConfirmOTPRoute: otpConfirm + "imp_1",
	} {
		require.NoError(t, srv.Inject(iamporttest.Status(418, 0).On(route)))
		method, _, _ := strings.Cut(string(route), " ")
		for _, want := range []bool{true, false} {
			a := send(t, inProcess(srv), method, srv.URL+path, "", "Authorization", authorization)
			assert.Equal(t, want, a.status == 418, route)
		}
	}
}

func TestStall(t *testing.T) {
	both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
		authorization := bearer(t, srv)
		for name, stall := range map[string]func(<-chan struct{}) iamporttest.Fault{"before": iamporttest.Stall, "within": iamporttest.StallBody} {
			release := make(chan struct{})
			require.NoError(t, srv.Inject(stall(release)))
			before, seen := len(srv.Certifications()), len(srv.Requests())
			ended := make(chan answer)
			params := written(t, otpParams(srv))
			go func() {
				a, err := try(t, client, "POST", srv.URL+otpRequest, params, "Authorization", authorization)
				assert.NoError(t, err)
				ended <- a
			}()
			require.Eventually(t, func() bool { return len(srv.Requests()) > seen }, 5*time.Second, time.Millisecond)
			if name == "before" {
				assert.Len(t, srv.Certifications(), before, "nothing is processed yet")
			}
			close(release)
			a := <-ended
			assert.NotEmpty(t, a.response(t)["imp_uid"], name)
		}
	})
}

func TestStallForEver(t *testing.T) {
	both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
		for name, fault := range map[string]iamporttest.Fault{"before": iamporttest.Stall(nil), "within": iamporttest.StallBody(nil)} {
			require.NoError(t, srv.Inject(fault))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "POST", srv.URL+"/users/getToken", strings.NewReader(credentials(srv)))
			require.NoError(t, err)
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
	a := getToken(t, srv)
	assert.Equal(t, http.StatusTooManyRequests, a.status)
	assert.Equal(t, "1", a.header.Get("Retry-After"))
	assert.Equal(t, http.StatusOK, getToken(t, srv).status)
}

func TestFaultsInARow(t *testing.T) {
	srv := start(t)
	require.NoError(t, srv.Inject(iamporttest.Status(500, 0).Times(2), iamporttest.Status(502, 0), iamporttest.Status(503, 0).Times(9)))
	var statuses []int
	for range 4 {
		statuses = append(statuses, getToken(t, srv).status)
	}
	assert.Equal(t, []int{500, 500, 502, 503}, statuses)
	srv.ClearFaults()
	assert.Equal(t, http.StatusOK, getToken(t, srv).status)
}

func TestFaultsThatCannotHappen(t *testing.T) {
	for name, c := range map[string]struct {
		fault iamporttest.Fault
		want  string
	}{
		"zero":                {iamporttest.Fault{}, "at least once"},
		"never":               {iamporttest.Truncate().Times(0), "at least once"},
		"unknown operation":   {iamporttest.Truncate().On("GET /nothing"), `no operation "GET /nothing"`},
		"success":             {iamporttest.Status(200, 0), "not the status of a refusal"},
		"no error":            {iamporttest.ApplicationError(200, 0, "no"), "a code that is not 0"},
		"no status of ours":   {iamporttest.ApplicationError(100, -1, "no"), "the status of an answer"},
		"no status":           {iamporttest.HTML(0), "not the status of an answer"},
		"nothing added":       {iamporttest.Oversize(0), "must be positive"},
		"less than nothing":   {iamporttest.Oversize(-1), "must be positive"},
		"no members":          {iamporttest.ExtraMembers(""), "not the members of a JSON object"},
		"what is no member":   {iamporttest.ExtraMembers(`"imp_uid"`), "not the members of a JSON object"},
		"more than an object": {iamporttest.ExtraMembers(`"a":1},"b":{"c":1`), "not the members of a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			require.ErrorContains(t, srv.Inject(c.fault), c.want)
			assert.Equal(t, http.StatusOK, getToken(t, srv).status)
		})
	}
}

func TestFaultsThatDoNotFit(t *testing.T) {
	srv := start(t)
	require.NoError(t, srv.Inject(iamporttest.AnotherCertification()))
	a := getToken(t, srv)
	assert.Equal(t, http.StatusInternalServerError, a.status)
	assert.Contains(t, a.body, "the answer has no imp_uid")
	require.NoError(t, srv.Inject(iamporttest.ExtraMembers(`"a":1`).On(iamporttest.CertificationRoute)))
	a = get(t, srv, "imp_1")
	assert.Equal(t, http.StatusInternalServerError, a.status)
	assert.Contains(t, a.body, "the answer has no response")
}
