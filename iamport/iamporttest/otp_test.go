package iamporttest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

const (
	noResult  = "인증결과가 존재하지 않습니다."
	wrongCode = "인증번호가 일치하지 않습니다."
	tooOld    = "인증 유효시간이 만료되었습니다."
	tooOften  = "인증 시도 횟수를 초과하였습니다."
	already   = "이미 인증이 완료되었습니다."
)

// otpParams ask Danal for a code.
func otpParams(srv *iamporttest.Server) map[string]any {
	return map[string]any{
		"name": "홍미래", "phone": "010-1234-5678", "birth": "90/01/31", "gender_digit": "2", "carrier": "SKT",
		"channel_key": srv.ChannelKey,
	}
}

// kcpParams ask KCP for one.
func kcpParams(srv *iamporttest.Server) map[string]any {
	p := otpParams(srv)
	p["channel_key"] = srv.ChannelKeyOf(iamporttest.KCP)
	p["bypass"] = map[string]any{"kcpV2": map[string]any{"media_type": "MC02"}}
	return p
}

func written(t *testing.T, params map[string]any) string {
	t.Helper()
	body, err := json.Marshal(params)
	require.NoError(t, err)
	return string(body)
}

func requestOTP(t *testing.T, srv *iamporttest.Server, params map[string]any) (impUID string) {
	t.Helper()
	r := call(t, srv, "POST", otpRequest, written(t, params)).response(t)
	require.Len(t, r, 1)
	impUID, ok := r["imp_uid"].(string)
	require.True(t, ok)
	return impUID
}

func confirm(t *testing.T, srv *iamporttest.Server, impUID, code string) answer {
	t.Helper()
	return call(t, srv, "POST", otpConfirm+impUID, `{"otp":"`+code+`"}`)
}

func codeOf(t *testing.T, srv *iamporttest.Server, impUID string) string {
	t.Helper()
	code, err := srv.OTPCode(impUID)
	require.NoError(t, err)
	require.Regexp(t, `^\d{6}$`, code)
	return code
}

// another is a code that is not this one.
func another(code string) string {
	if code[0] == '0' {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

func TestOTP(t *testing.T) {
	for name, params := range map[string]func(*iamporttest.Server) map[string]any{"danal": otpParams, "kcp_v2": kcpParams} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, iamporttest.WithPhone())
			srv.SetTime(noon())
			p := params(srv)
			p["merchant_uid"], p["company"], p["is_mvno"], p["verification_method"], p["ip"] = "m1", "shop.example", true, "SMS", "203.0.113.7"
			impUID := requestOTP(t, srv, p)
			assert.Regexp(t, `^imp_\d{12}$`, impUID)

			before := get(t, srv, impUID).response(t)
			assert.Equal(t, false, before["certified"])
			assert.Nil(t, before["name"])
			assert.Nil(t, before["unique_key"])
			assert.Equal(t, 0.0, before["birth"])
			assert.Equal(t, 0.0, before["certified_at"])
			assert.Equal(t, "m1", before["merchant_uid"])

			code := codeOf(t, srv, impUID)
			confirm(t, srv, impUID, another(code)).refused(t, 400, wrongCode)
			assert.Equal(t, before, get(t, srv, impUID).response(t))
			srv.Advance(time.Minute)
			after := call(t, srv, "POST", otpConfirm+impUID, `{"otp":"`+code+`","imp_uid":"`+impUID+`"}`).response(t)
			assert.Equal(t, true, after["certified"])
			assert.Equal(t, float64(noon().Unix()+60), after["certified_at"])
			assert.Equal(t, name, after["pg_provider"])
			assert.Equal(t, "홍미래", after["name"])
			assert.Equal(t, "1990-01-31", after["birthday"])
			assert.Equal(t, "female", after["gender"])
			assert.Equal(t, "01012345678", after["phone"])
			assert.Equal(t, "SKT_MVNO", after["carrier"])
			assert.Nil(t, after["origin"])
			assert.Equal(t, after, get(t, srv, impUID).response(t))

			confirm(t, srv, impUID, code).refused(t, 400, already)
			confirm(t, srv, impUID, another(code)).refused(t, 400, already)
			assert.Equal(t, after, get(t, srv, impUID).response(t), "nothing changes any more")
			assert.Equal(t, []iamporttest.Certification{{
				ImpUID: impUID, MerchantUID: "m1", Gateway: iamporttest.Gateway(name), Status: "certified",
			}}, srv.Certifications())
		})
	}
}

