package tomoidvkyc_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

type fault struct {
	fault  tomoidvtest.Fault
	kind   error
	vendor error
}

// refusals mean the same whatever was asked for.
func refusals() map[string]fault {
	return map[string]fault{
		"400":             {tomoidvtest.Status(400, 0), kyc.ErrInvalidRequest, tomoidv.ErrInvalidRequest},
		"400, plain text": {tomoidvtest.Text(400, "no result"), kyc.ErrInvalidRequest, tomoidv.ErrInvalidRequest},
		"400, token":      {tomoidvtest.OAuthError(400, "invalid_token", "").Times(2), kyc.ErrUnauthorized, tomoidv.ErrInvalidToken},
		"400, version":    {tomoidvtest.OAuthError(400, "unsupported_api_version", ""), kyc.ErrInvalidRequest, tomoidv.ErrUnsupportedAPIVersion},
		"400, policy":     {tomoidvtest.Text(400, "Unsupported kyc_policy"), kyc.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy},
		"401":             {tomoidvtest.Status(401, 0).Times(2), kyc.ErrUnauthorized, tomoidv.ErrUnauthorized},
		"403":             {tomoidvtest.Status(403, 0), kyc.ErrUnauthorized, tomoidv.ErrForbidden},
		"403, scope":      {tomoidvtest.OAuthError(403, "insufficient_scope", ""), kyc.ErrUnauthorized, tomoidv.ErrInsufficientScope},
		"409":             {tomoidvtest.Status(409, 0), kyc.ErrInvalidRequest, tomoidv.ErrConflict},
		"429":             {tomoidvtest.Status(429, time.Second), kyc.ErrRateLimited, tomoidv.ErrRateLimited},
	}
}

func faults(own map[string]fault) map[string]fault {
	all := refusals()
	for name, f := range own {
		all[name] = f
	}
	return all
}

func TestStartFails(t *testing.T) {
	for name, test := range faults(map[string]fault{
		"404":         {tomoidvtest.Status(404, 0), kyc.ErrNotFound, tomoidv.ErrNotFound},
		"500":         {tomoidvtest.Status(500, 0), kyc.ErrUnconfirmed, tomoidv.ErrUnavailable},
		"503":         {tomoidvtest.Status(503, 0), kyc.ErrUnconfirmed, tomoidv.ErrUnavailable},
		"reset after": {tomoidvtest.ResetAfter(), kyc.ErrUnconfirmed, tomoidv.ErrUnavailable},
		"HTML":        {tomoidvtest.HTML(200), kyc.ErrUnconfirmed, tomoidv.ErrInvalidAnswer},
		"cut off":     {tomoidvtest.Truncate(), kyc.ErrUnconfirmed, tomoidv.ErrUnconfirmed},
		"too large":   {tomoidvtest.Oversize(9 << 20), kyc.ErrUnconfirmed, tomoidv.ErrTooLarge},
		"a key twice": {tomoidvtest.ExtraMembers(`"start_idv_uri":"https://evil.example/"`), kyc.ErrUnconfirmed, tomoidv.ErrInvalidAnswer},
		"no URL":      {tomoidvtest.DropMembers("start_idv_uri"), kyc.ErrUnconfirmed, tomoidv.ErrInvalidAnswer},
		"script":      {tomoidvtest.SetMembers(map[string]any{"start_idv_uri": "javascript:alert(1)"}), kyc.ErrUnconfirmed, tomoidv.ErrInvalidAnswer},
	}) {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, config())
			require.NoError(t, srv.Inject(test.fault.On(tomoidvtest.StartRoute)))
			check, err := provider.Start(t.Context(), &kyc.StartRequest{})
			assertFailure(t, err, "start", "Start", test)
			assert.Nil(t, check)
		})
	}
}

