package iamport_test

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

	"github.com/kyckit/kyckit-go/iamport"
)

var sentinels = map[string]error{
	"invalid request": iamport.ErrInvalidRequest, "unauthorized": iamport.ErrUnauthorized, "forbidden": iamport.ErrForbidden,
	"not found": iamport.ErrNotFound, "conflict": iamport.ErrConflict, "rate limited": iamport.ErrRateLimited,
	"unavailable": iamport.ErrUnavailable, "refused": iamport.ErrRefused, "unconfirmed": iamport.ErrUnconfirmed,
	"already certified": iamport.ErrAlreadyCertified, "invalid answer": iamport.ErrInvalidAnswer, "too large": iamport.ErrTooLarge,
	"foreign": iamport.ErrForeign, "not certified": iamport.ErrNotCertified, "merchant_uid": iamport.ErrMerchantUID,
	"stale": iamport.ErrStale, "before attempt": iamport.ErrBeforeAttempt, "future": iamport.ErrFuture,
	"gateway": iamport.ErrGateway, "test merchant": iamport.ErrTestMerchant, "no CI": iamport.ErrNoCI,
	"birth date": iamport.ErrBirthDate, "under age": iamport.ErrUnderage, "born later": iamport.ErrBornLater,
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

// failure requires that err is an *Error.
func failure(tb testing.TB, err error) *iamport.Error {
	tb.Helper()
	var failed *iamport.Error
	require.ErrorAs(tb, err, &failed)
	return failed
}

func TestStatusesBecomeSentinels(t *testing.T) {
	for status, test := range map[int]struct {
		want     []error
		lost     bool // a code may have been sent
		attempts int  // of asking for a certification, of at most 3
	}{
		http.StatusBadRequest:          {want: []error{iamport.ErrInvalidRequest}, attempts: 1},
		http.StatusForbidden:           {want: []error{iamport.ErrForbidden}, attempts: 1},
		http.StatusNotFound:            {want: []error{iamport.ErrNotFound}, attempts: 1},
		http.StatusConflict:            {want: []error{iamport.ErrConflict}, attempts: 1},
		http.StatusUnprocessableEntity: {want: []error{iamport.ErrInvalidRequest}, attempts: 1},
		http.StatusTooManyRequests:     {want: []error{iamport.ErrRateLimited}, attempts: 3},
		http.StatusInternalServerError: {want: []error{iamport.ErrUnavailable}, lost: true, attempts: 1},
		http.StatusBadGateway:          {want: []error{iamport.ErrUnavailable}, lost: true, attempts: 3},
		http.StatusServiceUnavailable:  {want: []error{iamport.ErrUnavailable}, lost: true, attempts: 3},
		http.StatusGatewayTimeout:      {want: []error{iamport.ErrUnavailable}, lost: true, attempts: 3},
		http.StatusFound:               {want: []error{iamport.ErrInvalidAnswer}, lost: true, attempts: 1},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				page := httpmock.NewStringResponder(status, "<html>an error page</html>").HeaderSet(http.Header{"Location": {"https://elsewhere.example/"}})
				mock := mocked(t, http.MethodGet, certURL, page)
				mock.RegisterResponder(http.MethodPost, requestURL, page)
				client := newClient(t, mock, iamport.WithMaxAttempts(3))

				_, err := client.Certification(t.Context(), impUID)
				assertKinds(t, err, test.want...)
				failed := failure(t, err)
				assert.Equal(t, "Certification", failed.Op)
				assert.Equal(t, status, failed.StatusCode, "kept though the body is no JSON")
				assert.Equal(t, test.attempts, failed.Attempts)
				assert.Equal(t, test.attempts, calls(mock, http.MethodGet, certURL))

				_, err = client.RequestOTP(t.Context(), danalRequest())
				want := test.want
				if test.lost {
					want = append(want[:1:1], iamport.ErrUnconfirmed)
				}
				assertKinds(t, err, want...)
				assert.Equal(t, 1, calls(mock, http.MethodPost, requestURL), "a request for a code is never sent again")
			})
		})
	}
}

