package tomoidv_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/tomoidv"
)

func TestReset(t *testing.T) {
	policy := tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret"))
	for _, status := range []tomoidv.ResetStatus{tomoidv.ResetStatusReset, tomoidv.ResetStatusNotResettable, "brand_new"} {
		v := answers(says(http.StatusOK, `{"status":"`+string(status)+`"}`))
		got, err := newClient(t, v).Reset(t.Context(), &tomoidv.ResetRequest{UserID: userID, Country: "jp", Policy: policy})
		require.NoError(t, err)
		assert.Equal(t, status, got.Status)
		assert.NotEmpty(t, got.Meta().Raw())
		fuzztest.Stable(t, got, new(tomoidv.ResetResult))
		assert.Equal(t, production+"/v1/idv/reset", v.calls[0].URL.String())
		assert.JSONEq(t, `{"user_id":"`+userID+`","country":"jp","kyc_policy":{"subject":{"kind":"document","id_type":"id_card"},
			"method":"government_id_verf","owner_assurance":{"kind":"owner_verf","type":"document_secret"}}}`, v.sent[0])
	}
	v := answers(nil)
	for says, request := range map[string]*tomoidv.ResetRequest{
		"request is nil":         nil,
		"UserID is empty":        {Country: "jp", Policy: policy},
		"Country is empty":       {UserID: userID, Policy: policy},
		"Policy is empty":        {UserID: userID, Country: "jp"},
		"Policy.Method is empty": {UserID: userID, Country: "jp", Policy: tomoidv.Policy{Method: " "}},
	} {
		_, err := newClient(t, v).Reset(t.Context(), request)
		assert.EqualError(t, err, "tomoidv: Reset: invalid request: "+says)
	}
	assert.Empty(t, v.forms)
}

func TestDeleteResult(t *testing.T) {
	for _, status := range []tomoidv.DeletionStatus{tomoidv.DeletionStatusDeleted, tomoidv.DeletionStatusNotDeletable, "brand_new"} {
		v := answers(says(http.StatusOK, `{"status":"`+string(status)+`"}`))
		got, err := newClient(t, v).DeleteResult(t.Context(), ppid)
		require.NoError(t, err)
		assert.Equal(t, status, got.Status)
		assert.NotEmpty(t, got.Meta().Raw())
		fuzztest.Stable(t, got, new(tomoidv.Deletion))
		assert.Equal(t, production+"/v1/idv/result/delete", v.calls[0].URL.String())
		assert.Equal(t, `{"user_id":"`+ppid+`"}`, v.sent[0])
	}
	v := answers(nil)
	_, err := newClient(t, v).DeleteResult(t.Context(), "")
	require.EqualError(t, err, "tomoidv: DeleteResult: invalid request: user ID is empty")
	assert.Empty(t, v.forms)
}

func TestDeleteResults(t *testing.T) {
	v := answers(says(http.StatusOK, `{"results":[{"status":"deleted"},{"status":"not_deletable"}]}`))
	got, err := newClient(t, v).DeleteResults(t.Context(), []tomoidv.PPID{ppid, other})
	require.NoError(t, err)
	assert.Equal(t, []tomoidv.Deletion{{Status: tomoidv.DeletionStatusDeleted}, {Status: tomoidv.DeletionStatusNotDeletable}}, got.Results)
	assert.Empty(t, got.Results[0].Meta().Raw())
	assert.NotEmpty(t, got.Meta().Raw())
	fuzztest.Stable(t, got, new(tomoidv.Deletions))
	assert.Equal(t, production+"/v1/idv/result/bulk-delete", v.calls[0].URL.String())
	assert.Equal(t, `{"user_ids":["`+ppid+`","`+other+`"]}`, v.sent[0])

	for says, body := range map[string]string{
		"it has 1 results for 2 ids":     `{"results":[{"status":"deleted"}]}`,
		"it has 3 results for 2 ids":     `{"results":[{"status":"deleted"},{"status":"deleted"},{"status":"deleted"}]}`,
		"it has 0 results for 2 ids":     `{}`,
		"its result 1: it has no status": `{"results":[{"status":"deleted"},{}]}`,
		"its result 0: it has no status": `{"results":[null,{"status":"deleted"}]}`,
	} {
		v.answer = sayOK(body)
		_, err := newClient(t, v).DeleteResults(t.Context(), []tomoidv.PPID{ppid, other})
		assertKinds(t, err, tomoidv.ErrInvalidAnswer, tomoidv.ErrUnconfirmed)
		assert.ErrorContains(t, err, says)
	}
	v = answers(nil)
	for says, ids := range map[string][]tomoidv.PPID{
		"there are no user IDs":                     {},
		"user ID 1 is empty":                        {ppid, ""},
		"user ID 2 is the same as 0":                {ppid, other, ppid},
		"user ID 0 begins or ends with white space": {ppid + "\n"},
	} {
		_, err := newClient(t, v).DeleteResults(t.Context(), ids)
		assert.EqualError(t, err, "tomoidv: DeleteResults: invalid request: "+says)
	}
	_, err = newClient(t, v).DeleteResults(t.Context(), nil)
	require.ErrorIs(t, err, tomoidv.ErrInvalidRequest)
	assert.Empty(t, v.forms)
}