func TestResultFails(t *testing.T) {
	for name, test := range faults(map[string]fault{
		"500":                  {tomoidvtest.Status(500, 0), kyc.ErrUnavailable, tomoidv.ErrUnavailable},
		"503":                  {tomoidvtest.Status(503, 0), kyc.ErrUnavailable, tomoidv.ErrUnavailable},
		"reset":                {tomoidvtest.ResetBefore(), kyc.ErrUnavailable, tomoidv.ErrUnavailable},
		"redirect":             {tomoidvtest.Redirect("https://evil.example/"), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"HTML":                 {tomoidvtest.HTML(200), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"too large":            {tomoidvtest.Oversize(9 << 20), kyc.ErrInvalidAnswer, tomoidv.ErrTooLarge},
		"result and results":   {setMembers(map[string]any{"results": []any{}}), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"neither":              {tomoidvtest.DropMembers("result"), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"a user_id twice":      {tomoidvtest.ExtraMembers(`"User_Id":"ppid.c3ludGhldGlj"`), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"two statuses":         {tomoidvtest.ExtraKYCMembers(`"status":"approved"`), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"two spellings":        {tomoidvtest.ExtraKYCMembers(`"Status":"approved"`), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
		"neither user nor own": {setMembers(map[string]any{"user_id": "user-7"}), kyc.ErrForeign, tomoidv.ErrForeign},
	}) {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, config())
			check := start(t, provider)
			require.NoError(t, srv.Fail(check.ID))
			require.NoError(t, srv.Inject(test.fault.On(tomoidvtest.ResultRoute)))
			result, err := provider.Result(t.Context(), check)
			assertFailure(t, err, "result", "Result", test)
			assert.Nil(t, result)
			assert.Equal(t, kyc.StatusDeclined, ask(t, provider, check).Status, "the next call finds it")
		})
	}
}

// What each of TomoIDV's codes means, with 400 and in the place of a result. A
// token is renewed once, and then the refusal holds.
func TestErrorCodes(t *testing.T) {
	classes := map[tomoidv.ErrorCode]error{
		tomoidv.CodeInvalidRequest:        kyc.ErrInvalidRequest,
		tomoidv.CodeInvalidClient:         kyc.ErrUnauthorized,
		tomoidv.CodeInvalidGrant:          kyc.ErrInvalidRequest,
		tomoidv.CodeUnauthorizedClient:    kyc.ErrUnauthorized,
		tomoidv.CodeUnsupportedGrantType:  kyc.ErrInvalidRequest,
		tomoidv.CodeInvalidScope:          kyc.ErrInvalidRequest,
		tomoidv.CodeInvalidTarget:         kyc.ErrInvalidRequest,
		tomoidv.CodeInvalidToken:          kyc.ErrUnauthorized,
		tomoidv.CodeInsufficientScope:     kyc.ErrUnauthorized,
		tomoidv.CodeUnsupportedAPIVersion: kyc.ErrInvalidRequest,
	}
	require.ElementsMatch(t, constants(t, "ErrorCode"), keys(classes), "what does a new code mean?")
	classes["slow_down"] = kyc.ErrInvalidRequest
	for code, class := range classes {
		t.Run(string(code), func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, config())
			check := start(t, provider)
			require.NoError(t, srv.Inject(tomoidvtest.OAuthError(400, string(code), "").On(tomoidvtest.ResultRoute).Times(2)))
			assertRefused(t, provider, check, class)
		})
	}
}

func assertFailure(t *testing.T, err error, op, vendorOp string, want fault) {
	t.Helper()
	kerr := failure(t, err)
	assert.Equal(t, op, kerr.Op)
	assert.Equal(t, want.kind, kerr.Kind)
	require.ErrorIs(t, err, want.kind)
	require.ErrorIs(t, err, want.vendor)
	var verr *tomoidv.Error
	require.ErrorAs(t, err, &verr)
	assert.Equal(t, vendorOp, verr.Op)
}

// What there is to say about nobody: an answer without records and a 404 are
// not about this program, a 400 may be.
func TestNothingIsKnownYet(t *testing.T) {
	for name, test := range map[string]struct {
		absence tomoidvtest.Absence
		kind    error
	}{
		"an empty answer": {tomoidvtest.EmptyResults, nil},
		"404":             {tomoidvtest.NotFound, nil},
		"400":             {tomoidvtest.BadRequest, kyc.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, tomoidvtest.WithNoResult(test.absence))
			provider := newProvider(t, srv, changed(func(c *tomoidvkyc.Config) { c.Environment = kyc.EnvironmentTest }))
			check := start(t, provider)
			if test.kind != nil {
				assertRefused(t, provider, check, test.kind)
			} else {
				result := ask(t, provider, check)
				assert.Equal(t, kyc.StatusPending, result.Status)
				assert.Equal(t, check.ID, result.CheckID)
				assert.Equal(t, "tomoidv", result.Provider)
				assert.Equal(t, test.absence == tomoidvtest.NotFound, result.Vendor == nil)
				assert.Equal(t, test.absence == tomoidvtest.NotFound, result.Evidence.SHA256 == "")
				assert.WithinDuration(t, time.Now(), result.Evidence.FetchedAt, time.Minute)
				assert.Equal(t, kyc.SignatureNone, result.Evidence.Signature)
				assert.Equal(t, kyc.EnvironmentTest, result.Evidence.Environment)
			}
			require.NoError(t, srv.Pass(check.ID, hanako()))
			assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
		})
	}
}

