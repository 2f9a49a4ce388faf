package tomoidvtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// kycPolicy is a policy as it stands in a request.
func kycPolicy(p tomoidvtest.Policy) map[string]any {
	policy := make(map[string]any)
	put := func(object map[string]any, name string, value any) {
		if value != "" {
			object[name] = value
		}
	}
	put(policy, "preset", p.Preset)
	put(policy, "method", p.Method)
	subject, owner := make(map[string]any), make(map[string]any)
	put(subject, "kind", p.SubjectKind)
	put(subject, "id_type", p.IDType)
	put(owner, "kind", p.OwnerKind)
	put(owner, "type", p.OwnerType)
	if len(subject) > 0 {
		policy["subject"] = subject
	}
	if len(owner) > 0 {
		policy["owner_assurance"] = owner
	}
	return policy
}

func passport() tomoidvtest.Policy {
	return tomoidvtest.Policy{SubjectKind: "document", IDType: "passport", Method: "document_ocr_check", OwnerKind: "no_owner_assurance"}
}

func idCard() tomoidvtest.Policy {
	return tomoidvtest.Policy{SubjectKind: "document", IDType: "id_card", Method: "government_id_verf", OwnerKind: "owner_verf", OwnerType: "document_secret"}
}

func TestStart(t *testing.T) {
	both(t, func(t *testing.T, srv *tomoidvtest.Server, client *http.Client) {
		a := authorized(t, srv)
		a.client = client
		got := a.post(t, startPath, map[string]any{
			"user_id": "u-1", "country": "jp", "email": "hanako@shop.invalid", "kyc_policy": kycPolicy(passport()),
			"redirect_url_success": "https://shop.invalid/back?success=1", "redirect_url_fail": "http://127.0.0.1:8080/back?fail=1",
			"callback_url": "shopapp://idv/done", "webhook_url": "https://shop.invalid/hook",
		})
		require.Equal(t, http.StatusOK, got.status, got.body)
		assert.Equal(t, "application/json;charset=utf-8", got.header.Get("Content-Type"))
		require.Len(t, got.json(t), 1)
		address, err := url.Parse(got.json(t)["start_idv_uri"].(string))
		require.NoError(t, err)
		assert.Equal(t, srv.URL+"/idv", address.Scheme+"://"+address.Host+address.Path)
		claims := verified(t, address.Query().Get("token"), address.Query().Get("key"))
		assert.Equal(t, "u-1", claims["sub"])
		assert.Equal(t, srv.URL, claims["iss"])

		attempts := srv.Attempts()
		require.Len(t, attempts, 1)
		assert.Equal(t, tomoidvtest.Attempt{
			ClientID: srv.ClientID, UserID: "u-1", Country: "jp", Policy: passport(), Email: "hanako@shop.invalid",
			WebhookURL: "https://shop.invalid/hook", URL: address.String(), Status: "open",
		}, attempts[0])
	})
}

func TestStartWithNothing(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	one, two := a.begin(t, `{}`), a.begin(t, `{}`)
	assert.NotEqual(t, one, two)
	attempts := srv.Attempts()
	require.Len(t, attempts, 2)
	assert.NotEmpty(t, attempts[0].UserID)
	assert.NotEqual(t, attempts[0].UserID, attempts[1].UserID)
	require.NoError(t, srv.Pass(attempts[0].UserID, hanako()))
	r := only(t, a.result14(t, map[string]any{"user_id": srv.Attempts()[0].PPID}))
	assert.Equal(t, "unknown:default", r["policy_key"])
	p := hanako()
	p.Document.IssuingCountry = "US"
	require.NoError(t, srv.Pass(attempts[1].UserID, p))
	assert.Equal(t, "us:default", only(t, a.result14(t, map[string]any{"user_id": attempts[1].UserID}))["policy_key"])
}

func TestStartsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"empty":                 {``, "not a JSON object"},
		"no JSON":               {`{"user_id":"u"`, "not a JSON object"},
		"two texts":             {`{} {}`, "not a JSON object"},
		"list":                  {`[]`, "not a JSON object"},
		"null":                  {`null`, "not a JSON object"},
		"no UTF-8":              {"{\"user_id\":\"\xff\"}", "not a JSON object"},
		"member twice":          {`{"user_id":"u","user_id":"v"}`, "a property is given twice"},
		"nested member twice":   {`{"country":"jp","kyc_policy":{"subject":{"kind":"document","kind":"document"}}}`, "a property is given twice"},
		"unknown":               {`{"userId":"u"}`, "userId is not documented"},
		"case":                  {`{"User_id":"u"}`, "User_id is not documented"},
		"policy by another":     {`{"country":"jp","policy":{}}`, "policy is not documented"},
		"redirect_url":          {`{"redirect_url":"https://shop.invalid/"}`, "redirect_url is not documented"},
		"user_id null":          {`{"user_id":null}`, "invalid body: user_id"},
		"user_id empty":         {`{"user_id":""}`, "invalid body: user_id"},
		"user_id number":        {`{"user_id":1}`, "invalid body: user_id"},
		"user_id unknown PPID":  {`{"user_id":"ppid.abc"}`, "invalid body: user_id"},
		"country upper":         {`{"country":"JP"}`, "invalid body: country"},
		"country long":          {`{"country":"jpn"}`, "invalid body: country"},
		"country empty":         {`{"country":""}`, "invalid body: country"},
		"email":                 {`{"email":"hanako"}`, "invalid body: email"},
		"email with a name":     {`{"email":"Hanako <hanako@shop.invalid>"}`, "invalid body: email"},
		"success relative":      {`{"redirect_url_success":"/back"}`, "invalid body: redirect_url_success"},
		"success without host":  {`{"redirect_url_success":"https:///back"}`, "invalid body: redirect_url_success"},
		"success with userinfo": {`{"redirect_url_success":"https://a:b@shop.invalid/"}`, "invalid body: redirect_url_success"},
		"success is script":     {`{"redirect_url_success":"javascript:alert(1)"}`, "invalid body: redirect_url_success"},
		"fail with a space":     {`{"redirect_url_fail":"https://shop.invalid/a b"}`, "invalid body: redirect_url_fail"},
		"fail is data":          {`{"redirect_url_fail":"data:text/html,x"}`, "invalid body: redirect_url_fail"},
		"fail broken":           {`{"redirect_url_fail":"https://[::1"}`, "invalid body: redirect_url_fail"},
		"callback null":         {`{"callback_url":null}`, "invalid body: callback_url"},
		"webhook of an app":     {`{"webhook_url":"shopapp://hook"}`, "invalid body: webhook_url"},
		"policy null":           {`{"country":"jp","kyc_policy":null}`, "invalid body: kyc_policy"},
		"policy text":           {`{"country":"jp","kyc_policy":"jp:default"}`, "invalid body: kyc_policy"},
		"policy unknown":        {`{"country":"jp","kyc_policy":{"kind":"document"}}`, "kyc_policy.kind is not documented"},
		"subject text":          {`{"country":"jp","kyc_policy":{"subject":"document"}}`, "invalid body: kyc_policy.subject"},
		"subject unknown":       {`{"country":"jp","kyc_policy":{"subject":{"type":"document"}}}`, "kyc_policy.subject.type is not documented"},
		"id_type null":          {`{"country":"us","kyc_policy":{"subject":{"id_type":null}}}`, "invalid body: kyc_policy.subject.id_type"},
		"owner type number":     {`{"country":"us","kyc_policy":{"owner_assurance":{"type":1}}}`, "invalid body: kyc_policy.owner_assurance.type"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, tomoidvtest.WithoutListener())
			a := authorized(t, srv)
			got := a.post(t, startPath, c.body)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Contains(t, got.json(t)["message"], c.want)
			assert.Len(t, got.json(t), 1)
			assert.Empty(t, srv.Attempts())
		})
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	bearer := []string{"Authorization", "Bearer " + a.token}
	for name, c := range map[string]struct {
		path, body string
		headers    []string
		status     int
		want       string
	}{
		"no content type":   {startPath, `{}`, bearer, 400, "not application/json"},
		"form":              {startPath, `{}`, append(bearer, "Content-Type", "application/x-www-form-urlencoded"), 400, "not application/json"},
		"two content types": {startPath, `{}`, append(bearer, "Content-Type", "application/json", "Content-Type", "application/json"), 400, "not application/json"},
		"broken type":       {startPath, `{}`, append(bearer, "Content-Type", "application/json;;"), 400, "not application/json"},
		"charset":           {startPath, `{}`, append(bearer, "Content-Type", "application/json;charset=utf-8"), 200, ""},
		"query":             {startPath + "?user_id=u", `{}`, append(bearer, "Content-Type", "application/json"), 400, "no query"},
		"too large":         {startPath, `{"user_id":"` + strings.Repeat("u", 1<<20) + `"}`, append(bearer, "Content-Type", "application/json"), 413, "Too Large"},
	} {
		got := send(t, a.client, "POST", srv.URL+c.path, c.body, c.headers...)
		assert.Equal(t, c.status, got.status, name)
		assert.Contains(t, got.body, c.want, name)
	}
}

