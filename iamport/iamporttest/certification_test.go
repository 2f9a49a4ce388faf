package iamporttest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// unfinished is what the API tells of somebody who has not passed.
func unfinished(impUID, merchantUID string) map[string]any {
	return map[string]any{
		"imp_uid": impUID, "merchant_uid": merchantUID, "pg_tid": nil, "pg_provider": "danal", "name": nil, "gender": nil,
		"birth": 0.0, "birthday": nil, "foreigner": false, "foreigner_v2": nil, "certified": false, "certified_at": 0.0,
		"unique_key": nil, "unique_in_site": nil, "origin": "about:blank",
	}
}

func TestLife(t *testing.T) {
	both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
		srv.SetTime(noon())
		impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m1"})
		require.NoError(t, err)
		assert.Regexp(t, `^imp_\d{12}$`, impUID)
		assert.Equal(t, unfinished(impUID, "m1"), get(t, srv, impUID).response(t))

		srv.Advance(time.Minute)
		require.NoError(t, srv.Pass(impUID, mirae()))
		authorization := bearer(t, srv)
		a := send(t, client, "GET", srv.URL+certifications+impUID, "", "Authorization", authorization)
		r := a.response(t)
		assert.Regexp(t, `^A000000000_20250615030100\d{6}$`, r["pg_tid"])
		assert.Regexp(t, `^[0-9A-Za-z+/]{86}==$`, r["unique_key"])
		assert.Regexp(t, `^[0-9A-Za-z+/]{64}$`, r["unique_in_site"])
		assert.Equal(t, map[string]any{
			"imp_uid": impUID, "merchant_uid": "m1", "pg_tid": r["pg_tid"], "pg_provider": "danal", "name": "홍미래",
			"gender": "female", "birth": 633711600.0, "birthday": "1990-01-31", "foreigner": false, "foreigner_v2": nil,
			"certified": true, "certified_at": float64(noon().Unix() + 60), "unique_key": r["unique_key"],
			"unique_in_site": r["unique_in_site"], "origin": "about:blank",
		}, r)

		deleted := send(t, client, "DELETE", srv.URL+certifications+impUID, "", "Authorization", authorization)
		assert.Equal(t, a.body, deleted.body)
		for _, method := range []string{"GET", "DELETE"} {
			send(t, client, method, srv.URL+certifications+impUID, "", "Authorization", authorization).
				refused(t, http.StatusNotFound, noResult)
		}
		assert.Empty(t, srv.Certifications())
		assert.Error(t, srv.Abandon(impUID))
	})
}

func TestEndsWithoutSuccess(t *testing.T) {
	for status, end := range map[string]func(*iamporttest.Server, string) error{
		"failed":    func(srv *iamporttest.Server, id string) error { return srv.Fail(id, "0086", "no") },
		"abandoned": (*iamporttest.Server).Abandon,
	} {
		t.Run(status, func(t *testing.T) {
			srv := start(t)
			impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m1"})
			require.NoError(t, err)
			require.NoError(t, end(srv, impUID))
			assert.Equal(t, unfinished(impUID, "m1"), get(t, srv, impUID).response(t))
			for _, err := range []error{
				srv.Pass(impUID, mirae()), srv.Fail(impUID, "", ""), srv.Abandon(impUID),
			} {
				assert.EqualError(t, err, "iamporttest: the certification is "+status+" already")
			}
			assert.Equal(t, status, srv.Certifications()[0].Status)
		})
	}
}

