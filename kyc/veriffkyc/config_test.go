package veriffkyc_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
)

func TestNewRefuses(t *testing.T) {
	srv, other := newServer(t), newServer(t)
	for name, test := range map[string]struct {
		cfg   veriffkyc.Config
		names string
	}{
		"negative age":           {veriffkyc.Config{MinimumAge: -1}, "Config.MinimumAge"},
		"age that nobody has":    {veriffkyc.Config{MinimumAge: 151}, "Config.MinimumAge"},
		"lower-case country":     {veriffkyc.Config{DocumentCountries: []string{"KR", "ee"}}, "Config.DocumentCountries[1]"},
		"country of three":       {veriffkyc.Config{DocumentCountries: []string{"KOR"}}, "Config.DocumentCountries[0]"},
		"empty country":          {veriffkyc.Config{DocumentCountries: []string{""}}, "Config.DocumentCountries[0]"},
		"unknown environment":    {veriffkyc.Config{Environment: "staging"}, "Config.Environment"},
		"verifier of another":    {veriffkyc.Config{Verifier: newVerifier(t, other)}, "Config.Verifier"},
		"environment, uppercase": {veriffkyc.Config{Environment: "LIVE"}, "Config.Environment"},
	} {
		t.Run(name, func(t *testing.T) {
			provider, err := veriffkyc.New(newClient(t, srv), test.cfg)
			require.ErrorContains(t, err, test.names)
			assert.Nil(t, provider)
		})
	}
	provider, err := veriffkyc.New(nil, veriffkyc.Config{})
	require.ErrorContains(t, err, "client is nil")
	assert.Nil(t, provider)
	assert.Empty(t, srv.Requests())
}

func TestNewTakes(t *testing.T) {
	srv := newServer(t)
	for name, cfg := range map[string]veriffkyc.Config{
		"zero": {},
		"all": {
			Verifier: newVerifier(t, srv), MinimumAge: 150,
			DocumentCountries: []string{"KR", "AZ", "ZA"}, Environment: kyc.EnvironmentLive,
		},
		"test": {Environment: kyc.EnvironmentTest},
	} {
		t.Run(name, func(t *testing.T) {
			provider, err := veriffkyc.New(newClient(t, srv), cfg)
			require.NoError(t, err)
			assert.Equal(t, "veriff", provider.Name())
		})
	}
	assert.Empty(t, srv.Requests())
}

func TestNewKeepsNoSliceOfTheCaller(t *testing.T) {
	srv := newServer(t)
	countries := []string{"KR"}
	provider := newProvider(t, srv, veriffkyc.Config{DocumentCountries: countries})
	countries[0] = "EE"
	check := start(t, provider)
	require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"document": map[string]any{"country": "EE"}}))
	assert.Equal(t, kyc.StatusDeclined, ask(t, provider, check).Status)
}
