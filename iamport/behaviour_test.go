package iamport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// connect returns a client for srv that tries each call once.
func connect(tb testing.TB, srv *iamporttest.Server, options ...iamport.Option) *iamport.Client {
	tb.Helper()
	options = append([]iamport.Option{iamport.WithBaseURL(srv.URL), iamport.WithMaxAttempts(1)}, options...)
	client, err := iamport.NewClient(srv.APIKey, srv.APISecret, options...)
	require.NoError(tb, err)
	return client
}

// inBubble returns a server without a socket, and a client for it.
func inBubble(tb testing.TB, options ...iamporttest.Option) (*iamporttest.Server, *iamport.Client) {
	tb.Helper()
	srv := iamporttest.NewServer(tb, append(options, iamporttest.WithoutListener())...)
	return srv, connect(tb, srv, iamport.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
}

var (
	mirae  = iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01", Gender: "female", Phone: "01000004321", Carrier: "LGT_MVNO", Foreigner: true}
	haneul = iamporttest.Person{Name: "김하늘", Birthday: "2012-03-07", Gender: "male"}
)

// Two hours of a call every ten seconds: a token of 30 minutes, then five minutes
// more in each last half minute, and never a token call for every request.
func TestTokenOverTwoHours(t *testing.T) {
	for name, test := range map[string]struct {
		options []iamporttest.Option
		most    int
	}{
		"as documented":          {nil, 22},
		"clock an hour ahead":    {[]iamporttest.Option{iamporttest.WithClockSkew(time.Hour)}, 22},
		"clock an hour behind":   {[]iamporttest.Option{iamporttest.WithClockSkew(-time.Hour)}, 22},
		"extended from now":      {[]iamporttest.Option{iamporttest.WithExtensionFromRequest()}, 26},
		"extended once":          {[]iamporttest.Option{iamporttest.WithSingleExtension()}, 4 * 8},
		"bearer and nothing but": {[]iamporttest.Option{iamporttest.WithBearerOnly()}, 22},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, client := inBubble(t, test.options...)
				impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, mirae)
				require.NoError(t, err)
				const calls = 720
				for range calls {
					_, err := client.Certification(t.Context(), impUID)
					require.NoError(t, err)
					<-time.After(10 * time.Second)
				}
				synctest.Wait()
				assert.LessOrEqual(t, srv.TokenCalls(), test.most)
				assert.GreaterOrEqual(t, srv.TokenCalls(), 4)
				refused := len(srv.Requests()) - srv.TokenCalls() - calls
				assert.Zero(t, refused, "calls with a token that had expired")
			})
		})
	}
}

func TestManyCallersGetOneToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, client := inBubble(t)
		impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, mirae)
		require.NoError(t, err)
		burst := func() {
			var group sync.WaitGroup
			for range 200 {
				group.Go(func() {
					_, err := client.Certification(t.Context(), impUID)
					assert.NoError(t, err)
				})
			}
			group.Wait()
		}
		burst()
		assert.Equal(t, 1, srv.TokenCalls(), "cold")
		srv.RevokeToken()
		burst()
		assert.Equal(t, 2, srv.TokenCalls(), "refused")
		<-time.After(31 * time.Minute)
		burst()
		assert.Equal(t, 3, srv.TokenCalls(), "expired")
	})
}

// A client whose clock is ahead is handed the same token again, which is good.
func TestSameTokenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, client := inBubble(t, iamporttest.WithSameToken())
		impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, mirae)
		require.NoError(t, err)
		for range 3 {
			_, err = client.Certification(t.Context(), impUID)
			require.NoError(t, err)
		}
		srv.RevokeToken()
		_, err = client.Certification(t.Context(), impUID)
		require.NoError(t, err)
		assert.Equal(t, 2, srv.TokenCalls())
	})
}

func TestServersShareTheMerchantsToken(t *testing.T) {
	srv := iamporttest.NewServer(t)
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, mirae)
	require.NoError(t, err)
	one, two := connect(t, srv), connect(t, srv)
	for range 3 {
		for _, client := range []*iamport.Client{one, two} {
			_, err := client.Certification(t.Context(), impUID)
			require.NoError(t, err)
		}
	}
	assert.Equal(t, 2, srv.TokenCalls(), "neither makes the other's invalid")
}