func TestErrorBodies(t *testing.T) {
	for name, test := range map[string]struct {
		body    string
		code    int
		message string
	}{
		"documented":       {string(answer(t, "not_found.json")), -1, "인증결과가 존재하지 않습니다."},
		"code as string":   {`{"code":"-1","message":"m"}`, -1, "m"},
		"no code":          {`{"message":"m"}`, 0, "m"},
		"code in words":    {`{"code":"E_BAD","message":"m"}`, 0, "m"},
		"message null":     {`{"code":-1,"message":null}`, -1, ""},
		"another shape":    {`{"code":-1,"message":{"text":"m"}}`, -1, ""},
		"HTML":             {"<html>", 0, ""},
		"empty":            {"", 0, ""},
		"a list":           {`[1]`, 0, ""},
		"longer than kept": {`{"code":-1,"message":"` + strings.Repeat("x", 70<<10) + `"}`, 0, ""},
	} {
		mock := mocked(t, http.MethodGet, certURL, httpmock.NewStringResponder(http.StatusNotFound, test.body))
		_, err := newClient(t, mock).Certification(t.Context(), impUID)
		failed := failure(t, err)
		assert.Equal(t, test.code, failed.Code, name)
		assert.Equal(t, test.message, failed.Message, name)
		assert.Equal(t, http.StatusNotFound, failed.StatusCode, name)
		assert.ErrorIs(t, err, iamport.ErrNotFound, name)
	}
}

