package tomoidv_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
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

// verify wants a JWT that was signed with the key of privateJWK, and gives its
// header and claims.
func verify(tb testing.TB, compact string) (header, claims map[string]any) {
	tb.Helper()
	key := fuzztest.Read(tb, []byte(privateJWK(tb)))
	x, err := base64.RawURLEncoding.DecodeString(key.Get("x").Text())
	require.NoError(tb, err)
	y, err := base64.RawURLEncoding.DecodeString(key.Get("y").Text())
	require.NoError(tb, err)
	require.True(tb, holds(tb, x, y, compact), "the signature holds")
	return parts(tb, compact)
}

// holds checks the signature of a JWT by hand, as RFC 7515 and RFC 7518, section
// 3.4, want it.
func holds(tb testing.TB, x, y []byte, compact string) bool {
	tb.Helper()
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	require.NoError(tb, err)
	end := strings.LastIndex(compact, ".")
	signature, err := base64.RawURLEncoding.Strict().DecodeString(compact[end+1:])
	require.NoError(tb, err)
	require.Len(tb, signature, 64, "R and S")
	sum := sha256.Sum256([]byte(compact[:end]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(public, sum[:], r, s)
}

// parts gives the header and the claims of a JWT.
func parts(tb testing.TB, compact string) (header, claims map[string]any) {
	tb.Helper()
	encoded := strings.Split(compact, ".")
	require.Len(tb, encoded, 3)
	read := func(part string) map[string]any {
		decoded, err := base64.RawURLEncoding.Strict().DecodeString(part)
		require.NoError(tb, err)
		return fuzztest.Read(tb, decoded).Value.(map[string]any)
	}
	return read(encoded[0]), read(encoded[1])
}
