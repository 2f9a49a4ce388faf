package iamport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

// granted is getToken's answer: a token that lives for so many seconds from
// now on, by a clock of its own.
func granted(token string, lifetime int) []byte {
	const now = 1512446940
	return ok(fmt.Sprintf(`{"access_token":%q,"now":%d,"expired_at":%d}`, token, now, now+lifetime))
}

// grants gives out tokens in turn, the last one for good.
func grants(mock *httpmock.MockTransport, answers ...[]byte) {
	responder := httpmock.NewBytesResponder(http.StatusOK, answers[0])
	for _, body := range answers[1:] {
		responder = responder.Then(httpmock.NewBytesResponder(http.StatusOK, body))
	}
	last := answers[len(answers)-1]
	mock.RegisterResponder(http.MethodPost, tokenURL, func(r *http.Request) (*http.Response, error) {
		if resp, err := responder(r); err == nil {
			return resp, nil
		}
		return httpmock.NewBytesResponse(http.StatusOK, last), nil
	})
}

func TestTokenRequest(t *testing.T) {
	mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
	mock.RegisterResponder(http.MethodPost, tokenURL, func(r *http.Request) (*http.Response, error) {
		assert.JSONEq(t, `{"imp_key":"`+apiKey+`","imp_secret":"`+apiSecret+`"}`, requestBody(t, r))
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		assert.NotContains(t, r.Header, "Authorization")
		assert.NotContains(t, r.Header, "Tier", "the token is the agent's")
		return httpmock.NewBytesResponse(http.StatusOK, answer(t, "token.json")), nil
	})
	client := newClient(t, mock)
	assert.Zero(t, mock.GetTotalCallCount(), "nothing before the first call")
	sub, err := client.ForTier("a1B")
	require.NoError(t, err)
	_, err = sub.Certification(t.Context(), impUID)
	assert.NoError(t, err)
}

// The token of 2017 is good for 30 minutes from now, whatever the local clock.
func TestTokenLivesByTheServersClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
		client := newClient(t, mock)
		for range 1769 { // until 31 seconds are left
			_, err := client.Certification(t.Context(), impUID)
			require.NoError(t, err)
			<-time.After(time.Second)
		}
		assert.Equal(t, 1, calls(mock, http.MethodPost, tokenURL), "not even with less than a minute left")
		<-time.After(2 * time.Second)
		_, err := client.Certification(t.Context(), impUID)
		require.NoError(t, err)
		synctest.Wait()
		assert.Equal(t, 2, calls(mock, http.MethodPost, tokenURL), "with less than 30 seconds left")
	})
}

func TestWrongKeysAreFinal(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"wrong":   {http.StatusUnauthorized, "wrong_keys.json", iamport.ErrUnauthorized},
		"missing": {http.StatusBadRequest, "missing_keys.json", iamport.ErrInvalidRequest},
	} {
		synctest.Test(t, func(t *testing.T) {
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(test.status, answer(t, test.body)))
			client := newClient(t, mock, iamport.WithMaxAttempts(5))
			_, err := client.Certification(t.Context(), impUID)
			assertKinds(t, err, test.want)
			failed := failure(t, err)
			assert.Equal(t, "getToken", failed.Op, name)
			assert.Equal(t, test.status, failed.StatusCode, name)
			assert.Equal(t, -1, failed.Code, name)
			assert.NotEmpty(t, failed.Message, name)
			_, err = client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1"})
			assertKinds(t, err, test.want)
			assert.Equal(t, 1, mock.GetTotalCallCount(), "%s: neither tried again nor at once for the next call", name)
		})
	}
}

func TestTokenMessageThatEchoesTheKeys(t *testing.T) {
	for status, want := range map[int]error{http.StatusUnauthorized: iamport.ErrUnauthorized, http.StatusOK: iamport.ErrRefused} {
		for _, echoed := range []string{apiKey, apiSecret} {
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewStringResponder(status, `{"code":-1,"message":"wrong: `+echoed+`"}`))
			_, err := newClient(t, mock).Certification(t.Context(), impUID)
			assertKinds(t, err, want)
			assert.Equal(t, -1, failure(t, err).Code)
			assert.Empty(t, failure(t, err).Message)
		}
	}
}