func TestWrongKeysAtTheFake(t *testing.T) {
	srv := iamporttest.NewServer(t)
	client, err := iamport.NewClient(srv.APIKey, "wrong", iamport.WithBaseURL(srv.URL))
	require.NoError(t, err)
	_, err = client.Certification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrUnauthorized)
	assert.Equal(t, "인증에 실패하였습니다. API키와 secret을 확인하세요.", failure(t, err).Message)
	assert.Equal(t, 1, srv.TokenCalls())
}

func TestLifeOfACertification(t *testing.T) {
	srv := iamporttest.NewServer(t, iamporttest.WithPhone(), iamporttest.WithForeigner(), iamporttest.WithStringCertifiedAt())
	client := connect(t, srv)
	started := time.Now()
	impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "attempt-1"})
	require.NoError(t, err)
	expect := &iamport.Expectation{
		MerchantUID: "attempt-1", NotBefore: started, MinimumAge: 19, BornInOrBefore: 2007, Gateways: []iamport.Gateway{iamport.GatewayDanal},
	}
	_, err = client.VerifyCertification(t.Context(), impUID, expect)
	assertKinds(t, err, iamport.ErrNotCertified)

	require.NoError(t, srv.Pass(impUID, mirae))
	cert, err := client.VerifyCertification(t.Context(), impUID, expect)
	require.NoError(t, err)
	assert.Equal(t, "홍미래", cert.Name)
	assert.Equal(t, iamport.GenderFemale, cert.Gender)
	assert.Equal(t, "01000004321", cert.Phone)
	assert.Equal(t, iamport.CarrierLGTMVNO, cert.Carrier)
	assert.True(t, cert.Foreigner)
	assert.Equal(t, iamport.Yes, cert.ForeignerV2)
	assert.True(t, cert.PGProvider.Known() && cert.Gender.Known() && cert.Carrier.Known())

	srv.Advance(11 * time.Minute)
	_, err = client.VerifyCertification(t.Context(), impUID, expect)
	assertKinds(t, err, iamport.ErrStale)

	erased, err := client.DeleteCertification(t.Context(), impUID)
	require.NoError(t, err)
	assert.Equal(t, cert.UniqueKey, erased.UniqueKey)
	_, err = client.Certification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrNotFound)
	_, err = client.DeleteCertification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrNotFound)
}

func TestHowCertificationsEndWithoutSuccess(t *testing.T) {
	srv := iamporttest.NewServer(t, iamporttest.WithReturnErrors())
	client := connect(t, srv)
	for name, end := range map[string]func(impUID string) error{
		"failed":  func(impUID string) error { return srv.Fail(impUID, "9014", "시간 초과") },
		"left":    srv.Abandon,
		"neither": func(string) error { return nil },
	} {
		impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "attempt-" + name, RedirectURL: "https://shop.example/back"})
		require.NoError(t, err)
		require.NoError(t, end(impUID))
		_, err = client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-" + name})
		assertKinds(t, err, iamport.ErrNotCertified)
		callback, err := srv.Callback(impUID)
		require.NoError(t, err)
		claim, err := iamport.ParseReturn(post("application/json", string(callback)))
		require.NoError(t, err, name)
		assert.Equal(t, impUID, claim.ImpUID, "%s: an imp_uid there is", name)
		assert.Equal(t, iamport.No, claim.Success, name)
		assert.NotEmpty(t, claim.ErrorMsg, name)
	}
}

