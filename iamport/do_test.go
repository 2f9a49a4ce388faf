package iamport_test

import (
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

const paymentURL = baseURL + "/payments/" + impUID

// paymentCall is an operation that this package has no method for.
func paymentCall() *iamport.Call {
	return &iamport.Call{Method: http.MethodGet, Route: "/payments/{imp_uid}", Args: []string{impUID}}
}

func TestDo(t *testing.T) {
	mock := mocked(t, http.MethodPost, baseURL+"/vbanks/a%20b/x", func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, []string{"Bearer " + accessToken}, r.Header["Authorization"])
		assert.Equal(t, []string{"007"}, r.Header["Tier"])
		assert.Equal(t, "/vbanks/{id}/x", r.Pattern)
		assert.Equal(t, "v=1+2", r.URL.RawQuery)
		assert.Equal(t, `{ "a" : 1 }`, requestBody(t, r), "to the byte")
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		return httpmock.NewBytesResponse(http.StatusCreated, ok(`{"amount":1000}`)), nil
	})
	client, err := newClient(t, mock).ForTier("007")
	require.NoError(t, err)
	answer, err := client.Do(t.Context(), &iamport.Call{
		Method: http.MethodPost, Route: "/vbanks/{id}/x", Args: []string{"a b"}, Query: url.Values{"v": {"1 2"}}, Body: []byte(`{ "a" : 1 }`),
	})
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, answer.StatusCode)
	assert.Equal(t, ok(`{"amount":1000}`), answer.Meta().Raw(), "the envelope is evidence too")
	var got struct{ Amount int }
	require.NoError(t, answer.Decode(&got), "without the envelope")
	assert.Equal(t, 1000, got.Amount)
	var wrong struct{ Amount string }
	assertKinds(t, answer.Decode(&wrong), iamport.ErrInvalidAnswer)
}

func TestDoWithoutAResponse(t *testing.T) {
	for _, body := range []string{`{"code":0,"message":null,"response":null}`, `{"code":0}`} {
		answer, err := newClient(t, mocked(t, http.MethodGet, paymentURL, httpmock.NewStringResponder(http.StatusOK, body))).Do(t.Context(), paymentCall())
		require.NoError(t, err, body)
		assertKinds(t, answer.Decode(new(any)), iamport.ErrInvalidAnswer)
	}
}

// The envelope is taken off, so that a code within a status 200 is an error.
func TestDoErrors(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   []error
	}{
		"refused":    {http.StatusOK, `{"code":-1,"message":"m","response":null}`, []error{iamport.ErrRefused}},
		"not found":  {http.StatusOK, `{"code":1,"message":"인증결과가 존재하지 않습니다.","response":null}`, []error{iamport.ErrNotFound}},
		"no code":    {http.StatusOK, `{"response":{}}`, []error{iamport.ErrInvalidAnswer, iamport.ErrUnconfirmed}},
		"HTML":       {http.StatusOK, `<html>`, []error{iamport.ErrInvalidAnswer, iamport.ErrUnconfirmed}},
		"a twin":     {http.StatusOK, `{"code":0,"response":{"a":1,"a":2}}`, []error{iamport.ErrInvalidAnswer, iamport.ErrUnconfirmed}},
		"empty":      {http.StatusOK, ``, []error{iamport.ErrInvalidAnswer, iamport.ErrUnconfirmed}},
		"conflict":   {http.StatusConflict, `{"code":-1}`, []error{iamport.ErrConflict}},
		"in trouble": {http.StatusInternalServerError, ``, []error{iamport.ErrUnavailable, iamport.ErrUnconfirmed}},
	} {
		call := paymentCall()
		call.Method = http.MethodPost
		answer, err := newClient(t, mocked(t, http.MethodPost, paymentURL, httpmock.NewStringResponder(test.status, test.body))).Do(t.Context(), call)
		assert.Nil(t, answer, name)
		assertKinds(t, err, test.want...)
		assert.Equal(t, "Do", failure(t, err).Op, name)
	}
}

func TestDoRefusesBeforeAnythingIsSent(t *testing.T) {
	mock := mocked(t, http.MethodGet, paymentURL, nil)
	client := newClient(t, mock)
	for name, test := range map[string]struct {
		change func(*iamport.Call)
		says   string
	}{
		"no method":    {func(c *iamport.Call) { c.Method = "" }, "method"},
		"another host": {func(c *iamport.Call) { c.Route, c.Args = "//evil.example/x", nil }, "route"},
		"no id":        {func(c *iamport.Call) { c.Args = nil }, "route"},
		"bad id":       {func(c *iamport.Call) { c.Args = []string{"../users"} }, "imp_uid has a slash"},
		"no JSON":      {func(c *iamport.Call) { c.Body = []byte("a=1") }, "Body"},
	} {
		call := paymentCall()
		test.change(call)
		_, err := client.Do(t.Context(), call)
		assertKinds(t, err, iamport.ErrInvalidRequest)
		assert.ErrorContains(t, err, test.says, name)
	}
	_, err := client.Do(t.Context(), nil)
	assertKinds(t, err, iamport.ErrInvalidRequest)
	for _, none := range []*iamport.Client{nil, {}} {
		_, err := none.Do(t.Context(), paymentCall())
		assertKinds(t, err, iamport.ErrInvalidRequest)
	}
	assert.Zero(t, mock.GetTotalCallCount(), "no token either")
}

func TestDoRepeatsWhatMayBe(t *testing.T) {
	for name, test := range map[string]struct {
		method     string
		repeatable bool
		attempts   int
	}{
		"GET": {http.MethodGet, false, 3}, "POST": {http.MethodPost, false, 1}, "a POST that may be": {http.MethodPost, true, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			mock := mocked(t, test.method, paymentURL, httpmock.NewErrorResponder(syscall.ECONNRESET))
			call := paymentCall()
			call.Method, call.Repeatable = test.method, test.repeatable
			_, err := newClient(t, mock, iamport.WithMaxAttempts(3)).Do(t.Context(), call)
			want := []error{iamport.ErrUnavailable}
			if test.attempts == 1 {
				want = append(want, iamport.ErrUnconfirmed)
			}
			assertKinds(t, err, want...)
			assert.Equal(t, test.attempts, calls(mock, test.method, paymentURL), name)
			synctest.Wait()
		})
	}
}

func TestDoWithATokenThatIsRefused(t *testing.T) {
	mock := mocked(t, http.MethodGet, paymentURL, httpmock.NewStringResponder(http.StatusUnauthorized, `{"code":-1,"message":"m"}`))
	_, err := newClient(t, mock).Do(t.Context(), paymentCall())
	assertKinds(t, err, iamport.ErrUnauthorized)
	assert.Equal(t, 2, calls(mock, http.MethodGet, paymentURL), "once more, with a new token")
}
