package iamportkyc_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

const someID = "12345678901234567890123456789012345678"

func TestParseReturn(t *testing.T) {
	provider := newProvider(t, newServer(t), iamportkyc.Config{})
	for name, test := range map[string]struct {
		req  *http.Request
		want kyc.Notice
	}{
		"redirect":              {back("/back?account=42&imp_uid=imp_1&merchant_uid=" + someID + "&success=true"), kyc.Notice{CheckID: someID, VendorID: "imp_1"}},
		"redirect of an SDK":    {back("/back?imp_uid=imp_1&merchant_uid=" + someID + "&imp_success=false&error_code=null"), kyc.Notice{CheckID: someID, VendorID: "imp_1"}},
		"a failure has an id":   {back("/back?imp_uid=imp_1&merchant_uid=" + someID + "&success=false"), kyc.Notice{CheckID: someID, VendorID: "imp_1"}},
		"a failure without":     {back("/back?merchant_uid=" + someID + "&success=false&error_msg=no"), kyc.Notice{CheckID: someID}},
		"without a check":       {back("/back?imp_uid=imp_1"), kyc.Notice{VendorID: "imp_1"}},
		"null check":            {back("/back?imp_uid=imp_1&merchant_uid=null&success=true"), kyc.Notice{VendorID: "imp_1"}},
		"JSON of the callback":  {post(`{"success":true,"imp_uid":"imp_1","merchant_uid":"` + someID + `","error_code":null}`), kyc.Notice{CheckID: someID, VendorID: "imp_1"}},
		"form that says JSON":   {post("imp_uid=imp_1"), kyc.Notice{VendorID: "imp_1"}},
		"JSON of a failure":     {post(`{"success":false,"imp_uid":null,"merchant_uid":"` + someID + `","error_code":"F"}`), kyc.Notice{CheckID: someID}},
		"success proves nought": {back("/back?imp_uid=imp_1&merchant_uid=" + someID), kyc.Notice{CheckID: someID, VendorID: "imp_1"}},
	} {
		t.Run(name, func(t *testing.T) {
			notice, err := kyc.ParseReturn(provider, test.req)
			require.NoError(t, err)
			assert.Equal(t, test.want, *notice)
		})
	}
}

func post(body string) *http.Request {
	req := httptest.NewRequest(http.MethodPost, "/certifications", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	return req
}

func TestParseReturnRefuses(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	for name, req := range map[string]*http.Request{
		"nothing":                  back("/back"),
		"words for nothing":        back("/back?imp_uid=null&merchant_uid=undefined&success=false"),
		"a window that never was":  back("/back?success=false&error_msg=blocked"),
		"success without an id":    back("/back?merchant_uid=" + someID + "&success=true"),
		"a check alone":            back("/back?merchant_uid=" + someID),
		"two certifications":       back("/back?imp_uid=imp_1&imp_uid=imp_2"),
		"two checks":               back("/back?imp_uid=imp_1&merchant_uid=" + someID + "&merchant_uid=x"),
		"a path":                   back("/back?imp_uid=..%2Fusers%2FgetToken"),
		"a check of one's own":     back("/back?imp_uid=imp_1&merchant_uid=user-42"),
		"a check's id and more":    back("/back?imp_uid=imp_1&merchant_uid=" + someID + "0"),
		"a check's id in words":    back("/back?imp_uid=imp_1&merchant_uid=%27%20OR%201=1"),
		"broken JSON":              post(`{"imp_uid":"imp_1"`),
		"too large":                post(`{"imp_uid":"` + strings.Repeat("1", 1<<16) + `"}`),
		"over what kyc reads":      post(strings.Repeat(" ", 2<<20)),
		"another method":           httptest.NewRequest(http.MethodPut, "/back?imp_uid=imp_1", nil),
		"control character":        back("/back?imp_uid=imp%0A1"),
		"a failure of nobody, too": post(`{"success":false,"error_code":"F"}`),
	} {
		t.Run(name, func(t *testing.T) {
			notice, err := kyc.ParseReturn(provider, req)
			require.ErrorIs(t, err, kyc.ErrInvalidNotice)
			kerr := failure(t, err)
			assert.Equal(t, kyc.ErrInvalidNotice, kerr.Kind)
			assert.Equal(t, "parse return", kerr.Op)
			assert.Nil(t, notice)
		})
	}
	_, err := provider.ParseReturn(nil)
	require.ErrorIs(t, err, kyc.ErrInvalidNotice)
	_, err = kyc.ParseReturn(provider, back("/back"))
	var verr *iamport.Error
	require.ErrorAs(t, err, &verr)
	assert.Equal(t, "ParseReturn", verr.Op)
	assert.Empty(t, srv.Requests())
}

// A failure that has no imp_uid leaves the check as it was.
func TestFailureBeforeTheWindow(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := start(t, provider)
	notice, err := kyc.ParseReturn(provider, back("/back?success=false&merchant_uid="+check.ID))
	require.NoError(t, err)
	applied, err := check.Apply(notice)
	require.NoError(t, err)
	assert.Equal(t, *check, *applied)
	assert.Equal(t, kyc.StatusPending, ask(t, provider, applied).Status)
	assert.Empty(t, srv.Requests())
}

func TestNoWebhooks(t *testing.T) {
	_, err := kyc.ParseWebhook(newProvider(t, newServer(t), iamportkyc.Config{}), post(`{"imp_uid":"imp_1"}`))
	require.ErrorIs(t, err, kyc.ErrUnsupported)
}
