package tomoidv_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

var (
	jpPolicy = tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret"))
	hanako   = tomoidvtest.Person{FullName: "Hanako Sato", GivenName: "Hanako", FamilyName: "Sato", DateOfBirth: "1990-01-31", Sex: "F"}
)

func connect(t *testing.T, srv *tomoidvtest.Server, options ...tomoidv.Option) *tomoidv.Client {
	t.Helper()
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, append([]tomoidv.Option{
		tomoidv.WithBaseURL(srv.URL), tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}),
	}, options...)...)
	require.NoError(t, err)
	return client
}

func server(t *testing.T, options ...tomoidvtest.Option) *tomoidvtest.Server {
	t.Helper()
	return tomoidvtest.NewServer(t, append([]tomoidvtest.Option{tomoidvtest.WithoutListener()}, options...)...)
}

func begin(t *testing.T, client *tomoidv.Client, attempt string) {
	t.Helper()
	_, err := client.Start(t.Context(), &tomoidv.StartRequest{UserID: attempt, Country: "jp", Policy: jpPolicy,
		RedirectURLSuccess: "https://shop.example/idv/" + attempt, RedirectURLFail: "https://shop.example/idv/" + attempt})
	require.NoError(t, err)
}

func ask(t *testing.T, client *tomoidv.Client, attempt string) []tomoidv.Record {
	t.Helper()
	result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: attempt, Country: "jp", Policy: jpPolicy})
	require.NoError(t, err)
	return result.Records
}

func TestLifeOfACheck(t *testing.T) {
	for _, form := range []tomoidvtest.ResultForm{tomoidvtest.SingleWhenAsked, tomoidvtest.AlwaysList} {
		srv := server(t, tomoidvtest.WithResultForm(form))
		old, client := connect(t, srv), connect(t, srv, tomoidv.WithContractVersion("1.4"))
		for attempt, test := range map[string]struct {
			end  func(string) error
			want tomoidv.Status
		}{
			"pass":   {func(id string) error { return srv.Pass(id, hanako) }, tomoidv.StatusApproved},
			"fail":   {srv.Fail, tomoidv.StatusRejected},
			"review": {func(id string) error { return srv.Review(id, hanako) }, tomoidv.StatusPendingReview},
			"cancel": {srv.Cancel, tomoidv.StatusCanceled},
			"expire": {srv.Expire, tomoidv.StatusExpired},
		} {
			begin(t, client, attempt)
			assert.Empty(t, ask(t, client, attempt), "nothing is decided")
			require.NoError(t, srv.Leave(attempt))
			assert.Empty(t, ask(t, client, attempt))
			require.NoError(t, test.end(attempt))
			records := ask(t, client, attempt)
			require.Len(t, records, 1, attempt)
			assert.Equal(t, test.want, records[0].Status(), attempt)
			assert.True(t, records[0].Matches(jpPolicy, "jp"), attempt)
			if attempt == "pass" {
				assert.Equal(t, "Hanako Sato", records[0].Result.FullName)
				assert.Equal(t, "Sato", records[0].KYC.Person.FamilyName)
				require.Len(t, ask(t, old, attempt), 1)
				assert.Empty(t, ask(t, old, attempt)[0].Status(), "1.3 has none")
			}
		}
	}
}

func TestRecordUnderAWeakerPolicyDoesNotMatch(t *testing.T) {
	srv := server(t)
	client := connect(t, srv, tomoidv.WithContractVersion("1.4"))
	begin(t, client, "attempt-1")
	require.NoError(t, srv.Pass("attempt-1", hanako, tomoidvtest.Under("jp", tomoidvtest.Policy{
		SubjectKind: "document", IDType: "passport", Method: "document_ocr_check", OwnerKind: "no_owner_assurance"})))
	assert.Empty(t, ask(t, client, "attempt-1"))
	result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	require.NoError(t, err)
	require.Len(t, result.Records, 1)
	assert.Equal(t, tomoidv.StatusApproved, result.Records[0].Status())
	assert.False(t, result.Records[0].Matches(jpPolicy, "jp"))
	assert.True(t, result.Records[0].Matches(tomoidv.DocumentOCR("passport", tomoidv.NoOwnerAssurance()), "jp"))
}

