package iamport_test

import (
	"context"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func danalRequest() *iamport.OTPRequest {
	return &iamport.OTPRequest{
		Name: "홍미래", Phone: "010-0000-0000", Birth: "900301", GenderDigit: "2", Carrier: iamport.CarrierLGT, IsMVNO: true,
		Company: "shop.example", MerchantUID: "attempt-1", ChannelKey: "channel-key-1", PG: "danal.A000000000",
	}
}

func kcpRequest() *iamport.OTPRequest {
	return &iamport.OTPRequest{
		Name: "홍미래", Phone: "01000004321", Birth: "90-03-01", GenderDigit: "2", Carrier: iamport.CarrierSKT,
		Company: "shop.example", MerchantUID: "attempt1", ChannelKey: "channel-key-2", PG: "kcp_v2",
		VerificationMethod: iamport.VerificationMethodApp,
		Bypass: iamport.OTPBypass{KCP: iamport.KCPBypass{
			MediaType: iamport.KCPMediaTypeMobile, WebSiteID: "J00000000000",
			SMSMessage: "[shop.example] code [000000]\nDo not tell it to anybody.", Callback: "16000000",
		}},
		IP: "192.0.2.7",
	}
}

func TestRequestOTPSendsEveryField(t *testing.T) {
	for name, request := range map[string]*iamport.OTPRequest{"otp_danal.json": danalRequest(), "otp_kcp.json": kcpRequest()} {
		mock := mocked(t, http.MethodPost, requestURL, func(r *http.Request) (*http.Response, error) {
			assert.JSONEq(t, string(fixture(t, "requests", name)), requestBody(t, r), name)
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			assert.Equal(t, "Bearer "+accessToken, r.Header.Get("Authorization"))
			return dated(ok(`{"imp_uid":"`+impUID+`"}`), certifiedAt)(r)
		})
		otp, err := newClient(t, mock).RequestOTP(t.Context(), request)
		require.NoError(t, err, name)
		assert.Equal(t, impUID, otp.ImpUID, name)
		assert.Equal(t, certifiedAt, otp.Meta().Date(), name)
		assert.NotEmpty(t, otp.Meta().Raw(), name)
	}
}

func TestOTPRequestsThatAreTaken(t *testing.T) {
	for name, change := range map[string]func(*iamport.OTPRequest){
		"required fields alone": func(r *iamport.OTPRequest) {
			*r = iamport.OTPRequest{Name: "A", Phone: "011-000-0000", Birth: "000229", GenderDigit: "3", Carrier: iamport.CarrierKT}
		},
		"punctuation":         func(r *iamport.OTPRequest) { r.Phone, r.Birth = "(010) 0000.0000", "90/03/01" },
		"born 2004, a leap":   func(r *iamport.OTPRequest) { r.Birth, r.GenderDigit = "040229", "4" },
		"foreigner of 1999":   func(r *iamport.OTPRequest) { r.Birth, r.GenderDigit = "991231", "6" },
		"foreigner of 2000":   func(r *iamport.OTPRequest) { r.Birth, r.GenderDigit = "000229", "7" },
		"foreign woman, 2000": func(r *iamport.OTPRequest) { r.Birth, r.GenderDigit = "000229", "8" },
		"any merchant_uid":    func(r *iamport.OTPRequest) { r.MerchantUID = "ORD20180131-0000011" },
		"no merchant_uid":     func(r *iamport.OTPRequest) { r.MerchantUID = "" },
		"an IPv6 address":     func(r *iamport.OTPRequest) { r.IP = "2001:db8::1" },
		"channel key alone":   func(r *iamport.OTPRequest) { r.PG = "" },
		"no channel, danal":   func(r *iamport.OTPRequest) { r.ChannelKey = "" },
		"markup in the name":  func(r *iamport.OTPRequest) { r.Name = `<b>&"` },
	} {
		request := danalRequest()
		change(request)
		assert.NoError(t, request.Validate(), name)
	}
}

func TestOTPRequestsThatAreRefusedBeforeAnythingIsSent(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, test := range map[string]struct {
		change func(*iamport.OTPRequest)
		says   string
	}{
		"no name":               {func(r *iamport.OTPRequest) { r.Name = "" }, "Name"},
		"blank name":            {func(r *iamport.OTPRequest) { r.Name = " \u3000" }, "Name"},
		"name, not UTF-8":       {func(r *iamport.OTPRequest) { r.Name = "\xff" }, "Name"},
		"name, newline":         {func(r *iamport.OTPRequest) { r.Name = "a\nb" }, "Name"},
		"no phone":              {func(r *iamport.OTPRequest) { r.Phone = "" }, "Phone"},
		"land line":             {func(r *iamport.OTPRequest) { r.Phone = "02-000-0000" }, "Phone"},
		"short phone":           {func(r *iamport.OTPRequest) { r.Phone = "010-000-000" }, "Phone"},
		"long phone":            {func(r *iamport.OTPRequest) { r.Phone = "010-0000-00000" }, "Phone"},
		"country code":          {func(r *iamport.OTPRequest) { r.Phone = "+82 10 0000 0000" }, "Phone"},
		"phone in words":        {func(r *iamport.OTPRequest) { r.Phone = "010-0000-000o" }, "Phone"},
		"fullwidth phone":       {func(r *iamport.OTPRequest) { r.Phone = "０１０00000000" }, "Phone"},
		"no birth":              {func(r *iamport.OTPRequest) { r.Birth = "" }, "Birth"},
		"eight digits":          {func(r *iamport.OTPRequest) { r.Birth = "19900301" }, "Birth"},
		"impossible day":        {func(r *iamport.OTPRequest) { r.Birth = "900230" }, "Birth"},
		"leap day of 1901":      {func(r *iamport.OTPRequest) { r.Birth, r.GenderDigit = "010229", "1" }, "Birth"},
		"leap day of 1900":      {func(r *iamport.OTPRequest) { r.Birth, r.GenderDigit = "000229", "1" }, "Birth"},
		"no gender digit":       {func(r *iamport.OTPRequest) { r.GenderDigit = "" }, "GenderDigit"},
		"gender digit 0":        {func(r *iamport.OTPRequest) { r.GenderDigit = "0" }, "GenderDigit"},
		"gender digit 9":        {func(r *iamport.OTPRequest) { r.GenderDigit = "9" }, "GenderDigit"},
		"two gender digits":     {func(r *iamport.OTPRequest) { r.GenderDigit = "12" }, "GenderDigit"},
		"no carrier":            {func(r *iamport.OTPRequest) { r.Carrier = "" }, "Carrier"},
		"the window's carrier":  {func(r *iamport.OTPRequest) { r.Carrier = "KTF" }, "Carrier"},
		"the result's carrier":  {func(r *iamport.OTPRequest) { r.Carrier = iamport.CarrierKTMVNO }, "IsMVNO"},
		"merchant_uid, control": {func(r *iamport.OTPRequest) { r.MerchantUID = "a\tb" }, "MerchantUID"},
		"no address":            {func(r *iamport.OTPRequest) { r.IP = "shop.example" }, "IP"},
		"method":                {func(r *iamport.OTPRequest) { r.VerificationMethod = "FAX" }, "VerificationMethod"},
		"KCP, no channel":       {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.ChannelKey = "" }, "ChannelKey"},
		"KCP, no media type":    {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.Bypass.KCP.MediaType = "" }, "MediaType"},
		"KCP, odd media type":   {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.Bypass.KCP.MediaType = "MC03" }, "MediaType"},
		"KCP, no bypass":        {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.Bypass = iamport.OTPBypass{} }, "MediaType"},
		"KCP, no code":          {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.Bypass.KCP.SMSMessage = "code" }, "[000000]"},
		"KCP, hyphen":           {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.MerchantUID = "attempt-1" }, "MerchantUID"},
		"KCP, 41 characters":    {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.MerchantUID = strings.Repeat("a", 41) }, "MerchantUID"},
		"KCP, message":          {func(r *iamport.OTPRequest) { *r = *kcpRequest(); r.Bypass.KCP.SMSMessage = "[000000]\xff" }, "SMSMessage"},
	} {
		request := danalRequest()
		test.change(request)
		require.ErrorContains(t, request.Validate(), test.says, name)
		otp, err := client.RequestOTP(t.Context(), request)
		assert.Nil(t, otp, name)
		assertKinds(t, err, iamport.ErrInvalidRequest)
		assert.Equal(t, "RequestOTP", failure(t, err).Op, name)
	}
	_, err := client.RequestOTP(t.Context(), nil)
	assertKinds(t, err, iamport.ErrInvalidRequest)
	for name, code := range map[string]string{
		"five": "12345", "seven": "1234567", "words": "abcdef", "fullwidth": "１２３４５６", "quote": `12345"`, "newline": "123456\n", "spaces": "123 456",
	} {
		_, err := client.ConfirmOTP(t.Context(), impUID, code)
		assertKinds(t, err, iamport.ErrInvalidRequest)
		assert.ErrorContains(t, err, "six digits", name)
	}
	assert.Zero(t, mock.GetTotalCallCount())
}

