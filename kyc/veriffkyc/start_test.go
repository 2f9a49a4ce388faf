package veriffkyc_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestStartSends(t *testing.T) {
	const id = "12345678901234567890123456789012345678"
	whole := &kyc.StartRequest{
		CheckID: id, Reference: "user-42", ReturnURL: "https://shop.example/back?check=1",
		Hints: kyc.Hints{
			FullName: "Hong Mirae", GivenName: "Mirae", FamilyName: "Hong", BirthDate: "1990-03-01",
			Email: "mirae@shop.example", Phone: "+82 10-0000-0000", Country: "KR",
			DocumentType: kyc.DocumentPassport, Language: "ko",
		},
	}
	for name, test := range map[string]struct {
		req  *kyc.StartRequest
		want string
	}{
		"id alone": {&kyc.StartRequest{CheckID: id}, `{"vendorData": "` + id + `"}`},
		"all": {whole, `{
			"callback": "https://shop.example/back?check=1", "vendorData": "` + id + `",
			"person": {"firstName": "Mirae", "lastName": "Hong", "fullName": "Hong Mirae",
				"dateOfBirth": "1990-03-01", "email": "mirae@shop.example", "phoneNumber": "+82 10-0000-0000"},
			"document": {"country": "KR", "type": "PASSPORT"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			before := *test.req
			check, err := newProvider(t, srv, veriffkyc.Config{}).Start(t.Context(), test.req)
			require.NoError(t, err)
			assert.Equal(t, before, *test.req)
			requests := srv.Requests()
			require.Len(t, requests, 1)
			assert.JSONEq(t, `{"verification": `+test.want+`}`, string(requests[0].Body))
			assert.Equal(t, id, check.ID)
		})
	}
}

func TestStartSendsDocumentTypes(t *testing.T) {
	for _, test := range []struct {
		asked kyc.DocumentType
		sent  veriff.DocumentType
	}{
		{kyc.DocumentPassport, veriff.DocumentTypePassport},
		{kyc.DocumentIDCard, veriff.DocumentTypeIDCard},
		{kyc.DocumentDriversLicense, veriff.DocumentTypeDriversLicense},
		{kyc.DocumentResidencePermit, veriff.DocumentTypeResidencePermit},
		{kyc.DocumentVisa, ""},
		{kyc.DocumentOther, ""},
		{"", ""},
	} {
		t.Run(string(test.asked), func(t *testing.T) {
			srv := newServer(t)
			req := &kyc.StartRequest{Hints: kyc.Hints{DocumentType: test.asked}}
			_, err := newProvider(t, srv, veriffkyc.Config{}).Start(t.Context(), req)
			require.NoError(t, err)
			var body struct {
				Verification struct {
					Document veriff.SessionDocument `json:"document"`
				} `json:"verification"`
			}
			require.NoError(t, json.Unmarshal(srv.Requests()[0].Body, &body))
			assert.Equal(t, test.sent, body.Verification.Document.Type)
		})
	}
}

func TestStartGivesTheCheck(t *testing.T) {
	for name, opts := range map[string][]verifftest.Option{
		"today's answer": nil,
		"the old answer": {verifftest.WithOldCreateReply()},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, opts...)
			provider := newProvider(t, srv, veriffkyc.Config{})
			before := time.Now().Truncate(0)
			check := start(t, provider)
			sessions := srv.Sessions()
			require.Len(t, sessions, 1)
			assert.Equal(t, kyc.Check{
				Version: 1, ID: sessions[0].VendorData, Provider: "veriff",
				Reference: "user-42", ReturnURL: "https://shop.example/back",
				VendorID: sessions[0].ID, URL: sessions[0].URL,
				StartedAt: check.StartedAt, ExpiresAt: check.StartedAt.Add(7 * 24 * time.Hour),
			}, *check)
			assert.WithinRange(t, check.StartedAt, before, time.Now())
			require.NoError(t, check.Validate("veriff"))
			assert.NotEqual(t, check.ID, start(t, provider).ID, "two calls start two checks")
		})
	}
}

func TestStartRefusesBeforeItSends(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	for name, req := range map[string]*kyc.StartRequest{
		"nil":               nil,
		"id of one's own":   {CheckID: "user-42"},
		"http return":       {ReturnURL: "http://shop.example/back"},
		"impossible date":   {Hints: kyc.Hints{BirthDate: "1990-02-30"}},
		"lower-case nation": {Hints: kyc.Hints{Country: "kr"}},
	} {
		t.Run(name, func(t *testing.T) {
			check, err := provider.Start(t.Context(), req)
			require.ErrorIs(t, err, kyc.ErrInvalidRequest)
			assert.Nil(t, check)
		})
	}
	assert.Empty(t, srv.Requests())
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A person is never sent to a URL that the stored check could not hold: the
// check would be refused by every call that follows.
func TestStartRefusesSessionsThatACheckCannotHold(t *testing.T) {
	srv := newServer(t)
	for name, session := range map[string]string{
		"URL without TLS":   `"id": "7a4a1d2e-0000-4000-8000-000000000001", "url": "http://alchemy.veriff.example/v/1"`,
		"URL with userinfo": `"id": "7a4a1d2e-0000-4000-8000-000000000001", "url": "https://a:b@alchemy.veriff.example/v/1"`,
	} {
		t.Run(name, func(t *testing.T) {
			hc := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				body := `{"status": "success", "verification": {` + session + `}}`
				return &http.Response{
					StatusCode: http.StatusCreated, Header: http.Header{"Content-Type": {"application/json"}},
					Body: io.NopCloser(strings.NewReader(body)), Request: r,
				}, nil
			})}
			provider := newProvider(t, srv, veriffkyc.Config{}, veriff.WithHTTPClient(hc))
			check, err := provider.Start(t.Context(), &kyc.StartRequest{})
			assert.Nil(t, check)
			kerr := failure(t, err)
			assert.Equal(t, kyc.ErrUnconfirmed, kerr.Kind)
			assert.Equal(t, "start", kerr.Op)
			assert.False(t, errors.Is(err, kyc.ErrInvalidRequest), "the application did nothing wrong")
		})
	}
}
