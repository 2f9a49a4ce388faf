package veriffkyc_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/surfacetest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestStartFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault  verifftest.Fault
		kind   error
		vendor error
	}{
		"400":             {verifftest.Status(400, 0), kyc.ErrInvalidRequest, veriff.ErrInvalidRequest},
		"401":             {verifftest.Status(401, 0), kyc.ErrUnauthorized, veriff.ErrUnauthorized},
		"403":             {verifftest.Status(403, 0), kyc.ErrUnauthorized, veriff.ErrForbidden},
		"404":             {verifftest.Status(404, 0), kyc.ErrNotFound, veriff.ErrNotFound},
		"409":             {verifftest.Status(409, 0), kyc.ErrInvalidRequest, veriff.ErrConflict},
		"429":             {verifftest.Status(429, time.Second), kyc.ErrRateLimited, veriff.ErrRateLimited},
		"500":             {verifftest.Status(500, 0), kyc.ErrUnconfirmed, veriff.ErrUnavailable},
		"503":             {verifftest.Status(503, 0), kyc.ErrUnconfirmed, veriff.ErrUnavailable},
		"reset after":     {verifftest.ResetAfter(), kyc.ErrUnconfirmed, veriff.ErrUnavailable},
		"HTML":            {verifftest.HTML(200), kyc.ErrUnconfirmed, veriff.ErrInvalidAnswer},
		"cut off":         {verifftest.Truncate(), kyc.ErrUnconfirmed, veriff.ErrUnconfirmed},
		"wrong signature": {verifftest.WrongSignature(), kyc.ErrUnconfirmed, veriff.ErrSignature},
		"too large":       {verifftest.Oversize(9 << 20), kyc.ErrUnconfirmed, veriff.ErrTooLarge},
		"a key twice":     {verifftest.ExtraMembers(`"url":"https://evil.example/"`), kyc.ErrUnconfirmed, veriff.ErrInvalidAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, veriffkyc.Config{})
			require.NoError(t, srv.Inject(test.fault))
			check, err := provider.Start(t.Context(), &kyc.StartRequest{})
			assertFailure(t, err, "start", test.kind, test.vendor)
			assert.Nil(t, check)
			assert.Len(t, srv.Requests(), 1)
		})
	}
}

func TestResultFails(t *testing.T) {
	for name, test := range map[string]struct {
		fault  verifftest.Fault
		kind   error
		vendor error
	}{
		"400":             {verifftest.Status(400, 0), kyc.ErrInvalidRequest, veriff.ErrInvalidRequest},
		"401":             {verifftest.Status(401, 0), kyc.ErrUnauthorized, veriff.ErrUnauthorized},
		"403":             {verifftest.Status(403, 0), kyc.ErrUnauthorized, veriff.ErrForbidden},
		"404":             {verifftest.Status(404, 0), kyc.ErrNotFound, veriff.ErrNotFound},
		"409":             {verifftest.Status(409, 0), kyc.ErrInvalidRequest, veriff.ErrConflict},
		"429":             {verifftest.Status(429, time.Second), kyc.ErrRateLimited, veriff.ErrRateLimited},
		"500":             {verifftest.Status(500, 0), kyc.ErrUnavailable, veriff.ErrUnavailable},
		"503":             {verifftest.Status(503, 0), kyc.ErrUnavailable, veriff.ErrUnavailable},
		"reset":           {verifftest.ResetBefore(), kyc.ErrUnavailable, veriff.ErrUnavailable},
		"redirect":        {verifftest.Redirect("https://evil.example/"), kyc.ErrInvalidAnswer, veriff.ErrInvalidAnswer},
		"HTML":            {verifftest.HTML(200), kyc.ErrInvalidAnswer, veriff.ErrInvalidAnswer},
		"wrong signature": {verifftest.WrongSignature(), kyc.ErrSignature, veriff.ErrSignature},
		"too large":       {verifftest.Oversize(9 << 20), kyc.ErrInvalidAnswer, veriff.ErrTooLarge},
		"another session": {verifftest.AnotherSession(), kyc.ErrForeign, veriff.ErrForeign},
		"a twin of a key": {verifftest.ExtraMembers(`"Status":"approved","Code":9001`), kyc.ErrInvalidAnswer, veriff.ErrInvalidAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, veriffkyc.Config{})
			check := start(t, provider)
			require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"status": "declined", "code": 9102}))
			require.NoError(t, srv.Inject(test.fault))
			result, err := provider.Result(t.Context(), check)
			assertFailure(t, err, "result", test.kind, test.vendor)
			assert.Nil(t, result)
			assert.Equal(t, kyc.StatusDeclined, ask(t, provider, check).Status, "the next call finds it")
		})
	}
}

func assertFailure(t *testing.T, err error, op string, kind, vendor error) {
	t.Helper()
	kerr := failure(t, err)
	assert.Equal(t, op, kerr.Op)
	assert.Equal(t, kind, kerr.Kind)
	require.ErrorIs(t, err, kind)
	require.ErrorIs(t, err, vendor)
	var verr *veriff.Error
	require.ErrorAs(t, err, &verr)
	assert.Equal(t, map[string]string{"start": "CreateSession", "result": "Decision"}[op], verr.Op)
}

