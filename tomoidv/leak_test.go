package tomoidv_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// holders is every exported struct type that holds personal data, a
// capability, a credential or raw bytes.
var holders = map[string]any{
	"Answer": tomoidv.Answer{}, "Call": tomoidv.Call{},
	"Address": tomoidv.Address{}, "Checks": tomoidv.Checks{}, "Claim": tomoidv.Claim{}, "Client": tomoidv.Client{},
	"Contact": tomoidv.Contact{}, "Document": tomoidv.Document{}, "Error": tomoidv.Error{}, "ExtractedDocument": tomoidv.ExtractedDocument{},
	"Identity": tomoidv.Identity{}, "KYCRequest": tomoidv.KYCRequest{}, "Media": tomoidv.Media{}, "Meta": tomoidv.Meta{},
	"NameVariant": tomoidv.NameVariant{}, "Person": tomoidv.Person{}, "PersonNumber": tomoidv.PersonNumber{}, "Record": tomoidv.Record{},
	"ResetRequest": tomoidv.ResetRequest{}, "ResidencePermit": tomoidv.ResidencePermit{}, "Result": tomoidv.Result{},
	"ResultRequest": tomoidv.ResultRequest{}, "RiskCheck": tomoidv.RiskCheck{}, "RiskSignals": tomoidv.RiskSignals{},
	"StandardResult": tomoidv.StandardResult{}, "StartRequest": tomoidv.StartRequest{}, "Started": tomoidv.Started{},
}

// harmless is every other one, and what it holds.
var harmless = map[string]string{
	"AttributeMatch": "comparisons", "BiometricCheck": "outcomes and a score", "CertificateCheck": "an outcome and times",
	"DataComparison": "comparisons", "DataSourceCheck": "an outcome and comparisons", "Deletion": "a status", "Deletions": "statuses",
	"DocumentCheck": "outcomes and comparisons", "FieldProvenance": "names of fields", "OwnerAssurance": "part of a policy",
	"PhoneCheck": "an outcome", "Policy": "a policy", "PolicyKeyParts": "a policy", "Process": "names of steps", "ProcessSteps": "names of steps",
	"ResetResult": "a status", "Subject": "part of a policy", "WatchlistCheck": "an outcome",
}

func TestNoTypeShowsWhatItHolds(t *testing.T) {
	for _, name := range secrettest.ExportedStructs(t, ".") {
		_, holds := holders[name]
		_, is := harmless[name]
		assert.True(t, holds != is, "%s: is it in exactly one of the two lists?", name)
	}
	for name, value := range holders {
		if name == "Error" {
			continue // a pointer, below
		}
		t.Run(name, func(t *testing.T) { secrettest.AssertHidden(t, secrettest.Fill(value)) })
	}
	secrettest.AssertHidden(t, tomoidv.PPID(secrettest.Marker))
	assert.Equal(t, "tomoidv.PPID[redacted]", fmt.Sprintf("%s", tomoidv.PPID(ppid)))
	assert.Equal(t, ppid, string(tomoidv.PPID(ppid)))
}

// What is around a body that was received prints no more than what has none.
func TestHarmlessTypesHideTheirMeta(t *testing.T) {
	client := newClient(t, answers(says(http.StatusOK, `{"status":"deleted","echo":"`+secrettest.Marker+`"}`)))
	deletion, err := client.DeleteResult(t.Context(), ppid)
	require.NoError(t, err)
	require.Contains(t, string(deletion.Meta().Raw()), secrettest.Marker)
	secrettest.AssertHidden(t, *deletion)
	secrettest.AssertHidden(t, deletion.Meta())
}

func TestRecordShowsItsStatusIfKnown(t *testing.T) {
	assert.Equal(t, "tomoidv.Record[redacted]", fmt.Sprint(tomoidv.Record{}))
	assert.Equal(t, "tomoidv.Record(rejected)[redacted]", fmt.Sprint(tomoidv.Record{KYC: tomoidv.StandardResult{Status: "rejected"}}))
	assert.Equal(t, "tomoidv.Record[redacted]", fmt.Sprint(tomoidv.Record{KYC: tomoidv.StandardResult{Status: "on_hold"}}))
}

