package tomoidv_test

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

	"github.com/kyckit/kyckit-go/tomoidv"
)

var sentinels = map[string]error{
	"invalid request": tomoidv.ErrInvalidRequest, "unauthorized": tomoidv.ErrUnauthorized, "forbidden": tomoidv.ErrForbidden,
	"not found": tomoidv.ErrNotFound, "conflict": tomoidv.ErrConflict, "rate limited": tomoidv.ErrRateLimited,
	"unavailable": tomoidv.ErrUnavailable, "unconfirmed": tomoidv.ErrUnconfirmed, "invalid answer": tomoidv.ErrInvalidAnswer,
	"too large": tomoidv.ErrTooLarge, "foreign": tomoidv.ErrForeign,
	"client": tomoidv.ErrInvalidClient, "grant": tomoidv.ErrInvalidGrant, "unauthorized client": tomoidv.ErrUnauthorizedClient,
	"grant type": tomoidv.ErrUnsupportedGrantType, "scope": tomoidv.ErrInvalidScope, "target": tomoidv.ErrInvalidTarget,
	"token": tomoidv.ErrInvalidToken, "insufficient scope": tomoidv.ErrInsufficientScope,
	"version": tomoidv.ErrUnsupportedAPIVersion, "policy": tomoidv.ErrUnsupportedPolicy,
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

// calls are all operations but the token's, and whether each may be repeated.
var calls = map[string]struct {
	repeated bool
	call     func(context.Context, *tomoidv.Client) error
}{
	"Start": {false, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.Start(ctx, &tomoidv.StartRequest{UserID: userID})
		return err
	}},
	"Result": {true, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.Result(ctx, &tomoidv.ResultRequest{UserID: userID})
		return err
	}},
	"Reset": {false, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.Reset(ctx, &tomoidv.ResetRequest{UserID: userID, Country: "jp", Policy: tomoidv.GovernmentID("id_card", tomoidv.NoOwnerAssurance())})
		return err
	}},
	"DeleteResult": {false, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.DeleteResult(ctx, ppid)
		return err
	}},
	"DeleteResults": {false, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.DeleteResults(ctx, []tomoidv.PPID{ppid})
		return err
	}},
	"KYC": {true, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.KYC(ctx, &tomoidv.KYCRequest{UserID: userID, Country: "jp"})
		return err
	}},
	"Do": {false, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.Do(ctx, &tomoidv.Call{Method: http.MethodPost, Route: "/v1/idv/later", Body: []byte(`{"user_id":"` + userID + `"}`)})
		return err
	}},
	"Health": {true, func(ctx context.Context, c *tomoidv.Client) error {
		_, err := c.Health(ctx)
		return err
	}},
}

func TestStatusesBecomeSentinels(t *testing.T) {
	for status, test := range map[int]struct {
		want  []error
		lost  bool // it may have been carried out
		again bool // it is tried again where that is safe
	}{
		http.StatusBadRequest:          {want: []error{tomoidv.ErrInvalidRequest}},
		http.StatusForbidden:           {want: []error{tomoidv.ErrForbidden}},
		http.StatusNotFound:            {want: []error{tomoidv.ErrNotFound}},
		http.StatusConflict:            {want: []error{tomoidv.ErrConflict}},
		http.StatusUnprocessableEntity: {want: []error{tomoidv.ErrInvalidRequest}},
		http.StatusTooManyRequests:     {want: []error{tomoidv.ErrRateLimited}, again: true},
		http.StatusInternalServerError: {want: []error{tomoidv.ErrUnavailable}, lost: true},
		http.StatusBadGateway:          {want: []error{tomoidv.ErrUnavailable}, lost: true, again: true},
		http.StatusServiceUnavailable:  {want: []error{tomoidv.ErrUnavailable}, lost: true, again: true},
		http.StatusGatewayTimeout:      {want: []error{tomoidv.ErrUnavailable}, lost: true, again: true},
		http.StatusFound:               {want: []error{tomoidv.ErrInvalidAnswer}, lost: true},
	} {
		for op, c := range calls {
			t.Run(fmt.Sprint(status, " ", op), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					v := answers(says(status, "<html>an error page</html>", "Location", "https://elsewhere.example/"))
					err := c.call(t.Context(), newClient(t, v, tomoidv.WithMaxAttempts(3)))
					want, attempts := test.want, 1
					if test.lost && !c.repeated {
						want = append(want[:1:1], tomoidv.ErrUnconfirmed)
					}
					if test.again && c.repeated {
						attempts = 3
					}
					assertKinds(t, err, want...)
					var terr *tomoidv.Error
					require.ErrorAs(t, err, &terr)
					assert.Equal(t, op, terr.Op)
					assert.Equal(t, status, terr.StatusCode, "kept though the body is no JSON")
					assert.Empty(t, terr.Message, "HTML is no message")
					assert.Equal(t, attempts, terr.Attempts)
					assert.Len(t, v.calls, attempts)
				})
			})
		}
	}
}

