package veriff_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func webhookHeader(body []byte) http.Header {
	header := http.Header{}
	header.Set("X-AUTH-CLIENT", apiKey)
	header.Set("X-HMAC-SIGNATURE", hmacHex(sharedSecret, body))
	return header
}

func TestVerify(t *testing.T) {
	body := fixture(t, "answers", "decision_approved.json")
	right, legacy := hmacHex(sharedSecret, body), legacyHex(sharedSecret, body)
	const previous = "the-previous-secret"
	byPrevious := hmacHex(previous, body)
	for name, test := range map[string]struct {
		header  []string // pairs; the API key goes first unless bare
		bare    bool
		options []veriff.VerifierOption
		want    error
		says    string
		logs    string
	}{
		"x-":                     {header: []string{"X-HMAC-SIGNATURE", right}},
		"vrf-":                   {header: []string{"VRF-AUTH-CLIENT", apiKey, "VRF-HMAC-SIGNATURE", right}, bare: true},
		"both":                   {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", right}},
		"upper case":             {header: []string{"X-HMAC-SIGNATURE", strings.ToUpper(right)}},
		"legacy beside":          {header: []string{"X-HMAC-SIGNATURE", right, "X-SIGNATURE", legacy}},
		"wrong legacy beside":    {header: []string{"X-HMAC-SIGNATURE", right, "X-SIGNATURE", "whatever"}, logs: "signatures disagree"},
		"an integration's id":    {header: []string{"X-HMAC-SIGNATURE", right, "vrf-integration-id", otherID}},
		"duplicate":              {header: []string{"X-HMAC-SIGNATURE", right, "X-HMAC-SIGNATURE", right}},
		"wrong duplicate first":  {header: []string{"X-HMAC-SIGNATURE", legacy, "X-HMAC-SIGNATURE", right}, logs: "signatures disagree"},
		"wrong duplicate last":   {header: []string{"X-HMAC-SIGNATURE", right, "X-HMAC-SIGNATURE", ""}, logs: "signatures disagree"},
		"another key beside":     {header: []string{"VRF-AUTH-CLIENT", otherID, "X-HMAC-SIGNATURE", right}, logs: "API keys disagree"},
		"the key under both":     {header: []string{"VRF-AUTH-CLIENT", apiKey, "VRF-HMAC-SIGNATURE", right}},
		"names of both families": {header: []string{"VRF-HMAC-SIGNATURE", right}},
		"older secret still": {header: []string{"X-HMAC-SIGNATURE", byPrevious}, logs: "previous secret",
			options: []veriff.VerifierOption{veriff.WithPreviousSecret("newer"), veriff.WithPreviousSecret(previous)}},
		"one by each secret": {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", byPrevious}, logs: "previous secret",
			options: []veriff.VerifierOption{veriff.WithPreviousSecret(previous)}},
		"one of two":             {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", legacy}, logs: "signatures disagree"},
		"previous secret":        {header: []string{"X-HMAC-SIGNATURE", byPrevious}, options: []veriff.VerifierOption{veriff.WithPreviousSecret(previous)}, logs: "previous secret"},
		"current, with previous": {header: []string{"X-HMAC-SIGNATURE", right}, options: []veriff.VerifierOption{veriff.WithPreviousSecret(previous)}},
		"legacy by option":       {header: []string{"X-SIGNATURE", legacy}, options: []veriff.VerifierOption{veriff.WithLegacySignature()}},
		"legacy, upper case":     {header: []string{"X-SIGNATURE", strings.ToUpper(legacy)}, options: []veriff.VerifierOption{veriff.WithLegacySignature()}},
		"legacy and previous": {header: []string{"X-SIGNATURE", legacyHex(previous, body)},
			options: []veriff.VerifierOption{veriff.WithLegacySignature(), veriff.WithPreviousSecret(previous)}, logs: "previous secret"},

		"no header at all":         {bare: true, want: veriff.ErrAPIKey},
		"no API key":               {header: []string{"X-HMAC-SIGNATURE", right}, bare: true, want: veriff.ErrAPIKey},
		"another API key":          {header: []string{"X-AUTH-CLIENT", otherID, "X-HMAC-SIGNATURE", right}, bare: true, want: veriff.ErrAPIKey},
		"empty API key":            {header: []string{"X-AUTH-CLIENT", "", "X-HMAC-SIGNATURE", right}, bare: true, want: veriff.ErrAPIKey},
		"no signature":             {want: veriff.ErrSignature, says: "no signature"},
		"empty signature":          {header: []string{"X-HMAC-SIGNATURE", ""}, want: veriff.ErrSignature},
		"no hex":                   {header: []string{"X-HMAC-SIGNATURE", strings.Repeat("z", 64)}, want: veriff.ErrSignature},
		"wrong secret":             {header: []string{"X-HMAC-SIGNATURE", hmacHex("wrong", body)}, want: veriff.ErrSignature},
		"of another body":          {header: []string{"X-HMAC-SIGNATURE", hmacHex(sharedSecret, body[1:])}, want: veriff.ErrSignature},
		"previous, not configured": {header: []string{"X-HMAC-SIGNATURE", byPrevious}, want: veriff.ErrSignature},
		"legacy, not configured":   {header: []string{"X-SIGNATURE", legacy}, want: veriff.ErrSignature, says: "WithLegacySignature"},
		"wrong legacy, by option":  {header: []string{"X-SIGNATURE", legacyHex("wrong", body)}, options: []veriff.VerifierOption{veriff.WithLegacySignature()}, want: veriff.ErrSignature},
		"legacy beside a wrong HMAC is no way round it": {header: []string{"X-HMAC-SIGNATURE", hmacHex("wrong", body), "X-SIGNATURE", legacy},
			options: []veriff.VerifierOption{veriff.WithLegacySignature()}, want: veriff.ErrSignature},
		"legacy beside an empty HMAC is no way round it": {header: []string{"X-HMAC-SIGNATURE", "", "X-SIGNATURE", legacy},
			options: []veriff.VerifierOption{veriff.WithLegacySignature()}, want: veriff.ErrSignature},
		"legacy beside a wrong HMAC of the other family": {header: []string{"VRF-HMAC-SIGNATURE", right[2:], "X-SIGNATURE", legacy},
			options: []veriff.VerifierOption{veriff.WithLegacySignature()}, want: veriff.ErrSignature},
		"comma-joined":        {header: []string{"X-HMAC-SIGNATURE", right + ", " + right}, want: veriff.ErrSignature},
		"comma-joined key":    {header: []string{"X-AUTH-CLIENT", apiKey + "," + apiKey, "X-HMAC-SIGNATURE", right}, bare: true, want: veriff.ErrAPIKey},
		"spaces around":       {header: []string{"X-HMAC-SIGNATURE", " " + right + " "}, want: veriff.ErrSignature},
		"0x before":           {header: []string{"X-HMAC-SIGNATURE", "0x" + right}, want: veriff.ErrSignature},
		"sha256= before":      {header: []string{"X-HMAC-SIGNATURE", "sha256=" + right}, want: veriff.ErrSignature},
		"too short":           {header: []string{"X-HMAC-SIGNATURE", right[:62]}, want: veriff.ErrSignature},
		"an odd digit":        {header: []string{"X-HMAC-SIGNATURE", right[:63]}, want: veriff.ErrSignature},
		"too long":            {header: []string{"X-HMAC-SIGNATURE", right + right}, want: veriff.ErrSignature},
		"two digits":          {header: []string{"X-HMAC-SIGNATURE", right[:2]}, want: veriff.ErrSignature},
		"key in upper case":   {header: []string{"X-AUTH-CLIENT", strings.ToUpper(apiKey), "X-HMAC-SIGNATURE", right}, bare: true, want: veriff.ErrAPIKey},
		"half a key":          {header: []string{"X-AUTH-CLIENT", apiKey[:18], "X-HMAC-SIGNATURE", right}, bare: true, want: veriff.ErrAPIKey},
		"Feedback API's name": {header: []string{"HMAC-SIGNATURE", right}, want: veriff.ErrSignature, says: "no signature"},
		"legacy in the HMAC's place": {header: []string{"X-HMAC-SIGNATURE", legacy},
			options: []veriff.VerifierOption{veriff.WithLegacySignature()}, want: veriff.ErrSignature},
		"HMAC in the legacy's place": {header: []string{"X-SIGNATURE", right},
			options: []veriff.VerifierOption{veriff.WithLegacySignature()}, want: veriff.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			options := append(test.options, veriff.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			verifier, err := veriff.NewVerifier(apiKey, sharedSecret, options...)
			require.NoError(t, err)
			header := http.Header{}
			if !test.bare {
				header.Set("X-AUTH-CLIENT", apiKey)
			}
			for i := 0; i < len(test.header); i += 2 {
				header.Add(test.header[i], test.header[i+1])
			}
			err = verifier.Verify(header, body)
			webhook, parseErr := verifier.Parse(header, body)
			if test.want == nil {
				require.NoError(t, err)
				require.NoError(t, parseErr)
				assert.NotNil(t, webhook)
			} else {
				assertKinds(t, err, test.want)
				assertKinds(t, parseErr, test.want)
				assert.Nil(t, webhook)
				assert.ErrorContains(t, err, test.says)
				assert.NotContains(t, err.Error(), right)
				assert.NotContains(t, err.Error(), legacy)
			}
			assert.Equal(t, test.logs != "", log.Len() > 0, log.String())
			if test.logs != "" {
				assert.Equal(t, 2, strings.Count(log.String(), test.logs), "once by Verify and once by Parse")
			}
		})
	}
}

// Any change to a body, and any change to a signature, is noticed.
func TestEveryFlippedByteIsNoticed(t *testing.T) {
	body := fixture(t, "webhooks", "event_submitted.json")
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(t, err)
	header := webhookHeader(body)
	require.NoError(t, verifier.Verify(header, body))
	for i := range body {
		flipped := bytes.Clone(body)
		flipped[i] ^= 0x20
		require.ErrorIs(t, verifier.Verify(header, flipped), veriff.ErrSignature)
	}
	require.ErrorIs(t, verifier.Verify(header, append(body, '\n')), veriff.ErrSignature)
	signature := header.Get("X-HMAC-SIGNATURE")
	for i := range signature {
		other := []byte(signature)
		other[i] = map[bool]byte{true: '1', false: '0'}[other[i] == '0']
		header.Set("X-HMAC-SIGNATURE", string(other))
		require.ErrorIs(t, verifier.Verify(header, body), veriff.ErrSignature)
	}
}

// What runs serverless functions hands headers over in any case, and may name
// one that has no value.
func TestHeadersInAnyCase(t *testing.T) {
	body := fixture(t, "webhooks", "event_submitted.json")
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(t, err)
	right := hmacHex(sharedSecret, body)
	for _, names := range [][2]string{
		{"x-auth-client", "x-hmac-signature"}, {"X-AUTH-CLIENT", "X-HMAC-SIGNATURE"},
		{"vrf-auth-client", "vrf-hmac-signature"}, {"Vrf-auth-Client", "vrf-HMAC-Signature"},
	} {
		header := http.Header{names[0]: {apiKey}, names[1]: {right}}
		require.NoError(t, verifier.Verify(header, body), names)
		header[names[1]] = []string{hmacHex("wrong", body)}
		require.ErrorIs(t, verifier.Verify(header, body), veriff.ErrSignature, names)
		for _, nothing := range [][]string{nil, {}, {""}} {
			header[names[1]] = nothing
			require.ErrorIs(t, verifier.Verify(header, body), veriff.ErrSignature, names)
		}
		header[names[0]], header[names[1]] = nil, []string{right}
		require.ErrorIs(t, verifier.Verify(header, body), veriff.ErrAPIKey, names)
	}
	require.ErrorIs(t, verifier.Verify(nil, body), veriff.ErrAPIKey)
}

// A Verifier that NewVerifier has not made has no key and no secret, and nobody
// names either by sending nothing.
func TestZeroVerifierTakesNothing(t *testing.T) {
	var verifier veriff.Verifier
	for _, header := range []http.Header{
		nil, {"X-Auth-Client": {""}}, {"X-Auth-Client": {""}, "X-Hmac-Signature": {""}},
		{"X-Auth-Client": {""}, "X-Hmac-Signature": {hmacHex("", nil)}}, {"X-Auth-Client": {apiKey}, "X-Signature": {legacyHex("", nil)}},
	} {
		require.Error(t, verifier.Verify(header, nil))
	}
}

// A stranger may send as many signatures as fit into a header; the body is
// hashed once for each secret all the same.
func BenchmarkVerifyManySignatures(b *testing.B) {
	body := bytes.Repeat([]byte("x"), 1<<20)
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(b, err)
	for _, n := range []int{1, 5000} {
		header := http.Header{"X-Auth-Client": {apiKey}, "X-Hmac-Signature": slices.Repeat([]string{hmacHex("wrong", nil)}, n)}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				require.Error(b, verifier.Verify(header, body))
			}
		})
	}
}