func TestOTPAsAForm(t *testing.T) {
	srv := start(t, iamporttest.WithPhone(), iamporttest.WithForeigner())
	fields := url.Values{
		"name": {"Kim & Co"}, "phone": {"01112345678"}, "birth": {"050203"}, "gender_digit": {"7"}, "carrier": {"LGT"},
		"channel_key": {srv.ChannelKey}, "is_mvno": {"false"},
	}
	impUID := call(t, srv, "POST", otpRequest, fields.Encode(), "Content-Type", form).response(t)["imp_uid"].(string)
	r := call(t, srv, "POST", otpConfirm+impUID, "otp="+codeOf(t, srv, impUID), "Content-Type", form).response(t)
	assert.Equal(t, "Kim & Co", r["name"])
	assert.Equal(t, "2005-02-03", r["birthday"])
	assert.Equal(t, "male", r["gender"])
	assert.Equal(t, true, r["foreigner_v2"])
	assert.Equal(t, "LGT", r["carrier"])
	assert.Regexp(t, "^.+$", r["merchant_uid"], "one is made up")

	fields["is_mvno"] = []string{"1"}
	impUID = call(t, srv, "POST", otpRequest, fields.Encode(), "Content-Type", form).response(t)["imp_uid"].(string)
	r = call(t, srv, "POST", otpConfirm+impUID, "otp="+codeOf(t, srv, impUID), "Content-Type", form).response(t)
	assert.Equal(t, "LGT_MVNO", r["carrier"])
	fields["is_mvno"] = []string{"yes"}
	call(t, srv, "POST", otpRequest, fields.Encode(), "Content-Type", form).refused(t, 400, "is_mvno 파라메터가 올바르지 않습니다.")
}

func TestGenderDigits(t *testing.T) {
	srv := start(t, iamporttest.WithForeigner())
	for digit, want := range map[string][]any{
		"1": {"1901-02-03", "male", false}, "2": {"1901-02-03", "female", false},
		"3": {"2001-02-03", "male", false}, "4": {"2001-02-03", "female", false},
		"5": {"1901-02-03", "male", true}, "6": {"1901-02-03", "female", true},
		"7": {"2001-02-03", "male", true}, "8": {"2001-02-03", "female", true},
	} {
		p := otpParams(srv)
		p["birth"], p["gender_digit"] = "010203", digit
		impUID := requestOTP(t, srv, p)
		r := confirm(t, srv, impUID, codeOf(t, srv, impUID)).response(t)
		assert.Equal(t, want, []any{r["birthday"], r["gender"], r["foreigner"]}, digit)
	}
}

