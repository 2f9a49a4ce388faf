package iamport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/internal/fuzztest"
)

// A vendor is Iamport in memory: getToken is answered with token, and
// everything else with status and body.
type vendor struct {
	token  []byte
	status int
	body   []byte
	date   time.Time

	granted int
	bearers []string // of all but getToken
}

func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := &http.Response{StatusCode: v.status, Header: http.Header{"Date": {v.date.Format(http.TimeFormat)}}, Request: r}
	body := v.body
	if r.URL.String() == tokenURL {
		v.granted++
		body = v.token
	} else {
		v.bearers = append(v.bearers, r.Header.Get("Authorization"))
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// expected is what the fixtures' person passes.
func expected() *iamport.Expectation {
	return &iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 19}
}

// certificationCalls are those that are answered with a certification.
var certificationCalls = []func(*iamport.Client, context.Context) (*iamport.Certification, error){
	func(c *iamport.Client, ctx context.Context) (*iamport.Certification, error) {
		return c.Certification(ctx, impUID)
	},
	func(c *iamport.Client, ctx context.Context) (*iamport.Certification, error) {
		return c.DeleteCertification(ctx, impUID)
	},
	func(c *iamport.Client, ctx context.Context) (*iamport.Certification, error) {
		return c.ConfirmOTP(ctx, impUID, "123456")
	},
	func(c *iamport.Client, ctx context.Context) (*iamport.Certification, error) {
		return c.VerifyCertification(ctx, impUID, expected())
	},
}

// Whatever Iamport answers, a call gives an error, or what the answer says once
// and plainly; an Expectation takes exactly those certifications that a plain
// reading takes; and storing one loses nothing.
func FuzzAnswers(f *testing.F) {
	bodies := fuzztest.Files(f, "testdata/answers/*.json")
	for _, text := range []string{
		`{"code":0,"response":{"imp_uid":"imp_000000000001","certified":false,"certıfied":true,"ſomething":1}}`,
		`{"code":0,"unasked":636E17200,"response":{"imp_uid":"imp_000000000001","merchant_uid":"attempt-1","certified":true,"certified_at":1772445900,"birthday":"1990-02-28","unique_key":"key"}}`,
		`{"code":"+0","response":{"imp_uid":"imp_000000000001","merchant_uid":"attempt-1","certified":true,"certified_at":"1772445900","birth":"636217200","unique_key":" key "}}`,
		`{"code":0,"response":{"imp_uid":"imp_000000000001","merchant_uid":"attempt-1","certified":true,"certified_at":1772445900,"birthday":"1990-03-01","unique_key":"undefined"}}`,
		`{"code":-1,"Code":0,"response":{"imp_uid":"imp_000000000001","certified":true}}`,
		`{"code":0,"response":{"imp_uid":"imp_000000000002","certified":true}}`,
	} {
		bodies = append(bodies, []byte(text))
	}
	for _, body := range bodies {
		for call := range len(certificationCalls) + 2 {
			f.Add(byte(call), uint16(0), int16(0), body, uint16(0), "")
		}
		f.Add(byte(0), uint16(0), int16(601), body, uint16(0), "")
		f.Add(byte(2), uint16(200), int16(0), body, uint16(0), "") // 400
		f.Add(byte(0), uint16(0), int16(-31), body, uint16(0), "")
	}
	certified := answer(f, "certified.json")
	members := fuzztest.MembersOf(f, certified)
	members.Seeds(fuzztest.Values(`"1990-02-30"`, `"2007-03-03"`, `"A_MIIiasTest_1"`, `636130800`, `"-32400"`), func(number uint16, value string) {
		f.Add(byte(0), uint16(0), int16(number), certified, number, value)
	})
	f.Add(byte(0), uint16(0), int16(0), bytes.Replace(certified, []byte("A000000000_"), []byte("MIIiasTest_"), 1), uint16(0), "")
	v := &vendor{token: answer(f, "token.json")}
	client := newClient(f, v)
	f.Fuzz(func(t *testing.T, call byte, status uint16, late int16, body []byte, member uint16, value string) {
		body = members.Set(body, member, value)
		// An error of the server's, and a token refused, are for other tests.
		v.status, v.body, v.bearers = 200+int(status)%300, body, nil
		if v.status == http.StatusUnauthorized {
			return
		}
		v.date = certifiedAt.Add(time.Duration(late) * time.Second)
		var err error
		switch n := int(call) % (len(certificationCalls) + 2); n {
		case len(certificationCalls):
			var otp *iamport.OTP
			if otp, err = client.RequestOTP(t.Context(), danalRequest()); err == nil {
				require.Equal(t, response(t, body).Get("imp_uid").Text(), otp.ImpUID)
				require.NotEmpty(t, otp.ImpUID)
				require.NotContains(t, otp.ImpUID, "/")
				require.Equal(t, string(body), string(otp.Meta().Raw()))
				fuzztest.Stable(t, otp, new(iamport.OTP))
			}
		case len(certificationCalls) + 1:
			var got *iamport.Answer
			got, err = client.Do(t.Context(), &iamport.Call{Method: http.MethodGet, Route: "/certifications/{imp_uid}", Args: []string{impUID}})
			if err == nil {
				var inside json.RawMessage
				want := response(t, body)
				if err = got.Decode(&inside); err == nil {
					require.Equal(t, want, fuzztest.Read(t, inside))
				} else {
					require.Nil(t, want.Value)
				}
			}
		default:
			var cert *iamport.Certification
			if cert, err = certificationCalls[n](client, t.Context()); err != nil {
				require.Nil(t, cert)
				break
			}
			plain := response(t, body)
			assertSays(t, cert, plain)
			require.Equal(t, string(body), string(cert.Meta().Raw()))
			fuzztest.Stable(t, cert, new(iamport.Certification))
			passes := passes(plain, v.date)
			require.Equal(t, passes, expected().Check(cert, v.date) == nil)
			require.True(t, passes || n != 3, "verified")
		}
		if err != nil {
			failure(t, err)
		} else {
			require.Less(t, v.status, 300)
		}
		for _, bearer := range v.bearers {
			require.Equal(t, "Bearer "+accessToken, bearer)
		}
	})
}

