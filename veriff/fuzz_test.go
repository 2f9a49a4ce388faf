package veriff_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// seed gives a fuzz target every document of testdata.
func seed(f *testing.F, add func(document []byte)) {
	for _, folder := range []string{"answers", "webhooks", "document003"} {
		files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
		require.NoError(f, err)
		require.NotEmpty(f, files)
		for _, file := range files {
			document, err := os.ReadFile(file)
			require.NoError(f, err)
			add(document)
		}
	}
}

// What is signed verifies, under any secret; with any byte of body or
// signature changed it does not.
func FuzzVerify(f *testing.F) {
	seed(f, func(document []byte) { f.Add(document, sharedSecret, 7, byte(1)) })
	f.Add([]byte{}, "x", 0, byte(0xff))
	f.Fuzz(func(t *testing.T, body []byte, secret string, at int, flip byte) {
		verifier, err := veriff.NewVerifier(apiKey, secret, veriff.WithLegacySignature())
		if err != nil {
			return
		}
		for name, signature := range map[string]string{"X-Hmac-Signature": hmacHex(secret, body), "X-Signature": legacyHex(secret, body)} {
			header := http.Header{"X-Auth-Client": {apiKey}, name: {signature}}
			require.NoError(t, verifier.Verify(header, body))
			if flip == 0 {
				continue
			}
			if len(body) > 0 {
				changed := bytes.Clone(body)
				changed[uint(at)%uint(len(body))] ^= flip
				require.ErrorIs(t, verifier.Verify(header, changed), veriff.ErrSignature)
			}
			require.ErrorIs(t, verifier.Verify(header, append(bytes.Clone(body), flip)), veriff.ErrSignature)
			changed := []byte(signature)
			digit := uint(at) % uint(len(changed))
			if changed[digit] = "0123456789abcdef"[flip%16]; string(changed) != signature {
				header.Set(name, string(changed))
				require.ErrorIs(t, verifier.Verify(header, body), veriff.ErrSignature)
			}
		}
	})
}

// Whatever the body, parsing gives a webhook or an error; an approval comes
// only from a body that says so once and plainly, and storing a result loses
// nothing.
func FuzzParse(f *testing.F) {
	seed(f, func(document []byte) { f.Add(document) })
	f.Add([]byte(`{"status":"success","verification":{"id":"a","status":"declined","code":9001,"status":"approved"}}`))
	f.Add([]byte(`{"status":"success","verification":{"id":"a","status":"declined","code":9001,"ſtatus":"approved"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		webhook, err := parse(t, body)
		if err != nil {
			assert.Nil(t, webhook)
			assertKinds(t, err, veriff.ErrInvalidAnswer)
			return
		}
		require.Equal(t, body, append([]byte{}, webhook.Meta().Raw()...))
		switch webhook := webhook.(type) {
		case *veriff.Decision:
			require.NotEmpty(t, webhook.ID)
			if webhook.Approved() {
				assertSaysApproved(t, body)
			}
			assertStable(t, webhook, new(veriff.Decision))
		case *veriff.Event:
			require.NotEmpty(t, webhook.ID)
			assertStable(t, webhook, new(veriff.Event))
		case *veriff.WatchlistScreening:
			require.NotEmpty(t, webhook.SessionID)
			assertStable(t, webhook, new(veriff.WatchlistScreening))
		case *veriff.FullAutoDecision:
			require.NotEmpty(t, webhook.SessionID)
			assertStable(t, webhook, new(veriff.FullAutoDecision))
		}
	})
}

// Whatever Veriff answers to a call about one id, the call gives an error that
// says so, or a result that storing does not change.
func FuzzAnswers(f *testing.F) {
	seed(f, func(document []byte) {
		for i := range namedCalls {
			f.Add(i, document)
		}
	})
	f.Fuzz(func(t *testing.T, call int, body []byte) {
		c := namedCalls[uint(call)%uint(len(namedCalls))]
		mock := httpmock.NewMockTransport()
		mock.RegisterNoResponder(signed(http.StatusOK, body))
		got, meta, err := c.call(newClient(t, mock), t.Context(), c.id)
		if err != nil {
			var failed *veriff.Error
			require.ErrorAs(t, err, &failed)
			require.True(t, errors.Is(err, veriff.ErrInvalidAnswer) || errors.Is(err, veriff.ErrForeign) || errors.Is(err, veriff.ErrNotFound), err)
			return
		}
		require.Equal(t, string(body), string(meta.Raw()))
		assertStable(t, got, reflect.New(reflect.TypeOf(got).Elem()).Interface())
	})
}

// assertSaysApproved reads body with maps alone, and so each key by its exact
// name. Numbers stay text: one that nobody asked for may be larger than any
// float64.
func assertSaysApproved(t *testing.T, body []byte) {
	var document map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&document))
	require.Equal(t, "success", document["status"])
	verification := document["verification"].(map[string]any)
	require.Equal(t, "approved", verification["status"])
	code := verification["code"]
	require.True(t, code == json.Number("9001") || code == "9001", "%v", code)
}

func assertStable(t *testing.T, value, again any) {
	stored, err := json.Marshal(value)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(stored, again))
	second, err := json.Marshal(again)
	require.NoError(t, err)
	require.Equal(t, string(stored), string(second))
}

// An instant is read the same after it was stored.
func FuzzTime(f *testing.F) {
	for _, text := range []string{"2019-10-30T07:32:44.540Z", "2024-09-06T21:11:48.476108Z", "2018-04-18T11:02:05+0300", "", "null", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		document, err := json.Marshal(text)
		require.NoError(t, err)
		var at, again veriff.Time
		if json.Unmarshal(document, &at) != nil {
			return
		}
		stored, err := json.Marshal(at)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(stored, &again), string(stored))
		require.True(t, at.Equal(again.Time), "%s became %s", text, stored)
	})
}
