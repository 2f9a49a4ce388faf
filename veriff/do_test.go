package veriff_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func curpRegistry() *veriff.Call {
	return &veriff.Call{
		Method: http.MethodGet, Route: "/v1/sessions/{id}/decision/curp-registry", Args: []string{sessionID},
		Query: url.Values{"version": {"1.0.0"}},
	}
}

func TestDoSignsWhatVeriffWants(t *testing.T) {
	const body = `{ "verification" : {"ssn":"x"} }` // to the byte
	for name, test := range map[string]struct {
		call  *veriff.Call
		url   string
		signs string
	}{
		"the id of a GET": {curpRegistry(), "/v1/sessions/" + sessionID + "/decision/curp-registry?version=1.0.0", sessionID},
		"the body of a POST": {
			&veriff.Call{Method: http.MethodPost, Route: "/v1/sessions/validate-registry", Body: []byte(body)},
			"/v1/sessions/validate-registry", body,
		},
		"the body beside an id": {
			&veriff.Call{Method: http.MethodPatch, Route: "/v1/sessions/{id}", Args: []string{sessionID}, Body: []byte(body)},
			"/v1/sessions/" + sessionID, body,
		},
		"the id that is named": {
			&veriff.Call{Method: http.MethodPut, Route: "/v1/a/{x}/b/{y}", Args: []string{"x y", "z"}, Body: []byte(body), SignedID: "x y"},
			"/v1/a/x%20y/b/z", "x y",
		},
		"nothing": {&veriff.Call{Method: http.MethodGet, Route: "/v1/statuses"}, "/v1/statuses", ""},
	} {
		for header, sign := range map[string]func(string, []byte) string{"X-HMAC-SIGNATURE": hmacHex, "X-SIGNATURE": legacyHex} {
			mock := httpmock.NewMockTransport()
			mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, baseURL+test.url, r.URL.String(), name)
				assert.Equal(t, test.call.Method, r.Method, name)
				assert.Equal(t, test.call.Route, r.Pattern, name)
				assert.Equal(t, apiKey, r.Header.Get("X-AUTH-CLIENT"), name)
				assert.Equal(t, sign(sharedSecret, []byte(test.signs)), r.Header.Get(header), name)
				if test.call.Body != nil {
					assert.Equal(t, body, string(requestBody(t, r)), name)
				}
				answer := []byte(`{"status":"success","curp":"x"}`)
				return withHeader(http.StatusAccepted, answer, header, sign(sharedSecret, answer))(r)
			})
			var options []veriff.Option
			if header == "X-SIGNATURE" {
				options = append(options, veriff.WithLegacyAPI())
			}
			answer, err := newClient(t, mock, options...).Do(t.Context(), test.call)
			require.NoError(t, err, name)
			assert.Equal(t, http.StatusAccepted, answer.StatusCode, name)
			assert.True(t, answer.Meta().Signed(), name)
			var got struct{ Curp string }
			require.NoError(t, answer.Decode(&got), name)
			assert.Equal(t, "x", got.Curp, name)
		}
	}
}

func TestDoRefusesBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, test := range map[string]struct {
		change func(*veriff.Call)
		says   string
	}{
		"no method":         {func(c *veriff.Call) { c.Method = "" }, "method"},
		"no route":          {func(c *veriff.Call) { c.Route = "" }, "route"},
		"another host":      {func(c *veriff.Call) { c.Route, c.Args = "https://evil.example/", nil }, "route"},
		"another host, //":  {func(c *veriff.Call) { c.Route, c.Args = "//evil.example/x", nil }, "route"},
		"a query in it":     {func(c *veriff.Call) { c.Route = "/v1/{id}?x=1" }, "route"},
		"a dot element":     {func(c *veriff.Call) { c.Route = "/v1/../{id}" }, "route"},
		"no id":             {func(c *veriff.Call) { c.Args = nil }, "route"},
		"an id too many":    {func(c *veriff.Call) { c.Args = append(c.Args, "x"); c.SignedID = "x" }, "route"},
		"an empty id":       {func(c *veriff.Call) { c.Args = []string{""} }, "id is empty"},
		"an id that climbs": {func(c *veriff.Call) { c.Args = []string{".."} }, "id is a dot element"},
		"an id with a path": {func(c *veriff.Call) { c.Args = []string{"a/b"} }, "id has a slash"},
		"which id signed?":  {func(c *veriff.Call) { c.Route, c.Args = "/v1/{id}/{other}", []string{"a", "b"} }, "SignedID"},
		"no JSON":           {func(c *veriff.Call) { c.Body = []byte("a=1") }, "Body"},
		"an empty body":     {func(c *veriff.Call) { c.Body = []byte{} }, "Body"},
		"two values":        {func(c *veriff.Call) { c.Body = []byte("{}{}") }, "Body"},
		"a key twice":       {func(c *veriff.Call) { c.Body = []byte(`{"a":1,"a":2}`) }, "Body"},
	} {
		call := curpRegistry()
		test.change(call)
		require.ErrorContains(t, call.Validate(), test.says, name)
		answer, err := client.Do(t.Context(), call)
		assert.Nil(t, answer, name)
		assertKinds(t, err, veriff.ErrInvalidRequest)
		assert.ErrorContains(t, err, test.says, name)
	}
	for _, none := range []*veriff.Client{nil, {}} {
		_, err := none.Do(t.Context(), curpRegistry())
		assertKinds(t, err, veriff.ErrInvalidRequest)
	}
	_, err := client.Do(t.Context(), nil)
	assertKinds(t, err, veriff.ErrInvalidRequest)
	assert.Zero(t, mock.GetTotalCallCount())
}