func TestUnusableTokens(t *testing.T) {
	for name, test := range map[string]struct {
		body []byte
		want error
	}{
		"expired":         {granted("t", 0), iamport.ErrInvalidAnswer},
		"long expired":    {granted("t", -1800), iamport.ErrInvalidAnswer},
		"empty":           {granted("", 1800), iamport.ErrInvalidAnswer},
		"newline":         {granted("a\nb", 1800), iamport.ErrInvalidAnswer},
		"no now":          {ok(`{"access_token":"t","expired_at":1512448740}`), iamport.ErrInvalidAnswer},
		"no end":          {ok(`{"access_token":"t","now":1512446940}`), iamport.ErrInvalidAnswer},
		"null":            {ok(`{"access_token":null,"now":1,"expired_at":2}`), iamport.ErrInvalidAnswer},
		"null response":   {ok(`null`), iamport.ErrInvalidAnswer},
		"code":            {[]byte(`{"code":-1,"message":"m","response":null}`), iamport.ErrRefused},
		"HTML":            {[]byte(`<html>`), iamport.ErrInvalidAnswer},
		"two of it":       {ok(`{"access_token":"t","Access_Token":"u","now":1512446940,"expired_at":1512448740}`), iamport.ErrInvalidAnswer},
		"times in words":  {ok(`{"access_token":"t","now":"now","expired_at":"then"}`), iamport.ErrInvalidAnswer},
		"end of an epoch": {ok(`{"access_token":"t","now":9223372036854775807,"expired_at":-9223372036854775808}`), iamport.ErrInvalidAnswer},
	} {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(http.StatusOK, test.body))
		_, err := newClient(t, mock).Certification(t.Context(), impUID)
		assertKinds(t, err, test.want)
		assert.Equal(t, "getToken", failure(t, err).Op, name)
		assert.Equal(t, 1, mock.GetTotalCallCount(), "%s: nothing is called without a token", name)
	}
}

func TestTokensThatAreTaken(t *testing.T) {
	for name, body := range map[string][]byte{
		"published":        answer(t, "token.json"),
		"strings":          ok(`{"access_token":"t","now":"1512446940","expired_at":"1512448740"}`),
		"more than needed": ok(`{"access_token":"t","now":1512446940,"expired_at":1512448740,"added":{}}`),
		"for ever":         ok(`{"access_token":"t","now":1512446940,"expired_at":9223372036854775807}`),
	} {
		mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
		grants(mock, body)
		client := newClient(t, mock)
		for range 3 {
			_, err := client.Certification(t.Context(), impUID)
			require.NoError(t, err, name)
		}
		assert.Equal(t, 1, calls(mock, http.MethodPost, tokenURL), name)
	}
}

func TestDeadTokenEndpointIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder(http.MethodPost, tokenURL, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		client := newClient(t, mock, iamport.WithAttemptTimeout(10*time.Second))
		_, err := client.Certification(t.Context(), impUID)
		assertKinds(t, err, iamport.ErrUnavailable)
		assert.NotErrorIs(t, err, context.DeadlineExceeded, "it is not the caller's")

		<-time.After(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = client.Certification(ctx, impUID)
		require.ErrorIs(t, err, context.DeadlineExceeded, "it is the caller's")
		assertKinds(t, err)
		<-time.After(time.Minute) // the refresh has ended
	})
}