func TestAttempts(t *testing.T) {
	srv := start(t)
	first, err := srv.Begin(iamporttest.Attempt{})
	require.NoError(t, err)
	second, err := srv.Certify(iamporttest.Attempt{
		MerchantUID: "m1", Gateway: iamporttest.KCP, Origin: "https://shop.example/join", RedirectURL: "https://shop.example/back",
	}, mirae())
	require.NoError(t, err)
	list := srv.Certifications()
	require.Len(t, list, 2)
	assert.Equal(t, first, list[0].ImpUID)
	assert.Equal(t, iamporttest.Danal, list[0].Gateway)
	assert.Equal(t, "begun", list[0].Status)
	assert.Regexp(t, `^nobody\d{14}$`, list[0].MerchantUID)
	assert.Regexp(t, `^`+srv.URL+`/v1/window/[0-9a-f]{40}$`, list[0].URL)
	assert.NotEqual(t, list[0].URL, list[1].URL)
	list[1].URL = ""
	assert.Equal(t, iamporttest.Certification{ImpUID: second, MerchantUID: "m1", Gateway: iamporttest.KCP, Status: "certified"}, list[1])
	assert.Equal(t, "https://shop.example/join", get(t, srv, second).response(t)["origin"])
	_, err = srv.Begin(iamporttest.Attempt{MerchantUID: "m1"})
	require.NoError(t, err, "a merchant_uid can be used again")
}

func TestAttemptsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		attempt iamporttest.Attempt
		want    string
	}{
		"gateway":      {iamporttest.Attempt{Gateway: "nice"}, `no gateway "nice"`},
		"tier":         {iamporttest.Attempt{Tier: "abc"}, `no tier "abc"`},
		"minimum age":  {iamporttest.Attempt{MinAge: -1}, "minimum age"},
		"relative URL": {iamporttest.Attempt{RedirectURL: "/back"}, "redirect URL"},
		"script":       {iamporttest.Attempt{RedirectURL: "javascript://a/%0aalert(1)"}, "redirect URL"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			_, err := srv.Begin(c.attempt)
			require.ErrorContains(t, err, c.want)
			_, err = srv.Certify(c.attempt, mirae())
			require.ErrorContains(t, err, c.want)
			assert.Empty(t, srv.Certifications())
		})
	}
}

func TestPersonsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*iamporttest.Person)
		want   string
	}{
		"no name":       {func(p *iamporttest.Person) { p.Name = "" }, "name"},
		"no birthday":   {func(p *iamporttest.Person) { p.Birthday = "" }, "birthday"},
		"partial":       {func(p *iamporttest.Person) { p.Birthday = "1990-01" }, "birthday"},
		"impossible":    {func(p *iamporttest.Person) { p.Birthday = "1990-02-30" }, "birthday"},
		"long ago":      {func(p *iamporttest.Person) { p.Birthday = "1899-12-31" }, "not be before 1900"},
		"tomorrow":      {func(p *iamporttest.Person) { p.Birthday = "2025-06-16" }, "not in the future"},
		"gender":        {func(p *iamporttest.Person) { p.Gender = "F" }, "gender"},
		"phone":         {func(p *iamporttest.Person) { p.Phone = "010-1234-5678" }, "digits only"},
		"carrier":       {func(p *iamporttest.Person) { p.Carrier = "KTF" }, "carrier"},
		"carrier alone": {func(p *iamporttest.Person) { p.Carrier = "MVNO" }, "carrier"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			srv.SetTime(noon())
			p := mirae()
			c.change(&p)
			_, err := srv.Certify(iamporttest.Attempt{}, p)
			require.ErrorContains(t, err, c.want)
			require.Empty(t, srv.Certifications())
			impUID, err := srv.Begin(iamporttest.Attempt{})
			require.NoError(t, err)
			require.ErrorContains(t, srv.Pass(impUID, p), c.want)
			require.NoError(t, srv.Pass(impUID, mirae()), "nothing was done")
		})
	}
	srv := start(t)
	srv.SetTime(time.Date(2025, 6, 15, 15, 0, 0, 0, time.UTC)) // the 16th in Seoul
	certified(t, srv, iamporttest.Attempt{}, iamporttest.Person{Name: "a", Birthday: "2025-06-16"})
}