func sayOK(body string) func(*http.Request) (*http.Response, error) { return says(http.StatusOK, body) }

func TestKYC(t *testing.T) {
	v := answers(says(http.StatusOK, `{"full_name":"Mirae Hong","date_of_birth":"1990-02-28","country":"US","full_address":"","sex":"F","region":null}`))
	client := newClient(t, v)
	got, err := client.KYC(t.Context(), &tomoidv.KYCRequest{UserID: userID, Country: "us"})
	require.NoError(t, err)
	assert.Equal(t, "Mirae Hong", got.FullName)
	assert.Equal(t, tomoidv.Date("1990-02-28"), got.DateOfBirth)
	assert.NotEmpty(t, got.Meta().Raw())
	fuzztest.Stable(t, got, new(tomoidv.Identity))
	assert.Equal(t, production+"/v1/idv/kyc/get", v.calls[0].URL.String())
	assert.Equal(t, `{"user_id":"`+userID+`","country":"us"}`, v.sent[0])

	for _, body := range []string{`{"full_name":"Mirae Hong"}`, `{"date_of_birth":"1990-02-28"}`} {
		v.answer = sayOK(body)
		_, err := client.KYC(t.Context(), &tomoidv.KYCRequest{UserID: userID, Country: "us"})
		require.NoError(t, err, "one of the two is enough")
	}
	for _, body := range []string{`null`, `{}`, `{"result":{"full_name":"Mirae Hong"}}`} {
		v.answer = sayOK(body)
		_, err := client.KYC(t.Context(), &tomoidv.KYCRequest{UserID: userID, Country: "us"})
		assertKinds(t, err, tomoidv.ErrInvalidAnswer)
	}
	v = answers(nil)
	for says, request := range map[string]*tomoidv.KYCRequest{
		"request is nil": nil, "UserID is empty": {Country: "us"}, "Country is empty": {UserID: userID}, "Country is not in lower case": {UserID: userID, Country: "US"},
	} {
		_, err := newClient(t, v).KYC(t.Context(), request)
		assert.EqualError(t, err, "tomoidv: KYC: invalid request: "+says)
	}
	assert.Empty(t, v.forms)
}

func TestHealth(t *testing.T) {
	v := answers(says(http.StatusOK, `"healthy"`))
	got, err := newClient(t, v).Health(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "healthy", got)
	assert.Equal(t, http.MethodGet, v.calls[0].Method)
	assert.Equal(t, production+"/v1/idv/health", v.calls[0].URL.String())
	assert.Empty(t, v.calls[0].Header.Get("Authorization"))
	assert.Empty(t, v.sent[0])
	assert.Empty(t, v.forms, "no credentials are needed")
	for _, body := range []string{`null`, `{"status":"ok"}`, `ok`, `true`} {
		v.answer = sayOK(body)
		_, err := newClient(t, v).Health(t.Context())
		assertKinds(t, err, tomoidv.ErrInvalidAnswer)
	}
}
