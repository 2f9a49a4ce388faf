package tomoidv_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

const (
	clientID   = "client-1"
	production = "https://api.tomopayment.com"
	sandbox    = "https://test.tomopayment.com"

	userID = "31415926535897932384626433832795028841"
	ppid   = "ppid.c3ludGhldGljLTAwMDE"
	other  = "ppid.c3ludGhldGljLTAwMDI"
)

func fixture(tb testing.TB, path ...string) []byte {
	tb.Helper()
	body, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	require.NoError(tb, err)
	return body
}

// privateJWK is a key of nobody's.
func privateJWK(tb testing.TB) string {
	return strings.TrimSpace(string(fixture(tb, "keys", "private.json")))
}

func secretKey(tb testing.TB) string {
	return base64.RawURLEncoding.EncodeToString([]byte(privateJWK(tb)))
}

// vendor is TomoIDV in memory: it gives access tokens, and answers every other
// request alike.
type vendor struct {
	token  httpmock.Responder
	answer httpmock.Responder

	mu    sync.Mutex
	forms []url.Values    // of token requests
	calls []*http.Request // all others
	sent  []string        // their bodies
}

// answers gives a vendor that gives token-1, token-2 and so on.
func answers(answer httpmock.Responder) *vendor {
	v := &vendor{answer: answer}
	given := 0
	v.token = func(*http.Request) (*http.Response, error) {
		given++
		return httpmock.NewStringResponse(http.StatusOK,
			fmt.Sprintf(`{"access_token":"token-%d","token_type":"Bearer","expires_in":3600,"scope":"idv.read"}`, given)), nil
	}
	return v
}

func says(status int, body string, header ...string) httpmock.Responder {
	return func(*http.Request) (*http.Response, error) {
		resp := httpmock.NewStringResponse(status, body)
		for i := 0; i < len(header); i += 2 {
			resp.Header.Add(header[i], header[i+1])
		}
		return resp, nil
	}
}

func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	v.mu.Lock()
	defer v.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/v1/oauth2/token") {
		form, err := url.ParseQuery(string(body))
		if err != nil || r.Method != http.MethodPost {
			return nil, fmt.Errorf("no form: %w", err)
		}
		v.forms = append(v.forms, form)
		return v.token(r)
	}
	v.calls, v.sent = append(v.calls, r), append(v.sent, string(body))
	return v.answer(r)
}

// newClient returns a client whose requests go to v, once each.
func newClient(tb testing.TB, v http.RoundTripper, options ...tomoidv.Option) *tomoidv.Client {
	tb.Helper()
	options = append([]tomoidv.Option{
		tomoidv.WithHTTPClient(&http.Client{Transport: v}), tomoidv.WithMaxAttempts(1),
	}, options...)
	client, err := tomoidv.NewClient(clientID, secretKey(tb), options...)
	require.NoError(tb, err)
	return client
}

// verify checks a JWT by hand, as RFC 7515 and RFC 7518, section 3.4, want it,
// and gives its header and claims.
func verify(tb testing.TB, compact string) (header, claims map[string]any) {
	tb.Helper()
	parts := strings.Split(compact, ".")
	require.Len(tb, parts, 3)
	decode := func(part string) []byte {
		decoded, err := base64.RawURLEncoding.Strict().DecodeString(part)
		require.NoError(tb, err)
		return decoded
	}
	var key struct{ X, Y string }
	require.NoError(tb, json.Unmarshal([]byte(privateJWK(tb)), &key))
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, decode(key.X)...), decode(key.Y)...))
	require.NoError(tb, err)
	signature := decode(parts[2])
	require.Len(tb, signature, 64, "R and S")
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	require.True(tb, ecdsa.Verify(public, sum[:], r, s), "the signature holds")
	for part, into := range map[string]*map[string]any{parts[0]: &header, parts[1]: &claims} {
		decoder := json.NewDecoder(bytes.NewReader(decode(part)))
		decoder.UseNumber()
		require.NoError(tb, decoder.Decode(into))
	}
	return header, claims
}