func TestMinimumAge(t *testing.T) {
	for name, c := range map[string]struct {
		gateway  iamporttest.Gateway
		birthday string
		now      time.Time
		minAge   int
		passes   bool
	}{
		"document's example, 26":      {iamporttest.Danal, "1990-03-01", time.Date(2017, 2, 1, 3, 0, 0, 0, time.UTC), 26, true},
		"document's example, 27":      {iamporttest.Danal, "1990-03-01", time.Date(2017, 2, 1, 3, 0, 0, 0, time.UTC), 27, false},
		"no minimum":                  {iamporttest.Danal, "2025-06-15", noon(), 0, true},
		"on the day":                  {iamporttest.Danal, "2006-06-15", noon(), 19, true},
		"the day before":              {iamporttest.Danal, "2006-06-16", noon(), 19, false},
		"that day in Seoul only":      {iamporttest.Danal, "2006-06-16", time.Date(2025, 6, 15, 15, 0, 0, 0, time.UTC), 19, true},
		"a second before it in Seoul": {iamporttest.Danal, "2006-06-16", time.Date(2025, 6, 15, 14, 59, 59, 0, time.UTC), 19, false},
		"KCP does not look":           {iamporttest.KCP, "2015-06-15", noon(), 19, true},
		"certificates do not look":    {iamporttest.InicisUnified, "2015-06-15", noon(), 19, true},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			srv.SetTime(c.now)
			impUID, err := srv.Certify(iamporttest.Attempt{Gateway: c.gateway, MinAge: c.minAge},
				iamporttest.Person{Name: "a", Birthday: c.birthday})
			require.NotEmpty(t, impUID)
			assert.Equal(t, c.passes, get(t, srv, impUID).response(t)["certified"])
			if !c.passes {
				require.ErrorContains(t, err, "younger than")
				callback, err := srv.Callback(impUID)
				require.NoError(t, err)
				assert.JSONEq(t, `{"success":false,"imp_uid":"`+impUID+`","merchant_uid":"`+srv.Certifications()[0].MerchantUID+
					`","error_code":"MIN_AGE","error_msg":"최소 연령 조건을 만족하지 않습니다."}`, string(callback))
				return
			}
			require.NoError(t, err)
		})
	}
}

func TestForceCertification(t *testing.T) {
	srv := start(t)
	srv.SetTime(noon())
	impUID, err := srv.Certify(iamporttest.Attempt{}, mirae())
	require.NoError(t, err)
	require.NoError(t, srv.ForceCertification(impUID, map[string]any{"birthday": "1990-02-30", "unique_key": "", "later": []int{1}}))
	r := get(t, srv, impUID).response(t)
	assert.Equal(t, "1990-02-30", r["birthday"])
	assert.Equal(t, "", r["unique_key"])
	assert.Equal(t, []any{1.0}, r["later"])
	assert.Equal(t, "홍미래", r["name"])

	impUID, err = srv.Begin(iamporttest.Attempt{})
	require.NoError(t, err)
	require.NoError(t, srv.ForceCertification(impUID, nil))
	r = get(t, srv, impUID).response(t)
	assert.Equal(t, true, r["certified"])
	assert.Nil(t, r["name"])
	assert.Equal(t, 0.0, r["birth"])
	assert.Nil(t, r["unique_key"])

	require.ErrorContains(t, srv.ForceCertification(impUID, map[string]any{"a": func() {}}), "no JSON form")
	require.ErrorContains(t, srv.ForceCertification("imp_1", nil), "no such certification")
}