func TestOTPRequestsThatAreRefused(t *testing.T) {
	type object = map[string]any
	srv := start(t)
	srv.SetTime(noon())
	kcp := srv.ChannelKeyOf(iamporttest.KCP)
	bypass := func(name string, value any) object {
		return object{"bypass": object{"kcpV2": object{"media_type": "MC01", name: value}}}
	}
	for name, c := range map[string]struct {
		kcp     bool
		params  object // nil removes
		refused string // the names of the parameters, or a message
	}{
		"no name":                   {false, object{"name": nil}, "-name"},
		"several are missing":       {false, object{"carrier": nil, "phone": "", "birth": nil}, "-phone, birth, carrier"},
		"no gender digit":           {false, object{"gender_digit": nil}, "-gender_digit"},
		"no channel key":            {false, object{"channel_key": nil}, "-channel_key"},
		"pg is not enough":          {false, object{"channel_key": nil, "pg": "danal"}, "-channel_key"},
		"channelKey":                {false, object{"channel_key": nil, "channelKey": srv.ChannelKey}, "channelKey"},
		"undocumented":              {false, object{"merchantUid": "m"}, "merchantUid"},
		"unknown channel":           {false, object{"channel_key": "channel-key-x"}, "channel_key"},
		"unknown pg":                {false, object{"pg": "nice"}, "pg"},
		"pg with another CPID":      {false, object{"pg": "danal.B1"}, "pg"},
		"certificates":              {false, object{"channel_key": srv.ChannelKeyOf(iamporttest.InicisUnified)}, "OTP 본인인증을 지원하지 않는 PG사입니다."},
		"cards":                     {false, object{"channel_key": srv.ChannelKeyOf(iamporttest.Inicis)}, "OTP 본인인증을 지원하지 않는 PG사입니다."},
		"name is a number":          {false, object{"name": 7}, "name"},
		"null":                      {false, object{"company": json.RawMessage("null")}, "company"},
		"birth is a number":         {false, object{"birth": 900131}, "birth"},
		"gender digit is a number":  {false, object{"gender_digit": 2}, "gender_digit"},
		"is_mvno is a string":       {false, object{"is_mvno": "true"}, "is_mvno"},
		"is_mvno is null":           {false, object{"is_mvno": json.RawMessage("null")}, "is_mvno"},
		"phone too short":           {false, object{"phone": "010-123-456"}, "phone"},
		"phone too long":            {false, object{"phone": "010-1234-56789"}, "phone"},
		"no mobile phone":           {false, object{"phone": "02-1234-5678"}, "phone"},
		"birth of eight digits":     {false, object{"birth": "1990-01-31"}, "birth"},
		"birth that cannot be":      {false, object{"birth": "900231"}, "birth"},
		"no leap year":              {false, object{"birth": "000229", "gender_digit": "1"}, "birth"},
		"birth in the future":       {false, object{"birth": "250616", "gender_digit": "3"}, "birth"},
		"gender digit 9":            {false, object{"gender_digit": "9"}, "gender_digit"},
		"gender digit 0":            {false, object{"gender_digit": "0"}, "gender_digit"},
		"gender digits":             {false, object{"gender_digit": "12"}, "gender_digit"},
		"carrier of the window":     {false, object{"carrier": "KTF"}, "carrier"},
		"carrier of the answer":     {false, object{"carrier": "SKT_MVNO"}, "carrier"},
		"carrier in lower case":     {false, object{"carrier": "skt"}, "carrier"},
		"unknown method":            {false, object{"verification_method": "sms"}, "verification_method"},
		"empty method":              {false, object{"verification_method": ""}, "verification_method"},
		"app with Danal":            {false, object{"verification_method": "APP"}, "verification_method"},
		"bypass with Danal":         {false, object{"bypass": object{"kcpV2": object{"media_type": "MC01"}}}, "bypass"},
		"no IP":                     {false, object{"ip": "203.0.113"}, "ip"},
		"KCP without bypass":        {true, object{"bypass": nil}, "-bypass"},
		"bypass is a list":          {true, object{"bypass": []any{}}, "bypass"},
		"bypass is no JSON":         {true, object{"bypass": "kcpV2"}, "bypass"},
		"bypass is empty":           {true, object{"bypass": object{}}, "bypass"},
		"bypass for another":        {true, object{"bypass": object{"kcpV2": object{"media_type": "MC01"}, "danal": object{}}}, "bypass"},
		"bypass without media type": {true, object{"bypass": `{"kcpV2":{}}`}, "-bypass.kcpV2.media_type"},
		"unknown media type":        {true, bypass("media_type", "MC03"), "bypass.kcpV2.media_type"},
		"media type is a number":    {true, bypass("media_type", 1), "bypass"},
		"undocumented in bypass":    {true, bypass("site", "x"), "bypass"},
		"SMS without its place":     {true, bypass("cp_sms_msg", "code 000000"), "bypass.kcpV2.cp_sms_msg"},
		"KCP's long merchant_uid":   {true, object{"merchant_uid": strings.Repeat("a", 41)}, "merchant_uid"},
		"KCP's merchant_uid":        {true, object{"merchant_uid": "a-1"}, "merchant_uid"},
		"KCP by pg":                 {true, object{"channel_key": srv.ChannelKey, "pg": "kcp_v2"}, "bypass"}, // the channel is Danal's
	} {
		t.Run(name, func(t *testing.T) {
			p := otpParams(srv)
			if c.kcp {
				p = kcpParams(srv)
				require.Equal(t, kcp, p["channel_key"])
			}
			for name, value := range c.params {
				p[name] = value
				if value == nil {
					delete(p, name)
				}
			}
			message := c.refused + " 파라메터가 올바르지 않습니다."
			if names, isMissing := strings.CutPrefix(c.refused, "-"); isMissing {
				message = names + " 파라메터가 누락되었습니다."
			} else if strings.HasSuffix(c.refused, ".") {
				message = c.refused
			}
			call(t, srv, "POST", otpRequest, written(t, p)).refused(t, 400, message)
			assert.Empty(t, srv.Certifications())
		})
	}
	for name, a := range map[string]answer{
		"no JSON":      call(t, srv, "POST", otpRequest, `{`),
		"no object":    call(t, srv, "POST", otpRequest, `"name"`),
		"another type": call(t, srv, "POST", otpRequest, `{}`, "Content-Type", "text/json"),
		"broken form":  call(t, srv, "POST", otpRequest, `a=%`, "Content-Type", form),
	} {
		assert.Equal(t, `{"code":-1,"message":"요청 본문을 읽을 수 없습니다.","response":null}`, a.body, name)
	}
	call(t, srv, "POST", otpRequest, "name=a&name=b", "Content-Type", form).refused(t, 400, "name 파라메터가 올바르지 않습니다.")
	call(t, srv, "POST", otpRequest, "").refused(t, 400, "name, phone, birth, gender_digit, carrier, channel_key 파라메터가 누락되었습니다.")
}