func TestOTPAnswersWithoutAnID(t *testing.T) {
	for name, body := range map[string]string{
		"none": `{}`, "empty": `{"imp_uid":""}`, "null": `{"imp_uid":null}`, "a word for null": `{"imp_uid":"null"}`, "another": `{"imp_uid":"undefined"}`, "a path": `{"imp_uid":"../payments"}`, "a number": `{"imp_uid":1}`,
	} {
		mock := mocked(t, http.MethodPost, requestURL, dated(ok(body), certifiedAt))
		otp, err := newClient(t, mock).RequestOTP(t.Context(), danalRequest())
		assert.Nil(t, otp, name)
		assertKinds(t, err, iamport.ErrInvalidAnswer, iamport.ErrUnconfirmed)
	}
}

func TestConfirmOTP(t *testing.T) {
	for name, test := range map[string]struct{ code, body string }{
		"SMS": {"012345", `{"otp":"012345"}`},
		"APP": {"", `{}`},
	} {
		mock := mocked(t, http.MethodPost, confirmURL, func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, test.body, requestBody(t, r), name)
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"), name)
			return dated(answer(t, "certified.json"), certifiedAt)(r)
		})
		cert, err := newClient(t, mock).ConfirmOTP(t.Context(), impUID, test.code)
		require.NoError(t, err, name)
		assert.True(t, cert.Certified, name)
		assert.Equal(t, certifiedAt, cert.Meta().Date(), name)
		assert.Zero(t, calls(mock, http.MethodGet, certURL), name)
	}
}

