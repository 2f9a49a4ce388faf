package tomoidvkyc_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

const (
	strongKey = "jp:document:id_card:government_id_verf:owner_verf:document_secret"
	weakKey   = "jp:document:passport:document_ocr_check:no_owner_assurance"
)

// config has a policy that makes sure of the owner.
func config() tomoidvkyc.Config {
	owner := tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)
	return tomoidvkyc.Config{Country: "jp", Policy: tomoidv.GovernmentID(tomoidv.IDTypeIDCard, owner)}
}

// weakPolicy is one that a country has as well, and that lets in whoever holds
// somebody's passport.
func weakPolicy() tomoidvtest.Policy {
	return tomoidvtest.Policy{
		SubjectKind: "document", IDType: "passport", Method: "document_ocr_check", OwnerKind: "no_owner_assurance",
	}
}

func hanako() tomoidvtest.Person {
	return tomoidvtest.Person{FullName: "佐藤花子", DateOfBirth: "1991-05-06"}
}

func newServer(t *testing.T, opts ...tomoidvtest.Option) *tomoidvtest.Server {
	t.Helper()
	return tomoidvtest.NewServer(t, append(opts, tomoidvtest.WithoutListener())...)
}

// newClient is one of contract 1.3 that tries once: no test waits for a retry.
func newClient(t *testing.T, srv *tomoidvtest.Server, opts ...tomoidv.Option) *tomoidv.Client {
	t.Helper()
	opts = append([]tomoidv.Option{
		tomoidv.WithBaseURL(srv.URL), tomoidv.WithMaxAttempts(1),
		tomoidv.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}),
	}, opts...)
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, opts...)
	require.NoError(t, err)
	return client
}

func newProvider13(t *testing.T, srv *tomoidvtest.Server, cfg tomoidvkyc.Config, opts ...tomoidv.Option) *tomoidvkyc.Provider {
	t.Helper()
	provider, err := tomoidvkyc.New(newClient(t, srv, opts...), cfg)
	require.NoError(t, err)
	return provider
}

func newProvider(t *testing.T, srv *tomoidvtest.Server, cfg tomoidvkyc.Config, opts ...tomoidv.Option) *tomoidvkyc.Provider {
	t.Helper()
	return newProvider13(t, srv, cfg, append(opts, tomoidv.WithContractVersion("1.4"))...)
}

func start(t *testing.T, provider kyc.Provider) *kyc.Check {
	t.Helper()
	check, err := provider.Start(t.Context(), &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back"})
	require.NoError(t, err)
	return check
}

func ask(t *testing.T, provider kyc.Provider, check *kyc.Check) *kyc.Result {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.NoError(t, err)
	require.NotNil(t, result)
	return result
}

// forced is the result of a check whose record has these fields, with contract
// 1.4.
func forced(t *testing.T, cfg tomoidvkyc.Config, fields map[string]any) *kyc.Result {
	t.Helper()
	srv := newServer(t)
	provider := newProvider(t, srv, cfg)
	check := start(t, provider)
	require.NoError(t, srv.ForceResult(check.ID, fields))
	return ask(t, provider, check)
}

// view are fields of the kyc of a record that names somebody.
func view(fields map[string]any) map[string]any {
	return map[string]any{"kyc": fields, "result": map[string]any{"full_name": "佐藤花子"}}
}

// newRecord is an approval with contract 1.4 under the policy of config, with
// these fields in place of its own.
func newRecord(fields map[string]any) map[string]any {
	record := map[string]any{
		"auth_id": "auth-0001", "policy_key": strongKey, "country": "jp",
		"result": map[string]any{"full_name": "佐藤花子", "date_of_birth": "1991-05-06", "country": "jp", "full_address": ""},
		"kyc":    map[string]any{"schema_version": "kyc_result.v1", "status": "approved"},
	}
	maps.Copy(record, fields)
	return record
}

func setMembers(members map[string]any) tomoidvtest.Fault {
	return tomoidvtest.SetMembers(members).On(tomoidvtest.ResultRoute)
}

// answering is a fault that answers with these records, about nobody yet.
func answering(records ...map[string]any) tomoidvtest.Fault {
	return setMembers(map[string]any{"user_id": "ppid.c3ludGhldGlj", "results": records})
}

// answered asks about a check to which TomoIDV answers with these records.
func answered(t *testing.T, records func(check *kyc.Check) []map[string]any) (*kyc.Result, error) {
	t.Helper()
	srv := newServer(t)
	provider := newProvider(t, srv, config())
	check := start(t, provider)
	require.NoError(t, srv.Inject(answering(records(check)...)))
	return provider.Result(t.Context(), check)
}

// failure is err as the portable error that it must be.
func failure(t *testing.T, err error) *kyc.Error {
	t.Helper()
	var kerr *kyc.Error
	require.ErrorAs(t, err, &kerr)
	require.Equal(t, "tomoidv", kerr.Provider)
	return kerr
}

// assertRefused is for answers that may not be used.
func assertRefused(t *testing.T, provider kyc.Provider, check *kyc.Check, kind error) {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.ErrorIs(t, err, kind)
	assert.Equal(t, kind, failure(t, err).Kind)
	assert.Nil(t, result)
}