func TestOTPRequestsThatPass(t *testing.T) {
	type object = map[string]any
	for name, c := range map[string]struct {
		opts    []iamporttest.Option
		kcp     bool
		params  object
		gateway iamporttest.Gateway
	}{
		"pg beside the channel":  {nil, false, object{"pg": "danal.A000000000"}, "danal"},
		"the channel wins":       {nil, false, object{"pg": "kcp_v2"}, "danal"},
		"born today":             {nil, false, object{"birth": "250615", "gender_digit": "4"}, "danal"},
		"any merchant_uid":       {nil, false, object{"merchant_uid": "ORD-1 한" + strings.Repeat("a", 40)}, "danal"},
		"all of KCP's":           {nil, true, object{"bypass": object{"kcpV2": object{"media_type": "MC01", "web_siteid": "S1", "cp_sms_msg": "code [000000]", "cp_callback": "0212345678"}}}, "kcp_v2"},
		"bypass as text":         {nil, true, object{"bypass": `{"kcpV2":{"media_type":"MC01"}}`, "merchant_uid": strings.Repeat("9", 40)}, "kcp_v2"},
		"undocumented parameter": {[]iamporttest.Option{iamporttest.WithUnknownParameters()}, false, object{"merchantUid": "m"}, "danal"},
		"without a channel":      {[]iamporttest.Option{iamporttest.WithChannelKeyOptional()}, false, object{"channel_key": nil}, "danal"},
		"by pg":                  {[]iamporttest.Option{iamporttest.WithChannelKeyOptional()}, false, object{"channel_key": nil, "pg": "danal"}, "danal"},
		"with IP":                {[]iamporttest.Option{iamporttest.WithIPRequired()}, true, object{"ip": "2001:db8::1"}, "kcp_v2"},
		"Danal without IP":       {[]iamporttest.Option{iamporttest.WithIPRequired()}, false, nil, "danal"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			srv.SetTime(noon())
			p := otpParams(srv)
			if c.kcp {
				p = kcpParams(srv)
			}
			maps.Copy(p, c.params)
			maps.DeleteFunc(p, func(_ string, v any) bool { return v == nil })
			impUID := requestOTP(t, srv, p)
			assert.Equal(t, c.gateway, srv.Certifications()[0].Gateway)
			assert.Equal(t, http.StatusOK, confirm(t, srv, impUID, codeOf(t, srv, impUID)).status)
		})
	}
}

func TestOTPOptionsThatRefuse(t *testing.T) {
	srv := start(t, iamporttest.WithIPRequired(), iamporttest.WithChannelKeyOptional())
	call(t, srv, "POST", otpRequest, written(t, kcpParams(srv))).refused(t, 400, "ip 파라메터가 누락되었습니다.")
	p := otpParams(srv)
	delete(p, "channel_key")
	p["pg"] = "kcp_v2"
	call(t, srv, "POST", otpRequest, written(t, p)).refused(t, 400, "channel_key 파라메터가 누락되었습니다.")
}