func TestCallerWhoLeavesBeforeAnotherToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mocked(t, http.MethodGet, certURL, httpmock.NewStringResponder(http.StatusUnauthorized, ""))
		given := false
		mock.RegisterResponder(http.MethodPost, tokenURL, func(r *http.Request) (*http.Response, error) {
			if given {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			given = true
			return httpmock.NewBytesResponse(http.StatusOK, granted("t", 1800)), nil
		})
		client := newClient(t, mock, iamport.WithAttemptTimeout(10*time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := client.Certification(ctx, impUID)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assertKinds(t, err)
		assert.Equal(t, "Certification", failure(t, err).Op)
		assert.Equal(t, 1, failure(t, err).Attempts, "it was refused once")
		<-time.After(time.Minute) // the refresh has ended
	})
}

// getToken is bounded by what bounds every other call that may be repeated.
func TestTokenRequestHasAllItsAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := func(last httpmock.Responder) httpmock.Responder {
			var n atomic.Int32
			return func(r *http.Request) (*http.Response, error) {
				if n.Add(1)%3 == 0 {
					<-time.After(40 * time.Second)
					return last(r)
				}
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
		}
		mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
		client := newClient(t, mock, iamport.WithMaxAttempts(3), iamport.WithAttemptTimeout(45*time.Second))
		mock.RegisterResponder(http.MethodPost, tokenURL, late(httpmock.NewStringResponder(http.StatusServiceUnavailable, "")))
		_, err := client.Certification(t.Context(), impUID)
		assertKinds(t, err, iamport.ErrUnavailable)
		assert.Equal(t, 3, failure(t, err).Attempts)
		assert.Equal(t, http.StatusServiceUnavailable, failure(t, err).StatusCode)

		<-time.After(time.Minute)
		mock.RegisterResponder(http.MethodPost, tokenURL, late(httpmock.NewBytesResponder(http.StatusOK, answer(t, "token.json"))))
		_, err = client.Certification(t.Context(), impUID)
		assert.NoError(t, err)
	})
}

func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	unauthorized := httpmock.NewStringResponder(http.StatusUnauthorized, `{"code":-1,"message":"Unauthorized","response":null}`)
	for name, second := range map[string]string{"another": "t2", "the same": "t1"} {
		var seen []string
		mock := mocked(t, http.MethodGet, certURL, func(r *http.Request) (*http.Response, error) {
			if seen = append(seen, r.Header.Get("Authorization")); len(seen) == 1 {
				return unauthorized(r)
			}
			return dated(answer(t, "certified.json"), certifiedAt)(r)
		})
		grants(mock, granted("t1", 1800), granted(second, 1800))
		client := newClient(t, mock)
		_, err := client.Certification(t.Context(), impUID)
		require.NoError(t, err, name)
		assert.Equal(t, []string{"Bearer t1", "Bearer " + second}, seen, name)
		assert.Equal(t, 2, calls(mock, http.MethodPost, tokenURL), name)
		assert.Equal(t, 2, calls(mock, http.MethodGet, certURL), name)
	}

	mock := mocked(t, http.MethodGet, certURL, unauthorized)
	client := newClient(t, mock)
	_, err := client.Certification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrUnauthorized)
	assert.Equal(t, "Certification", failure(t, err).Op)
	assert.Equal(t, 2, failure(t, err).Attempts)
	assert.Equal(t, 2, calls(mock, http.MethodGet, certURL), "once more and no more")
	assert.Equal(t, 2, calls(mock, http.MethodPost, tokenURL))
}

func TestAttemptsCountTheRefusedToken(t *testing.T) {
	mock := mocked(t, http.MethodGet, certURL, httpmock.NewStringResponder(http.StatusUnauthorized, "").
		Then(httpmock.NewStringResponder(http.StatusOK, "<html>")))
	_, err := newClient(t, mock).Certification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrInvalidAnswer)
	assert.Equal(t, 2, failure(t, err).Attempts)
}

// Whoever changes an error changes that of nobody else who waited for the token.
func TestTokenErrorsAreNotShared(t *testing.T) {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(http.StatusUnauthorized, answer(t, "wrong_keys.json")))
	client := newClient(t, mock)
	_, err := client.Certification(t.Context(), impUID)
	first := failure(t, err)
	want := *first
	first.Op, first.Message, first.StatusCode = "changed", "changed", 200
	_, err = client.Certification(t.Context(), impUID)
	second := failure(t, err)
	assert.NotSame(t, first, second)
	assert.Equal(t, want, *second)
	assert.Equal(t, 1, mock.GetTotalCallCount(), "it is the same failure")
}

