package iamporttest_test

import (
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

// open posts what iamport.js posts when a page calls IMP.certification.
func open(t *testing.T, srv *iamporttest.Server, client *http.Client, mode string, param any, more ...string) answer {
	t.Helper()
	text, err := json.Marshal(param)
	require.NoError(t, err)
	fields := url.Values{
		"user_code": {srv.UserCode}, "tier": {""}, "param": {string(text)}, "mode": {mode},
		"page": {"https://shop.example/join"}, "origin": {"https://shop.example"},
	}
	for i := 0; i < len(more); i += 2 {
		fields.Set(more[i], more[i+1])
	}
	return send(t, client, "POST", srv.URL+"/v1/window", fields.Encode(), "Content-Type", form)
}

// An outcome is what a page in a popup tells its opener.
type outcome struct {
	state, target string
	rsp           map[string]any
	closes        bool
}

func outcomeOf(t *testing.T, page string) *outcome {
	t.Helper()
	m := regexp.MustCompile(`<div id="outcome" data-state="(\w+)" data-rsp="([^"]*)" data-target="([^"]*)"( data-close)? hidden>`).
		FindStringSubmatch(page)
	if m == nil {
		assert.NotContains(t, page, "<script")
		return nil
	}
	assert.Contains(t, page, `<script src="/v1/window.js"></script>`)
	o := &outcome{state: m[1], target: m[3], closes: m[4] != ""}
	require.NoError(t, json.Unmarshal([]byte(html.UnescapeString(m[2])), &o.rsp))
	return o
}

func TestScripts(t *testing.T) {
	both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
		script := send(t, client, "GET", srv.URL+"/v1/iamport.js", "")
		for _, a := range []answer{
			script,
			send(t, client, "GET", srv.URL+"/js/iamport.payment-1.2.0.js", ""),
			send(t, client, "GET", srv.URL+"/v1/window.js", ""),
		} {
			assert.Equal(t, http.StatusOK, a.status)
			assert.Equal(t, "text/javascript; charset=utf-8", a.header.Get("Content-Type"))
			assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
			assert.Contains(t, a.body, `"use strict"`)
		}
		assert.Contains(t, script.body, "window.IMP = {")
		assert.Equal(t, script.body, send(t, client, "GET", srv.URL+"/js/iamport.payment-1.1.8.js", "").body)
		assert.Empty(t, srv.Requests())
	})
}

func TestOpenWindow(t *testing.T) {
	both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
		a := open(t, srv, client, "popup", map[string]any{
			"channelKey": srv.ChannelKey, "pg": "danal", "merchant_uid": "ORD20180131-0000011", "min_age": 19, "name": "Kim", "company": "shop",
			"phone": "010-1234-5678", "carrier": "KTF", "popup": true, "m_redirect_url": "https://shop.example/back",
		})
		require.Equal(t, http.StatusSeeOther, a.status, a.body)
		list := srv.Certifications()
		require.Len(t, list, 1)
		assert.Equal(t, list[0].URL, srv.URL+a.header.Get("Location"))
		assert.Equal(t, "ORD20180131-0000011", list[0].MerchantUID)
		assert.Equal(t, "begun", list[0].Status)
		assert.Equal(t, "https://shop.example/join", get(t, srv, list[0].ImpUID).response(t)["origin"])
		assert.Len(t, srv.Requests(), 2, "the window is no request to the API")

		page := send(t, client, "GET", list[0].URL, "")
		assert.Equal(t, http.StatusOK, page.status)
		for _, want := range []string{`value="Kim"`, `value="01012345678"`, `<option value="KT" selected>`, "19 full years"} {
			assert.Contains(t, page.body, want)
		}
		assert.Contains(t, page.header.Get("Content-Security-Policy"), "default-src 'none'")
		assert.Contains(t, page.header.Get("Content-Security-Policy"), "script-src 'self'")
		assert.Equal(t, &outcome{state: "begun", target: "https://shop.example", rsp: map[string]any{
			"success": false, "imp_uid": list[0].ImpUID, "merchant_uid": "ORD20180131-0000011", "error_code": nil,
			"error_msg": "사용자가 본인인증을 취소하였습니다.",
		}}, outcomeOf(t, page.body), "what it comes to when the popup is closed")
	})
}