func TestMerchantUIDsThatAreUsedAgain(t *testing.T) {
	const used = "이미 사용된 merchant_uid입니다."
	t.Run("by default", func(t *testing.T) {
		srv := start(t)
		danal, kcp := otpParams(srv), kcpParams(srv)
		danal["merchant_uid"], kcp["merchant_uid"] = "m1", "m1"
		_, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m1", Gateway: iamporttest.KCP})
		require.NoError(t, err)
		requestOTP(t, srv, danal)
		requestOTP(t, srv, danal)
		requestOTP(t, srv, kcp)
		call(t, srv, "POST", otpRequest, written(t, kcp)).refused(t, 400, used)
		_, err = srv.Begin(iamporttest.Attempt{MerchantUID: "m1"})
		require.NoError(t, err)
		delete(kcp, "merchant_uid")
		requestOTP(t, srv, kcp)
		requestOTP(t, srv, kcp)
	})
	t.Run("unique", func(t *testing.T) {
		srv := start(t, iamporttest.WithUniqueMerchantUID())
		danal := otpParams(srv)
		requestOTP(t, srv, danal)
		requestOTP(t, srv, danal)
		danal["merchant_uid"] = "m1"
		requestOTP(t, srv, danal)
		call(t, srv, "POST", otpRequest, written(t, danal)).refused(t, 400, used)
		_, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m1"})
		assert.ErrorContains(t, err, "used before")
	})
}

func TestOTPInApp(t *testing.T) {
	srv := start(t)
	p := kcpParams(srv)
	p["verification_method"] = "APP"
	impUID := requestOTP(t, srv, p)
	_, err := srv.OTPCode(impUID)
	require.ErrorContains(t, err, "nobody was sent a code")
	call(t, srv, "POST", otpConfirm+impUID, "").refused(t, 400, "앱 인증이 완료되지 않았습니다.")
	require.NoError(t, srv.ApproveInApp(impUID))
	confirm(t, srv, impUID, "123456").refused(t, 400, "otp 파라메터가 올바르지 않습니다.")
	r := call(t, srv, "POST", otpConfirm+impUID, `{}`).response(t)
	assert.Equal(t, true, r["certified"])
	call(t, srv, "POST", otpConfirm+impUID, `{}`).refused(t, 400, already)
	require.ErrorContains(t, srv.ApproveInApp(impUID), "certified already")

	impUID = requestOTP(t, srv, otpParams(srv))
	require.ErrorContains(t, srv.ApproveInApp(impUID), "nobody was asked")
}

func TestConfirmationsThatAreRefused(t *testing.T) {
	srv := start(t, iamporttest.WithTier("abc"))
	impUID := requestOTP(t, srv, otpParams(srv))
	inWindow, err := srv.Begin(iamporttest.Attempt{})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		impUID, body string
		status       int
		message      string
	}{
		"unknown":        {"imp_1", `{"otp":"123456"}`, 404, noResult},
		"in the window":  {inWindow, `{"otp":"123456"}`, 404, noResult},
		"no code":        {impUID, ``, 400, "otp 파라메터가 누락되었습니다."},
		"empty code":     {impUID, `{"otp":""}`, 400, "otp 파라메터가 누락되었습니다."},
		"number":         {impUID, `{"otp":123456}`, 400, "otp 파라메터가 올바르지 않습니다."},
		"five digits":    {impUID, `{"otp":"12345"}`, 400, "otp 파라메터가 올바르지 않습니다."},
		"letters":        {impUID, `{"otp":"12345a"}`, 400, "otp 파라메터가 올바르지 않습니다."},
		"another id":     {impUID, `{"otp":"123456","imp_uid":"imp_1"}`, 400, "imp_uid 파라메터가 올바르지 않습니다."},
		"undocumented":   {impUID, `{"otp":"123456","code":"1"}`, 400, "code 파라메터가 올바르지 않습니다."},
		"not an object":  {impUID, `"123456"`, 400, "요청 본문을 읽을 수 없습니다."},
		"null for an id": {impUID, `{"otp":"123456","imp_uid":null}`, 400, "imp_uid 파라메터가 올바르지 않습니다."},
	} {
		t.Run(name, func(t *testing.T) {
			call(t, srv, "POST", otpConfirm+c.impUID, c.body).refused(t, c.status, c.message)
		})
	}
	call(t, srv, "POST", otpConfirm+impUID, `{"otp":"`+codeOf(t, srv, impUID)+`"}`, "Tier", "abc").refused(t, 404, noResult)
	assert.Equal(t, http.StatusOK, confirm(t, srv, impUID, codeOf(t, srv, impUID)).status, "none of these is a try")
}