var zero = regexp.MustCompile(`^[+-]?0+$`)

// response is what is in the envelope of a success.
func response(tb testing.TB, body []byte) fuzztest.Document {
	tb.Helper()
	envelope := fuzztest.Read(tb, body)
	require.Regexp(tb, zero, envelope.Get("code").Text())
	return envelope.Get("response")
}

// assertSays holds what decides to what was written.
func assertSays(tb testing.TB, cert *iamport.Certification, plain fuzztest.Document) {
	tb.Helper()
	require.Equal(tb, impUID, plain.Get("imp_uid").Value)
	require.Equal(tb, cert.Certified, plain.Get("certified").Value == true)
	for name, said := range map[string]string{
		"imp_uid": cert.ImpUID, "merchant_uid": cert.MerchantUID, "pg_tid": cert.PGTID, "pg_provider": string(cert.PGProvider), "name": cert.Name,
		"birthday": string(cert.Birthday), "phone": cert.Phone, "carrier": string(cert.Carrier), "unique_key": cert.UniqueKey, "unique_in_site": cert.UniqueInSite,
	} {
		require.Equal(tb, plain.Word(name), said, name)
	}
	for name, said := range map[string]iamport.UnixTime{"birth": cert.Birth, "certified_at": cert.CertifiedAt} {
		require.Equal(tb, plain.Number(name), int64(said), name)
	}
}