// That there is no token endpoint says nothing about a check.
func TestTokenEndpointFails(t *testing.T) {
	for name, test := range map[string]fault{
		"400":            {tomoidvtest.Status(400, 0), kyc.ErrInvalidRequest, tomoidv.ErrInvalidRequest},
		"invalid client": {tomoidvtest.OAuthError(400, "invalid_client", ""), kyc.ErrUnauthorized, tomoidv.ErrInvalidClient},
		"invalid scope":  {tomoidvtest.OAuthError(400, "invalid_scope", ""), kyc.ErrInvalidRequest, tomoidv.ErrInvalidScope},
		"401":            {tomoidvtest.Status(401, 0), kyc.ErrUnauthorized, tomoidv.ErrUnauthorized},
		"404":            {tomoidvtest.Status(404, 0), kyc.ErrUnavailable, tomoidv.ErrNotFound},
		"404, a page":    {tomoidvtest.HTML(404), kyc.ErrUnavailable, tomoidv.ErrNotFound},
		"503":            {tomoidvtest.Status(503, 0), kyc.ErrUnavailable, tomoidv.ErrUnavailable},
		"no token":       {tomoidvtest.SetMembers(map[string]any{"access_token": ""}), kyc.ErrInvalidAnswer, tomoidv.ErrInvalidAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			check := start(t, newProvider(t, srv, config()))
			for op, call := range map[string]func(*tomoidvkyc.Provider) error{
				"start":  func(p *tomoidvkyc.Provider) error { _, err := p.Start(t.Context(), &kyc.StartRequest{}); return err },
				"result": func(p *tomoidvkyc.Provider) error { _, err := p.Result(t.Context(), check); return err },
				"erase":  func(p *tomoidvkyc.Provider) error { _, err := p.Erase(t.Context(), check); return err },
			} {
				require.NoError(t, srv.Inject(test.fault.On(tomoidvtest.TokenRoute)))
				assertFailure(t, call(newProvider(t, srv, config())), op, "getToken", test)
			}
		})
	}
}

// Another client of TomoIDV's does not see the check, approved or not.
func TestCheckOfAnotherClient(t *testing.T) {
	for name, test := range map[string]struct {
		absence tomoidvtest.Absence
		kind    error
	}{
		"400":             {tomoidvtest.BadRequest, kyc.ErrInvalidRequest},
		"404":             {tomoidvtest.NotFound, nil},
		"an empty answer": {tomoidvtest.EmptyResults, nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t, tomoidvtest.WithUnknownUser(test.absence))
			check := start(t, newProvider(t, srv, config()))
			require.NoError(t, srv.Pass(check.ID, hanako()))
			credentials := srv.AddClient(tomoidvtest.Sandbox)
			client, err := tomoidv.NewClient(credentials.ID, credentials.SecretKey, tomoidv.WithBaseURL(srv.URL),
				tomoidv.WithContractVersion("1.4"), tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
			require.NoError(t, err)
			other, err := tomoidvkyc.New(client, config())
			require.NoError(t, err)
			if test.kind != nil {
				assertRefused(t, other, check, test.kind)
				return
			}
			assert.Equal(t, kyc.StatusPending, ask(t, other, check).Status)
		})
	}
}

