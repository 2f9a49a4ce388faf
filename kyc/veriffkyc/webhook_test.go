package veriffkyc_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// delivered is a webhook as it reaches the application.
func delivered(w verifftest.Webhook) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/veriff", bytes.NewReader(w.Body))
	r.Header = w.Header.Clone()
	return r
}

func TestWebhooksNameTheirCheck(t *testing.T) {
	for name, opts := range map[string][]verifftest.Option{
		"X headers":    nil,
		"vrf headers":  {verifftest.WithHeaders(verifftest.VRFHeaders)},
		"both headers": {verifftest.WithHeaders(verifftest.BothHeaders)},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, opts...)
			provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
			check := start(t, provider)
			require.NoError(t, srv.Submit(check.VendorID))
			require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{}))
			webhooks := srv.Webhooks()
			require.Len(t, webhooks, 3, "started, submitted, decided")
			for _, webhook := range webhooks {
				notice, err := kyc.ParseWebhook(provider, delivered(webhook))
				require.NoError(t, err)
				want := kyc.Notice{CheckID: check.ID, VendorID: check.VendorID}
				if webhook.Kind == verifftest.DecisionWebhook {
					want.Decided, want.DecidedAt = true, notice.DecidedAt
					assert.True(t, notice.DecidedAt.Equal(noon))
				}
				assert.Equal(t, want, *notice)
				applied, err := check.Apply(notice)
				require.NoError(t, err)
				assert.Equal(t, *check, *applied)
			}
		})
	}
}

// Whatever an event reports, the check is the one to ask about.
func TestEveryEventNamesItsCheck(t *testing.T) {
	constants := surfacetest.Constants(t, veriffDir)
	require.ElementsMatch(t, constants["EventCode"], []string{"7001", "7002", "7005", "7007"}, "is a new event about a check?")
	require.ElementsMatch(t, constants["EventAction"], []string{"started", "submitted", "waiting_complete"}, "is a new action about a check?")
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	webhook := srv.Webhooks()[0]
	for _, code := range append(constants["EventCode"], "7999", `"7001"`) {
		for _, action := range append(constants["EventAction"], "approved", "") {
			t.Run(code+" "+action, func(t *testing.T) {
				webhook.Body = fmt.Appendf(nil, `{"id":%q,"attemptId":"a","feature":"selfid","code":%s,"action":%q,"vendorData":%q}`,
					check.VendorID, code, action, check.ID)
				notice, err := kyc.ParseWebhook(provider, delivered(webhook.SignedWith(srv.APIKey, srv.Secret, false)))
				require.NoError(t, err)
				assert.Equal(t, kyc.Notice{CheckID: check.ID, VendorID: check.VendorID}, *notice)
			})
		}
	}
	assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status, "an event decides nothing")
}

// A screening or a machine's finding is about a check, and no outcome of it.
func TestWebhooksOfOtherKindsNameTheirCheck(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	ids := `"sessionId": "` + check.VendorID + `", "vendorData": "` + check.ID + `"`
	require.ElementsMatch(t, []string{"Decision", "Event", "WatchlistScreening", "FullAutoDecision", "UnknownWebhook"},
		surfacetest.Types(t, veriffDir, "webhook"), "is a new kind about a check?")
	for name, test := range map[string]struct {
		body string
		want kyc.Notice
	}{
		"watchlist":                    {`{"checkType": "updated_result", "matchStatus": "possible_match", ` + ids + `}`, kyc.Notice{CheckID: check.ID, VendorID: check.VendorID}},
		"full auto":                    {`{"decision": "approved", "decisionScore": 1, ` + ids + `}`, kyc.Notice{CheckID: check.ID, VendorID: check.VendorID}},
		"watchlist without vendorData": {`{"checkType": "updated_result", "matchStatus": "no_match", "sessionId": "` + check.VendorID + `"}`, kyc.Notice{}},
		"an unknown kind":              {`{"curp": "x", ` + ids + `}`, kyc.Notice{}},
	} {
		webhook := srv.Webhooks()[0]
		webhook.Body = []byte(test.body)
		notice, err := kyc.ParseWebhook(provider, delivered(webhook.SignedWith(srv.APIKey, srv.Secret, false)))
		require.NoError(t, err, name)
		assert.Equal(t, test.want, *notice, name)
	}
	result, err := provider.Result(t.Context(), check)
	require.NoError(t, err)
	assert.Equal(t, kyc.StatusPending, result.Status, "the full auto decision that said approved decided nothing")
}

// A decision that is none yet announces nothing, whatever brings it.
func TestWebhooksThatAnnounceNothing(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	check := start(t, provider)
	for status, decided := range map[string]bool{
		"created": false, "started": false, "submitted": false, "approved": true, "declined": true, "review": true,
		"resubmission_requested": true, "expired": true, "abandoned": true, "something_new": true,
	} {
		require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"status": status, "code": 1}))
		webhooks := srv.Webhooks()
		notice, err := kyc.ParseWebhook(provider, delivered(webhooks[len(webhooks)-1]))
		require.NoError(t, err)
		assert.Equal(t, check.ID, notice.CheckID)
		assert.Equal(t, decided, notice.Decided, status)
		assert.Equal(t, decided, !notice.DecidedAt.IsZero(), status)
	}
}