// passes judges a certification as expected says.
func passes(plain fuzztest.Document, now time.Time) bool {
	late := now.Unix() - plain.Number("certified_at")
	born, known := bornOn(plain.Word("birthday"), plain.Number("birth"))
	age := born.Age(fuzztest.DayAt(now.Unix() + 9*60*60))
	return plain.Get("certified").Value == true && plain.Word("merchant_uid") == "attempt-1" && -30 <= late && late <= 600 &&
		!strings.Contains(plain.Word("pg_tid"), "MIIiasTest") && !slices.Contains([]string{"", "null", "undefined"}, strings.TrimSpace(plain.Word("unique_key"))) &&
		known && 19 <= age && age <= 150
}

// bornOn reads a birth date that may be told in two ways.
func bornOn(birthday string, birth int64) (day fuzztest.Day, known bool) {
	told, ok := midnight(birth)
	if birthday == "" {
		return told, ok
	}
	day, known = fuzztest.ParseDay(birthday)
	return day, known && (birth == 0 || ok && told == day)
}

// midnight is the day of which a Unix time is the beginning in Seoul, by one of
// the offsets that Seoul has had.
func midnight(birth int64) (day fuzztest.Day, is bool) {
	const before1800, after2200 = -5_364_662_400 - 86400, 7_258_118_400
	if birth == 0 || birth < before1800 || birth > after2200 {
		return 0, false
	}
	for _, minutes := range []int64{8*60 + 30, 9 * 60, 9*60 + 30, 10 * 60} {
		is = is || (birth+minutes*60)%86400 == 0
	}
	day = fuzztest.DayAt(birth + 12*60*60)
	is = is || (birth+8*3600+27*60+52)%86400 == 0 && day < 1909_01_01
	return day, is && 1800_01_01 <= day && day < 2200_01_01
}

// A birth date is a day that Seoul had at that time; who is told to be born on
// it has the age of plain arithmetic, and does not become younger.
func FuzzBirth(f *testing.F) {
	f.Add(int64(636217200), "1990-03-01", int64(1772445900), uint32(86400))
	f.Add(int64(636217200), "1990-03-02", int64(1772445900), uint32(86400))
	f.Add(int64(0), "1990-03-03", int64(1772445900), uint32(1)) // the birthday is tomorrow
	f.Add(int64(581090400), "", int64(1772445900), uint32(1))   // a midnight in summer time
	f.Add(int64(-32400), "", int64(0), uint32(1))
	f.Add(int64(0), "2008-02-29", int64(1772445900), uint32(1<<31))
	f.Add(int64(-1<<63), "", int64(-1<<63), uint32(1<<31))
	seoul := seoul(f)
	f.Fuzz(func(t *testing.T, birth int64, birthday string, at int64, wait uint32) {
		const years = 315_569_520_000 // 10,000 of them
		at %= years
		for _, birth := range []int64{birth, birth % years, birth % years / 1800 * 1800} { // few are a midnight
			want, known := bornOn(birthday, birth)
			date, ok := birthDate(iamport.UnixTime(birth), iamport.Date(birthday))
			require.Equal(t, known, ok)
			if !ok {
				require.Empty(t, date)
				continue
			}
			day, exists := fuzztest.ParseDay(string(date))
			require.True(t, exists, date)
			require.Equal(t, want, day)
			if local := time.Unix(birth, 0).In(seoul); birth != 0 && local.Format(time.TimeOnly) == "00:00:00" {
				require.Equal(t, local.Format(time.DateOnly), string(date))
			}

			wantAge := day.Age(fuzztest.DayAt(at + 9*60*60))
			age, ok := date.AgeAt(time.Unix(at, 0))
			require.Equal(t, 0 <= wantAge && wantAge <= 150, ok)
			if !ok {
				require.Zero(t, age)
				continue
			}
			require.Equal(t, wantAge, age)
			if older, ok := date.AgeAt(time.Unix(at+int64(wait), 0)); ok {
				require.GreaterOrEqual(t, older, age)
			}
		}
	})
}