// None of these is half a result, whatever of it could be read.
func TestUnusableAnswers(t *testing.T) {
	whole := string(answer(t, "certified.json"))
	for name, test := range map[string]struct {
		body string
		want error
		says string
	}{
		"code with 200":         {`{"code":-1,"message":"m","response":null}`, iamport.ErrRefused, "code -1"},
		"code and a response":   {strings.Replace(whole, `"code": 0`, `"code": 1`, 1), iamport.ErrRefused, "code 1"},
		"not found with 200":    {string(answer(t, "not_found.json")), iamport.ErrNotFound, "code -1"},
		"null response":         {`{"code":0,"message":null,"response":null}`, iamport.ErrInvalidAnswer, "no response"},
		"no response":           {`{"code":0,"message":null}`, iamport.ErrInvalidAnswer, "no response"},
		"no code":               {strings.Replace(whole, `"code": 0,`, ``, 1), iamport.ErrInvalidAnswer, "no code"},
		"null code":             {strings.Replace(whole, `"code": 0`, `"code": null`, 1), iamport.ErrInvalidAnswer, "no code"},
		"empty code":            {strings.Replace(whole, `"code": 0`, `"code": ""`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"code with a zero":      {strings.Replace(whole, `"code": 0`, `"code": "00"`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"code with a sign":      {strings.Replace(whole, `"code": 0`, `"code": "+0"`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"code below zero":       {strings.Replace(whole, `"code": 0`, `"code": -0`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"false for a code":      {strings.Replace(whole, `"code": 0`, `"code": false`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"code twice":            {strings.Replace(whole, `"code": 0`, `"code": -1, "Code": 0`, 1), iamport.ErrInvalidAnswer, "two keys"},
		"certified twice":       {strings.Replace(whole, `"certified": true`, `"certified": false, "CERTIFIED": true`, 1), iamport.ErrInvalidAnswer, "two keys"},
		"certified as a string": {strings.Replace(whole, `"certified": true`, `"certified": "true"`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"certified as a number": {strings.Replace(whole, `"certified": true`, `"certified": 1`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"certified_at in words": {strings.Replace(whole, `1772445900`, `"now"`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"birth with a fraction": {strings.Replace(whole, `636217200`, `636217200.5`, 1), iamport.ErrInvalidAnswer, "does not fit"},
		"a list":                {`{"code":0,"response":[]}`, iamport.ErrInvalidAnswer, "does not fit"},
		"HTML":                  {"<html>", iamport.ErrInvalidAnswer, "syntax error"},
		"empty":                 {"", iamport.ErrInvalidAnswer, "empty"},
		"cut off":               {whole[:len(whole)/2], iamport.ErrInvalidAnswer, "syntax error"},
		"trailing garbage":      {whole + "{}", iamport.ErrInvalidAnswer, "syntax error"},
		"not UTF-8":             {strings.Replace(whole, "홍", "\xff", 1), iamport.ErrInvalidAnswer, "UTF-8"},
		"another certification": {strings.Replace(whole, impUID, otherUID, 1), iamport.ErrForeign, "imp_uid"},
		"no imp_uid":            {strings.Replace(whole, `"imp_uid"`, `"id"`, 1), iamport.ErrForeign, "imp_uid"},
		"imp_uid in other case": {strings.Replace(whole, impUID, strings.ToUpper(impUID), 1), iamport.ErrForeign, "imp_uid"},
		"imp_uid null":          {strings.Replace(whole, `"`+impUID+`"`, `null`, 1), iamport.ErrForeign, "imp_uid"},
		"oversized":             {`{"code":0,"x":"` + strings.Repeat("x", 8<<20) + `"}`, iamport.ErrInvalidAnswer, "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			body := dated([]byte(test.body), certifiedAt)
			mock := mocked(t, http.MethodGet, certURL, body)
			mock.RegisterResponder(http.MethodDelete, certURL, body)
			mock.RegisterResponder(http.MethodPost, confirmURL, body)
			client := newClient(t, mock)
			want := []error{test.want}
			if name == "oversized" {
				want = append(want, iamport.ErrTooLarge)
			}

			cert, err := client.Certification(t.Context(), impUID)
			assert.Nil(t, cert)
			assertKinds(t, err, want...)
			assert.ErrorContains(t, err, test.says)
			assert.Equal(t, http.StatusOK, failure(t, err).StatusCode)

			cert, err = client.DeleteCertification(t.Context(), impUID)
			assert.Nil(t, cert)
			assertKinds(t, err, want...)
			cert, err = client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1"})
			assert.Nil(t, cert)
			assertKinds(t, err, want...)

			cert, err = client.ConfirmOTP(t.Context(), impUID, "123456")
			assert.Nil(t, cert)
			if failure(t, err).Code == 0 {
				want = append(want, iamport.ErrUnconfirmed)
			}
			assertKinds(t, err, want...)
		})
	}
}

func TestErrorText(t *testing.T) {
	fail := func(responder httpmock.Responder) error {
		_, err := newClient(t, mocked(t, http.MethodGet, certURL, responder)).Certification(t.Context(), impUID)
		return err
	}
	err := fail(httpmock.NewBytesResponder(http.StatusNotFound, answer(t, "not_found.json")))
	assert.EqualError(t, err, "iamport: Certification: 404 not found (code -1)")
	err = fail(httpmock.NewErrorResponder(syscall.ECONNREFUSED))
	assert.EqualError(t, err, "iamport: Certification: unavailable: connection refused")
	err = fail(dated([]byte("<html>"), certifiedAt))
	assert.EqualError(t, err, "iamport: Certification: 200 invalid answer: malformed JSON: syntax error")
	err = fail(dated(ok(`{"imp_uid":"`+otherUID+`"}`), certifiedAt))
	assert.EqualError(t, err, "iamport: Certification: 200 about another certification: its imp_uid is not the one asked for")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		assert.Equal(t, err.Error(), fmt.Sprintf(verb, err), verb)
	}

	old := httpmock.NewStringResponder(http.StatusForbidden, "").HeaderSet(http.Header{
		"Date": {time.Now().Add(-90 * time.Minute).UTC().Format(http.TimeFormat)}})
	err = fail(old)
	assert.InDelta(t, 90*time.Minute, failure(t, err).ClockSkew, float64(5*time.Second))
	assert.Regexp(t, `^iamport: Certification: 403 forbidden; the local clock is 1h(30m|29m5.)\S* off$`, err.Error())
}

func TestRetryAfterIsTold(t *testing.T) {
	limited := httpmock.NewStringResponder(http.StatusTooManyRequests, "").HeaderSet(http.Header{"Retry-After": {"17"}})
	_, err := newClient(t, mocked(t, http.MethodGet, certURL, limited)).Certification(t.Context(), impUID)
	assert.Equal(t, 17*time.Second, failure(t, err).RetryAfter)
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
		for when, warm := range map[string]bool{"with a token": true, "without a token": false} {
			mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
			client := newClient(t, mock)
			if warm {
				_, err := client.Certification(t.Context(), impUID)
				require.NoError(t, err)
			}
			mock.ZeroCallCounters()
			ctx, cancel := test.cancel(t.Context())
			cancel()
			_, err := client.Certification(ctx, impUID)
			require.ErrorIs(t, err, test.want, "%s %s", name, when)
			assertKinds(t, err)
			assert.Equal(t, "Certification", failure(t, err).Op)
			_, err = client.RequestOTP(ctx, danalRequest())
			require.ErrorIs(t, err, test.want, "%s %s", name, when)
			assertKinds(t, err)
			assert.Zero(t, mock.GetTotalCallCount(), "%s %s", name, when)
		}
	}
}

func TestCancellationWhileACodeIsRequested(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	mock := mocked(t, http.MethodPost, requestURL, func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, r.Context().Err()
	})
	_, err := newClient(t, mock, iamport.WithMaxAttempts(3)).RequestOTP(ctx, danalRequest())
	require.ErrorIs(t, err, context.Canceled)
	assertKinds(t, err, iamport.ErrUnconfirmed)
}

func TestNilContext(t *testing.T) {
	var none context.Context
	mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
	client := newClient(t, mock)
	_, err := client.Certification(none, impUID)
	assertKinds(t, err, iamport.ErrInvalidRequest)
	assert.ErrorContains(t, err, "context is nil")
}