func TestDoAnswers(t *testing.T) {
	do := func(responder httpmock.Responder, options ...veriff.Option) (*veriff.Answer, error) {
		mock := httpmock.NewMockTransport()
		mock.RegisterNoResponder(responder)
		call := curpRegistry()
		call.Method = http.MethodPost
		return newClient(t, mock, options...).Do(t.Context(), call)
	}
	answer, err := do(httpmock.NewStringResponder(http.StatusNoContent, ""))
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, answer.StatusCode)
	assert.Empty(t, answer.Meta().Raw())
	assert.False(t, answer.Meta().Signed())
	var got map[string]any
	assertKinds(t, answer.Decode(&got), veriff.ErrInvalidAnswer)

	answer, err = do(signed(http.StatusOK, []byte(`{"status":"whatever","n":1}`)))
	require.NoError(t, err)
	into := struct{ N string }{"kept"}
	assertKinds(t, answer.Decode(&into), veriff.ErrInvalidAnswer)
	assert.Equal(t, "kept", into.N)
	assertKinds(t, answer.Decode(nil), veriff.ErrInvalidAnswer)
	var whole json.RawMessage
	require.NoError(t, answer.Decode(&whole))
	assert.JSONEq(t, `{"status":"whatever","n":1}`, string(whole))

	for name, test := range map[string]struct {
		responder httpmock.Responder
		want      []error
	}{
		"HTML":           {signed(http.StatusOK, []byte("<html>")), []error{veriff.ErrInvalidAnswer, veriff.ErrUnconfirmed}},
		"a key twice":    {signed(http.StatusOK, []byte(`{"a":1,"A":1}`)), []error{veriff.ErrInvalidAnswer, veriff.ErrUnconfirmed}},
		"oversized":      {signed(http.StatusOK, []byte(`"`+strings.Repeat("x", 8<<20)+`"`)), []error{veriff.ErrInvalidAnswer, veriff.ErrTooLarge, veriff.ErrUnconfirmed}},
		"wrongly signed": {withHeader(http.StatusOK, []byte(`{}`), "X-HMAC-SIGNATURE", hmacHex("x", nil)), []error{veriff.ErrSignature, veriff.ErrUnconfirmed}},
		"refused":        {httpmock.NewBytesResponder(http.StatusBadRequest, fixture(t, "answers", "error_1102.json")), []error{veriff.ErrInvalidRequest}},
		"not found":      {httpmock.NewStringResponder(http.StatusNotFound, "<html>"), []error{veriff.ErrNotFound}},
		"redirected":     {httpmock.NewStringResponder(http.StatusFound, "").HeaderSet(http.Header{"Location": {"https://evil.example/"}}), []error{veriff.ErrInvalidAnswer, veriff.ErrUnconfirmed}},
	} {
		answer, err := do(test.responder)
		assert.Nil(t, answer, name)
		assertKinds(t, err, test.want...)
	}
	_, err = do(httpmock.NewStringResponder(http.StatusOK, `{}`), veriff.WithSignedAnswersOnly())
	assertKinds(t, err, veriff.ErrSignature, veriff.ErrUnconfirmed)
}

func TestDoRepeatsWhatMayBe(t *testing.T) {
	for name, test := range map[string]struct {
		method     string
		repeatable bool
		attempts   int
	}{
		"GET": {http.MethodGet, false, 3}, "POST": {http.MethodPost, false, 1}, "DELETE": {http.MethodDelete, false, 1},
		"a POST that may be": {http.MethodPost, true, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			mock := httpmock.NewMockTransport()
			mock.RegisterNoResponder(httpmock.NewErrorResponder(syscall.ECONNRESET))
			call := curpRegistry()
			call.Method, call.Repeatable = test.method, test.repeatable
			_, err := newClient(t, mock, veriff.WithMaxAttempts(3)).Do(t.Context(), call)
			assert.Equal(t, test.attempts, mock.GetTotalCallCount(), name)
			want := []error{veriff.ErrUnavailable}
			if test.attempts == 1 {
				want = append(want, veriff.ErrUnconfirmed)
			}
			assertKinds(t, err, want...)
		})
	}
}