func TestAlreadyCertified(t *testing.T) {
	refusal := `{"code":-1,"message":"m","response":null}`
	for name, test := range map[string]struct {
		status int
		now    httpmock.Responder
		want   []error
		asked  int
	}{
		"certified":         {http.StatusBadRequest, dated(answer(t, "certified.json"), certifiedAt), []error{iamport.ErrInvalidRequest, iamport.ErrAlreadyCertified}, 1},
		"certified, by 200": {http.StatusOK, dated(answer(t, "certified.json"), certifiedAt), []error{iamport.ErrRefused, iamport.ErrAlreadyCertified}, 1},
		"wrong code":        {http.StatusBadRequest, dated(answer(t, "not_certified.json"), certifiedAt), []error{iamport.ErrInvalidRequest}, 1},
		"nobody knows":      {http.StatusBadRequest, httpmock.NewStringResponder(http.StatusBadGateway, ""), []error{iamport.ErrInvalidRequest}, 1},
		"gone":              {http.StatusBadRequest, httpmock.NewStringResponder(http.StatusNotFound, ""), []error{iamport.ErrInvalidRequest}, 1},
		"no such":           {http.StatusNotFound, dated(answer(t, "certified.json"), certifiedAt), []error{iamport.ErrNotFound}, 0},
		"gateway's fault":   {http.StatusInternalServerError, dated(answer(t, "certified.json"), certifiedAt), []error{iamport.ErrUnavailable, iamport.ErrUnconfirmed}, 0},
	} {
		mock := mocked(t, http.MethodPost, confirmURL, httpmock.NewStringResponder(test.status, refusal))
		mock.RegisterResponder(http.MethodGet, certURL, test.now)
		cert, err := newClient(t, mock).ConfirmOTP(t.Context(), impUID, "123456")
		assert.Nil(t, cert, name)
		assertKinds(t, err, test.want...)
		assert.Equal(t, "ConfirmOTP", failure(t, err).Op, name)
		assert.Equal(t, "m", failure(t, err).Message, "%s: the refusal's", name)
		assert.Equal(t, test.asked, calls(mock, http.MethodGet, certURL), name)
		assert.Equal(t, 1, calls(mock, http.MethodPost, confirmURL), name)
	}
}