func TestParseRequest(t *testing.T) {
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(t, err)
	request := func(body io.Reader, header http.Header) *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
		r.Header = header
		return r
	}

	body := fixture(t, "webhooks", "event_submitted.json")
	webhook, err := verifier.ParseRequest(request(bytes.NewReader(body), webhookHeader(body)))
	require.NoError(t, err)
	assert.IsType(t, &veriff.Event{}, webhook)

	largest := append(bytes.Repeat([]byte(" "), 1<<20-len(body)), body...)
	_, err = verifier.ParseRequest(request(bytes.NewReader(largest), webhookHeader(largest)))
	require.NoError(t, err)
	tooLarge := append([]byte(" "), largest...)
	_, err = verifier.ParseRequest(request(bytes.NewReader(tooLarge), webhookHeader(tooLarge)))
	assertKinds(t, err, veriff.ErrTooLarge)

	broken := errors.New("the sender hung up")
	_, err = verifier.ParseRequest(request(iotest.ErrReader(broken), webhookHeader(body)))
	assertKinds(t, err, veriff.ErrInvalidAnswer)
	assert.ErrorIs(t, err, broken)
	unread := iotest.ErrReader(errors.New("nobody should read this"))
	announced := request(unread, webhookHeader(body))
	announced.ContentLength = 1<<20 + 1
	_, err = verifier.ParseRequest(announced)
	assertKinds(t, err, veriff.ErrTooLarge)
	_, err = verifier.ParseRequest(request(unread, http.Header{"X-Auth-Client": {otherID}}))
	assertKinds(t, err, veriff.ErrAPIKey)
	_, err = verifier.ParseRequest(nil)
	require.Error(t, err)
	_, err = verifier.ParseRequest(&http.Request{Header: webhookHeader(nil)})
	require.Error(t, err)
}
