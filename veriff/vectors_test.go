package veriff_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// The signed samples that document 003 publishes: the only input here that
// Veriff itself signed.
var publishedWebhooks = []struct {
	name, file, apiKey, secret, signature string
}{
	{"approved", "webhook_approved.json", "Your-API-Key", "Your-API-Secret",
		"cd0e28104516bc27b4506026d81d07e532b927440b84c4f01ac02d92a2b1419c"},
	{"resubmission", "webhook_resubmission.json", "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "3c184872-6929-43d9-91d5-9e68468b5aa1",
		"cdffd99617c46e20d37d1db6e4f1bfefb929409e36a59122b6de25c6924d3c65"},
}

func TestPublishedWebhooks(t *testing.T) {
	for _, sample := range publishedWebhooks {
		t.Run(sample.name, func(t *testing.T) {
			verifier, err := veriff.NewVerifier(sample.apiKey, sample.secret, veriff.WithLegacySignature())
			require.NoError(t, err)
			header := http.Header{}
			header.Set("x-auth-client", sample.apiKey)
			header.Set("x-signature", sample.signature)
			body := fixture(t, "document003", sample.file)

			require.NoError(t, verifier.Verify(header, body))
			webhook, err := verifier.Parse(header, body)
			require.NoError(t, err)
			assert.True(t, webhook.Meta().Signed())
			assert.Equal(t, body, webhook.Meta().Raw())

			for i := range body {
				flipped := bytes.Clone(body)
				flipped[i] ^= 1
				require.ErrorIs(t, verifier.Verify(header, flipped), veriff.ErrSignature, "byte %d", i)
			}
			var compact bytes.Buffer
			require.NoError(t, json.Compact(&compact, body))
			if compact.Len() != len(body) {
				assert.ErrorIs(t, verifier.Verify(header, compact.Bytes()), veriff.ErrSignature, "written again without its spaces")
			}
		})
	}
}

// The second sample has spaces after some of its colons; without them the test
// of written-again bodies above would prove nothing.
func TestPublishedResubmissionIsIrregular(t *testing.T) {
	var compact bytes.Buffer
	body := fixture(t, "document003", "webhook_resubmission.json")
	require.NoError(t, json.Compact(&compact, body))
	assert.NotEqual(t, len(body), compact.Len())
}

func TestPublishedWebhooksDecode(t *testing.T) {
	decide := func(i int) *veriff.Decision {
		sample := publishedWebhooks[i]
		verifier, err := veriff.NewVerifier(sample.apiKey, sample.secret, veriff.WithLegacySignature())
		require.NoError(t, err)
		header := http.Header{"X-Auth-Client": {sample.apiKey}, "X-Signature": {sample.signature}}
		webhook, err := verifier.Parse(header, fixture(t, "document003", sample.file))
		require.NoError(t, err)
		return webhook.(*veriff.Decision)
	}

	approved := decide(0)
	assert.True(t, approved.Approved())
	assert.Equal(t, "aea9ba6d-1b47-47fc-a4fc-f72b6d3584a7", approved.ID)
	assert.Equal(t, "11111111", approved.VendorData)
	assert.Equal(t, "123456789", approved.Person.IDNumber)
	assert.Equal(t, veriff.DocumentTypeIDCard, approved.Document.Type)
	assert.Equal(t, "95.153.29.169", approved.TechnicalData.IP, "beside verification")
	assert.Equal(t, "2019-10-30T07:32:44.54Z", approved.DecisionTime.Format("2006-01-02T15:04:05.999Z07:00"))

	resubmit := decide(1)
	assert.False(t, resubmit.Approved())
	assert.True(t, resubmit.ResubmissionRequested())
	assert.Equal(t, veriff.CodeResubmissionRequested, resubmit.Code)
	assert.Equal(t, "Photos are not from the same document.", resubmit.Reason)
	assert.Equal(t, "124.153.46.66", resubmit.TechnicalData.IP, "inside verification")
	assert.Equal(t, veriff.Date("2022-02-27"), resubmit.Document.ValidUntil)
	require.Len(t, resubmit.Comments, 1)
	assert.Equal(t, "Person refuses to take off hat.", resubmit.Comments[0].Comment)
}