// A token is taken only from an answer that grants one, and used for no longer
// than Iamport says by its own clock.
func FuzzToken(f *testing.F) {
	for _, body := range append(fuzztest.Files(f, "testdata/answers/*.json"),
		granted("t", 1800), granted("t", 1), granted("t", 0), granted("a\nb", 1800), granted("t", 1<<40),
		ok(`{"access_token":"t","now":"1512446940","expired_at":"1512448740"}`), ok(`{"access_token":"t","now":0,"expired_at":1800}`),
		ok(`{"access_token":"t","now":-9223372036854775808,"expired_at":9223372036854775807}`),
		[]byte(`{"code":-1,"response":{"access_token":"t","now":1512446940,"expired_at":1512448740}}`),
		[]byte(`{"access_token":"t","now":1512446940,"expired_at":1512448740}`),
	) {
		f.Add(uint16(0), body)
		f.Add(uint16(201), body)
	}
	cert := answer(f, "certified.json")
	f.Fuzz(func(t *testing.T, status uint16, body []byte) {
		synctest.Test(t, func(t *testing.T) {
			v := &vendor{date: certifiedAt, status: http.StatusOK, body: cert, token: body}
			client := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				answer, err := v.RoundTrip(r)
				if r.URL.String() == tokenURL {
					answer.StatusCode = 200 + int(status)%300
				}
				return answer, err
			}))
			ask := func() error {
				_, err := client.Certification(t.Context(), impUID)
				return err
			}
			err := ask()
			require.Equal(t, 1, v.granted)
			if err != nil {
				require.Equal(t, "getToken", failure(t, err).Op)
				require.Empty(t, v.bearers, "nothing is asked without a token")
				return
			}
			require.Less(t, 200+int(status)%300, 300)
			grant := response(t, body)
			token := grant.Word("access_token")
			require.NotEmpty(t, token)
			require.Equal(t, []string{"Bearer " + token}, v.bearers)
			now, end := grant.Number("now"), grant.Number("expired_at")
			require.True(t, 0 < now && now < end)

			left := time.Duration(min(end-now, 24*60*60)) * time.Second
			<-time.After(left)
			require.NoError(t, ask())
			require.Equal(t, 2, v.granted, "the token had ended")
			synctest.Wait()
		})
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Whatever a browser sends, parsing gives a claim that stands in it and can be
// asked about, or tells of a failure, or an error. What a page sends is read the
// same in every way in which it can.
func FuzzParseReturn(f *testing.F) {
	for _, text := range []string{
		`{"imp_uid":"imp_1"}`, `imp_uid=imp_1`, `{"success":false,"error_msg":"x"}`, `a=1?imp_uid=imp_1&imp_success=true`,
		`imp_uid=imp_1&imp_uid=imp_2`, `imp_uid=..%2f`, `{"imp_uid":"null","IMP_UID":1}`, `imp_uid=%ff&success=true&imp_success=false`, `imp_uid=100%`, ``,
		`{"imp_uid":"imp_000000000001","merchant_uid":"attempt-1","success":true}`, `imp_uid=imp_000000000001&merchant_uid=attempt-1&success=true`,
	} {
		f.Add(text, impUID, "attempt-1", "true", "")
		f.Add(text, "null", "undefined", "false", "취소 + 100%?imp_uid=x&a=b")
		f.Add(text, "a/b", "\x7f", "yes", `"{}`)
	}
	f.Fuzz(func(t *testing.T, text, impUID, merchantUID, success, message string) {
		query := httptest.NewRequest(http.MethodGet, "/", nil)
		query.URL.RawQuery = text
		for _, r := range []*http.Request{query, post("application/json", text)} {
			claim, err := iamport.ParseReturn(r)
			if err != nil {
				require.Nil(t, claim)
				require.Equal(t, "ParseReturn", failure(t, err).Op)
				continue
			}
			assertUsable(t, claim)
			isJSON := r.Method == http.MethodPost && strings.HasPrefix(strings.TrimSpace(text), "{")
			for name, said := range map[string]string{"imp_uid": claim.ImpUID, "merchant_uid": claim.MerchantUID, "error_code": claim.ErrorCode} {
				if isJSON && said != "" {
					require.Equal(t, fuzztest.Read(t, []byte(text)).Get(name).Text(), said)
				} else if said != "" {
					require.Contains(t, text, name+"=")
					require.True(t, strings.Contains(text, said) || strings.Contains(unescaped(text), said), said)
				}
			}
		}

		sent := map[string]string{"imp_uid": impUID, "merchant_uid": merchantUID, "success": success, "error_msg": message}
		values, object := url.Values{}, map[string]string{}
		want := map[string]string{}
		for name, value := range sent {
			value = strings.ToValidUTF8(value, "x") // JSON has no other
			values.Set(name, value)
			object[name] = value
			if value != "null" && value != "undefined" {
				want[name] = value
			}
		}
		document, err := json.Marshal(object)
		require.NoError(t, err)
		if len(document)+len(values.Encode()) > 64<<10 {
			return
		}
		query.URL.RawQuery = values.Encode()
		for _, r := range []*http.Request{query, post("application/json", values.Encode()), post("application/json", string(document))} {
			claim, err := iamport.ParseReturn(r)
			if !tells(want) {
				require.Error(t, err)
				continue
			}
			require.NoError(t, err)
			assertUsable(t, claim)
			require.Equal(t, want["imp_uid"], claim.ImpUID)
			require.Equal(t, want["merchant_uid"], claim.MerchantUID)
			require.Equal(t, want["error_msg"], claim.ErrorMsg)
			require.Equal(t, want["success"] == "true", claim.Success == iamport.Yes)
			require.Equal(t, want["success"] == "false", claim.Success == iamport.No)
		}
		for _, name := range []string{"imp_uid", "merchant_uid"} {
			query.URL.RawQuery = name + "=another&" + values.Encode()
			if _, err := iamport.ParseReturn(query); want[name] != "" && want[name] != "another" {
				require.Error(t, err, "it has two")
			}
		}
	})
}