// What each of Veriff's codes of refusal means, with the status that document
// 003 shows them with: 400.
func TestErrorCodes(t *testing.T) {
	classes := map[error][]string{
		kyc.ErrUnauthorized: {"1101", "1801", "1802", "1803", "1804", "1812", "1813", "1814", "1815", "1818", "1819"},
		kyc.ErrInvalidRequest: {
			"1001", "1002", "1003", "1102", "1104", "1201", "1202", "1203", "1301", "1302", "1303", "1304", "1308", "1309", "1310",
			"1400", "1401", "1402", "1403", "1500", "1501", "2003", "2101", "2102", "2103", "2104",
		},
	}
	require.ElementsMatch(t, surfacetest.Constants(t, veriffDir)["ErrorCode"],
		slices.Concat(classes[kyc.ErrUnauthorized], classes[kyc.ErrInvalidRequest]), "what does a new code mean?")
	classes[kyc.ErrInvalidRequest] = append(classes[kyc.ErrInvalidRequest], "1999", "")
	srv := newServer(t)
	check := start(t, newProvider(t, srv, veriffkyc.Config{}))
	for class, codes := range classes {
		for _, code := range codes {
			t.Run(code, func(t *testing.T) {
				provider := newProvider(t, srv, veriffkyc.Config{}, veriff.WithHTTPClient(&http.Client{Transport: roundTripper(
					func(r *http.Request) (*http.Response, error) {
						body := `{"status":"fail","code":"` + code + `","message":"m"}`
						return &http.Response{StatusCode: http.StatusBadRequest, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
					})}))
				assertRefused(t, provider, check, class)
				started, err := provider.Start(t.Context(), &kyc.StartRequest{})
				require.ErrorIs(t, err, class)
				assert.Equal(t, class, failure(t, err).Kind)
				assert.Nil(t, started)
			})
		}
	}
}

func TestSignedAnswersOnly(t *testing.T) {
	srv := newServer(t)
	strict := newProvider(t, srv, veriffkyc.Config{}, veriff.WithSignedAnswersOnly())
	check := start(t, strict)
	require.NoError(t, srv.Inject(verifftest.NoSignature().Times(2)))
	assertRefused(t, strict, check, kyc.ErrSignature)
	assert.Equal(t, kyc.SignatureNone, ask(t, newProvider(t, srv, veriffkyc.Config{}), check).Evidence.Signature)
}

// A session of another integration is not there for these credentials.
func TestCheckOfAnotherIntegration(t *testing.T) {
	srv, other := newServer(t), newServer(t)
	check := start(t, newProvider(t, other, veriffkyc.Config{}))
	require.NoError(t, other.ForceDecision(check.VendorID, nil))
	assertRefused(t, newProvider(t, srv, veriffkyc.Config{}), check, kyc.ErrNotFound)
}

func TestWrongCredentials(t *testing.T) {
	srv := newServer(t)
	check := start(t, newProvider(t, srv, veriffkyc.Config{}))
	require.NoError(t, srv.ForceDecision(check.VendorID, nil))
	client, err := veriff.NewClient(srv.APIKey, "not-the-secret", veriff.WithBaseURL(srv.URL),
		veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	provider, err := veriffkyc.New(client, veriffkyc.Config{})
	require.NoError(t, err)
	assertRefused(t, provider, check, kyc.ErrUnauthorized)
	_, err = provider.Start(t.Context(), &kyc.StartRequest{})
	require.ErrorIs(t, err, kyc.ErrUnauthorized)
}

func TestEndOfTheCallersContext(t *testing.T) {
	reason := errors.New("the person closed the page")
	for name, test := range map[string]struct {
		begin func(ctx context.Context) (context.Context, context.CancelFunc)
		want  error
	}{
		"canceled": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			return ctx, func() { cancel(reason) }
		}, context.Canceled},
		"too late": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithDeadline(ctx, time.Now().Add(-time.Hour))
		}, context.DeadlineExceeded},
	} {
		t.Run("before, "+name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, veriffkyc.Config{})
			check := start(t, provider)
			sent := len(srv.Requests())
			ctx, cancel := test.begin(t.Context())
			cancel()
			_, err := provider.Start(ctx, &kyc.StartRequest{})
			require.ErrorIs(t, err, test.want)
			assert.NoError(t, failure(t, err).Kind, "nothing was sent, and nothing else is wrong")
			_, err = provider.Result(ctx, check)
			require.ErrorIs(t, err, test.want)
			assert.NoError(t, failure(t, err).Kind)
			assert.Len(t, srv.Requests(), sent)
		})
	}
}

// A caller who leaves while Veriff has the request does not know what became
// of it.
func TestCancelWhileVeriffHasTheRequest(t *testing.T) {
	srv := newServer(t)
	check := start(t, newProvider(t, srv, veriffkyc.Config{}))
	for name, test := range map[string]struct {
		call func(context.Context, kyc.Provider) error
		kind error
	}{
		"start": {func(ctx context.Context, p kyc.Provider) error {
			_, err := p.Start(ctx, &kyc.StartRequest{})
			return err
		}, kyc.ErrUnconfirmed},
		"result": {func(ctx context.Context, p kyc.Provider) error {
			_, err := p.Result(ctx, check)
			return err
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stalled := roundTripper(func(r *http.Request) (*http.Response, error) {
				cancel()
				return srv.RoundTripper().RoundTrip(r)
			})
			require.NoError(t, srv.Inject(verifftest.Stall(nil)))
			provider := newProvider(t, srv, veriffkyc.Config{}, veriff.WithHTTPClient(&http.Client{Transport: stalled}))
			err := test.call(ctx, provider)
			require.ErrorIs(t, err, context.Canceled)
			kerr := failure(t, err)
			assert.Equal(t, test.kind, kerr.Kind)
			assert.Equal(t, name, kerr.Op)
			srv.ClearFaults()
		})
	}
}