func TestErrorBodies(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		body    string
		header  []string
		code    tomoidv.ErrorCode
		message string
		want    []error
	}{
		"OAuth":             {400, `{"error":"invalid_request","error_description":"user_id missing"}`, nil, "invalid_request", "user_id missing", []error{tomoidv.ErrInvalidRequest}},
		"no description":    {400, `{"error":"invalid_request"}`, nil, "invalid_request", "", []error{tomoidv.ErrInvalidRequest}},
		"version":           {400, `{"error":"unsupported_api_version","error_description":"supported: 1.4"}`, nil, "unsupported_api_version", "supported: 1.4", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedAPIVersion}},
		"message":           {403, `{"message":"not yours"}`, nil, "", "not yours", []error{tomoidv.ErrForbidden}},
		"code and message":  {403, `{"error":"insufficient_scope","message":"no"}`, nil, "insufficient_scope", "no", []error{tomoidv.ErrForbidden, tomoidv.ErrInsufficientScope}},
		"plain text":        {400, "invalid body\n", nil, "", "invalid body", []error{tomoidv.ErrInvalidRequest}},
		"a JSON string":     {400, `"invalid body"`, nil, "", "invalid body", []error{tomoidv.ErrInvalidRequest}},
		"policy, plain":     {400, `Unsupported kyc_policy: jp x y`, nil, "", "Unsupported kyc_policy: jp x y", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy}},
		"policy, message":   {400, `{"message":"Unsupported kyc_policy"}`, nil, "", "Unsupported kyc_policy", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy}},
		"policy, OAuth":     {400, `{"error":"invalid_request","error_description":"Unsupported kyc_policy"}`, nil, "invalid_request", "Unsupported kyc_policy", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy}},
		"policy as error":   {400, `{"error":"Unsupported kyc_policy"}`, nil, "Unsupported kyc_policy", "", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy}},
		"policy deeper":     {400, `{"errors":[{"detail":"Unsupported kyc_policy"}]}`, nil, "", "", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy}},
		"not a policy":      {404, `Unsupported kyc_policy`, nil, "", "Unsupported kyc_policy", []error{tomoidv.ErrNotFound}},
		"challenge":         {403, "", []string{"WWW-Authenticate", `Bearer realm="idv", error="insufficient_scope", scope="idv.write"`}, "insufficient_scope", "", []error{tomoidv.ErrForbidden, tomoidv.ErrInsufficientScope}},
		"another challenge": {403, "", []string{"WWW-Authenticate", `Basic realm="x", error="insufficient_scope"`}, "", "", []error{tomoidv.ErrForbidden}},
		"second challenge":  {403, "", []string{"WWW-Authenticate", `Basic realm="x"`, "WWW-Authenticate", `bearer error="insufficient_scope"`}, "insufficient_scope", "", []error{tomoidv.ErrForbidden, tomoidv.ErrInsufficientScope}},
		"no error in it":    {403, "", []string{"WWW-Authenticate", `Bearer my_error="insufficient_scope"`}, "", "", []error{tomoidv.ErrForbidden}},
		"another shape":     {400, `{"error":{"code":7},"message":[1]}`, nil, "", "", []error{tomoidv.ErrInvalidRequest}},
		"a list":            {400, `[1]`, nil, "", "", []error{tomoidv.ErrInvalidRequest}},
		"null":              {400, `null`, nil, "", "", []error{tomoidv.ErrInvalidRequest}},
		"HTML":              {400, " \n<!doctype html>x", nil, "", "", []error{tomoidv.ErrInvalidRequest}},
		"not UTF-8":         {400, "\xff\xfe", nil, "", "", []error{tomoidv.ErrInvalidRequest}},
		"empty":             {400, "", nil, "", "", []error{tomoidv.ErrInvalidRequest}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newClient(t, answers(says(test.status, test.body, test.header...))).Result(t.Context(), &tomoidv.ResultRequest{UserID: userID})
			assertKinds(t, err, test.want...)
			var terr *tomoidv.Error
			require.ErrorAs(t, err, &terr)
			assert.Equal(t, test.code, terr.Code)
			assert.Equal(t, test.message, terr.Message)
			assert.Equal(t, test.status, terr.StatusCode)
		})
	}
}

func TestMessageThatRepeatsACredentialIsDropped(t *testing.T) {
	var terr *tomoidv.Error
	_, err := newClient(t, answers(says(http.StatusForbidden, `{"message":"bad token token-1"}`))).Result(t.Context(), &tomoidv.ResultRequest{UserID: userID})
	require.ErrorAs(t, err, &terr)
	assert.Empty(t, terr.Message)

	v := answers(nil)
	v.token = func(*http.Request) (*http.Response, error) {
		return httpmock.NewStringResponse(http.StatusBadRequest, "cannot verify "+v.forms[0].Get("client_assertion")), nil
	}
	_, err = newClient(t, v).Result(t.Context(), &tomoidv.ResultRequest{UserID: userID})
	require.ErrorAs(t, err, &terr)
	assert.Empty(t, terr.Message)
}

