package iamport_test

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

// document001 is the page of document 001.
func document001() *iamport.Launch {
	return &iamport.Launch{
		UserCode:  "imp00000000",
		ResultURL: "/certifications",
		Params: iamport.LaunchParams{
			MerchantUID: "ORD20180131-0000011", RedirectURL: "https://www.shop.example/payments/complete/mobile",
		},
	}
}

func TestLaunchPage(t *testing.T) {
	page, err := document001().HTML()
	require.NoError(t, err)
	text := string(page)
	assert.Contains(t, text, `<script src="https://cdn.iamport.kr/v1/iamport.js"></script>`)
	assert.Contains(t, text, `IMP.init("imp00000000");`)
	assert.NotContains(t, text, "IMP.agency")
	assert.NotContains(t, text, "jQuery")
	assert.Contains(t, text, `<button type="button" disabled>본인인증</button>`)
	assert.JSONEq(t, `{"merchant_uid":"ORD20180131-0000011","m_redirect_url":"https://www.shop.example/payments/complete/mobile","popup":false}`, argument(t, text))

	launch := document001()
	launch.Tier, launch.ButtonText, launch.ScriptURL = "a1B", "Verify <me>", "http://127.0.0.1:8080/v1/iamport.js"
	launch.Params = wholeParams()
	page, err = launch.HTML()
	require.NoError(t, err)
	text = string(page)
	assert.Contains(t, text, `<script src="http://127.0.0.1:8080/v1/iamport.js"></script>`)
	assert.Contains(t, text, `IMP.agency("imp00000000", "a1B");`)
	assert.NotContains(t, text, "IMP.init")
	assert.Contains(t, text, `<button type="button" disabled>Verify &lt;me&gt;</button>`)
	assert.JSONEq(t, wholeParamsJSON, argument(t, text))
}

// A person who came back, or for whom the window did not open, can try again.
func TestLaunchCanBeTriedAgain(t *testing.T) {
	for _, tier := range []string{"", "a1B"} {
		launch := document001()
		launch.Tier = tier
		page, err := launch.HTML()
		require.NoError(t, err)
		const space = `\s*`
		assert.Regexp(t, `try \{`+space+`IMP\.(init|agency)\([^)]*\);`+space+`IMP\.certification\(.*, come\);`+space+
			`\} catch \(failed\) \{`+space+`tell\(false, 0, \{\}\);`, string(page))
		assert.Regexp(t, `window\.addEventListener\("pageshow", function \(shown\) \{`+space+
			`if \(shown\.persisted\) \{ button\.disabled = false; \}`+space+`\}\);`, string(page))
		assert.Regexp(t, `\}\);`+space+`button\.disabled = false;[^\n]*\n`+space+`\}\)\(`, string(page), "only a button that does something can be clicked")
		assert.Regexp(t, `function tell\(ok, status, result\) \{`+space+`button\.disabled = false;`+space+`button\.dispatchEvent\(`, string(page))
	}
}

func wholeParams() iamport.LaunchParams {
	return iamport.LaunchParams{
		MerchantUID: "attempt-1", ChannelKey: "channel-key-1", PG: "danal.A000000000", MinAge: 19, Name: "홍미래", Phone: "010-0000-0000",
		Carrier: iamport.WindowCarrierKTF, Company: "shop.example", RedirectURL: "https://shop.example/back?session=7", Popup: true,
	}
}

const wholeParamsJSON = `{"merchant_uid":"attempt-1","channelKey":"channel-key-1","pg":"danal.A000000000","min_age":19,"name":"홍미래",
	"phone":"010-0000-0000","carrier":"KTF","company":"shop.example","m_redirect_url":"https://shop.example/back?session=7","popup":true}`

// argument is what IMP.certification is called with in a page.
func argument(tb testing.TB, page string) string {
	tb.Helper()
	match := regexp.MustCompile(`IMP\.certification\((\{.*\}), come\);`).FindStringSubmatch(page)
	require.Len(tb, match, 2)
	return match[1]
}

func TestLaunchParamsForAScriptOfOnesOwn(t *testing.T) {
	params := wholeParams()
	js, err := params.JS()
	require.NoError(t, err)
	assert.JSONEq(t, wholeParamsJSON, string(js))
}

