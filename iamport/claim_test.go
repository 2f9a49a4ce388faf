package iamport_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func post(contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/certifications", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

// back is the browser at m_redirect_url. The query is as raw as a mobile SDK
// writes it.
func back(query string) *http.Request {
	return &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/certifications/redirect", RawQuery: query}}
}

func TestParseReturn(t *testing.T) {
	const form, js = "application/x-www-form-urlencoded; charset=UTF-8", "application/json"
	for name, test := range map[string]struct {
		request *http.Request
		want    iamport.Claim
	}{
		"document 000, popup": {post(js, `{"imp_uid":"imp_000000000001"}`), iamport.Claim{ImpUID: impUID}},
		"document 001, jQuery: form text that says it is JSON": {post(js, `imp_uid=imp_000000000001`), iamport.Claim{ImpUID: impUID}},
		"popup, everything": {post(js, `{"success":true,"imp_uid":"imp_000000000001","merchant_uid":"attempt-1","error_code":null,"error_msg":null,"pg_provider":"danal","pg_type":"certification"}`),
			iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.Yes}},
		"popup, failure": {post(js, `{"success":false,"imp_uid":"imp_000000000001","merchant_uid":"attempt-1","error_code":9014,"error_msg":"시간 초과"}`),
			iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.No, ErrorCode: "9014", ErrorMsg: "시간 초과"}},
		"popup, strings":         {post(js, `{"success":"false","imp_uid":"imp_000000000001","error_code":"undefined"}`), iamport.Claim{ImpUID: impUID, Success: iamport.No}},
		"popup, imp_success":     {post(js, `{"imp_success":true,"imp_uid":"imp_000000000001"}`), iamport.Claim{ImpUID: impUID, Success: iamport.Yes}},
		"popup, nothing but why": {post(js, `{"success":false,"imp_uid":null,"error_msg":"F0004"}`), iamport.Claim{Success: iamport.No, ErrorMsg: "F0004"}},
		"JSON under any type":    {post("text/plain;charset=UTF-8", " \n{\"imp_uid\":\"imp_000000000001\"}\r\n"), iamport.Claim{ImpUID: impUID}},
		"form":                   {post(form, `imp_uid=imp_000000000001&merchant_uid=attempt-1&success=true`), iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.Yes}},
		"form, encoded":          {post(form, `imp_uid=imp%5F000000000001&error_msg=%EC%8B%A4%ED%8C%A8+1`), iamport.Claim{ImpUID: impUID, ErrorMsg: "실패 1"}},

		"redirect":                   {back("imp_uid=imp_000000000001&merchant_uid=attempt-1&success=true"), iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.Yes}},
		"redirect, failure":          {back("imp_uid=imp_000000000001&merchant_uid=attempt-1&success=false"), iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.No}},
		"redirect, document 000":     {back("imp_uid=imp_000000000001"), iamport.Claim{ImpUID: impUID}},
		"redirect, mobile":           {back("imp_uid=imp_000000000001&merchant_uid=attempt-1&imp_success=true&error_code=null&error_msg=null"), iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.Yes}},
		"redirect, mobile failure":   {back("imp_success=false&imp_uid=imp_000000000001&merchant_uid=null&error_code=0086&error_msg=undefined"), iamport.Claim{ImpUID: impUID, Success: iamport.No, ErrorCode: "0086"}},
		"redirect, nothing but why":  {back("imp_uid=null&imp_success=false&error_msg=null"), iamport.Claim{Success: iamport.No}},
		"redirect, only a code":      {back("error_code=9010"), iamport.Claim{ErrorCode: "9010"}},
		"redirect, not encoded":      {back("imp_uid=imp_000000000001&merchant_uid=ORD-1/한 글&imp_success=false&error_msg=실패 100% (다시) 시도?"), iamport.Claim{ImpUID: impUID, MerchantUID: "ORD-1/한 글", Success: iamport.No, ErrorMsg: "실패 100% (다시) 시도?"}},
		"redirect, EUC-KR":           {back("imp_uid=imp_000000000001&success=false&error_msg=\xbd\xc7\xc6\xd0"), iamport.Claim{ImpUID: impUID, Success: iamport.No, ErrorMsg: "\uFFFD"}},
		"redirect, two questions":    {back("session=7?imp_uid=imp_000000000001&merchant_uid=attempt-1&imp_success=true"), iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.Yes}},
		"redirect, in another order": {back("session=7?imp_success=true&imp_uid=imp_000000000001"), iamport.Claim{ImpUID: impUID, Success: iamport.Yes}},
		"said twice":                 {back("imp_uid=imp_000000000001&imp_uid=imp_000000000001&success=true&imp_success=true"), iamport.Claim{ImpUID: impUID, Success: iamport.Yes}},
		"success contradicts itself": {back("imp_uid=imp_000000000001&success=false&imp_success=true"), iamport.Claim{ImpUID: impUID}},
		"success in another word":    {back("imp_uid=imp_000000000001&success=1"), iamport.Claim{ImpUID: impUID}},
		"success in capitals":        {back("imp_uid=imp_000000000001&success=TRUE"), iamport.Claim{ImpUID: impUID}},
		"success is null":            {back("imp_uid=imp_000000000001&success=null"), iamport.Claim{ImpUID: impUID}},
		"query of 64 KiB":            {back("imp_uid=imp_000000000001&x=" + strings.Repeat("x", 64<<10-27)), iamport.Claim{ImpUID: impUID}},
		"body of 64 KiB":             {post(form, "imp_uid=imp_000000000001&x="+strings.Repeat("x", 64<<10-27)), iamport.Claim{ImpUID: impUID}},
		"semicolons":                 {back("imp_uid=imp_000000000001&error_msg=a;b"), iamport.Claim{ImpUID: impUID, ErrorMsg: "a;b"}},
		"HEAD":                       {httptest.NewRequest(http.MethodHead, "/back?imp_uid=imp_000000000001", nil), iamport.Claim{ImpUID: impUID}},
	} {
		claim, err := iamport.ParseReturn(test.request)
		if assert.NoError(t, err, name) {
			assert.Equal(t, test.want, *claim, name)
		}
	}
}