// late is the context of a caller who takes two seconds before waiting for a
// token, in which a refresh that failed is forgotten.
type late struct{ context.Context }

func (l late) Err() error {
	<-time.After(2 * time.Second)
	return l.Context.Err()
}

// A getToken that is refused as a wrong code is says nothing about the code.
func TestRefusedKeysAreNoRefusedCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt))
		mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewBytesResponder(http.StatusBadRequest, answer(t, "missing_keys.json")).
			Then(httpmock.NewBytesResponder(http.StatusOK, answer(t, "token.json"))))
		_, err := newClient(t, mock).ConfirmOTP(late{t.Context()}, impUID, "123456")
		assertKinds(t, err, iamport.ErrInvalidRequest)
		assert.Equal(t, "getToken", failure(t, err).Op)
		assert.Zero(t, calls(mock, http.MethodGet, certURL))
		assert.Equal(t, 1, calls(mock, http.MethodPost, tokenURL))
	})
}

// What may have left is not sent again, and what cannot have left is.
func TestOTPCallsAreNotSentTwice(t *testing.T) {
	for name, url := range map[string]string{"request": requestURL, "confirm": confirmURL} {
		call := func(t *testing.T, client *iamport.Client) error {
			if name == "request" {
				_, err := client.RequestOTP(t.Context(), danalRequest())
				return err
			}
			_, err := client.ConfirmOTP(t.Context(), impUID, "123456")
			return err
		}
		for fault, test := range map[string]struct {
			responder httpmock.Responder
			want      []error
			sent      int
		}{
			"reset":   {httpmock.NewErrorResponder(syscall.ECONNRESET), []error{iamport.ErrUnavailable, iamport.ErrUnconfirmed}, 1},
			"limited": {httpmock.NewStringResponder(http.StatusTooManyRequests, ""), []error{iamport.ErrRateLimited}, 1},
			"bad":     {httpmock.NewStringResponder(http.StatusBadGateway, ""), []error{iamport.ErrUnavailable, iamport.ErrUnconfirmed}, 1},
			"timeout": {httpmock.NewErrorResponder(timeout{}), []error{iamport.ErrUnavailable, iamport.ErrUnconfirmed}, 1},
			"dial":    {httpmock.NewErrorResponder(dialError), []error{iamport.ErrUnavailable}, 3},
			"token":   {httpmock.NewStringResponder(http.StatusUnauthorized, ""), []error{iamport.ErrUnauthorized}, 2},
			"token, reset": {httpmock.NewStringResponder(http.StatusUnauthorized, "").Then(httpmock.NewErrorResponder(syscall.ECONNRESET)),
				[]error{iamport.ErrUnavailable, iamport.ErrUnconfirmed}, 2},
		} {
			t.Run(name+", "+fault, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					mock := mocked(t, http.MethodPost, url, test.responder)
					err := call(t, newClient(t, mock, iamport.WithMaxAttempts(3)))
					assertKinds(t, err, test.want...)
					assert.Equal(t, test.sent, calls(mock, http.MethodPost, url))
					assert.Equal(t, test.sent, failure(t, err).Attempts)
				})
			})
		}
	}
}

// A code can be asked for with a token that has just been refused elsewhere.
func TestOTPIsSentAgainAfterARefusedToken(t *testing.T) {
	mock := mocked(t, http.MethodPost, requestURL, httpmock.NewStringResponder(http.StatusUnauthorized, "").
		Then(dated(ok(`{"imp_uid":"`+impUID+`"}`), certifiedAt)))
	otp, err := newClient(t, mock).RequestOTP(t.Context(), danalRequest())
	require.NoError(t, err)
	assert.Equal(t, impUID, otp.ImpUID)
	assert.Equal(t, 2, calls(mock, http.MethodPost, tokenURL))
}

// Without a token nothing was asked for, so that nothing is in doubt.
func TestOTPWithoutAToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mock := httpmock.NewMockTransport()
		mock.RegisterResponder(http.MethodPost, tokenURL, httpmock.NewErrorResponder(syscall.ECONNRESET))
		_, err := newClient(t, mock, iamport.WithMaxAttempts(3)).RequestOTP(t.Context(), danalRequest())
		assertKinds(t, err, iamport.ErrUnavailable)
		assert.Equal(t, "getToken", failure(t, err).Op)
		assert.Equal(t, 3, calls(mock, http.MethodPost, tokenURL))
	})
}