// tells whether what a page sends is fit to be asked about, or a failure.
func tells(sent map[string]string) bool {
	control := func(text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || 0x7f <= r && r <= 0x9f })
	}
	id := sent["imp_uid"]
	if control(sent["merchant_uid"]) || control(id) || strings.ContainsAny(id, `/\`) || id == "." || id == ".." || len(id) > 256 {
		return false
	}
	return id != "" || sent["success"] != "true" && (sent["success"] == "false" || sent["error_msg"] != "")
}

func assertUsable(tb testing.TB, claim *iamport.Claim) {
	tb.Helper()
	require.Contains(tb, []iamport.Tristate{iamport.Unsaid, iamport.Yes, iamport.No}, claim.Success)
	if claim.ImpUID == "" {
		require.NotEqual(tb, iamport.Yes, claim.Success)
		require.True(tb, claim.Success == iamport.No || claim.ErrorCode != "" || claim.ErrorMsg != "")
		return
	}
	require.NotContains(tb, []string{".", "..", "null", "undefined"}, claim.ImpUID)
	require.False(tb, strings.ContainsAny(claim.ImpUID, "/\\\x00\r\n"))
	require.LessOrEqual(tb, len(claim.ImpUID), 256)
}

// unescaped takes every plus and percent sign for an escape that is one.
func unescaped(text string) string {
	var out []byte
	for i := 0; i < len(text); i++ {
		c := text[i]
		if n, err := strconv.ParseUint(text[i+1:min(i+3, len(text))], 16, 8); c == '%' && err == nil && i+2 < len(text) {
			c, i = byte(n), i+2
		} else if c == '+' {
			c = ' '
		}
		out = append(out, c)
	}
	return string(out)
}