func TestReturns(t *testing.T) {
	const back = "https://shop.example/back?a=b"
	for name, c := range map[string]struct {
		opts     []iamporttest.Option
		url      string
		end      func(*iamporttest.Server, string) error // nil for a pass
		want     string                                  // behind the URL; ID stands for imp_uid
		callback string
	}{
		"pass": {nil, "https://shop.example/back", nil, "?imp_uid=ID&merchant_uid=m+%261&success=true",
			`"success":true,"error_code":null,"error_msg":null`},
		"with a query":    {nil, back, nil, "&imp_uid=ID&merchant_uid=m+%261&success=true", ""},
		"imp_success":     {[]iamporttest.Option{iamporttest.WithImpSuccess()}, back, nil, "&imp_uid=ID&merchant_uid=m+%261&imp_success=true", ""},
		"errors, but not": {[]iamporttest.Option{iamporttest.WithReturnErrors()}, back, nil, "&imp_uid=ID&merchant_uid=m+%261&success=true", ""},
		"null strings": {[]iamporttest.Option{iamporttest.WithNullStrings()}, back, nil,
			"&imp_uid=ID&merchant_uid=m+%261&success=true&error_code=null&error_msg=null", ""},
		"unencoded": {[]iamporttest.Option{iamporttest.WithUnencodedReturn()}, back, nil, "?imp_uid=ID&merchant_uid=m &1&success=true", ""},
		"failed": {nil, back, fails, "&imp_uid=ID&merchant_uid=m+%261&success=false",
			`"success":false,"error_code":"0086","error_msg":"no & no"`},
		"failed with errors": {[]iamporttest.Option{iamporttest.WithReturnErrors()}, back, fails,
			"&imp_uid=ID&merchant_uid=m+%261&success=false&error_code=0086&error_msg=no+%26+no", ""},
		"failed without words": {[]iamporttest.Option{iamporttest.WithNullStrings()}, back,
			func(srv *iamporttest.Server, id string) error { return srv.Fail(id, "", "") },
			"&imp_uid=ID&merchant_uid=m+%261&success=false&error_code=null&error_msg=null",
			`"success":false,"error_code":null,"error_msg":null`},
		"failed, as Flutter has it": {
			[]iamporttest.Option{iamporttest.WithImpSuccess(), iamporttest.WithNullStrings(), iamporttest.WithUnencodedReturn()}, back, fails,
			"?imp_uid=ID&merchant_uid=m &1&imp_success=false&error_code=0086&error_msg=no & no", ""},
		"abandoned": {[]iamporttest.Option{iamporttest.WithReturnErrors()}, back, (*iamporttest.Server).Abandon,
			"&imp_uid=ID&merchant_uid=m+%261&success=false&error_code=&error_msg=%EC%82%AC%EC%9A%A9%EC%9E%90%EA%B0%80+%EB%B3%B8%EC%9D%B8%EC%9D%B8%EC%A6%9D%EC%9D%84+%EC%B7%A8%EC%86%8C%ED%95%98%EC%98%80%EC%8A%B5%EB%8B%88%EB%8B%A4.",
			`"success":false,"error_code":null,"error_msg":"사용자가 본인인증을 취소하였습니다."`},
		"not finished": {nil, back, func(*iamporttest.Server, string) error { return nil }, "&imp_uid=ID&merchant_uid=m+%261&success=false",
			`"success":false,"error_code":null,"error_msg":"사용자가 본인인증을 취소하였습니다."`},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m &1", RedirectURL: c.url})
			require.NoError(t, err)
			if c.end == nil {
				c.end = func(srv *iamporttest.Server, id string) error { return srv.Pass(id, mirae()) }
			}
			require.NoError(t, c.end(srv, impUID))
			address, err := srv.ReturnURL(impUID)
			require.NoError(t, err)
			assert.Equal(t, c.url+replaceID(c.want, impUID), address)
			if c.callback != "" {
				callback, err := srv.Callback(impUID)
				require.NoError(t, err)
				assert.JSONEq(t, `{"imp_uid":"`+impUID+`","merchant_uid":"m &1",`+c.callback+`}`, string(callback))
			}
		})
	}
	srv := start(t)
	impUID, err := srv.Begin(iamporttest.Attempt{RedirectURL: "https://shop.example/back#top"})
	require.NoError(t, err)
	address, err := srv.ReturnURL(impUID)
	require.NoError(t, err)
	assert.Regexp(t, `^https://shop\.example/back\?imp_uid=.*&success=false#top$`, address)
	impUID, err = srv.Begin(iamporttest.Attempt{})
	require.NoError(t, err)
	_, err = srv.ReturnURL(impUID)
	require.ErrorContains(t, err, "no redirect URL")
	_, err = srv.Callback("imp_1")
	require.ErrorContains(t, err, "no such certification")
}

func fails(srv *iamporttest.Server, impUID string) error { return srv.Fail(impUID, "0086", "no & no") }
