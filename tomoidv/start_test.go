package tomoidv_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

// wholeRequest has every field set.
func wholeRequest() *tomoidv.StartRequest {
	policy := tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret"))
	policy.Preset = "basic"
	return &tomoidv.StartRequest{
		UserID: userID, Country: "jp", Email: "mirae@shop.example", Policy: policy,
		RedirectURLSuccess: "https://shop.example/idv/" + userID + "?success=1",
		RedirectURLFail:    "https://shop.example/idv/" + userID + "?fail=1",
		CallbackURL:        "com.example.shop:/idv",
		WebhookURL:         "https://shop.example/webhooks/tomoidv",
	}
}

func TestStartSendsEveryField(t *testing.T) {
	v := answers(says(http.StatusOK, string(fixture(t, "answers", "started.json")), "Vary", "Tomo-API-Version"))
	got, err := newClient(t, v).Start(t.Context(), wholeRequest())
	require.NoError(t, err)
	assert.Equal(t, "https://app.tomopayment.com/idv?token=eyJhbGciOiJFUzI1NiJ9.e30.c3ludGhldGlj&key=eyJrdHkiOiJFQyJ9", got.URL)
	assert.Equal(t, string(fixture(t, "answers", "started.json")), string(got.Meta().Raw()))
	assert.Empty(t, got.Meta().ContractVersion())
	assert.False(t, got.Meta().ReceivedAt().IsZero())
	assert.Equal(t, production+"/v1/idv/start", v.calls[0].URL.String())
	assert.Equal(t, http.MethodPost, v.calls[0].Method)
	assert.JSONEq(t, string(fixture(t, "requests", "start.json")), v.sent[0])
}

