package tomoidv_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

const uuid4 = `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`

var started = says(http.StatusOK, `{"start_idv_uri":"https://app.example/idv"}`)

// asserted is the header and the claims of the one assertion that a client
// with those options sends.
func asserted(t *testing.T, options ...tomoidv.Option) (header, claims map[string]any) {
	t.Helper()
	v := answers(started)
	_, err := newClient(t, v, options...).Start(t.Context(), &tomoidv.StartRequest{})
	require.NoError(t, err)
	require.Len(t, v.forms, 1)
	return verify(t, v.forms[0].Get("client_assertion"))
}

func TestClientAssertion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().Unix()
		header, claims := asserted(t)
		assert.Equal(t, map[string]any{"alg": "ES256", "typ": "JWT"}, header, "and no kid")
		jti := claims["jti"]
		assert.Regexp(t, uuid4, jti)
		number := func(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
		assert.Equal(t, map[string]any{
			"iss": clientID, "sub": clientID, "aud": production + "/v1/oauth2/token",
			"iat": number(now), "exp": number(now + 300), "jti": jti,
		}, claims, "aud is one string, and there is no nbf")
	})
}

func TestAssertionOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, claims := asserted(t, tomoidv.WithSandbox())
		assert.Equal(t, sandbox+"/v1/oauth2/token", claims["aud"])
		_, claims = asserted(t, tomoidv.WithBaseURL("https://proxy.example/tomo/"))
		assert.Equal(t, "https://proxy.example/tomo/v1/oauth2/token", claims["aud"], "without the slash")
		header, claims := asserted(t, tomoidv.WithAudience("https://issuer.example"), tomoidv.WithKeyID("k-1"), tomoidv.WithAssertionLifetime(time.Minute))
		assert.Equal(t, "https://issuer.example", claims["aud"])
		assert.Equal(t, map[string]any{"alg": "ES256", "typ": "JWT", "kid": "k-1"}, header)
		iat, err := claims["iat"].(json.Number).Int64()
		require.NoError(t, err)
		exp, err := claims["exp"].(json.Number).Int64()
		require.NoError(t, err)
		assert.EqualValues(t, 60, exp-iat)
	})
}

// Each attempt has an assertion of its own: the server may refuse one that it
// has seen.
func TestEveryAttemptHasAFreshAssertion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := answers(started)
		good, n := v.token, 0
		v.token = func(r *http.Request) (*http.Response, error) {
			if n++; n%3 != 0 {
				return says(http.StatusServiceUnavailable, "")(r)
			}
			return good(r)
		}
		client := newClient(t, v, tomoidv.WithMaxAttempts(3))
		seen := map[any]bool{}
		for range 2 {
			_, err := client.Start(t.Context(), &tomoidv.StartRequest{})
			require.NoError(t, err)
			<-time.After(2 * time.Hour)
		}
		require.Len(t, v.forms, 6)
		for _, form := range v.forms {
			_, claims := verify(t, form.Get("client_assertion"))
			assert.False(t, seen[claims["jti"]], "used twice")
			seen[claims["jti"]] = true
		}
		_, first := verify(t, v.forms[0].Get("client_assertion"))
		_, last := verify(t, v.forms[5].Get("client_assertion"))
		assert.NotEqual(t, first["iat"], last["iat"])
	})
}

// The vector was made with Node's crypto. That it verifies shows that verify
// above is right about the layout.
func TestVectorOfAnotherImplementation(t *testing.T) {
	compact := strings.TrimSpace(string(fixture(t, "keys", "assertion_by_node.jwt")))
	header, claims := verify(t, compact)
	assert.Equal(t, map[string]any{"alg": "ES256", "typ": "JWT"}, header)
	assert.Equal(t, "client-1", claims["iss"])
	assert.Equal(t, json.Number("1767225900"), claims["exp"])
}
