package iamporttest_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// click posts the form of a hosted window, filled in for somebody.
func click(t *testing.T, client *http.Client, page, outcome string, fields ...string) answer {
	t.Helper()
	values := url.Values{
		"outcome": {outcome}, "name": {"김보라"}, "birthday": {"2001-02-03"}, "gender": {"male"}, "nationality": {"foreign"},
		"phone": {"010-9999-8888"}, "carrier": {"LGT_MVNO"}, "errorCode": {"0086"}, "errorMsg": {"too often"},
	}
	for i := 0; i < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return send(t, client, "POST", page, values.Encode(), "Content-Type", form)
}

func TestHostedWindow(t *testing.T) {
	both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
		impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m1", MinAge: 14})
		require.NoError(t, err)
		page := srv.Certifications()[0].URL
		a := send(t, client, "GET", page, "")
		assert.Equal(t, http.StatusOK, a.status)
		assert.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"))
		assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
		for _, want := range []string{
			`<html lang="en">`, "This is a fake.", "Nothing here reaches Iamport", impUID, "m1", "14 full years",
			`value="pass"`, `value="fail"`, `value="leave"`, `value="0086"`,
		} {
			assert.Contains(t, a.body, want)
		}
		assert.NotContains(t, a.body, "<script")
		for _, m := range regexp.MustCompile(`<(?:input|select) id="(\w+)"`).FindAllStringSubmatch(a.body, -1) {
			assert.Contains(t, a.body, `<label for="`+m[1]+`">`)
		}
		assert.Equal(t, 5, strings.Count(a.body, "<input "))
		assert.Equal(t, 3, strings.Count(a.body, "<select "))
		assert.Empty(t, srv.Requests(), "a visit is no request to the API")
		assert.Equal(t, "begun", srv.Certifications()[0].Status)
	})
}

func TestHostedWindowEscapes(t *testing.T) {
	const evil = `"><script>alert('1')</script>&amp;`
	srv := start(t)
	a := open(t, srv, inProcess(srv), "popup", map[string]any{"merchant_uid": evil, "name": evil})
	page := srv.URL + a.header.Get("Location")
	for name, body := range map[string]string{
		"first":   send(t, inProcess(srv), "GET", page, "").body,
		"failed":  click(t, inProcess(srv), page, evil, "name", evil, "birthday", evil, "gender", evil, "carrier", evil, "errorCode", evil, "errorMsg", evil).body,
		"refused": open(t, srv, inProcess(srv), "popup", map[string]any{"merchant_uid": evil, evil: 1}).body,
	} {
		assert.Equal(t, 1, strings.Count(body, "<script"), name+": window.js")
		assert.Contains(t, html.UnescapeString(body), evil, name)
		assert.NotNil(t, outcomeOf(t, body), name)
	}
	click(t, inProcess(srv), page, "fail", "errorMsg", evil)
	body := send(t, inProcess(srv), "GET", page+"/end", "").body
	assert.Equal(t, 1, strings.Count(body, "<script"))
	assert.Equal(t, evil, outcomeOf(t, body).rsp["error_msg"])
}

func TestHostedOutcomes(t *testing.T) {
	for choice, c := range map[string]struct {
		status  string
		success bool
		code    any
		message any
		query   string
	}{
		"pass":  {"certified", true, nil, nil, "&success=true"},
		"fail":  {"failed", false, "0086", "too often", "&success=false&error_code=0086&error_msg=too+often"},
		"leave": {"abandoned", false, nil, "사용자가 본인인증을 취소하였습니다.", "&success=false&error_code=&error_msg=%EC%82%AC"},
	} {
		t.Run(choice, func(t *testing.T) {
			srv := start(t, iamporttest.WithReturnErrors(), iamporttest.WithPhone(), iamporttest.WithForeigner())
			for i, mode := range []string{"popup", "redirect"} {
				a := open(t, srv, inProcess(srv), mode, map[string]any{
					"merchant_uid": "m1", "name": "another", "min_age": 19, "m_redirect_url": "https://shop.example/back",
				})
				page := srv.URL + a.header.Get("Location")
				a = click(t, inProcess(srv), page, choice)
				require.Equal(t, http.StatusSeeOther, a.status, a.body)
				last := srv.Certifications()[i]
				assert.Equal(t, c.status, last.Status)
				if mode == "redirect" {
					assert.Contains(t, a.header.Get("Location"), "https://shop.example/back?imp_uid="+last.ImpUID+"&merchant_uid=m1"+c.query)
				} else {
					assert.Equal(t, page+"/end", srv.URL+a.header.Get("Location"))
					end := send(t, inProcess(srv), "GET", page+"/end", "")
					assert.Contains(t, end.body, "You can close this page.")
					assert.Equal(t, &outcome{state: "ended", target: "https://shop.example", closes: true, rsp: map[string]any{
						"success": c.success, "imp_uid": last.ImpUID, "merchant_uid": "m1", "error_code": c.code, "error_msg": c.message,
					}}, outcomeOf(t, end.body))
				}
				r := get(t, srv, last.ImpUID).response(t)
				assert.Equal(t, c.success, r["certified"])
				if c.success {
					assert.Equal(t, []any{"김보라", "2001-02-03", "male", true, "01099998888", "LGT_MVNO"},
						[]any{r["name"], r["birthday"], r["gender"], r["foreigner_v2"], r["phone"], r["carrier"]}, "and not whom the page named")
				} else {
					assert.Nil(t, r["name"])
				}

				for _, a := range []answer{send(t, inProcess(srv), "GET", page, ""), click(t, inProcess(srv), page, "pass")} {
					assert.Equal(t, http.StatusOK, a.status)
					assert.Contains(t, a.body, "Nothing is to be done here")
					assert.NotContains(t, a.body, "<form")
					assert.NotContains(t, a.body, "김보라", "who comes late learns nothing about the person")
				}
				assert.Equal(t, c.status, srv.Certifications()[i].Status)
			}
		})
	}
}

