package veriff_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

var sentinels = map[string]error{
	"invalid request": veriff.ErrInvalidRequest, "unauthorized": veriff.ErrUnauthorized, "forbidden": veriff.ErrForbidden,
	"not found": veriff.ErrNotFound, "conflict": veriff.ErrConflict, "rate limited": veriff.ErrRateLimited,
	"unavailable": veriff.ErrUnavailable, "unconfirmed": veriff.ErrUnconfirmed, "invalid answer": veriff.ErrInvalidAnswer,
	"too large": veriff.ErrTooLarge, "signature": veriff.ErrSignature, "API key": veriff.ErrAPIKey,
	"foreign": veriff.ErrForeign, "superseded": veriff.ErrSuperseded,
}

// assertKinds asserts that err is each of want, and none of the others.
func assertKinds(tb testing.TB, err error, want ...error) {
	tb.Helper()
	for name, sentinel := range sentinels {
		expected := false
		for _, w := range want {
			expected = expected || w == sentinel
		}
		assert.Equal(tb, expected, errors.Is(err, sentinel), "%s: %v", name, err)
	}
}

func TestStatusesBecomeSentinels(t *testing.T) {
	for status, test := range map[int]struct {
		want     []error // of both calls
		lost     bool    // a session may have been made
		attempts int     // of asking for a decision, of at most 3
	}{
		http.StatusBadRequest:          {want: []error{veriff.ErrInvalidRequest}, attempts: 1},
		http.StatusUnauthorized:        {want: []error{veriff.ErrUnauthorized}, attempts: 1},
		http.StatusForbidden:           {want: []error{veriff.ErrForbidden}, attempts: 1},
		http.StatusNotFound:            {want: []error{veriff.ErrNotFound}, attempts: 1},
		http.StatusConflict:            {want: []error{veriff.ErrConflict}, attempts: 1},
		http.StatusUnprocessableEntity: {want: []error{veriff.ErrInvalidRequest}, attempts: 1},
		http.StatusTooManyRequests:     {want: []error{veriff.ErrRateLimited}, attempts: 3},
		http.StatusInternalServerError: {want: []error{veriff.ErrUnavailable}, lost: true, attempts: 1},
		http.StatusBadGateway:          {want: []error{veriff.ErrUnavailable}, lost: true, attempts: 3},
		http.StatusServiceUnavailable:  {want: []error{veriff.ErrUnavailable}, lost: true, attempts: 3},
		http.StatusGatewayTimeout:      {want: []error{veriff.ErrUnavailable}, lost: true, attempts: 3},
		http.StatusFound:               {want: []error{veriff.ErrInvalidAnswer}, lost: true, attempts: 1},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mock := httpmock.NewMockTransport()
				mock.RegisterNoResponder(httpmock.NewStringResponder(status, "<html>an error page</html>").HeaderSet(http.Header{"Location": {"https://elsewhere.example/"}}))
				client := newClient(t, mock, veriff.WithMaxAttempts(3))

				_, err := client.Decision(t.Context(), sessionID)
				assertKinds(t, err, test.want...)
				var verr *veriff.Error
				require.ErrorAs(t, err, &verr)
				assert.Equal(t, status, verr.StatusCode, "kept though the body is no JSON")
				assert.Equal(t, test.attempts, verr.Attempts)
				assert.Equal(t, test.attempts, mock.GetTotalCallCount())

				mock.ZeroCallCounters()
				_, err = client.CreateSession(t.Context(), wholeRequest())
				want := test.want
				if test.lost {
					want = append(want[:1:1], veriff.ErrUnconfirmed)
				}
				assertKinds(t, err, want...)
				assert.Equal(t, 1, mock.GetTotalCallCount(), "a session is never sent again")
			})
		})
	}
}

func TestErrorBodies(t *testing.T) {
	for name, test := range map[string]struct {
		body    string
		code    veriff.ErrorCode
		message string
	}{
		"documented":       {string(fixture(t, "answers", "error_1102.json")), 1102, "Mandatory parameters are missing from the request."},
		"the typo":         {string(fixture(t, "answers", "error_1102_typo.json")), 1102, "Mandatory parameters are missing from the request."},
		"code as number":   {`{"status":"fail","code":1802,"message":"m"}`, 1802, "m"},
		"no code":          {`{"status":"fail","message":"Not Authorized."}`, 0, "Not Authorized."},
		"unknown code":     {`{"status":"fail","code":"9876","message":"m"}`, 9876, "m"},
		"code in words":    {`{"status":"fail","code":"E_BAD","message":"m"}`, 0, "m"},
		"typo and code":    {`{"code:":"1102","code":"1104"}`, 1102, ""},
		"code, typo null":  {`{"code:":null,"code":"1104"}`, 1104, ""},
		"HTML":             {"<html>", 0, ""},
		"empty":            {"", 0, ""},
		"another shape":    {`{"message":{"text":"m"}}`, 0, ""},
		"message no text":  {`{"code":"1304","message":["m"]}`, 1304, ""},
		"code twice":       {`{"code":"1104","Code":"1304","message":"m"}`, 0, ""},
		"CODE":             {`{"CODE":"1304","message":"m"}`, 0, "m"},
		"a list":           {`[1]`, 0, ""},
		"longer than kept": {`{"status":"fail","code":"1102","message":"` + strings.Repeat("x", 70<<10) + `"}`, 0, ""},
	} {
		mock := mocked(http.MethodGet, decisionURL, httpmock.NewStringResponder(http.StatusBadRequest, test.body))
		_, err := newClient(t, mock).Decision(t.Context(), sessionID)
		var verr *veriff.Error
		require.ErrorAs(t, err, &verr, name)
		assert.Equal(t, test.code, verr.Code, name)
		assert.Equal(t, test.message, verr.Message, name)
		assert.Equal(t, http.StatusBadRequest, verr.StatusCode, name)
		assert.ErrorIs(t, err, veriff.ErrInvalidRequest, name)
	}
}