func TestNoErrorShowsWhatTomoIDVSaid(t *testing.T) {
	for _, body := range []string{
		`{"error":"` + secrettest.Marker + `","error_description":"` + secrettest.Marker + `"}`, `{"message":"` + secrettest.Marker + `"}`, secrettest.Marker,
	} {
		_, err := newClient(t, answers(says(http.StatusForbidden, body))).Result(t.Context(), asked)
		var terr *tomoidv.Error
		require.ErrorAs(t, err, &terr)
		assert.Equal(t, secrettest.Marker, terr.Message, "it is there for who asks")
		secrettest.AssertHidden(t, terr)
		secrettest.AssertHidden(t, *terr)
	}
}

// Everything with a secret, an id or personal data in it goes through each
// call, and none of it comes out in an error, a log or a print.
func TestCallsShowNothing(t *testing.T) { synctest.Test(t, testCallsShowNothing) }

func testCallsShowNothing(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	_, d, _ := strings.Cut(privateJWK(t), `"d":"`)
	d = strings.TrimSuffix(d, `"}`)
	require.Len(t, d, 43)
	base := []string{secrettest.Marker, d, secretKey(t), userID, ppid, "token-1", "佐藤", "media.example", "app.tomopayment", "Bearer "}

	for name, responder := range map[string]httpmock.Responder{
		"started":    says(http.StatusOK, string(fixture(t, "answers", "started.json"))),
		"result":     says(http.StatusOK, string(fixture(t, "answers", "result_14_single.json"))),
		"deleted":    says(http.StatusOK, `{"status":"deleted"}`),
		"refused":    says(http.StatusUnauthorized, `{"message":"`+secrettest.Marker+`"}`),
		"no good":    says(http.StatusBadRequest, secrettest.Marker),
		"not JSON":   says(http.StatusOK, secrettest.Marker),
		"wrong type": says(http.StatusOK, `{"start_idv_uri":{"`+secrettest.Marker+`":1},"status":["`+secrettest.Marker+`"],"result":"`+secrettest.Marker+`"}`),
		"foreign":    says(http.StatusOK, `{"user_id":"`+secrettest.Marker+`","results":[]}`),
		"no URL":     says(http.StatusOK, `{"start_idv_uri":"`+secrettest.Marker+`"}`),
		"a twin":     says(http.StatusOK, `{"`+secrettest.Marker+`":1,"`+secrettest.Marker+`":2}`),
	} {
		v := answers(responder)
		client := newClient(t, v, tomoidv.WithLogger(logger), tomoidv.WithContractVersion("1.4"))
		secrettest.AssertHidden(t, *client, d, "token-1")
		for op, c := range calls {
			if err := c.call(t.Context(), client); err != nil {
				assertShowsNothing(t, name+" "+op, err, base)
			}
		}
		result, err := client.Result(t.Context(), asked)
		if err == nil {
			secrettest.AssertHidden(t, *result, ppid, "佐藤", "media.example")
			secrettest.AssertHidden(t, result.Records[0], secrettest.Marker, "佐藤", "media.example")
			secrettest.AssertHidden(t, result.Meta(), ppid, "佐藤")
		}
		if len(v.forms) > 0 {
			base = append(base, v.forms[0].Get("client_assertion"))
		}
	}

	v := answers(nil)
	v.token = says(http.StatusBadRequest, secrettest.Marker)
	for op, c := range calls {
		if op != "Health" {
			assertShowsNothing(t, op, c.call(t.Context(), newClient(t, v, tomoidv.WithLogger(logger))), base)
		}
	}
	_, err := tomoidv.ParseReturn(returned("token=" + forged(`{"sub":"`+secrettest.Marker+`\u0000"}`)))
	assertShowsNothing(t, "return", err, base)

	synctest.Wait() // a refresh logs after its callers have gone on
	require.Contains(t, log.String(), "token refresh failed")
	require.Contains(t, log.String(), "api attempt")
	for _, marker := range base {
		assert.NotContains(t, log.String(), marker)
	}
}

// assertShowsNothing looks at an error and, since callers may print those as
// well, at every error that it wraps. That every verb prints the same is
// tested above.
func assertShowsNothing(tb testing.TB, name string, err error, markers []string) {
	tb.Helper()
	require.Error(tb, err, name)
	for _, e := range wrapped(err) {
		text := fmt.Sprintf("%v %+v %#v %q", e, e, e, e)
		for _, marker := range markers {
			assert.NotContains(tb, text, marker, "%s: %T", name, e)
		}
	}
}

func wrapped(err error) []error {
	all := []error{err}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		if inner := u.Unwrap(); inner != nil {
			all = slices.Concat(all, wrapped(inner))
		}
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			all = slices.Concat(all, wrapped(inner))
		}
	}
	return all
}