func TestHostedMinimumAge(t *testing.T) {
	srv := start(t)
	srv.SetTime(noon())
	for birthday, status := range map[string]string{"2006-06-15": "certified", "2006-06-16": "failed"} {
		a := open(t, srv, inProcess(srv), "popup", map[string]any{"min_age": 19})
		page := srv.URL + a.header.Get("Location")
		assert.Equal(t, http.StatusSeeOther, click(t, inProcess(srv), page, "pass", "birthday", birthday).status)
		list := srv.Certifications()
		assert.Equal(t, status, list[len(list)-1].Status)
		o := outcomeOf(t, send(t, inProcess(srv), "GET", page+"/end", "").body)
		assert.Equal(t, status == "certified", o.rsp["success"])
		if status == "failed" {
			assert.Equal(t, "MIN_AGE", o.rsp["error_code"])
		}
	}
}

func TestFormsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		outcome string
		fields  []string
		want    string
	}{
		"no outcome":      {"", nil, "Choose an outcome."},
		"unknown outcome": {"approve", nil, "Choose an outcome."},
		"no name":         {"pass", []string{"name", ""}, "The name is missing."},
		"no birthday":     {"pass", []string{"birthday", ""}, "The birthday must be a date: year, month and day"},
		"impossible":      {"pass", []string{"birthday", "2001-02-29"}, "The birthday must be a date"},
		"in the future":   {"pass", []string{"birthday", "9999-01-01"}, "The birthday must not be before 1900, and not in the future."},
		"gender":          {"pass", []string{"gender", "other"}, "The gender must be male, female or empty."},
		"carrier":         {"pass", []string{"carrier", "KTF"}, "The carrier must be SKT"},
		"too much":        {"pass", []string{"name", strings.Repeat("a", 64<<10)}, "The form could not be read."},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			_, err := srv.Begin(iamporttest.Attempt{})
			require.NoError(t, err)
			a := click(t, inProcess(srv), srv.Certifications()[0].URL, c.outcome, c.fields...)
			assert.Equal(t, http.StatusUnprocessableEntity, a.status)
			assert.Contains(t, a.body, `role="alert">`+c.want)
			if name != "too much" {
				assert.Contains(t, a.body, `value="01099998888"`, "what was typed is still there")
				assert.Contains(t, a.body, `value="too often"`)
				assert.Contains(t, a.body, `<option value="foreign" selected>`)
				if name != "gender" {
					assert.Contains(t, a.body, `<option value="male" selected>`)
				}
				if name != "carrier" {
					assert.Contains(t, a.body, `<option value="LGT_MVNO" selected>`)
				}
			}
			assert.Equal(t, "begun", srv.Certifications()[0].Status)
		})
	}
}

func TestWindowsThatAreNot(t *testing.T) {
	srv := start(t)
	impUID, err := srv.Begin(iamporttest.Attempt{})
	require.NoError(t, err)
	requestOTP(t, srv, otpParams(srv))
	for _, page := range []string{"/v1/window/unknown", "/v1/window/unknown/end", "/v1/window/" + impUID} {
		a := send(t, inProcess(srv), "GET", srv.URL+page, "")
		assert.Equal(t, http.StatusNotFound, a.status, page)
		assert.Contains(t, a.body, "There is no such certification", page)
	}
	assert.Equal(t, http.StatusNotFound, click(t, inProcess(srv), srv.URL+"/v1/window/unknown", "pass").status)
	assert.Empty(t, srv.Certifications()[1].URL, "a code needs no window")
	assert.Contains(t, send(t, inProcess(srv), "GET", srv.Certifications()[0].URL+"/end", "").body, `value="pass"`, "it has not ended")
}

func TestPopupThatNobodyOpened(t *testing.T) {
	srv := start(t)
	_, err := srv.Begin(iamporttest.Attempt{})
	require.NoError(t, err)
	page := srv.Certifications()[0].URL
	a := click(t, inProcess(srv), page, "pass")
	assert.Equal(t, page+"/end", srv.URL+a.header.Get("Location"))
	end := send(t, inProcess(srv), "GET", page+"/end", "")
	assert.Contains(t, end.body, "You can close this page.")
	assert.Nil(t, outcomeOf(t, end.body))
}

func TestFaultSparesTheWindow(t *testing.T) {
	srv := start(t)
	require.NoError(t, srv.FailNext(500, 0))
	assert.Equal(t, http.StatusSeeOther, open(t, srv, inProcess(srv), "popup", map[string]any{}).status)
	assert.Equal(t, http.StatusOK, send(t, inProcess(srv), "GET", srv.Certifications()[0].URL, "").status)
	assert.Equal(t, http.StatusInternalServerError, getToken(t, srv).status)
}