func TestErrorText(t *testing.T) {
	fail := func(responder httpmock.Responder) error {
		_, err := newClient(t, mocked(http.MethodGet, decisionURL, responder)).Decision(t.Context(), sessionID)
		return err
	}
	err := fail(httpmock.NewBytesResponder(http.StatusBadRequest, fixture(t, "answers", "error_1102.json")))
	assert.EqualError(t, err, "veriff: Decision: 400 invalid request (1102: "+veriff.ErrorCode(1102).String()+")")
	err = fail(httpmock.NewErrorResponder(syscall.ECONNREFUSED))
	assert.EqualError(t, err, "veriff: Decision: unavailable: connection refused")
	err = fail(signed(http.StatusOK, []byte("<html>")))
	assert.EqualError(t, err, "veriff: Decision: 200 invalid answer: malformed JSON: syntax error")
	err = fail(signed(http.StatusOK, []byte(`{"status":"success","verification":{"id":"`+otherID+`"}}`)))
	assert.EqualError(t, err, "veriff: Decision: 200 about another session: its id is not the one asked for")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		assert.Equal(t, err.Error(), fmt.Sprintf(verb, err), verb)
	}

	old := httpmock.NewStringResponder(http.StatusUnauthorized, "").HeaderSet(http.Header{
		"Date": {time.Now().Add(-90 * time.Minute).UTC().Format(http.TimeFormat)}})
	err = fail(old)
	var verr *veriff.Error
	require.ErrorAs(t, err, &verr)
	assert.InDelta(t, 90*time.Minute, verr.ClockSkew, float64(5*time.Second))
	assert.Regexp(t, `^veriff: Decision: 401 unauthorized; the local clock is 1h(30m|29m5.)\S* off$`, err.Error())
}

func TestRetryAfterIsTold(t *testing.T) {
	limited := httpmock.NewStringResponder(http.StatusTooManyRequests, "").HeaderSet(http.Header{"Retry-After": {"17"}})
	_, err := newClient(t, mocked(http.MethodGet, decisionURL, limited)).Decision(t.Context(), sessionID)
	var verr *veriff.Error
	require.ErrorAs(t, err, &verr)
	assert.Equal(t, 17*time.Second, verr.RetryAfter)
}

func TestCancellationIsTheCallers(t *testing.T) {
	for name, test := range map[string]struct {
		cancel func(context.Context) (context.Context, context.CancelFunc)
		want   error
	}{
		"canceled": {context.WithCancel, context.Canceled},
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithDeadline(ctx, time.Now().Add(-time.Second))
		}, context.DeadlineExceeded},
	} {
		ctx, cancel := test.cancel(t.Context())
		cancel()
		mock := httpmock.NewMockTransport()
		client := newClient(t, mock)
		_, err := client.Decision(ctx, sessionID)
		require.ErrorIs(t, err, test.want, name)
		assertKinds(t, err)
		_, err = client.CreateSession(ctx, wholeRequest())
		require.ErrorIs(t, err, test.want, name)
		assert.NotErrorIs(t, err, veriff.ErrUnconfirmed, "%s: nothing was sent", name)
		assert.Zero(t, mock.GetTotalCallCount(), name)
	}
}

func TestCancellationWhileASessionIsUnderWay(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	mock := mocked(http.MethodPost, sessionsURL, func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, r.Context().Err()
	})
	_, err := newClient(t, mock, veriff.WithMaxAttempts(3)).CreateSession(ctx, wholeRequest())
	require.ErrorIs(t, err, context.Canceled)
	assertKinds(t, err, veriff.ErrUnconfirmed)
}

func TestLostConnectionWhileASessionIsUnderWay(t *testing.T) {
	mock := mocked(http.MethodPost, sessionsURL, httpmock.NewErrorResponder(syscall.ECONNRESET))
	_, err := newClient(t, mock, veriff.WithMaxAttempts(3)).CreateSession(t.Context(), wholeRequest())
	assertKinds(t, err, veriff.ErrUnavailable, veriff.ErrUnconfirmed)
	require.ErrorIs(t, err, syscall.ECONNRESET, "the cause stays reachable")
	assert.Equal(t, 1, mock.GetTotalCallCount())
}