func TestUnknownProperties(t *testing.T) {
	a := authorized(t, begin(t, tomoidvtest.WithUnknownProperties(), tomoidvtest.WithoutListener()))
	policy := kycPolicy(passport())
	policy["note"] = 1
	a.begin(t, map[string]any{"user_id": "u", "country": "jp", "kyc_policy": policy, "new": nil})
	got := a.post(t, startPath, `{"user_id":""}`)
	assert.Equal(t, http.StatusBadRequest, got.status, "those that are known are still judged")
}

func TestPolicyMatrix(t *testing.T) {
	keys := map[string][]string{
		"us": {
			"us:personal_info:null:personal_info_verf:owner_verf:sms_otp",
			"us:document:residential_card:document_ocr_check:no_owner_assurance",
		},
		"jp": {
			"jp:document:id_card:government_id_verf:owner_verf:document_secret",
			"jp:document:passport:document_ocr_check:no_owner_assurance",
		},
		"cn": {
			"cn:document:id_card:government_id_verf:no_owner_assurance",
			"cn:document:id_card:document_authenticity_check:owner_check:submitted_doc_selfie_match",
			"cn:document:id_card:document_ocr_check:owner_check:submitted_doc_selfie_match",
		},
		"kr": {
			"kr:eid:certificate:government_ci_verf:owner_verf",
			"kr:eid:certificate:government_ci_verf:owner_verf:toss",
			"kr:eid:certificate:government_ci_verf:owner_verf:kakao",
			"kr:eid:certificate:government_ci_verf:owner_verf:naver",
			"kr:eid:certificate:government_ci_verf:owner_verf:pass",
		},
		"de": nil,
	}
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	for country, want := range keys {
		var got []string
		for _, p := range tomoidvtest.DocumentedPolicies(country) {
			got = append(got, p.Key(country))
		}
		assert.Equal(t, want, got, country)
	}
	for _, home := range []string{"us", "jp", "cn", "kr"} {
		for _, p := range tomoidvtest.DocumentedPolicies(home) {
			for _, country := range []string{"us", "jp", "cn", "kr", "de", ""} {
				body := map[string]any{"user_id": "u", "kyc_policy": kycPolicy(p)}
				if country != "" {
					body["country"] = country
				}
				got := a.post(t, startPath, body)
				if country == home {
					assert.Equal(t, http.StatusOK, got.status, p.Key(country))
					require.NoError(t, srv.Pass("u", hanako()))
					r := a.result14(t, map[string]any{"user_id": "u", "country": country, "policy": kycPolicy(p)})
					assert.Equal(t, p.Key(country), r["result"].(map[string]any)["policy_key"])
					continue
				}
				assert.Equal(t, http.StatusBadRequest, got.status, p.Key(country))
				assert.Equal(t, `{"message":"Unsupported kyc_policy"}`, got.body, p.Key(country))
			}
		}
	}
}

func TestPoliciesThatAreRefused(t *testing.T) {
	weaker := idCard()
	weaker.OwnerKind, weaker.OwnerType = "no_owner_assurance", ""
	mixed := passport()
	mixed.Method = "government_id_verf"
	noOwner := passport()
	noOwner.OwnerKind = ""
	typed := passport()
	typed.OwnerType = "document_secret"
	preset := passport()
	preset.Preset = "basic"
	a := authorized(t, begin(t, tomoidvtest.WithoutListener()))
	for name, p := range map[string]tomoidvtest.Policy{
		"empty": {}, "weaker owner": weaker, "mixed": mixed, "no owner": noOwner, "owner type too many": typed, "preset": {Preset: "basic"},
		"preset and more": preset, "half": {SubjectKind: "document"},
	} {
		for _, path := range []string{startPath, resetPath, resultPath} {
			body := map[string]any{"user_id": "u", "country": "jp", "kyc_policy": kycPolicy(p)}
			if path == resultPath {
				body["policy"] = body["kyc_policy"]
				delete(body, "kyc_policy")
			}
			got := a.post(t, path, body)
			assert.Equal(t, http.StatusBadRequest, got.status, name+path)
			assert.Contains(t, got.body, "Unsupported kyc_policy", name+path)
		}
	}
}