// The fake's policies are those of the same sources, written down by somebody
// else.
func TestEveryDocumentedPolicyIsTakenAndMatches(t *testing.T) {
	srv := server(t)
	client := connect(t, srv)
	for key, policy := range documented {
		code, _, _ := strings.Cut(key, ":")
		country := tomoidv.Country(code)
		_, err := client.Start(t.Context(), &tomoidv.StartRequest{UserID: key, Country: country, Policy: policy})
		require.NoError(t, err, key)
		require.NoError(t, srv.Pass(key, hanako))
		result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: key, Country: country, Policy: policy})
		require.NoError(t, err, key)
		require.Len(t, result.Records, 1, key)
		assert.True(t, result.Records[0].Matches(policy, country), key)
		assert.Equal(t, tomoidv.PolicyKey(key), result.Records[0].PolicyKey)
	}
	_, err := client.Start(t.Context(), &tomoidv.StartRequest{UserID: "x", Country: "kr", Policy: jpPolicy})
	assertKinds(t, err, tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy)
}

func TestUnsupportedPolicyInEveryForm(t *testing.T) {
	for _, form := range []tomoidvtest.ErrorForm{tomoidvtest.MessageErrors, tomoidvtest.OAuthErrors, tomoidvtest.TextErrors} {
		_, err := connect(t, server(t, tomoidvtest.WithErrorForm(form))).Start(t.Context(), &tomoidv.StartRequest{Country: "us", Policy: jpPolicy})
		assertKinds(t, err, tomoidv.ErrInvalidRequest, tomoidv.ErrUnsupportedPolicy)
	}
}

func TestVictimsReturnURL(t *testing.T) {
	srv := server(t)
	client := connect(t, srv, tomoidv.WithContractVersion("1.4"))
	begin(t, client, "victim")
	begin(t, client, "attacker")
	require.NoError(t, srv.Pass("victim", hanako))
	stolen, err := srv.ReturnURL("victim")
	require.NoError(t, err)
	u, err := url.Parse(stolen)
	require.NoError(t, err)
	claim, err := tomoidv.ParseReturn(&http.Request{URL: u})
	require.NoError(t, err)

	result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "victim"})
	require.NoError(t, err)
	assert.Equal(t, result.UserID, claim.PPID, "it is the victim's PPID, and genuine")
	assert.Empty(t, ask(t, client, "attacker"), "and the attacker has no record")
}