func TestReturnsThatCannotBeRead(t *testing.T) {
	const js = "application/json"
	for name, test := range map[string]struct {
		request *http.Request
		want    error
		says    string
	}{
		"nil":                   {nil, iamport.ErrInvalidAnswer, "no request"},
		"no URL":                {&http.Request{}, iamport.ErrInvalidAnswer, "no request"},
		"no query":              {back(""), iamport.ErrInvalidAnswer, "no imp_uid"},
		"somebody else's query": {back("code=1&state=2"), iamport.ErrInvalidAnswer, "no imp_uid"},
		"success alone":         {back("success=true"), iamport.ErrInvalidAnswer, "no imp_uid"},
		"success, and why not":  {back("success=true&error_msg=x"), iamport.ErrInvalidAnswer, "no imp_uid"},
		"null":                  {back("imp_uid=null&success=true"), iamport.ErrInvalidAnswer, "no imp_uid"},
		"two imp_uid":           {back("imp_uid=imp_000000000001&imp_uid=imp_000000000002"), iamport.ErrInvalidAnswer, "two of imp_uid"},
		"two, hidden":           {back("x=1?imp_uid=imp_000000000001&imp_uid=imp_000000000002"), iamport.ErrInvalidAnswer, "two of imp_uid"},
		"two merchant_uid":      {back("imp_uid=imp_000000000001&merchant_uid=a&merchant_uid=b"), iamport.ErrInvalidAnswer, "two of merchant_uid"},
		"a path":                {back("imp_uid=../payments/imp_000000000001"), iamport.ErrInvalidAnswer, "imp_uid"},
		"an encoded path":       {back("imp_uid=..%2fpayments%2fimp_000000000001"), iamport.ErrInvalidAnswer, "imp_uid"},
		"dots":                  {back("imp_uid=.."), iamport.ErrInvalidAnswer, "imp_uid"},
		"a newline":             {back("imp_uid=imp_1%0d%0aX"), iamport.ErrInvalidAnswer, "imp_uid"},
		"a long one":            {back("imp_uid=" + strings.Repeat("1", 257)), iamport.ErrInvalidAnswer, "imp_uid"},
		"merchant_uid, NUL":     {back("imp_uid=imp_000000000001&merchant_uid=%00"), iamport.ErrInvalidAnswer, "merchant_uid"},
		"merchant_uid, bytes":   {back("imp_uid=imp_000000000001&merchant_uid=\xff"), iamport.ErrInvalidAnswer, "merchant_uid"},
		"error_code, newline":   {back("imp_uid=imp_000000000001&error_code=%0a"), iamport.ErrInvalidAnswer, "error_code"},
		"long query":            {back("imp_uid=imp_000000000001&x=" + strings.Repeat("x", 64<<10-26)), iamport.ErrTooLarge, ""},
		"empty body":            {post(js, ""), iamport.ErrInvalidAnswer, "no imp_uid"},
		"no body":               {&http.Request{Method: http.MethodPost, URL: &url.URL{}}, iamport.ErrInvalidAnswer, "no body"},
		"long body":             {post(js, "imp_uid=imp_000000000001&x="+strings.Repeat("x", 64<<10-26)), iamport.ErrTooLarge, ""},
		"cut off":               {post(js, `{"imp_uid":"imp_0000`), iamport.ErrInvalidAnswer, "syntax error"},
		"trailing":              {post(js, `{"imp_uid":"imp_000000000001"}{"imp_uid":"imp_000000000002"}`), iamport.ErrInvalidAnswer, "syntax error"},
		"twins":                 {post(js, `{"imp_uid":"imp_000000000001","imp_uid":"imp_000000000002"}`), iamport.ErrInvalidAnswer, "two keys"},
		"twins in other case":   {post(js, `{"imp_uid":"imp_000000000001","IMP_UID":"imp_000000000002"}`), iamport.ErrInvalidAnswer, "two keys"},
		"an object for an id":   {post(js, `{"imp_uid":{"$ne":null}}`), iamport.ErrInvalidAnswer, "does not fit"},
		"a list for an id":      {post(js, `{"imp_uid":["imp_000000000001"]}`), iamport.ErrInvalidAnswer, "does not fit"},
		"a list":                {post(js, `[{"imp_uid":"imp_000000000001"}]`), iamport.ErrInvalidAnswer, "no imp_uid"},
		"a multipart form":      {post("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"imp_uid\"\r\n\r\nimp_000000000001\r\n--x--"), iamport.ErrInvalidAnswer, "no imp_uid"},
		"the query of a POST":   {httptest.NewRequest(http.MethodPost, "/?imp_uid=imp_000000000001", strings.NewReader("x=1")), iamport.ErrInvalidAnswer, "no imp_uid"},
		"PUT":                   {httptest.NewRequest(http.MethodPut, "/?imp_uid=imp_000000000001", nil), iamport.ErrInvalidAnswer, "neither GET nor POST"},
	} {
		claim, err := iamport.ParseReturn(test.request)
		assert.Nil(t, claim, name)
		assertKinds(t, err, test.want)
		if assert.Error(t, err, name) {
			assert.Equal(t, "ParseReturn", failure(t, err).Op, name)
			assert.ErrorContains(t, err, test.says, name)
		}
	}
}

func TestReturnWhoseFormWasReadBefore(t *testing.T) {
	r := post("application/x-www-form-urlencoded", "imp_uid="+impUID)
	require.NoError(t, r.ParseForm())
	_, err := iamport.ParseReturn(r)
	assertKinds(t, err, iamport.ErrInvalidAnswer)
}

func TestReturnWhoseBodyBreaksOff(t *testing.T) {
	broken := errors.New("broken")
	r := post("application/json", "")
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`imp_uid=imp_1`), iotest.ErrReader(broken)))
	_, err := iamport.ParseReturn(r)
	assertKinds(t, err, iamport.ErrInvalidAnswer)
	assert.ErrorIs(t, err, broken)
}

// endless has no end, as an attacker's body.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestReturnIsBounded(t *testing.T) {
	r, body := post("application/json", ""), &endless{}
	r.Body = io.NopCloser(body)
	_, err := iamport.ParseReturn(r)
	assertKinds(t, err, iamport.ErrTooLarge)
	require.Less(t, body.read, 256<<10)
}
