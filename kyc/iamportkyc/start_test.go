package iamportkyc_test

import (
	"context"
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

func TestStart(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	req := &kyc.StartRequest{
		CheckID: kyc.NewCheckID(), Reference: "user-42", ReturnURL: returnURL,
		Hints: kyc.Hints{FullName: "홍미래", Phone: "010-0000-0000"},
	}
	given, before := *req, time.Now()
	check, err := provider.Start(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, given, *req)
	assert.WithinRange(t, check.StartedAt, before.Truncate(0), time.Now())
	assert.Equal(t, kyc.Check{
		Version: 1, ID: req.CheckID, Provider: "iamport", Reference: "user-42", ReturnURL: returnURL,
		StartedAt: check.StartedAt, ExpiresAt: check.StartedAt.Add(time.Hour),
	}, *check)
	require.NoError(t, check.Validate("iamport"))
	assert.Equal(t, *check, *reread(t, check))

	other, err := provider.Start(t.Context(), &kyc.StartRequest{ReturnURL: returnURL})
	require.NoError(t, err)
	assert.NotEqual(t, check.ID, other.ID)
	assert.Empty(t, srv.Requests())
}

// reread is the check as an application has it that stored it.
func reread(t *testing.T, check *kyc.Check) *kyc.Check {
	t.Helper()
	stored, err := json.Marshal(check)
	require.NoError(t, err)
	var read kyc.Check
	require.NoError(t, json.Unmarshal(stored, &read))
	return &read
}

func TestStartRefuses(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	for name, test := range map[string]struct {
		req   *kyc.StartRequest
		names string
	}{
		"no request":          {nil, "StartRequest is nil"},
		"id of one's own":     {&kyc.StartRequest{CheckID: "user-42", ReturnURL: returnURL}, "CheckID"},
		"no return URL":       {&kyc.StartRequest{}, "ReturnURL is missing"},
		"return over http":    {&kyc.StartRequest{ReturnURL: "http://shop.example/"}, "ReturnURL must be https"},
		"backslash in return": {&kyc.StartRequest{ReturnURL: `https://shop.example/a?b=\c`}, "ReturnURL is not one that Iamport's page can go to"},
	} {
		t.Run(name, func(t *testing.T) {
			check, err := provider.Start(t.Context(), test.req)
			require.ErrorIs(t, err, kyc.ErrInvalidRequest)
			require.ErrorContains(t, err, test.names)
			assert.Nil(t, check)
		})
	}
	assert.Empty(t, srv.Requests())
}

// params are what the page says to IMP.certification.
func params(t *testing.T, page string) string {
	t.Helper()
	call := regexp.MustCompile(`IMP\.certification\((\{.*\}), come\)`).FindStringSubmatch(page)
	require.Len(t, call, 2, "the page does not call IMP.certification")
	return call[1]
}

func TestLaunch(t *testing.T) {
	srv := newServer(t)
	key := srv.ChannelKey
	for name, test := range map[string]struct {
		cfg  iamportkyc.Config
		want string
	}{
		"channel": {iamportkyc.Config{}, `"channelKey": "` + key + `", "popup": false`},
		"age":     {iamportkyc.Config{MinimumAge: 19}, `"channelKey": "` + key + `", "min_age": 19, "popup": false`},
		"year":    {iamportkyc.Config{BornInOrBefore: 2007}, `"channelKey": "` + key + `", "popup": false`},
		"popup":   {iamportkyc.Config{Popup: true}, `"channelKey": "` + key + `", "popup": true`},
		"PG":      {iamportkyc.Config{PG: "danal.A0001"}, `"pg": "danal.A0001", "popup": false`},
	} {
		t.Run(name, func(t *testing.T) {
			provider := newProvider(t, srv, test.cfg)
			check := start(t, provider)
			page, err := kyc.Launch(provider, check)
			require.NoError(t, err)
			assert.JSONEq(t, `{"merchant_uid": "`+check.ID+`", "m_redirect_url": "`+returnURL+`", `+test.want+`}`, params(t, string(page)))
			assert.Contains(t, string(page), `IMP.init("`+srv.UserCode+`")`)
			assert.Contains(t, string(page), `<script src="`+srv.URL+`/v1/iamport.js">`)
			again, err := provider.Launch(reread(t, check))
			require.NoError(t, err)
			assert.Equal(t, page, again)
		})
	}
	assert.Empty(t, srv.Requests())
}

func TestLaunchRefuses(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := start(t, provider)
	for name, test := range map[string]struct {
		edit func(*kyc.Check)
		kind error
	}{
		"another provider":    {func(c *kyc.Check) { c.Provider = "veriff" }, kyc.ErrForeign},
		"id of one's own":     {func(c *kyc.Check) { c.ID = `"});alert("` }, kyc.ErrInvalidRequest},
		"no return URL":       {func(c *kyc.Check) { c.ReturnURL = "" }, kyc.ErrInvalidRequest},
		"return to a script":  {func(c *kyc.Check) { c.ReturnURL = "javascript:alert()" }, kyc.ErrInvalidRequest},
		"backslash in return": {func(c *kyc.Check) { c.ReturnURL = `https://shop.example/a?b=\c` }, kyc.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			edited := *check
			test.edit(&edited)
			page, err := provider.Launch(&edited)
			require.ErrorIs(t, err, test.kind)
			assert.Equal(t, test.kind, failure(t, err).Kind)
			assert.Empty(t, page)
		})
	}
	_, err := provider.Launch(nil)
	require.ErrorIs(t, err, kyc.ErrInvalidRequest)
}

// What does no I/O ends with the caller's context all the same.
func TestEndedContextWithoutIO(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := start(t, provider)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx  context.Context
		want error
		kind error
	}{
		"canceled": {ended, context.Canceled, nil},
		"nil":      {nil, kyc.ErrInvalidRequest, kyc.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := provider.Start(test.ctx, &kyc.StartRequest{ReturnURL: returnURL})
			require.ErrorIs(t, err, test.want)
			assert.Equal(t, test.kind, failure(t, err).Kind)
			_, err = provider.Result(test.ctx, check)
			require.ErrorIs(t, err, test.want)
			assert.Equal(t, test.kind, failure(t, err).Kind)
		})
	}
	assert.Empty(t, srv.Requests())
}