func TestReturnsOfEverySDK(t *testing.T) {
	for name, options := range map[string][]iamporttest.Option{
		"document 001": nil,
		"mobile":       {iamporttest.WithImpSuccess(), iamporttest.WithReturnErrors()},
		"Flutter":      {iamporttest.WithImpSuccess(), iamporttest.WithNullStrings(), iamporttest.WithUnencodedReturn()},
	} {
		for _, redirect := range []string{"https://shop.example/back", "https://shop.example/back?session=7"} {
			srv := iamporttest.NewServer(t, options...)
			client := connect(t, srv)
			impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1", RedirectURL: redirect}, mirae)
			require.NoError(t, err)
			address, err := srv.ReturnURL(impUID)
			require.NoError(t, err)
			claim, err := iamport.ParseReturn(httptest.NewRequest(http.MethodGet, address, nil))
			require.NoError(t, err, name)
			assert.Equal(t, iamport.Claim{ImpUID: impUID, MerchantUID: "attempt-1", Success: iamport.Yes}, *claim, name)
			_, err = client.VerifyCertification(t.Context(), claim.ImpUID, &iamport.Expectation{MerchantUID: "attempt-1"})
			assert.NoError(t, err, name)
		}
	}
}

func TestSomebodyElsesCertification(t *testing.T) {
	srv := iamporttest.NewServer(t)
	client := connect(t, srv)
	theirs, err := srv.Certify(iamporttest.Attempt{MerchantUID: "their-attempt"}, mirae)
	require.NoError(t, err)
	claim, err := iamport.ParseReturn(post("application/json", `{"success":true,"imp_uid":"`+theirs+`","merchant_uid":"my-attempt"}`))
	require.NoError(t, err)
	cert, err := client.VerifyCertification(t.Context(), claim.ImpUID, &iamport.Expectation{MerchantUID: "my-attempt"})
	assert.Nil(t, cert)
	assertKinds(t, err, iamport.ErrMerchantUID)

	other := iamporttest.NewServer(t)
	_, err = connect(t, other).VerifyCertification(t.Context(), theirs, &iamport.Expectation{MerchantUID: "their-attempt"})
	assertKinds(t, err, iamport.ErrNotFound)
}

func TestBirthOfMinorsAtTheFake(t *testing.T) {
	for name, options := range map[string][]iamporttest.Option{
		"both": nil, "birth alone": {iamporttest.WithoutBirthday()}, "birthday alone": {iamporttest.WithoutBirth()},
	} {
		srv := iamporttest.NewServer(t, options...)
		srv.SetTime(certifiedAt)
		client := connect(t, srv)
		for person, want := range map[iamporttest.Person]error{mirae: nil, haneul: iamport.ErrUnderage} {
			impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, person)
			require.NoError(t, err)
			_, err = client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 19})
			if want == nil {
				require.NoError(t, err, name)
				continue
			}
			assertKinds(t, err, want)
		}
	}

	srv := iamporttest.NewServer(t, iamporttest.WithoutBirth(), iamporttest.WithoutBirthday())
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, mirae)
	require.NoError(t, err)
	_, err = connect(t, srv).VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 1})
	assertKinds(t, err, iamport.ErrBirthDate)

	srv = iamporttest.NewServer(t)
	for _, fields := range []map[string]any{
		{"birthday": "1990-02-30"}, {"birthday": "1990-03"}, {"birthday": "1980-03-01", "birth": 636217200}, {"birthday": nil, "birth": 0},
		{"birthday": "2090-01-01"}, {"birth": "636217200000"},
	} {
		impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "attempt-1"})
		require.NoError(t, err)
		fields["unique_key"] = "c3ludGhldGlj"
		require.NoError(t, srv.ForceCertification(impUID, fields))
		_, err = connect(t, srv).VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 19})
		assertKinds(t, err, iamport.ErrBirthDate)
	}
}

func TestGatewaysAtTheFake(t *testing.T) {
	srv := iamporttest.NewServer(t, iamporttest.WithMID(iamporttest.InicisUnified, "MIIiasTest"))
	client := connect(t, srv)
	for gateway, want := range map[iamporttest.Gateway][]error{
		iamporttest.Danal: nil, iamporttest.KCP: nil,
		iamporttest.Inicis:        {iamport.ErrGateway},
		iamporttest.InicisUnified: {iamport.ErrGateway, iamport.ErrTestMerchant},
	} {
		impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1", Gateway: gateway}, mirae)
		require.NoError(t, err)
		cert, err := client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{
			MerchantUID: "attempt-1", Gateways: []iamport.Gateway{iamport.GatewayDanal, iamport.GatewayKCP},
		})
		if want == nil {
			require.NoError(t, err, gateway)
			assert.True(t, cert.PGProvider.Known())
			continue
		}
		assert.Nil(t, cert, gateway)
		assertKinds(t, err, want...)
	}
}