func TestErrorText(t *testing.T) {
	fail := func(responder httpmock.Responder) error {
		return start(t, newClient(t, answers(responder)))
	}
	err := fail(says(http.StatusBadRequest, `{"error":"invalid_request","error_description":"d"}`))
	require.EqualError(t, err, "tomoidv: Start: 400 invalid request (invalid_request)")
	err = fail(httpmock.NewErrorResponder(syscall.ECONNREFUSED))
	require.EqualError(t, err, "tomoidv: Start: unavailable, may have been carried out: connection refused")
	err = fail(says(http.StatusOK, `{}`))
	require.EqualError(t, err, "tomoidv: Start: 200 invalid answer, may have been carried out: it has no https URL that a browser can open")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		assert.Equal(t, err.Error(), fmt.Sprintf(verb, err), verb)
	}
}

func TestRetryAfterIsTold(t *testing.T) {
	err := start(t, newClient(t, answers(says(http.StatusTooManyRequests, "", "Retry-After", "17"))))
	var terr *tomoidv.Error
	require.ErrorAs(t, err, &terr)
	assert.Equal(t, 17*time.Second, terr.RetryAfter)
}

func TestUnusableAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"HTML": "<html>", "empty": "", "cut off": `{"start_idv_uri":"https://app.exa`, "trailed by garbage": `{}{}`,
		"a key twice": `{"result":{"country":"us"},"Result":{"country":"jp"}}`, "a list": `[]`, "not UTF-8": "{\"a\":\"\xff\"}",
	} {
		for op, c := range calls {
			if op == "Do" && (name == "empty" || name == "a list") {
				continue // it knows of no shape
			}
			t.Run(name+" "+op, func(t *testing.T) {
				v := answers(says(http.StatusOK, body))
				err := c.call(t.Context(), newClient(t, v, tomoidv.WithMaxAttempts(3)))
				want := []error{tomoidv.ErrInvalidAnswer}
				if !c.repeated {
					want = append(want, tomoidv.ErrUnconfirmed)
				}
				assertKinds(t, err, want...)
				assert.Len(t, v.calls, 1)
			})
		}
	}
}

func TestOversizedAnswer(t *testing.T) {
	_, err := newClient(t, answers(says(http.StatusOK, strings.Repeat(" ", 8<<20+1)))).Result(t.Context(), &tomoidv.ResultRequest{UserID: userID})
	assertKinds(t, err, tomoidv.ErrInvalidAnswer, tomoidv.ErrTooLarge)
}

func TestCancellationIsTheCallers(t *testing.T) {
	for op, c := range calls {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		v := answers(nil)
		client := newClient(t, v)
		err := c.call(ctx, client)
		require.ErrorIs(t, err, context.Canceled, op)
		assertKinds(t, err)
		assert.Empty(t, v.calls, op)

		var none context.Context
		err = c.call(none, client)
		require.ErrorIs(t, err, tomoidv.ErrInvalidRequest, op)
		assert.ErrorContains(t, err, "context is nil", op)
	}
}

func TestCancellationWhileUnderWay(t *testing.T) {
	for op, c := range calls {
		ctx, cancel := context.WithCancel(t.Context())
		v := answers(func(r *http.Request) (*http.Response, error) {
			cancel()
			return nil, r.Context().Err()
		})
		err := c.call(ctx, newClient(t, v, tomoidv.WithMaxAttempts(3)))
		require.ErrorIs(t, err, context.Canceled, op)
		if c.repeated {
			assertKinds(t, err)
		} else {
			assertKinds(t, err, tomoidv.ErrUnconfirmed)
		}
		assert.Len(t, v.calls, 1, op)
	}
}

func TestLostConnection(t *testing.T) {
	for op, c := range calls {
		synctest.Test(t, func(t *testing.T) {
			v := answers(httpmock.NewErrorResponder(syscall.ECONNRESET))
			err := c.call(t.Context(), newClient(t, v, tomoidv.WithMaxAttempts(3)))
			require.ErrorIs(t, err, syscall.ECONNRESET, "%s: the cause stays reachable", op)
			if c.repeated {
				assertKinds(t, err, tomoidv.ErrUnavailable)
				assert.Len(t, v.calls, 3, op)
			} else {
				assertKinds(t, err, tomoidv.ErrUnavailable, tomoidv.ErrUnconfirmed)
				assert.Len(t, v.calls, 1, op)
			}
		})
	}
}

func TestErrorCodes(t *testing.T) {
	assert.False(t, tomoidv.ErrorCode("").Known())
	assert.False(t, tomoidv.ErrorCode("Invalid_Client").Known())
}