func TestWithPolicy(t *testing.T) {
	basic := tomoidvtest.Policy{Preset: "basic"}
	srv := begin(t, tomoidvtest.WithPolicy("de", basic), tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, map[string]any{"user_id": "u", "country": "de", "kyc_policy": kycPolicy(basic)})
	require.NoError(t, srv.Pass("u", hanako()))
	assert.Equal(t, "de:basic", only(t, a.result13(t, `{"user_id":"u"}`))["policy_key"])
	got := a.post(t, startPath, map[string]any{"country": "jp", "kyc_policy": kycPolicy(basic)})
	assert.Contains(t, got.body, "Unsupported kyc_policy", "in that country only")
	a.begin(t, map[string]any{"country": "jp", "kyc_policy": kycPolicy(passport())})
}

func TestDigitUserIDs(t *testing.T) {
	strict, lenient := authorized(t, begin(t, tomoidvtest.WithDigitUserIDs(), tomoidvtest.WithoutListener())), authorized(t, begin(t, tomoidvtest.WithoutListener()))
	lenient.begin(t, `{"user_id":"u-1","country":"jp"}`)
	assert.Equal(t, http.StatusBadRequest, strict.post(t, startPath, `{"user_id":"u-1","country":"jp"}`).status)
	strict.begin(t, `{"user_id":"12345678901234567890123456789012345678","country":"jp"}`)
	strict.begin(t, `{"user_id":"u-1","country":"us"}`)
	strict.begin(t, `{"country":"jp"}`)
}

func TestStartWithAPPID(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := passed(t, srv)
	ppid := srv.Attempts()[0].PPID
	a.begin(t, map[string]any{"user_id": ppid, "country": "us"})
	require.NoError(t, srv.Pass(ppid, hanako()))
	assert.Len(t, records(t, a.result14(t, map[string]any{"user_id": ppid})), 2)

	a.begin(t, map[string]any{"user_id": ppid, "country": "kr"})
	require.NoError(t, srv.Pass(ppid, minsu()))
	assert.Len(t, records(t, a.result14(t, map[string]any{"user_id": ppid})), 2, "what another person did is not this person's")

	a.begin(t, map[string]any{"user_id": ppid, "country": "cn"})
	require.NoError(t, srv.Fail(ppid))
	assert.Equal(t, ppid, srv.Attempts()[3].PPID, "nobody else came")
	assert.Len(t, records(t, a.result14(t, map[string]any{"user_id": ppid})), 3)

	given := srv.AddClient(tomoidvtest.Sandbox)
	b := appOf(t, srv, given.ID, given.SecretKey)
	b.authorize(t)
	assert.Equal(t, http.StatusBadRequest, b.post(t, startPath, map[string]any{"user_id": ppid}).status, "of another client's")
}

func TestAttemptLife(t *testing.T) {
	for name, c := range map[string]struct {
		opts []tomoidvtest.Option
		life time.Duration
	}{
		"a day":       {nil, 24 * time.Hour},
		"ten minutes": {[]tomoidvtest.Option{tomoidvtest.WithAttemptLife(10 * time.Minute)}, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			srv := begin(t, append(c.opts, tomoidvtest.WithTokenLife(48*time.Hour), tomoidvtest.WithoutListener())...)
			srv.SetTime(time.Now())
			a := authorized(t, srv)
			a.begin(t, `{"user_id":"u","country":"jp"}`)
			a.begin(t, `{"user_id":"v","country":"jp"}`)
			require.NoError(t, srv.Pass("v", hanako()))
			srv.Advance(c.life - 1)
			assert.Equal(t, "open", srv.Attempts()[0].Status)
			srv.Advance(1)
			assert.Equal(t, "expired", srv.Attempts()[0].Status)
			assert.Equal(t, "approved", srv.Attempts()[1].Status)
			require.Error(t, srv.Pass("u", hanako()))
			assert.Equal(t, "expired", kycOf(t, only(t, a.result14(t, `{"user_id":"u"}`)))["status"])
		})
	}
}
