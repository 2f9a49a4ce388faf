package tomoidv_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func start(t *testing.T, client *tomoidv.Client) error {
	t.Helper()
	_, err := client.Start(t.Context(), &tomoidv.StartRequest{UserID: userID})
	return err
}

func bearers(v *vendor) (tokens []string) {
	for _, call := range v.calls {
		tokens = append(tokens, strings.TrimPrefix(call.Header.Get("Authorization"), "Bearer "))
	}
	return tokens
}

func TestTokenRequest(t *testing.T) {
	for name, test := range map[string]struct {
		options []tomoidv.Option
		host    string
		version []string
		more    url.Values
	}{
		"default": {nil, production, nil, nil},
		"sandbox": {[]tomoidv.Option{tomoidv.WithSandbox()}, sandbox, nil, nil},
		"all": {[]tomoidv.Option{tomoidv.WithScope("idv.read idv.write"), tomoidv.WithResource(production + "/v1/idv"), tomoidv.WithContractVersion("1.4")},
			production, []string{"1.4"}, url.Values{"scope": {"idv.read idv.write"}, "resource": {production + "/v1/idv"}}},
	} {
		t.Run(name, func(t *testing.T) {
			v := answers(started)
			good := v.token
			v.token = func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, test.host+"/v1/oauth2/token", r.URL.String())
				assert.Equal(t, "application/x-www-form-urlencoded", r.Header.Get("Content-Type"))
				assert.Equal(t, "application/json", r.Header.Get("Accept"))
				assert.Empty(t, r.Header.Get("Authorization"))
				assert.Equal(t, test.version, r.Header.Values("Tomo-API-Version"))
				return good(r)
			}
			require.NoError(t, start(t, newClient(t, v, test.options...)))
			want := url.Values{
				"grant_type":            {"client_credentials"},
				"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
				"client_assertion":      v.forms[0]["client_assertion"],
			}
			for field, values := range test.more {
				want[field] = values
			}
			assert.Equal(t, want, v.forms[0], "no client_id, and what is left out is not there")
			assert.Equal(t, []string{"token-1"}, bearers(v))
			assert.Equal(t, test.host+"/v1/idv/start", v.calls[0].URL.String())
			assert.Equal(t, test.version, v.calls[0].Header.Values("Tomo-API-Version"))
		})
	}
}

func TestTokenLivesAsLongAsExpiresInSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(started)
		v.token = says(http.StatusOK, string(fixture(t, "answers", "token.json")))
		client := newClient(t, v)
		for range 5 {
			require.NoError(t, start(t, client))
			<-time.After(10 * time.Minute)
		}
		assert.Len(t, v.forms, 1, "50 minutes of an hour")
		<-time.After(10 * time.Minute)
		require.NoError(t, start(t, client))
		assert.Len(t, v.forms, 2, "an hour is over")
	})
}

func TestTokenIsRefreshedAMinuteBeforeItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(started)
		client := newClient(t, v)
		require.NoError(t, start(t, client))
		<-time.After(59*time.Minute - time.Second)
		require.NoError(t, start(t, client))
		synctest.Wait()
		assert.Len(t, v.forms, 1)
		<-time.After(2 * time.Second)
		require.NoError(t, start(t, client))
		synctest.Wait()
		assert.Equal(t, []string{"token-1", "token-1", "token-1"}, bearers(v), "nobody waits")
		assert.Len(t, v.forms, 2)
		require.NoError(t, start(t, client))
		assert.Equal(t, "token-2", bearers(v)[3])
	})
}

func TestManyCallersShareOneToken(t *testing.T) {
	v := answers(started)
	client := newClient(t, v)
	var callers sync.WaitGroup
	for range 50 {
		callers.Go(func() { assert.NoError(t, start(t, client)) })
	}
	callers.Wait()
	assert.Len(t, v.forms, 1)
	assert.Len(t, v.calls, 50)
}

func TestTokenAnswersThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ body, says string }{
		"no token":        {`{"token_type":"Bearer","expires_in":3600}`, "its access_token is missing or empty"},
		"empty token":     {`{"access_token":"","token_type":"Bearer","expires_in":3600}`, "its access_token is missing or empty"},
		"null":            {`null`, "its access_token is missing or empty"},
		"no type":         {`{"access_token":"t","expires_in":3600}`, "its token_type is not Bearer"},
		"another type":    {`{"access_token":"t","token_type":"DPoP","expires_in":3600}`, "its token_type is not Bearer"},
		"no lifetime":     {`{"access_token":"t","token_type":"Bearer"}`, "its expires_in is missing or not positive"},
		"expired":         {`{"access_token":"t","token_type":"Bearer","expires_in":0}`, "its expires_in is missing or not positive"},
		"long expired":    {`{"access_token":"t","token_type":"Bearer","expires_in":-5}`, "its expires_in is missing or not positive"},
		"half a second":   {`{"access_token":"t","token_type":"Bearer","expires_in":0.5}`, "malformed JSON"},
		"two tokens":      {`{"access_token":"t","Access_Token":"u","token_type":"Bearer","expires_in":3600}`, "two keys"},
		"cut off":         {`{"access_token":"t","token_type":"Bear`, "malformed JSON"},
		"HTML":            {`<html>`, "malformed JSON"},
		"empty":           {``, "malformed JSON: empty"},
		"space in it":     {`{"access_token":"a b","token_type":"Bearer","expires_in":3600}`, "no usable token"},
		"newline in it":   {`{"access_token":"a\r\nX: y","token_type":"Bearer","expires_in":3600}`, "no usable token"},
		"not a string":    {`{"access_token":1,"token_type":"Bearer","expires_in":3600}`, "malformed JSON"},
		"trailed by junk": {`{"access_token":"t","token_type":"Bearer","expires_in":3600}{}`, "malformed JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			v := answers(started)
			v.token = says(http.StatusOK, test.body)
			err := start(t, newClient(t, v))
			assertKinds(t, err, tomoidv.ErrInvalidAnswer)
			require.ErrorContains(t, err, "tomoidv: getToken: ")
			require.ErrorContains(t, err, test.says)
			assert.Empty(t, v.calls, "the call was not made")
		})
	}
}