func TestWindowsThatOpen(t *testing.T) {
	type object = map[string]any
	srv := start(t, iamporttest.WithTier("abc"))
	for name, c := range map[string]struct {
		param   object
		tier    string
		gateway iamporttest.Gateway
		absent  string // what the hosted window does not show
	}{
		"document 001's own":      {object{"merchant_uid": "ORD-1", "m_redirect_url": "https://shop.example/back", "popup": false}, "", "danal", ""},
		"nothing":                 {object{"m_redirect_url": "https://shop.example/back"}, "", "danal", ""},
		"KCP's channel":           {object{"channelKey": srv.ChannelKeyOf("kcp_v2")}, "", "kcp_v2", ""},
		"channel wins":            {object{"channelKey": srv.ChannelKeyOf("inicis"), "pg": "danal"}, "", "inicis", ""},
		"pg":                      {object{"pg": "inicis_unified"}, "", "inicis_unified", ""},
		"pg with merchant id":     {object{"pg": "inicis_unified.MIIiasFake"}, "", "inicis_unified", ""},
		"tier":                    {object{}, "abc", "danal", ""},
		"no age but with Danal":   {object{"pg": "inicis_unified", "min_age": 19}, "", "inicis_unified", "full years"},
		"no person but for Danal": {object{"pg": "kcp_v2", "name": "Kim", "carrier": "KT"}, "", "kcp_v2", "Kim"},
		"hidden operators":        {object{"carrier": "MVNO"}, "", "danal", `_MVNO" selected`},
	} {
		t.Run(name, func(t *testing.T) {
			p := object{"m_redirect_url": "https://shop.example/back"}
			maps.Copy(p, c.param)
			a := open(t, srv, inProcess(srv), "redirect", p, "tier", c.tier)
			require.Equal(t, http.StatusSeeOther, a.status, a.body)
			list := srv.Certifications()
			last := list[len(list)-1]
			assert.Equal(t, c.gateway, last.Gateway)
			assert.Equal(t, c.tier, last.Tier)
			assert.Equal(t, "begun", last.Status)
			assert.NotEmpty(t, last.MerchantUID)
			page := send(t, inProcess(srv), "GET", last.URL, "")
			assert.Nil(t, outcomeOf(t, page.body), "nobody waits for a message")
			assert.NotContains(t, page.header.Get("Content-Security-Policy"), "script-src")
			if c.absent != "" {
				assert.NotContains(t, page.body, c.absent)
			}
		})
	}
}