func TestTiersAtTheFake(t *testing.T) {
	srv := iamporttest.NewServer(t, iamporttest.WithTier("a1B"), iamporttest.WithTier("999"))
	agent := connect(t, srv)
	sub, err := agent.ForTier("a1B")
	require.NoError(t, err)
	other, err := agent.ForTier("999")
	require.NoError(t, err)
	unknown, err := agent.ForTier("000")
	require.NoError(t, err)
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1", Tier: "a1B"}, mirae)
	require.NoError(t, err)

	_, err = sub.Certification(t.Context(), impUID)
	require.NoError(t, err)
	_, err = other.Certification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrNotFound)
	_, err = agent.Certification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrNotFound)
	assert.Equal(t, 1, srv.TokenCalls())
	_, err = unknown.Certification(t.Context(), impUID)
	assertKinds(t, err, iamport.ErrUnauthorized)
}

func TestOTPOverBothGateways(t *testing.T) {
	srv := iamporttest.NewServer(t)
	client := connect(t, srv)

	danal := danalRequest()
	danal.ChannelKey, danal.PG = srv.ChannelKeyOf(iamporttest.Danal), ""
	kcpSMS, kcpApp := kcpRequest(), kcpRequest()
	kcpSMS.ChannelKey, kcpApp.ChannelKey = srv.ChannelKeyOf(iamporttest.KCP), srv.ChannelKeyOf(iamporttest.KCP)
	kcpSMS.VerificationMethod, kcpSMS.MerchantUID = iamport.VerificationMethodSMS, "attempt2"
	for name, request := range map[string]*iamport.OTPRequest{"danal": danal, "kcp by SMS": kcpSMS, "kcp in the app": kcpApp} {
		otp, err := client.RequestOTP(t.Context(), request)
		require.NoError(t, err, name)
		expect := &iamport.Expectation{MerchantUID: request.MerchantUID, MinimumAge: 19}
		_, err = client.VerifyCertification(t.Context(), otp.ImpUID, expect)
		assertKinds(t, err, iamport.ErrNotCertified)

		code := ""
		if name == "kcp in the app" {
			_, err = client.ConfirmOTP(t.Context(), otp.ImpUID, "")
			assertKinds(t, err, iamport.ErrInvalidRequest)
			require.NoError(t, srv.ApproveInApp(otp.ImpUID))
		} else {
			_, err = client.ConfirmOTP(t.Context(), otp.ImpUID, "")
			assertKinds(t, err, iamport.ErrInvalidRequest)
			code, err = srv.OTPCode(otp.ImpUID)
			require.NoError(t, err)
		}
		cert, err := client.ConfirmOTP(t.Context(), otp.ImpUID, code)
		require.NoError(t, err, name)
		assert.NoError(t, expect.Check(cert, cert.Meta().Date()), name)
		_, err = client.ConfirmOTP(t.Context(), otp.ImpUID, code)
		assertKinds(t, err, iamport.ErrInvalidRequest, iamport.ErrAlreadyCertified)
		_, err = client.VerifyCertification(t.Context(), otp.ImpUID, expect)
		assert.NoError(t, err, name)
	}
}

func TestCodesThatAreRefused(t *testing.T) {
	srv := iamporttest.NewServer(t, iamporttest.WithOTPTries(2))
	client := connect(t, srv)
	request := danalRequest()
	request.ChannelKey, request.PG = srv.ChannelKey, ""
	for name, spoil := range map[string]func(impUID, code string) string{
		"expired": func(_, code string) string { srv.Advance(time.Hour); return code },
		"wrong":   func(_, code string) string { return other(code) },
		"too often": func(impUID, code string) string {
			for range 2 {
				_, err := client.ConfirmOTP(t.Context(), impUID, other(code))
				assertKinds(t, err, iamport.ErrInvalidRequest)
			}
			return code
		},
	} {
		otp, err := client.RequestOTP(t.Context(), request)
		require.NoError(t, err, name)
		code, err := srv.OTPCode(otp.ImpUID)
		require.NoError(t, err)
		_, err = client.ConfirmOTP(t.Context(), otp.ImpUID, spoil(otp.ImpUID, code))
		assertKinds(t, err, iamport.ErrInvalidRequest)
		assert.NotEmpty(t, failure(t, err).Message, name)
	}
}