// Whatever stands in the values, it ends neither the script nor the button, and
// arrives as it was.
func TestLaunchIsSafeInAPage(t *testing.T) {
	for _, hostile := range []string{
		`</script><script>alert(1)</script>`, `<!--<script>`, `]]>`, `"+alert(1)+"`, `'-alert(1)-'`, `\u003c/script>`, `\`, "a\u2028b\u2029c",
		`&quot;&lt;`, "${alert(1)}`", `{{.Params}}`, `%3C/script%3E`,
	} {
		launch := document001()
		launch.ButtonText = hostile
		launch.Params.MerchantUID, launch.Params.Name, launch.Params.Company = hostile, hostile, hostile
		launch.Params.ChannelKey, launch.Params.PG, launch.Params.Phone = hostile, hostile, hostile
		launch.ResultURL = "/certifications?next=" + strings.ReplaceAll(strings.ReplaceAll(hostile, `\`, ""), "%3C", "")
		launch.Params.RedirectURL = "https://shop.example/?next=</script>\u2028'\""
		page, err := launch.HTML()
		require.NoError(t, err, hostile)
		text := string(page)
		assert.Equal(t, 2, strings.Count(text, "<script"), hostile)
		assert.Equal(t, 2, strings.Count(text, "</script>"), hostile)
		for _, character := range []string{"<!--", "\u2028", "\u2029", "]]>"} {
			_, script, _ := strings.Cut(text, "<script")
			assert.NotContains(t, script, character, hostile)
		}
		js := argument(t, text)
		assert.NotContains(t, js, "<")
		assert.NotContains(t, js, ">")
		assert.NotContains(t, js, "&")
		var sent iamport.LaunchParams
		require.NoError(t, json.Unmarshal([]byte(js), &sent), hostile)
		assert.Equal(t, launch.Params, sent)
		button, _, _ := strings.Cut(strings.TrimPrefix(text, `<button type="button" disabled>`), "</button>")
		assert.NotContains(t, button, "<", hostile)
		assert.Equal(t, hostile, html.UnescapeString(button))
	}
}

func TestLaunchesThatAreTaken(t *testing.T) {
	for name, change := range map[string]func(*iamport.Launch){
		"popup alone":             func(l *iamport.Launch) { l.Params.Popup, l.Params.RedirectURL = true, "" },
		"redirect alone":          func(l *iamport.Launch) { l.ResultURL = "" },
		"result elsewhere":        func(l *iamport.Launch) { l.ResultURL = "https://api.shop.example/certifications" },
		"result on loopback":      func(l *iamport.Launch) { l.ResultURL = "http://localhost:8080/certifications" },
		"result with a query":     func(l *iamport.Launch) { l.ResultURL = "/certifications?session=7" },
		"redirect on IPv6":        func(l *iamport.Launch) { l.Params.RedirectURL = "http://[::1]:8080/back" },
		"vendor's demo code":      func(l *iamport.Launch) { l.UserCode = "iamport" },
		"no carrier, no min age":  func(l *iamport.Launch) { l.Params.Carrier, l.Params.MinAge = "", 0 },
		"the oldest min age":      func(l *iamport.Launch) { l.Params.MinAge = 150 },
		"a virtual operator":      func(l *iamport.Launch) { l.Params.Carrier = iamport.WindowCarrierMVNO },
		"a sub-merchant":          func(l *iamport.Launch) { l.Tier = "00A" },
		"the old script, by name": func(l *iamport.Launch) { l.ScriptURL = "https://cdn.iamport.kr/js/iamport.payment-1.1.8.js" },
	} {
		launch := document001()
		change(launch)
		assert.NoError(t, launch.Validate(), name)
		_, err := launch.HTML()
		assert.NoError(t, err, name)
	}
}

func TestLaunchesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*iamport.Launch)
		says   string
	}{
		"no user code":            {func(l *iamport.Launch) { l.UserCode = "" }, "UserCode"},
		"user code":               {func(l *iamport.Launch) { l.UserCode = "imp 0" }, "UserCode"},
		"tier":                    {func(l *iamport.Launch) { l.Tier = "ab" }, "Tier"},
		"no merchant_uid":         {func(l *iamport.Launch) { l.Params.MerchantUID = "" }, "Params.MerchantUID"},
		"blank merchant_uid":      {func(l *iamport.Launch) { l.Params.MerchantUID = " " }, "Params.MerchantUID"},
		"merchant_uid, not UTF-8": {func(l *iamport.Launch) { l.Params.MerchantUID = "\xff" }, "Params.MerchantUID"},
		"merchant_uid, newline":   {func(l *iamport.Launch) { l.Params.MerchantUID = "a\nb" }, "Params.MerchantUID"},
		"channel key":             {func(l *iamport.Launch) { l.Params.ChannelKey = "\x00" }, "Params.ChannelKey"},
		"name":                    {func(l *iamport.Launch) { l.Params.Name = "\xff" }, "Params.Name"},
		"min age":                 {func(l *iamport.Launch) { l.Params.MinAge = -1 }, "Params.MinAge"},
		"nobody's age":            {func(l *iamport.Launch) { l.Params.MinAge = 151 }, "Params.MinAge"},
		"http to another machine": {func(l *iamport.Launch) { l.Params.RedirectURL = "http://192.0.2.1/back" }, "RedirectURL"},
		"a year as an age":        {func(l *iamport.Launch) { l.Params.MinAge = 1999 }, "Params.MinAge"},
		"REST's carrier":          {func(l *iamport.Launch) { l.Params.Carrier = "KT" }, "KTF"},
		"no redirect, no popup":   {func(l *iamport.Launch) { l.Params.RedirectURL = "" }, "Params.RedirectURL"},
		"popup without a result":  {func(l *iamport.Launch) { l.Params.Popup, l.Params.RedirectURL, l.ResultURL = true, "", "" }, "ResultURL"},
		"http redirect":           {func(l *iamport.Launch) { l.Params.RedirectURL = "http://shop.example/" }, "Params.RedirectURL"},
		"script as redirect":      {func(l *iamport.Launch) { l.Params.RedirectURL = "javascript:alert(1)" }, "Params.RedirectURL"},
		"relative redirect":       {func(l *iamport.Launch) { l.Params.RedirectURL = "/back" }, "Params.RedirectURL"},
		"redirect, fragment":      {func(l *iamport.Launch) { l.Params.RedirectURL = "https://shop.example/#/back" }, "Params.RedirectURL"},
		"redirect, userinfo":      {func(l *iamport.Launch) { l.Params.RedirectURL = "https://a:b@shop.example/" }, "Params.RedirectURL"},
		"redirect, backslash":     {func(l *iamport.Launch) { l.Params.RedirectURL = `https://shop.example\@evil.example/` }, "Params.RedirectURL"},
		"result, script":          {func(l *iamport.Launch) { l.ResultURL = "javascript:alert(1)" }, "ResultURL"},
		"result, another host":    {func(l *iamport.Launch) { l.ResultURL = "//evil.example/" }, "ResultURL"},
		"result, three slashes":   {func(l *iamport.Launch) { l.ResultURL = "///evil.example/" }, "ResultURL"},
		"result, backslashes":     {func(l *iamport.Launch) { l.ResultURL = `/\evil.example/` }, "ResultURL"},
		"result, relative":        {func(l *iamport.Launch) { l.ResultURL = "certifications" }, "ResultURL"},
		"result, http":            {func(l *iamport.Launch) { l.ResultURL = "http://shop.example/" }, "ResultURL"},
		"result, tab":             {func(l *iamport.Launch) { l.ResultURL = "/\t/evil.example/" }, "ResultURL"},
		"script, http":            {func(l *iamport.Launch) { l.ScriptURL = "http://cdn.iamport.kr/v1/iamport.js" }, "ScriptURL"},
		"script, data":            {func(l *iamport.Launch) { l.ScriptURL = "data:text/javascript,alert(1)" }, "ScriptURL"},
		"script, localhost.evil":  {func(l *iamport.Launch) { l.ScriptURL = "http://localhost.evil.example/" }, "ScriptURL"},
		"button":                  {func(l *iamport.Launch) { l.ButtonText = "\xff" }, "ButtonText"},
	} {
		launch := document001()
		test.change(launch)
		require.ErrorContains(t, launch.Validate(), test.says, name)
		page, err := launch.HTML()
		assert.Empty(t, page, name)
		assertKinds(t, err, iamport.ErrInvalidRequest)
	}
	var none *iamport.Launch
	_, err := none.HTML()
	assertKinds(t, err, iamport.ErrInvalidRequest)
	var noParams *iamport.LaunchParams
	_, err = noParams.JS()
	assertKinds(t, err, iamport.ErrInvalidRequest)
	_, err = (&iamport.LaunchParams{}).JS()
	assertKinds(t, err, iamport.ErrInvalidRequest)
}