func TestMixedUpEnvironments(t *testing.T) {
	srv := server(t)
	foreign := srv.AddClient(tomoidvtest.Production)
	client, err := tomoidv.NewClient(foreign.ID, foreign.SecretKey, tomoidv.WithBaseURL(srv.URL),
		tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	err = start(t, client)
	assertKinds(t, err, tomoidv.ErrUnauthorized, tomoidv.ErrInvalidClient)
	assert.ErrorContains(t, err, "of the environment that WithBaseURL names")
}

func TestRefusedAssertions(t *testing.T) {
	srv := server(t)
	for name, test := range map[string]struct{ options []tomoidv.Option }{
		"audience": {[]tomoidv.Option{tomoidv.WithAudience("https://another.example/token")}},
		"kid":      {[]tomoidv.Option{tomoidv.WithKeyID("k-1")}},
		"lifetime": {[]tomoidv.Option{tomoidv.WithAssertionLifetime(time.Hour)}},
	} {
		err := start(t, connect(t, srv, test.options...))
		assert.ErrorIs(t, err, tomoidv.ErrInvalidClient, name)
	}
	srv = server(t, tomoidvtest.WithInvalidClientStatus(http.StatusUnauthorized))
	assertKinds(t, start(t, connect(t, srv, tomoidv.WithAudience("x"))), tomoidv.ErrUnauthorized, tomoidv.ErrInvalidClient)
	srv.SetTime(time.Now().Add(24 * time.Hour))
	err := start(t, connect(t, srv))
	require.ErrorIs(t, err, tomoidv.ErrInvalidClient)
	assert.ErrorContains(t, err, "the local clock is")
}

func TestReplayedAssertion(t *testing.T) {
	srv := server(t)
	require.NoError(t, start(t, connect(t, srv)))
	seen := srv.Requests()[0]
	replay, err := http.NewRequest(seen.Method, srv.URL+seen.Path, bytes.NewReader(seen.Body))
	require.NoError(t, err)
	replay.Header = seen.Header
	resp, err := srv.RoundTripper().RoundTrip(replay)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Contains(t, string(body), "invalid_client")
}

// A retried token request is accepted, because its assertion is another.
func TestTokenRequestIsRetried(t *testing.T) {
	srv := server(t)
	require.NoError(t, srv.Inject(tomoidvtest.ResetAfter().On(tomoidvtest.TokenRoute)))
	require.NoError(t, start(t, connect(t, srv)))
	assert.Equal(t, 2, srv.TokenCalls())
}

func TestExpiredToken(t *testing.T) {
	srv := server(t, tomoidvtest.WithTokenLife(time.Hour))
	client := connect(t, srv, tomoidv.WithMaxAttempts(1))
	begin(t, client, "attempt-1")
	srv.RevokeTokens()
	begin(t, client, "attempt-2")
	assert.Equal(t, 2, srv.TokenCalls())

	srv = server(t, tomoidvtest.WithTokenRefusalStatus(http.StatusBadRequest))
	client = connect(t, srv)
	begin(t, client, "attempt-1")
	srv.RevokeTokens()
	_, err := client.Start(t.Context(), &tomoidv.StartRequest{UserID: "attempt-2"})
	assertKinds(t, err, tomoidv.ErrInvalidRequest) // a 400 may be about anything, and is not tried again
	assert.Equal(t, 1, srv.TokenCalls())
	begin(t, client, "attempt-3") // but the next call has another token
	assert.Equal(t, 2, srv.TokenCalls())
	assert.Len(t, srv.Attempts(), 2)
}

func TestContractVersions(t *testing.T) {
	srv := server(t)
	client := connect(t, srv)
	begin(t, client, "attempt-1")
	require.NoError(t, srv.Pass("attempt-1", hanako))
	result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	require.NoError(t, err)
	assert.Equal(t, "1.3", result.Meta().ContractVersion())
	result, err = connect(t, srv, tomoidv.WithContractVersion("1.4")).Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	require.NoError(t, err)
	assert.Equal(t, "1.4", result.Meta().ContractVersion())
	assert.True(t, strings.HasPrefix(string(result.UserID), "ppid."))

	srv = server(t, tomoidvtest.WithVersionIgnored())
	client = connect(t, srv, tomoidv.WithContractVersion("1.4"))
	begin(t, client, "attempt-1")
	require.NoError(t, srv.Pass("attempt-1", hanako))
	_, err = client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	assertKinds(t, err, tomoidv.ErrInvalidAnswer)
	assert.ErrorContains(t, err, "not of contract 1.4")
}

func TestAnswerAboutSomebodyElse(t *testing.T) {
	srv := server(t)
	client := connect(t, srv, tomoidv.WithContractVersion("1.4"))
	begin(t, client, "attempt-1")
	require.NoError(t, srv.Pass("attempt-1", hanako))
	result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	require.NoError(t, err)
	require.NoError(t, srv.Inject(tomoidvtest.AnotherUser().On(tomoidvtest.ResultRoute)))
	_, err = client.Result(t.Context(), &tomoidv.ResultRequest{UserID: string(result.UserID)})
	assertKinds(t, err, tomoidv.ErrForeign)
}

func TestEndOfAUser(t *testing.T) {
	srv := server(t)
	client := connect(t, srv, tomoidv.WithContractVersion("1.4"))
	begin(t, client, "attempt-1")
	require.NoError(t, srv.Pass("attempt-1", hanako))
	identity, err := client.KYC(t.Context(), &tomoidv.KYCRequest{UserID: "attempt-1", Country: "jp"})
	require.NoError(t, err)
	assert.Equal(t, "Hanako Sato", identity.FullName)

	reset := &tomoidv.ResetRequest{UserID: "attempt-1", Country: "jp", Policy: jpPolicy}
	for _, want := range []tomoidv.ResetStatus{tomoidv.ResetStatusReset, tomoidv.ResetStatusNotResettable} {
		got, err := client.Reset(t.Context(), reset)
		require.NoError(t, err)
		assert.Equal(t, want, got.Status)
	}
	assert.Empty(t, ask(t, client, "attempt-1"))

	begin(t, client, "attempt-1")
	require.NoError(t, srv.Pass("attempt-1", hanako))
	result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	require.NoError(t, err)
	for _, want := range []tomoidv.DeletionStatus{tomoidv.DeletionStatusDeleted, tomoidv.DeletionStatusNotDeletable} {
		got, err := client.DeleteResult(t.Context(), result.UserID)
		require.NoError(t, err)
		assert.Equal(t, want, got.Status)
	}
	several, err := client.DeleteResults(t.Context(), []tomoidv.PPID{result.UserID, "ppid.bm9ib2R5"})
	require.NoError(t, err)
	assert.Len(t, several.Results, 2)
	text, err := client.Health(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, text)
}

func TestFaults(t *testing.T) {
	srv := server(t)
	client := connect(t, srv)
	begin(t, client, "attempt-1")
	require.NoError(t, srv.Pass("attempt-1", hanako))
	for name, fault := range map[string]tomoidvtest.Fault{
		"reset before": tomoidvtest.ResetBefore(), "reset after": tomoidvtest.ResetAfter(), "503": tomoidvtest.Status(http.StatusServiceUnavailable, 0),
		"cut off": tomoidvtest.Truncate(),
	} {
		require.NoError(t, srv.Inject(fault.On(tomoidvtest.ResultRoute)))
		assert.Len(t, ask(t, client, "attempt-1"), 1, "%s: a result is asked for again", name)

		before := len(srv.Requests())
		require.NoError(t, srv.Inject(fault.On(tomoidvtest.StartRoute)))
		_, err := client.Start(t.Context(), &tomoidv.StartRequest{UserID: "attempt-2"})
		require.ErrorIs(t, err, tomoidv.ErrUnconfirmed, name)
		assert.Len(t, srv.Requests(), before+1, "%s: a start is not", name)
	}
	require.NoError(t, srv.Inject(tomoidvtest.HTML(http.StatusOK).On(tomoidvtest.ResultRoute)))
	_, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	assertKinds(t, err, tomoidv.ErrInvalidAnswer)
}

func TestManyAtOnce(t *testing.T) {
	srv := tomoidvtest.NewServer(t)
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL))
	require.NoError(t, err)
	var callers sync.WaitGroup
	for i := range 20 {
		callers.Go(func() {
			id := "attempt-" + string(rune('a'+i))
			_, err := client.Start(t.Context(), &tomoidv.StartRequest{UserID: id, Country: "jp", Policy: jpPolicy})
			assert.NoError(t, err)
			assert.NoError(t, srv.Pass(id, hanako))
			result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: id})
			if assert.NoError(t, err) {
				assert.Len(t, result.Records, 1)
			}
		})
	}
	callers.Wait()
	assert.Equal(t, 1, srv.TokenCalls())
}

// What the fake says beyond what this package knows is kept, and does no harm.
func TestUnknownStatusAndMembers(t *testing.T) {
	srv := server(t)
	client := connect(t, srv, tomoidv.WithContractVersion("1.4"))
	begin(t, client, "attempt-1")
	require.NoError(t, srv.ForceResult("attempt-1", map[string]any{"kyc": map[string]any{"status": "on_hold"}}))
	require.NoError(t, srv.Inject(tomoidvtest.ExtraMembers(`"brand_new":{"a":[1]}`).On(tomoidvtest.ResultRoute)))
	result, err := client.Result(t.Context(), &tomoidv.ResultRequest{UserID: "attempt-1"})
	require.NoError(t, err)
	require.Len(t, result.Records, 1)
	assert.Equal(t, tomoidv.Status("on_hold"), result.Records[0].Status())
	assert.True(t, json.Valid(result.Meta().Raw()))
	assert.Contains(t, string(result.Meta().Raw()), "brand_new")
}