func TestWindowsThatAreRefused(t *testing.T) {
	type object = map[string]any
	used := iamporttest.WithUniqueMerchantUID()
	for name, c := range map[string]struct {
		opts    []iamporttest.Option
		mode    string
		param   any
		more    []string
		refused string // the name of the parameter, or a message
	}{
		"another user code":      {nil, "popup", object{}, []string{"user_code", "imp00000000"}, "등록되지 않은 가맹점 식별코드입니다."},
		"unknown tier":           {nil, "popup", object{}, []string{"tier", "abc"}, "등록되지 않은 하위 상점입니다."},
		"no object":              {nil, "popup", []string{}, nil, "param"},
		"no JSON":                {nil, "popup", object{}, []string{"param", "{"}, "param"},
		"redirect without URL":   {nil, "redirect", object{}, nil, "-m_redirect_url"},
		"relative URL":           {nil, "redirect", object{"m_redirect_url": "/back"}, nil, "m_redirect_url"},
		"script for a URL":       {nil, "redirect", object{"m_redirect_url": "javascript:alert(1)"}, nil, "m_redirect_url"},
		"URL that is not needed": {nil, "popup", object{"m_redirect_url": "/back"}, nil, "m_redirect_url"},
		"channel of others":      {nil, "popup", object{"channelKey": "channel-key-1"}, nil, "channelKey"},
		"unknown pg":             {nil, "popup", object{"pg": "nice"}, nil, "pg"},
		"pg of others":           {nil, "popup", object{"pg": "danal.B1"}, nil, "pg"},
		"name of the REST API":   {nil, "popup", object{"channel_key": "a"}, nil, "channel_key"},
		"number for a name":      {nil, "popup", object{"merchant_uid": 1}, nil, "merchant_uid"},
		"null":                   {nil, "popup", object{"name": nil}, nil, "name"},
		"age as a string":        {nil, "popup", object{"min_age": "19"}, nil, "min_age"},
		"half a year":            {nil, "popup", object{"min_age": 19.5}, nil, "min_age"},
		"negative age":           {nil, "popup", object{"min_age": -1}, nil, "min_age"},
		"no age that is":         {nil, "popup", object{"min_age": 201}, nil, "min_age"},
		"popup as a string":      {nil, "popup", object{"popup": "true"}, nil, "popup"},
		"used before":            {[]iamporttest.Option{used}, "popup", object{"merchant_uid": "m1"}, nil, "이미 사용된 merchant_uid입니다."},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			_, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m1"})
			require.NoError(t, err)
			a := open(t, srv, inProcess(srv), c.mode, c.param, c.more...)
			assert.Equal(t, http.StatusUnprocessableEntity, a.status)
			message := c.refused + " 파라메터가 올바르지 않습니다."
			if name, isMissing := strings.CutPrefix(c.refused, "-"); isMissing {
				message = name + " 파라메터가 누락되었습니다."
			} else if strings.HasSuffix(c.refused, ".") {
				message = c.refused
			}
			assert.Contains(t, a.body, `role="alert">`+message)
			o := outcomeOf(t, a.body)
			if c.mode == "redirect" {
				assert.Nil(t, o)
			} else {
				require.NotNil(t, o)
				assert.Equal(t, "ended", o.state)
				assert.False(t, o.closes, "somebody should read it")
				assert.Equal(t, false, o.rsp["success"])
				assert.Nil(t, o.rsp["imp_uid"])
				assert.Equal(t, message, o.rsp["error_msg"])
			}
			assert.Len(t, srv.Certifications(), 1)
		})
	}
	srv := start(t)
	a := send(t, inProcess(srv), "POST", srv.URL+"/v1/window", strings.Repeat("a", 64<<10+1), "Content-Type", form)
	assert.Contains(t, a.body, "The parameters could not be read.")
}

func TestCarriersThatDanalDoesNotKnow(t *testing.T) {
	for _, carrier := range []string{"KT", "SKT_MVNO", "skt", "SKT;KTF"} {
		t.Run(carrier, func(t *testing.T) {
			srv := start(t, iamporttest.WithReturnErrors())
			a := open(t, srv, inProcess(srv), "popup", map[string]any{"carrier": carrier, "merchant_uid": "m1"})
			require.Equal(t, http.StatusSeeOther, a.status)
			last := srv.Certifications()[0]
			assert.Equal(t, "failed", last.Status)
			assert.Equal(t, false, get(t, srv, last.ImpUID).response(t)["certified"])
			o := outcomeOf(t, send(t, inProcess(srv), "GET", srv.URL+a.header.Get("Location"), "").body)
			assert.Equal(t, "ended", o.state)
			assert.Equal(t, "9010", o.rsp["error_code"])
			assert.Equal(t, last.ImpUID, o.rsp["imp_uid"])

			a = open(t, srv, inProcess(srv), "redirect", map[string]any{"carrier": carrier, "m_redirect_url": "https://shop.example/back"})
			assert.Contains(t, a.header.Get("Location"), "&success=false&error_code=9010&error_msg=")
		})
	}
}

func TestTargetsOfMessages(t *testing.T) {
	for origin, want := range map[string]string{
		"http://localhost:8080": "http://localhost:8080", "https://shop.example": "https://shop.example",
		"null": "*", "": "*", "https://shop.example/": "*", "shop": "*", `https://shop.example"><script>`: "*",
	} {
		srv := start(t)
		a := open(t, srv, inProcess(srv), "popup", map[string]any{}, "origin", origin)
		page := send(t, inProcess(srv), "GET", srv.URL+a.header.Get("Location"), "")
		assert.Equal(t, want, outcomeOf(t, page.body).target, origin)
	}
}