func TestCredentialsOfTheOtherEnvironment(t *testing.T) {
	srv := newServer(t)
	check := start(t, newProvider(t, srv, config()))
	require.NoError(t, srv.Pass(check.ID, hanako()))
	credentials := srv.AddClient(tomoidvtest.Production)
	client, err := tomoidv.NewClient(credentials.ID, credentials.SecretKey, tomoidv.WithBaseURL(srv.URL),
		tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	provider, err := tomoidvkyc.New(client, config())
	require.NoError(t, err)
	assertRefused(t, provider, check, kyc.ErrUnauthorized)
	_, err = provider.Start(t.Context(), &kyc.StartRequest{})
	require.ErrorIs(t, err, kyc.ErrUnauthorized)
}

// A token that is revoked is replaced, and nobody notices.
func TestRevokedToken(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	require.NoError(t, srv.Pass(check.ID, hanako()))
	srv.RevokeTokens()
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
	assert.Equal(t, 2, srv.TokenCalls())
}

func calls(check *kyc.Check) map[string]func(context.Context, *tomoidvkyc.Provider) error {
	return map[string]func(context.Context, *tomoidvkyc.Provider) error{
		"start": func(ctx context.Context, p *tomoidvkyc.Provider) error {
			_, err := p.Start(ctx, &kyc.StartRequest{})
			return err
		},
		"result": func(ctx context.Context, p *tomoidvkyc.Provider) error {
			_, err := p.Result(ctx, check)
			return err
		},
		"erase": func(ctx context.Context, p *tomoidvkyc.Provider) error {
			_, err := p.Erase(ctx, check)
			return err
		},
	}
}

func TestEndOfTheCallersContext(t *testing.T) {
	reason := errors.New("the person closed the page")
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	requests := len(srv.Requests())
	for name, test := range map[string]struct {
		begin func(context.Context) (context.Context, context.CancelFunc)
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
		for op, call := range calls(check) {
			t.Run(name+", "+op, func(t *testing.T) {
				ctx, cancel := test.begin(t.Context())
				cancel()
				err := call(ctx, provider)
				require.ErrorIs(t, err, test.want)
				kerr := failure(t, err)
				assert.NoError(t, kerr.Kind, "nothing was sent, and nothing else is wrong")
				assert.Equal(t, op, kerr.Op)
			})
		}
	}
	assert.Len(t, srv.Requests(), requests)
}

func TestNilContext(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	requests := len(srv.Requests())
	for op, call := range calls(check) {
		t.Run(op, func(t *testing.T) {
			err := call(nil, provider) //nolint:staticcheck // a caller's mistake
			require.ErrorIs(t, err, kyc.ErrInvalidRequest)
			assert.Equal(t, op, failure(t, err).Op)
		})
	}
	assert.Len(t, srv.Requests(), requests)
}

// A caller who leaves while TomoIDV has the request does not know what became
// of it.
func TestCancelWhileTomoIDVHasTheRequest(t *testing.T) {
	srv := newServer(t)
	check := start(t, newProvider(t, srv, config()))
	for op, test := range map[string]struct {
		path string
		kind error
	}{
		"start":  {"/v1/idv/start", kyc.ErrUnconfirmed},
		"result": {"/v1/idv/result", nil},
		"erase":  {"/v1/idv/result/delete", kyc.ErrUnconfirmed},
	} {
		t.Run(op, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stalled := roundTripper(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, test.path) {
					cancel()
				}
				return srv.RoundTripper().RoundTrip(r)
			})
			require.NoError(t, srv.Inject(tomoidvtest.Stall(nil).On(tomoidvtest.Route("POST "+test.path))))
			provider := newProvider(t, srv, config(), tomoidv.WithHTTPClient(&http.Client{Transport: stalled}))
			err := calls(check)[op](ctx, provider)
			require.ErrorIs(t, err, context.Canceled)
			kerr := failure(t, err)
			assert.Equal(t, test.kind, kerr.Kind)
			assert.Equal(t, op, kerr.Op)
			srv.ClearFaults()
		})
	}
}