func TestTiers(t *testing.T) {
	var tiers []string
	see := func(body []byte) httpmock.Responder {
		return func(r *http.Request) (*http.Response, error) {
			tiers = append(tiers, strings.Join(r.Header.Values("Tier"), ","))
			return dated(body, certifiedAt)(r)
		}
	}
	mock := mocked(t, http.MethodGet, certURL, see(answer(t, "certified.json")))
	mock.RegisterResponder(http.MethodDelete, certURL, see(answer(t, "certified.json")))
	mock.RegisterResponder(http.MethodPost, requestURL, see(ok(`{"imp_uid":"`+impUID+`"}`)))
	mock.RegisterResponder(http.MethodPost, confirmURL, see(answer(t, "certified.json")))
	agent := newClient(t, mock)
	sub, err := agent.ForTier("a1B")
	require.NoError(t, err)
	other, err := sub.ForTier("999")
	require.NoError(t, err)
	for _, client := range []*iamport.Client{sub, agent, other} {
		_, err := client.Certification(t.Context(), impUID)
		require.NoError(t, err)
	}
	_, err = sub.DeleteCertification(t.Context(), impUID)
	require.NoError(t, err)
	_, err = sub.RequestOTP(t.Context(), danalRequest())
	require.NoError(t, err)
	_, err = sub.ConfirmOTP(t.Context(), impUID, "123456")
	require.NoError(t, err)
	assert.Equal(t, []string{"a1B", "", "999", "a1B", "a1B", "a1B"}, tiers)
	assert.Equal(t, 1, calls(mock, http.MethodPost, tokenURL), "they share the token")

	for _, code := range []string{"", "ab", "abcd", "a-b", "a b", "가나다", "ab\n", "ab\r\nX: y"} {
		client, err := agent.ForTier(code)
		assert.Nil(t, client, "%q", code)
		assert.ErrorContains(t, err, "ForTier: tier", "%q", code)
	}
}

// memory is the smallest TokenStore.
type memory struct {
	mu     sync.Mutex
	values map[string]string
	ttl    time.Duration
	err    error
}

func (m *memory) Get(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key], m.err
}

func (m *memory) Set(_ context.Context, key, value string, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string]string{}
	}
	m.values[key], m.ttl = value, ttl
	return m.err
}

func TestTokenStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
		store := &memory{}
		for range 3 { // processes
			_, err := newClient(t, mock, iamport.WithTokenStore(store)).Certification(t.Context(), impUID)
			require.NoError(t, err)
			synctest.Wait()
		}
		assert.Equal(t, 1, calls(mock, http.MethodPost, tokenURL))
		assert.Equal(t, 30*time.Minute, store.ttl.Round(time.Second))
		require.Len(t, store.values, 1)
		for key, value := range store.values {
			for _, secret := range []string{accessToken, apiKey, apiSecret} {
				assert.NotContains(t, key, secret)
				assert.NotContains(t, value, secret)
			}
		}

		another, err := iamport.NewClient(apiKey, apiSecret+"x", iamport.WithHTTPClient(&http.Client{Transport: mock}), iamport.WithTokenStore(store))
		require.NoError(t, err)
		_, err = another.Certification(t.Context(), impUID)
		require.NoError(t, err)
		synctest.Wait()
		assert.Equal(t, 2, calls(mock, http.MethodPost, tokenURL), "other credentials, other token")
		assert.Len(t, store.values, 2)
	})
}

func TestBrokenTokenStoreIsPassedBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
		client := newClient(t, mock, iamport.WithTokenStore(&memory{err: errors.New("no store")}))
		_, err := client.Certification(t.Context(), impUID)
		assert.NoError(t, err)
		synctest.Wait()
	})
}