func TestCodesThatAreTooOld(t *testing.T) {
	for name, c := range map[string]struct {
		opts []iamporttest.Option
		life time.Duration
	}{
		"default": {nil, 3 * time.Minute},
		"set":     {[]iamporttest.Option{iamporttest.WithOTPLife(time.Hour)}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			srv.SetTime(noon())
			old, good := requestOTP(t, srv, otpParams(srv)), requestOTP(t, srv, otpParams(srv))
			srv.SetTime(noon().Add(c.life - 1))
			assert.Equal(t, http.StatusOK, confirm(t, srv, good, codeOf(t, srv, good)).status)
			srv.SetTime(noon().Add(c.life))
			confirm(t, srv, old, codeOf(t, srv, old)).refused(t, 400, tooOld)
			assert.Equal(t, false, get(t, srv, old).response(t)["certified"])
		})
	}
}

func TestCodesThatAreTriedTooOften(t *testing.T) {
	for name, c := range map[string]struct {
		opts  []iamporttest.Option
		tries int
	}{
		"default": {nil, 5},
		"one":     {[]iamporttest.Option{iamporttest.WithOTPTries(1)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			impUID, good := requestOTP(t, srv, otpParams(srv)), requestOTP(t, srv, otpParams(srv))
			code := codeOf(t, srv, impUID)
			for range c.tries {
				confirm(t, srv, impUID, another(code)).refused(t, 400, wrongCode)
			}
			confirm(t, srv, impUID, code).refused(t, 400, tooOften)
			assert.Equal(t, false, get(t, srv, impUID).response(t)["certified"])
			assert.Equal(t, "failed", srv.Certifications()[0].Status)

			for range c.tries - 1 {
				confirm(t, srv, good, another(codeOf(t, srv, good))).refused(t, 400, wrongCode)
			}
			assert.Equal(t, http.StatusOK, confirm(t, srv, good, codeOf(t, srv, good)).status)
		})
	}
}

func TestStatusOfTheGatewaysRefusals(t *testing.T) {
	srv := start(t, iamporttest.WithGatewayRefusalStatus(500))
	impUID := requestOTP(t, srv, otpParams(srv))
	confirm(t, srv, impUID, another(codeOf(t, srv, impUID))).refused(t, 500, wrongCode)
	confirm(t, srv, impUID, "x").refused(t, 400, "otp 파라메터가 올바르지 않습니다.")
	assert.Equal(t, http.StatusOK, confirm(t, srv, impUID, codeOf(t, srv, impUID)).status)
	confirm(t, srv, impUID, codeOf(t, srv, impUID)).refused(t, 400, already)
}

func TestOTPOfATier(t *testing.T) {
	srv := start(t, iamporttest.WithTier("abc"))
	r := call(t, srv, "POST", otpRequest, written(t, otpParams(srv)), "Tier", "abc").response(t)
	impUID := r["imp_uid"].(string)
	assert.Equal(t, "abc", srv.Certifications()[0].Tier)
	get(t, srv, impUID).refused(t, 404, noResult)
	a := call(t, srv, "POST", otpConfirm+impUID, `{"otp":"`+codeOf(t, srv, impUID)+`"}`, "Tier", "abc")
	assert.Equal(t, true, a.response(t)["certified"])
}

func TestAnOTPIsNotPassedInTheWindow(t *testing.T) {
	srv := start(t)
	impUID := requestOTP(t, srv, otpParams(srv))
	assert.ErrorContains(t, srv.Pass(impUID, mirae()), "confirmed through the API")
	require.NoError(t, srv.Abandon(impUID))
	confirm(t, srv, impUID, codeOf(t, srv, impUID)).refused(t, 400, tooOften)
}
