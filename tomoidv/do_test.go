package tomoidv_test

import (
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/tomoidv"
)

func TestDo(t *testing.T) {
	const answered = `{"state":"佐藤"}`
	v := answers(says(http.StatusCreated, answered, "Tomo-API-Version", "1.4"))
	client := newClient(t, v, tomoidv.WithContractVersion("1.4"))
	answer, err := client.Do(t.Context(), &tomoidv.Call{
		Method: http.MethodPut, Route: "/v1/idv/later/{user_id}/x", Args: []string{"a b"}, Query: url.Values{"v": {"1 2"}}, Body: []byte(`{ "a" : 1 }`),
	})
	require.NoError(t, err)
	require.Len(t, v.calls, 1)
	sent := v.calls[0]
	assert.Equal(t, http.MethodPut, sent.Method)
	assert.Equal(t, production+"/v1/idv/later/a%20b/x?v=1+2", sent.URL.String())
	assert.Equal(t, "/v1/idv/later/{user_id}/x", sent.Pattern)
	assert.Equal(t, "Bearer token-1", sent.Header.Get("Authorization"))
	assert.Equal(t, "1.4", sent.Header.Get("Tomo-API-Version"))
	assert.Equal(t, "application/json", sent.Header.Get("Content-Type"))
	assert.Equal(t, `{ "a" : 1 }`, v.sent[0], "to the byte")

	assert.Equal(t, http.StatusCreated, answer.StatusCode)
	assert.Equal(t, "1.4", answer.Meta().ContractVersion())
	assert.Equal(t, answered, string(answer.Meta().Raw()))
	var got struct{ State string }
	require.NoError(t, answer.Decode(&got))
	assert.Equal(t, "佐藤", got.State)
	secrettest.AssertHidden(t, *answer, "佐藤")
	var wrong struct{ State int }
	err = answer.Decode(&wrong)
	assertKinds(t, err, tomoidv.ErrInvalidAnswer)
	secrettest.AssertHidden(t, *err.(*tomoidv.Error), "佐藤")
}

func TestDoWithoutABody(t *testing.T) {
	v := answers(says(http.StatusNoContent, ""))
	answer, err := newClient(t, v).Do(t.Context(), &tomoidv.Call{Method: http.MethodDelete, Route: "/v1/idv/later"})
	require.NoError(t, err)
	assert.Equal(t, http.StatusNoContent, answer.StatusCode)
	assert.Empty(t, v.calls[0].Header.Values("Tomo-API-Version"))
	assertKinds(t, answer.Decode(new(any)), tomoidv.ErrInvalidAnswer)
}

func TestDoRefusesBeforeAnythingIsSent(t *testing.T) {
	v := answers(nil)
	client := newClient(t, v)
	for says, call := range map[string]*tomoidv.Call{
		"call is nil":                                                       nil,
		"method is not an HTTP method":                                      {Route: "/v1/idv/later"},
		"route does not begin with a slash":                                 {Method: http.MethodGet, Route: "https://evil.example/"},
		"route has more placeholders than arguments":                        {Method: http.MethodGet, Route: "/v1/{user_id}"},
		"user_id is a dot element":                                          {Method: http.MethodGet, Route: "/v1/{user_id}", Args: []string{".."}},
		"the Body is not one JSON value without a key twice":                {Method: http.MethodPost, Route: "/v1", Body: []byte("{}{}")},
		"route has an element that is neither plain text nor a placeholder": {Method: http.MethodGet, Route: "//evil.example/"},
	} {
		_, err := client.Do(t.Context(), call)
		assert.EqualError(t, err, "tomoidv: Do: invalid request: "+says)
	}
	for _, none := range []*tomoidv.Client{nil, {}} {
		_, err := none.Do(t.Context(), &tomoidv.Call{Method: http.MethodGet, Route: "/v1"})
		assertKinds(t, err, tomoidv.ErrInvalidRequest)
	}
	assert.Empty(t, v.forms, "no token either")
	assert.Empty(t, v.calls)
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
			v := answers(httpmock.NewErrorResponder(syscall.ECONNRESET))
			_, err := newClient(t, v, tomoidv.WithMaxAttempts(3)).Do(t.Context(), &tomoidv.Call{
				Method: test.method, Route: "/v1/idv/later", Repeatable: test.repeatable,
			})
			want := []error{tomoidv.ErrUnavailable}
			if test.attempts == 1 {
				want = append(want, tomoidv.ErrUnconfirmed)
			}
			assertKinds(t, err, want...)
			assert.Len(t, v.calls, test.attempts, name)
		})
	}
}

func TestDoIsDoneWithANewTokenWhenOneIsRefused(t *testing.T) {
	v := answers(says(http.StatusUnauthorized, `{"error":"invalid_token"}`))
	_, err := newClient(t, v).Do(t.Context(), &tomoidv.Call{Method: http.MethodGet, Route: "/v1/idv/later"})
	assertKinds(t, err, tomoidv.ErrUnauthorized, tomoidv.ErrInvalidToken)
	require.Len(t, v.calls, 2)
	assert.Equal(t, "Bearer token-2", v.calls[1].Header.Get("Authorization"))
}