// Sessions that the application makes without kyc, and kinds of webhooks that
// nobody knows, are none of a check's business, and no reason for Veriff to
// deliver them for a week.
func TestWebhooksAboutNoCheck(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	client := newClient(t, srv)
	for _, vendorData := range []string{"", "order-17", "0" + strings.Repeat("1", 37), strings.Repeat("1", 39), "a/b"} {
		session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: vendorData})
		require.NoError(t, err)
		require.NoError(t, srv.Submit(session.ID))
		require.NoError(t, srv.Approve(session.ID, verifftest.Person{}))
	}
	webhooks := srv.Webhooks()
	require.Len(t, webhooks, 15)
	for _, body := range []string{
		`{"checkType": "updated_result", "sessionId": "7a4a1d2e-0000-4000-8000-000000000001", "matchStatus": "no_match"}`,
		`{}`,
	} {
		webhook := webhooks[0]
		webhook.Body = []byte(body)
		webhooks = append(webhooks, webhook.SignedWith(srv.APIKey, srv.Secret, false))
	}
	for _, webhook := range webhooks {
		notice, err := kyc.ParseWebhook(provider, delivered(webhook))
		require.NoError(t, err)
		assert.Equal(t, kyc.Notice{}, *notice)
	}
}

func TestWebhooksAreRefused(t *testing.T) {
	srv, other := newServer(t), newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{Verifier: newVerifier(t, srv)})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Decline(check.VendorID, 102, ""))
	webhooks := srv.Webhooks()
	genuine := webhooks[len(webhooks)-1]
	saying := func(body string) verifftest.Webhook {
		webhook := genuine
		webhook.Body = []byte(body)
		return webhook.SignedWith(srv.APIKey, srv.Secret, false)
	}
	bare := genuine
	bare.Header = http.Header{}
	for name, test := range map[string]struct {
		webhook verifftest.Webhook
		kind    error
		vendor  error
	}{
		"tampered":               {genuine.Tampered(), kyc.ErrSignature, veriff.ErrSignature},
		"another secret":         {genuine.SignedWith(srv.APIKey, other.Secret, false), kyc.ErrSignature, veriff.ErrSignature},
		"another API key":        {genuine.SignedWith(other.APIKey, srv.Secret, false), kyc.ErrSignature, veriff.ErrAPIKey},
		"no header":              {bare, kyc.ErrSignature, veriff.ErrAPIKey},
		"legacy signature alone": {genuine.SignedWith(srv.APIKey, srv.Secret, true), kyc.ErrSignature, veriff.ErrSignature},
		"not JSON":               {saying("<html>"), kyc.ErrInvalidNotice, veriff.ErrInvalidAnswer},
		"cut off":                {saying(`{"verification":{"id":`), kyc.ErrInvalidNotice, veriff.ErrInvalidAnswer},
		"empty":                  {saying(""), kyc.ErrInvalidNotice, veriff.ErrInvalidAnswer},
		"no session":             {saying(`{"status":"success","verification":{"code":9001}}`), kyc.ErrInvalidNotice, veriff.ErrInvalidAnswer},
		"a key twice":            {saying(`{"status":"success","verification":{"id":"a","id":"b","code":9001}}`), kyc.ErrInvalidNotice, veriff.ErrInvalidAnswer},
		"too large":              {saying(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`), kyc.ErrInvalidNotice, nil},
	} {
		t.Run(name, func(t *testing.T) {
			notice, err := kyc.ParseWebhook(provider, delivered(test.webhook))
			kerr := failure(t, err)
			assert.Equal(t, test.kind, kerr.Kind)
			assert.Equal(t, "parse webhook", kerr.Op)
			if test.vendor != nil {
				require.ErrorIs(t, err, test.vendor)
			}
			assert.Nil(t, notice)
		})
	}
}

func TestCapabilities(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, veriffkyc.Config{})
	check := start(t, provider)
	require.NoError(t, srv.Submit(check.VendorID))
	sent := len(srv.Requests())
	unsupported := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, kyc.ErrUnsupported)
		assert.Equal(t, kyc.ErrUnsupported, failure(t, err).Kind)
	}
	notice, err := kyc.ParseWebhook(provider, delivered(srv.Webhooks()[0]))
	unsupported(err)
	assert.Nil(t, notice)
	_, err = kyc.ParseReturn(provider, httptest.NewRequest(http.MethodGet, "/back", nil))
	unsupported(err)
	_, err = kyc.Launch(provider, check)
	unsupported(err)
	assert.Len(t, srv.Requests(), sent)
}