// What document 003 has its readers try on a receiver: the signed sample is
// taken, and nothing with another key, a signature that does not match or a body
// that is no JSON does any harm.
func TestPublishedWebhooksAtTheHandler(t *testing.T) {
	for _, sample := range publishedWebhooks {
		published := fixture(t, "document003", sample.file)
		broken := published[:len(published)-1]
		another := strings.Replace(sample.signature, sample.signature[:1], "e", 1)
		for name, test := range map[string]struct {
			apiKey, signature string
			body              []byte
			status            int
		}{
			"as published":              {sample.apiKey, sample.signature, published, http.StatusOK},
			"the signature in capitals": {sample.apiKey, strings.ToUpper(sample.signature), published, http.StatusOK},
			"another key":               {otherID, sample.signature, published, http.StatusUnauthorized},
			"no key":                    {"", sample.signature, published, http.StatusUnauthorized},
			"another signature":         {sample.apiKey, another, published, http.StatusUnauthorized},
			"no signature":              {sample.apiKey, "", published, http.StatusUnauthorized},
			"signed with another secret": {
				sample.apiKey, legacyHex("another secret", published), published, http.StatusUnauthorized,
			},
			"no JSON, and not signed": {sample.apiKey, sample.signature, broken, http.StatusUnauthorized},
			"no JSON, though signed":  {sample.apiKey, legacyHex(sample.secret, broken), broken, http.StatusBadRequest},
		} {
			t.Run(sample.name+" "+name, func(t *testing.T) {
				verifier, err := veriff.NewVerifier(sample.apiKey, sample.secret, veriff.WithLegacySignature())
				require.NoError(t, err)
				var got []veriff.Webhook
				handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
					got = append(got, webhook)
					return nil
				})
				require.NoError(t, err)
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/verification/", bytes.NewReader(test.body))
				r.Header.Set("x-auth-client", test.apiKey)
				r.Header.Set("x-signature", test.signature)
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				assert.Equal(t, test.status, w.Code)
				if test.status == http.StatusOK {
					require.Len(t, got, 1)
					assert.Equal(t, published, got[0].Meta().Raw())
				} else {
					assert.Empty(t, got)
				}
			})
		}
	}
}

func TestPublishedAnswer(t *testing.T) {
	const signature = "253e28b027ca93d323d524d437b13ccc06730bd08709aac0194725b63e50b556"
	body := fixture(t, "document003", "create_session_answer.json")
	create := func(t *testing.T, body []byte) (*veriff.Session, error) {
		mock := mocked(http.MethodPost, "https://api.veriff.me/v1/sessions", withHeader(http.StatusCreated, body, "X-SIGNATURE", signature))
		client, err := veriff.NewClient("Your-API-Key", "Your-API-Secret",
			veriff.WithLegacyAPI(), veriff.WithSignedAnswersOnly(), veriff.WithHTTPClient(&http.Client{Transport: mock}))
		require.NoError(t, err)
		return client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "11111111"})
	}

	session, err := create(t, body)
	require.NoError(t, err)
	assert.Equal(t, "d04fd8e7-80cd-4fb8-b235-cec89c5c6790", session.ID)
	assert.Equal(t, "https://front.veriff.me", session.Host)
	assert.Equal(t, veriff.StatusCreated, session.Status)
	assert.True(t, session.Meta().Signed())

	for i := range body {
		flipped := bytes.Clone(body)
		flipped[i] ^= 1
		session, err := create(t, flipped)
		require.ErrorIs(t, err, veriff.ErrSignature, "byte %d", i)
		require.Nil(t, session)
	}
}