// TomoIDV requires none of it.
func TestStartOfNothing(t *testing.T) {
	v := answers(started)
	_, err := newClient(t, v).Start(t.Context(), &tomoidv.StartRequest{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, v.sent[0])
}

func TestStartRequestsThatAreRefusedBeforeAnythingIsSent(t *testing.T) {
	v := answers(nil)
	client := newClient(t, v)
	for says, change := range map[string]func(*tomoidv.StartRequest){
		"UserID is empty":                            func(r *tomoidv.StartRequest) { r.UserID = " " },
		"UserID begins or ends with white space":     func(r *tomoidv.StartRequest) { r.UserID = "a\n" },
		"UserID has a control character":             func(r *tomoidv.StartRequest) { r.UserID = "a\x00b" },
		"UserID is not valid UTF-8":                  func(r *tomoidv.StartRequest) { r.UserID = "a\xff" },
		"Country is empty, and a Policy needs one":   func(r *tomoidv.StartRequest) { r.Country = "" },
		"Country is not in lower case":               func(r *tomoidv.StartRequest) { r.Country = "JP" },
		"Country is not a code of letters":           func(r *tomoidv.StartRequest) { r.Country = "일본" },
		"Policy.Method is empty":                     func(r *tomoidv.StartRequest) { r.Policy.Method = " " },
		"Email is not valid UTF-8":                   func(r *tomoidv.StartRequest) { r.Email = "\xff" },
		"Email has a control character":              func(r *tomoidv.StartRequest) { r.Email = "a@b\r\nc" },
		"RedirectURLSuccess is not an absolute URL":  func(r *tomoidv.StartRequest) { r.RedirectURLSuccess = "/back" },
		"RedirectURLFail is not an absolute URL":     func(r *tomoidv.StartRequest) { r.RedirectURLFail = "shop.example/back" },
		"CallbackURL is not an absolute URL":         func(r *tomoidv.StartRequest) { r.CallbackURL = "https:///back" },
		"RedirectURLFail is not valid UTF-8":         func(r *tomoidv.StartRequest) { r.RedirectURLFail = "https://shop.example/\xff" },
		"RedirectURLSuccess has a control character": func(r *tomoidv.StartRequest) { r.RedirectURLSuccess = "https://shop.example/\n" },
		"WebhookURL is not an absolute URL":          func(r *tomoidv.StartRequest) { r.WebhookURL = "hook" },
		"WebhookURL is not an https URL":             func(r *tomoidv.StartRequest) { r.WebhookURL = "http://shop.example/hook" },
	} {
		request := wholeRequest()
		change(request)
		require.EqualError(t, request.Validate(), says)
		got, err := client.Start(t.Context(), request)
		assert.Nil(t, got)
		assertKinds(t, err, tomoidv.ErrInvalidRequest)
		assert.EqualError(t, err, "tomoidv: Start: invalid request: "+says)
	}
	for name, bad := range map[string]string{
		"scheme-relative": "//shop.example/back", "no host": "http://", "space in host": "https://a b/", "a path": "back", "a query": "?a=b",
		"a port alone": "https://:443/", "a space": "https://shop.example/ back",
	} {
		request := wholeRequest()
		request.RedirectURLSuccess = bad
		assert.EqualError(t, request.Validate(), "RedirectURLSuccess is not an absolute URL", name)
	}
	for bad, says := range map[string]string{
		"javascript:alert(1)": "RedirectURLSuccess is a script, not an address", "data:text/html,x": "RedirectURLSuccess is a script, not an address",
		"https://u:p@shop.example/": "RedirectURLSuccess has userinfo",
	} {
		request := wholeRequest()
		request.RedirectURLSuccess = bad
		assert.EqualError(t, request.Validate(), says)
	}
	_, err := client.Start(t.Context(), nil)
	assert.EqualError(t, err, "tomoidv: Start: invalid request: request is nil")
	assert.Empty(t, v.calls)
	assert.Empty(t, v.forms, "not even a token was asked for")
}

func TestStartRequestsThatAreTaken(t *testing.T) {
	for name, change := range map[string]func(*tomoidv.StartRequest){
		"unknown country":   func(r *tomoidv.StartRequest) { r.Country = "zz" },
		"the word":          func(r *tomoidv.StartRequest) { r.Country = "unknown" },
		"no policy":         func(r *tomoidv.StartRequest) { r.Policy = tomoidv.Policy{} },
		"neither":           func(r *tomoidv.StartRequest) { r.Policy, r.Country = tomoidv.Policy{}, "" },
		"a PPID":            func(r *tomoidv.StartRequest) { r.UserID = ppid },
		"a deep link":       func(r *tomoidv.StartRequest) { r.RedirectURLSuccess = "shop://idv/done" },
		"an app's own":      func(r *tomoidv.StartRequest) { r.RedirectURLSuccess = "com.example.shop:/done" },
		"loopback webhook":  func(r *tomoidv.StartRequest) { r.WebhookURL = "http://127.0.0.1:8080/hook" },
		"one redirect only": func(r *tomoidv.StartRequest) { r.RedirectURLFail, r.CallbackURL = "", "" },
	} {
		request := wholeRequest()
		change(request)
		assert.NoError(t, request.Validate(), name)
	}
}

func TestStartAnswersThatAreRefused(t *testing.T) {
	for name, body := range map[string]string{
		"no URL": `{}`, "null": `null`, "empty": `{"start_idv_uri":""}`, "a relative URL": `{"start_idv_uri":"/idv?token=x"}`,
		"a script": `{"start_idv_uri":"javascript:alert(1)"}`, "a script with a host": `{"start_idv_uri":"javascript://app.example/%0aalert(1)"}`,
		"the older prose's name": `{"idv_start_uri":"https://app.example/idv"}`, "a number": `{"start_idv_uri":7}`,
		"http": `{"start_idv_uri":"http://app.example/idv"}`, "userinfo": `{"start_idv_uri":"https://u:p@app.example/idv"}`,
		"a port alone": `{"start_idv_uri":"https://:443/idv"}`,
		"two":          `{"start_idv_uri":"https://a.example/","start_idv_uri":"https://b.example/"}`,
	} {
		got, err := newClient(t, answers(says(http.StatusOK, body))).Start(t.Context(), wholeRequest())
		assert.Nil(t, got, name)
		assertKinds(t, err, tomoidv.ErrInvalidAnswer, tomoidv.ErrUnconfirmed)
	}
}

func TestStartedRoundTrips(t *testing.T) {
	got, err := newClient(t, answers(says(http.StatusOK, string(fixture(t, "answers", "started.json"))))).Start(t.Context(), wholeRequest())
	require.NoError(t, err)
	stored, err := json.Marshal(got)
	require.NoError(t, err)
	var again tomoidv.Started
	require.NoError(t, json.Unmarshal(stored, &again))
	assert.Equal(t, got.URL, again.URL)
}