// other is another code.
func other(code string) string {
	return strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
}

// A code that was sent while the answer was lost is not sent again; a code that
// was taken is found by asking.
func TestLostAnswersToOTP(t *testing.T) {
	srv := iamporttest.NewServer(t)
	client := connect(t, srv, iamport.WithMaxAttempts(3))
	request := danalRequest()
	request.ChannelKey, request.PG = srv.ChannelKey, ""
	require.NoError(t, srv.Inject(iamporttest.ResetAfter().On(iamporttest.RequestOTPRoute)))
	_, err := client.RequestOTP(t.Context(), request)
	assertKinds(t, err, iamport.ErrUnavailable, iamport.ErrUnconfirmed)
	require.Len(t, srv.Certifications(), 1, "one code was sent")

	impUID := srv.Certifications()[0].ImpUID
	code, err := srv.OTPCode(impUID)
	require.NoError(t, err)
	require.NoError(t, srv.Inject(iamporttest.Truncate().On(iamporttest.ConfirmOTPRoute)))
	_, err = client.ConfirmOTP(t.Context(), impUID, code)
	assertKinds(t, err, iamport.ErrUnavailable, iamport.ErrUnconfirmed)
	_, err = client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1"})
	assert.NoError(t, err)
}

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault iamporttest.Fault
		want  []error // nil when the call is repeated and succeeds
	}{
		"reset before":   {iamporttest.ResetBefore(), nil},
		"cut off":        {iamporttest.Truncate(), nil},
		"unavailable":    {iamporttest.Status(http.StatusServiceUnavailable, 0), nil},
		"limited":        {iamporttest.Status(http.StatusTooManyRequests, time.Second), nil},
		"HTML with 502":  {iamporttest.HTML(http.StatusBadGateway), nil},
		"HTML with 200":  {iamporttest.HTML(http.StatusOK), []error{iamport.ErrInvalidAnswer}},
		"error in 200":   {iamporttest.ApplicationError(http.StatusOK, -1, "m"), []error{iamport.ErrRefused}},
		"null response":  {iamporttest.NullResponse(), []error{iamport.ErrInvalidAnswer}},
		"another answer": {iamporttest.AnotherCertification(), []error{iamport.ErrForeign}},
		"redirect":       {iamporttest.Redirect("https://elsewhere.example/"), []error{iamport.ErrInvalidAnswer}},
		"oversize":       {iamporttest.Oversize(9 << 20), []error{iamport.ErrInvalidAnswer, iamport.ErrTooLarge}},
		"twins":          {iamporttest.ExtraMembers(`"Certified":true`), []error{iamport.ErrInvalidAnswer}},
		"revoked token":  {iamporttest.Status(http.StatusUnauthorized, 0), nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, _ := inBubble(t)
				client := connect(t, srv, iamport.WithMaxAttempts(3), iamport.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
				impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, mirae)
				require.NoError(t, err)
				require.NoError(t, srv.Inject(test.fault.On(iamporttest.CertificationRoute)))
				cert, err := client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1"})
				if test.want == nil {
					require.NoError(t, err)
					assert.Equal(t, "홍미래", cert.Name)
					return
				}
				assert.Nil(t, cert)
				assertKinds(t, err, test.want...)
			})
		})
	}
}

// The age limit of the window is the page's to take away.
func TestLimitsOfThePageProtectNothing(t *testing.T) {
	srv := iamporttest.NewServer(t)
	client := connect(t, srv)
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt-1"}, haneul) // without min_age
	require.NoError(t, err)
	_, err = client.VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 19})
	require.True(t, errors.Is(err, iamport.ErrUnderage))
}
