package veriff_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
		"legacy beside":          {header: []string{"X-HMAC-SIGNATURE", right, "X-SIGNATURE", "whatever"}},
		"one of two":             {header: []string{"X-HMAC-SIGNATURE", right, "VRF-HMAC-SIGNATURE", legacy}, logs: "signatures disagree"},
		"previous secret":        {header: []string{"X-HMAC-SIGNATURE", byPrevious}, options: []veriff.VerifierOption{veriff.WithPreviousSecret(previous)}, logs: "previous secret"},
		"current, with previous": {header: []string{"X-HMAC-SIGNATURE", right}, options: []veriff.VerifierOption{veriff.WithPreviousSecret(previous)}},
		"legacy by option":       {header: []string{"X-SIGNATURE", legacy}, options: []veriff.VerifierOption{veriff.WithLegacySignature()}},
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
		"legacy beside a wrong HMAC is no way round it": {header: []string{"X-HMAC-SIGNATURE", hmacHex("wrong", body), "X-SIGNATURE", legacy},
			options: []veriff.VerifierOption{veriff.WithLegacySignature()}, want: veriff.ErrSignature},
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
			assert.Contains(t, log.String(), test.logs)
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

func TestHeadersInLowerCase(t *testing.T) {
	body := fixture(t, "webhooks", "event_submitted.json")
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(t, err)
	header := http.Header{"x-auth-client": {apiKey}, "x-hmac-signature": {hmacHex(sharedSecret, body)}}
	require.NoError(t, verifier.Verify(header, body))
	header["x-hmac-signature"] = []string{hmacHex("wrong", body)}
	require.ErrorIs(t, verifier.Verify(header, body), veriff.ErrSignature)
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
	_, err = verifier.ParseRequest(nil)
	require.Error(t, err)
	_, err = verifier.ParseRequest(&http.Request{Header: webhookHeader(nil)})
	require.Error(t, err)
}