func TestAbsurdLifetimeDoesNotOverflow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(started)
		v.token = says(http.StatusOK, `{"access_token":"t","token_type":"Bearer","expires_in":9223372036854775807}`)
		client := newClient(t, v)
		require.NoError(t, start(t, client))
		<-time.After(23 * time.Hour)
		require.NoError(t, start(t, client))
		assert.Len(t, v.forms, 1)
		<-time.After(time.Hour)
		require.NoError(t, start(t, client))
		assert.Len(t, v.forms, 2)
	})
}

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	for name, refusal := range map[string]struct {
		status int
		body   string
		header []string
	}{
		"401":                  {http.StatusUnauthorized, "", nil},
		"401 with a challenge": {http.StatusUnauthorized, "", []string{"WWW-Authenticate", `Bearer realm="idv", error="invalid_token"`}},
		"400 that says so":     {http.StatusBadRequest, `{"error":"invalid_token","error_description":"expired"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := answers(nil)
			v.answer = func(r *http.Request) (*http.Response, error) {
				if r.Header.Get("Authorization") == "Bearer token-1" {
					return says(refusal.status, refusal.body, refusal.header...)(r)
				}
				return started(r)
			}
			require.NoError(t, start(t, newClient(t, v)), "though Start is never repeated otherwise: nothing was done")
			assert.Equal(t, []string{"token-1", "token-2"}, bearers(v))
			assert.Equal(t, v.sent[0], v.sent[1])

			v = answers(says(refusal.status, refusal.body, refusal.header...))
			err := start(t, newClient(t, v))
			require.ErrorIs(t, err, tomoidv.ErrUnauthorized)
			assert.NotErrorIs(t, err, tomoidv.ErrUnconfirmed)
			assert.Equal(t, []string{"token-1", "token-2"}, bearers(v))
			var terr *tomoidv.Error
			require.ErrorAs(t, err, &terr)
			assert.Equal(t, 2, terr.Attempts)
			assert.Equal(t, "Start", terr.Op)

			v = answers(nil)
			v.answer = func(r *http.Request) (*http.Response, error) {
				if r.Header.Get("Authorization") == "Bearer token-1" {
					return says(refusal.status, refusal.body, refusal.header...)(r)
				}
				return says(http.StatusOK, "[]")(r)
			}
			err = start(t, newClient(t, v))
			require.ErrorIs(t, err, tomoidv.ErrInvalidAnswer)
			require.ErrorAs(t, err, &terr)
			assert.Equal(t, 2, terr.Attempts, "an answer that cannot be used, and the one before it")
		})
	}
}

// The contract has one 400, "invalid body or Authorization": the call is not
// repeated, and the token not used again.
func Test400DropsTheToken(t *testing.T) {
	v := answers(says(http.StatusBadRequest, "bad"))
	client := newClient(t, v)
	err := start(t, client)
	assertKinds(t, err, tomoidv.ErrInvalidRequest)
	assert.Equal(t, []string{"token-1"}, bearers(v))
	assert.Len(t, v.forms, 1)
	v.answer = started
	require.NoError(t, start(t, client))
	assert.Equal(t, []string{"token-1", "token-2"}, bearers(v))
}

func TestBadInputDoesNotCostATokenEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(says(http.StatusBadRequest, "bad"))
		client := newClient(t, v)
		for range 20 {
			require.Error(t, start(t, client))
			<-time.After(time.Second)
		}
		assert.Len(t, v.forms, 2)
	})
}

func TestOtherRefusalsKeepTheToken(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError} {
		v := answers(says(status, ""))
		client := newClient(t, v)
		require.Error(t, start(t, client))
		require.Error(t, start(t, client))
		assert.Equal(t, []string{"token-1", "token-1"}, bearers(v), status)
	}
}

func TestOAuthErrors(t *testing.T) {
	for _, test := range []struct {
		status int
		code   tomoidv.ErrorCode
		want   []error
	}{
		{400, "invalid_request", []error{tomoidv.ErrInvalidRequest}},
		{400, "invalid_client", []error{tomoidv.ErrUnauthorized, tomoidv.ErrInvalidClient}},
		{401, "invalid_client", []error{tomoidv.ErrUnauthorized, tomoidv.ErrInvalidClient}},
		{400, "invalid_grant", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrInvalidGrant}},
		{400, "unauthorized_client", []error{tomoidv.ErrForbidden, tomoidv.ErrUnauthorizedClient}},
		{400, "unsupported_grant_type", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedGrantType}},
		{400, "invalid_scope", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrInvalidScope}},
		{400, "invalid_target", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrInvalidTarget}},
		{400, "invalid_token", []error{tomoidv.ErrUnauthorized, tomoidv.ErrInvalidToken}},
		{403, "insufficient_scope", []error{tomoidv.ErrForbidden, tomoidv.ErrInsufficientScope}},
		{400, "unsupported_api_version", []error{tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedAPIVersion}},
		{400, "brand_new", []error{tomoidv.ErrInvalidRequest}},
		{503, "invalid_client", []error{tomoidv.ErrUnavailable, tomoidv.ErrInvalidClient}},
	} {
		t.Run(fmt.Sprint(test.status, " ", test.code), func(t *testing.T) {
			v := answers(started)
			v.token = says(test.status, fmt.Sprintf(`{"error":%q,"error_description":"why","error_uri":"https://docs.example/"}`, test.code))
			err := start(t, newClient(t, v))
			assertKinds(t, err, test.want...)
			var terr *tomoidv.Error
			require.ErrorAs(t, err, &terr)
			assert.Equal(t, "getToken", terr.Op)
			assert.Equal(t, test.status, terr.StatusCode)
			assert.Equal(t, test.code, terr.Code)
			assert.Equal(t, "why", terr.Message)
			assert.Empty(t, v.calls)
			assert.Equal(t, test.code.Known(), strings.Contains(err.Error(), string(test.code)), "an unknown code may be anything")
		})
	}
}

func TestMixedUpEnvironmentsAreExplained(t *testing.T) {
	for name, test := range map[string]struct {
		options []tomoidv.Option
		says    string
	}{
		"production": {nil, "those of the sandbox need WithSandbox"},
		"sandbox":    {[]tomoidv.Option{tomoidv.WithSandbox()}, "must be of the sandbox console"},
		"elsewhere":  {[]tomoidv.Option{tomoidv.WithBaseURL("https://proxy.example")}, "of the environment that WithBaseURL names"},
	} {
		for _, responder := range []struct {
			status int
			body   string
		}{
			{http.StatusBadRequest, `{"error":"invalid_client"}`},
			{http.StatusBadRequest, `{"error":"unauthorized_client"}`},
			{http.StatusUnauthorized, "unknown client"},
		} {
			v := answers(started)
			v.token = says(responder.status, responder.body)
			assert.ErrorContains(t, start(t, newClient(t, v, test.options...)), test.says, name)
		}
		v := answers(started)
		v.token = says(http.StatusBadRequest, `{"error":"invalid_scope"}`)
		assert.NotContains(t, start(t, newClient(t, v, test.options...)).Error(), "console", name)
	}
}

func TestClockThatIsOffIsTold(t *testing.T) {
	v := answers(started)
	v.token = says(http.StatusBadRequest, `{"error":"invalid_client"}`, "Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
	err := start(t, newClient(t, v))
	var terr *tomoidv.Error
	require.ErrorAs(t, err, &terr)
	assert.InDelta(t, time.Hour, terr.ClockSkew, float64(5*time.Second))
	assert.ErrorContains(t, err, "the local clock is 1h0m")
}

func TestTokenEndpointThatIsDownIsNotStormed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(started)
		v.token = says(http.StatusServiceUnavailable, "")
		client := newClient(t, v)
		for range 10 {
			assertKinds(t, start(t, client), tomoidv.ErrUnavailable)
		}
		assert.Len(t, v.forms, 1)
		<-time.After(31 * time.Second)
		require.Error(t, start(t, client))
		assert.Len(t, v.forms, 2)
	})
}

func TestCallerWhoLeavesWhileATokenIsFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(started)
		client := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(10 * time.Second):
				return v.RoundTrip(r)
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := client.Start(ctx, &tomoidv.StartRequest{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assertKinds(t, err)
		require.EqualError(t, err, "tomoidv: Start: waiting for an access token")
		<-time.After(10 * time.Second)
		synctest.Wait()
		require.NoError(t, start(t, client))
		assert.Len(t, v.forms, 1, "the fetch went on for others")
	})
}

func TestCallerWhoLeavesBeforeAnotherToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(says(http.StatusUnauthorized, ""))
		give := v.token
		v.token = func(r *http.Request) (*http.Response, error) {
			if len(v.forms) > 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return give(r)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := newClient(t, v).Start(ctx, &tomoidv.StartRequest{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assertKinds(t, err)
		failed, _ := errors.AsType[*tomoidv.Error](err)
		assert.Equal(t, "Start", failed.Op)
		assert.Equal(t, 1, failed.Attempts, "it was refused once")
		<-time.After(time.Minute) // the fetch has ended
	})
}

func TestTokenEndpointThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), tomoidv.WithMaxAttempts(3))
		began := time.Now()
		err := start(t, client)
		assertKinds(t, err, tomoidv.ErrUnavailable)
		assert.NotErrorIs(t, err, context.DeadlineExceeded, "it is not the caller's")
		assert.Less(t, time.Since(began), 2*time.Minute)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// memory is a store that several clients share.
type memory struct {
	mu     sync.Mutex
	values map[string]string
	fails  bool
}

func (m *memory) Get(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails {
		return "", errors.New("down")
	}
	return m.values[key], nil
}

func (m *memory) Set(_ context.Context, key, value string, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails {
		return errors.New("down")
	}
	m.values[key] = value
	return nil
}

func (m *memory) size() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.values)
}

func TestTokenStore(t *testing.T) {
	otherKey := server(t).AddClient(tomoidvtest.Production).SecretKey
	synctest.Test(t, func(t *testing.T) {
		store, v := &memory{values: map[string]string{}}, answers(started)
		with := func(options ...tomoidv.Option) {
			t.Helper()
			require.NoError(t, start(t, newClient(t, v, append(options, tomoidv.WithTokenStore(store))...)))
			synctest.Wait()
		}
		with()
		with()
		assert.Len(t, v.forms, 1, "the second client found the first one's token")
		for key, value := range store.values {
			assert.NotContains(t, key+value, clientID)
			assert.NotContains(t, key+value, "token-1")
		}
		padded, err := tomoidv.NewClient(clientID, privateJWK(t), tomoidv.WithTokenStore(store), tomoidv.WithHTTPClient(&http.Client{Transport: v}))
		require.NoError(t, err)
		require.NoError(t, start(t, padded))
		assert.Len(t, v.forms, 1, "the same key, written otherwise")

		with(tomoidv.WithScope("idv.read"))
		with(tomoidv.WithResource(production))
		with(tomoidv.WithSandbox())
		other, err := tomoidv.NewClient(clientID, otherKey, tomoidv.WithTokenStore(store), tomoidv.WithHTTPClient(&http.Client{Transport: v}))
		require.NoError(t, err)
		require.NoError(t, start(t, other))
		synctest.Wait()
		assert.Len(t, v.forms, 5, "other tokens")
		assert.Equal(t, 5, store.size())

		store.fails = true
		with()
		assert.Len(t, v.forms, 6, "a store that is down is passed by")
	})
}

// One failure to get a token is remembered for a moment and told to many
// callers. Its fields are each caller's own.
func TestTokenErrorsAreNotShared(t *testing.T) {
	srv := server(t)
	client, err := tomoidv.NewClient(srv.ClientID, srv.AddClient(tomoidvtest.Sandbox).SecretKey,
		tomoidv.WithBaseURL(srv.URL), tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	var failed [2]*tomoidv.Error
	for i := range failed {
		require.ErrorAs(t, start(t, client), &failed[i])
		require.ErrorIs(t, failed[i], tomoidv.ErrInvalidClient)
	}
	assert.NotSame(t, failed[0], failed[1])
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The token endpoint is bounded by what bounds every other call that may be
// repeated, not by the cache's own minute.
func TestTokenRequestHasAllItsAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var attempts int
		hang := roundTripper(func(r *http.Request) (*http.Response, error) {
			attempts++
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		client, err := tomoidv.NewClient(clientID, secretKey(t), tomoidv.WithHTTPClient(&http.Client{Transport: hang}),
			tomoidv.WithMaxAttempts(3), tomoidv.WithAttemptTimeout(45*time.Second))
		require.NoError(t, err)
		before := time.Now()
		assertKinds(t, start(t, client), tomoidv.ErrUnavailable)
		assert.Equal(t, 3, attempts)
		assert.GreaterOrEqual(t, time.Since(before), 3*45*time.Second)
	})
}
