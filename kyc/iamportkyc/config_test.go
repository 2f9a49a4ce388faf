package iamportkyc_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

func valid() iamportkyc.Config {
	return iamportkyc.Config{UserCode: "imp00000000", ChannelKey: "channel-key-0000"}
}

func TestNewRefuses(t *testing.T) {
	srv := newServer(t)
	for name, test := range map[string]struct {
		edit  func(*iamportkyc.Config)
		names string
	}{
		"no user code":            {func(c *iamportkyc.Config) { c.UserCode = "" }, "UserCode"},
		"user code as a script":   {func(c *iamportkyc.Config) { c.UserCode = `");alert("` }, "UserCode"},
		"neither channel nor PG":  {func(c *iamportkyc.Config) { c.ChannelKey = "" }, "Config needs a ChannelKey or a PG"},
		"channel and PG":          {func(c *iamportkyc.Config) { c.PG = "danal" }, "Config needs a ChannelKey or a PG"},
		"channel key with a line": {func(c *iamportkyc.Config) { c.ChannelKey = "a\nb" }, "ChannelKey"},
		"PG with a line":          {func(c *iamportkyc.Config) { c.ChannelKey, c.PG = "", "danal.\n" }, "PG"},
		"PG without a gateway":    {func(c *iamportkyc.Config) { c.ChannelKey, c.PG = "", ".A0001" }, "Config.PG names no gateway"},
		"PG of another gateway": {func(c *iamportkyc.Config) {
			c.ChannelKey, c.PG, c.Gateways = "", "danal.A0001", []iamport.Gateway{iamport.GatewayKCP}
		}, "Config.Gateways does not have the gateway of Config.PG"},
		"empty gateway":       {func(c *iamportkyc.Config) { c.Gateways = []iamport.Gateway{"danal", ""} }, "Gateways"},
		"negative age":        {func(c *iamportkyc.Config) { c.MinimumAge = -1 }, "MinimumAge"},
		"age that nobody has": {func(c *iamportkyc.Config) { c.MinimumAge = 151 }, "MinimumAge"},
		"year of two digits":  {func(c *iamportkyc.Config) { c.BornInOrBefore = 99 }, "BornInOrBefore"},
		"tier of four":        {func(c *iamportkyc.Config) { c.Tier = "ABCD" }, "Tier"},
		"script over http":    {func(c *iamportkyc.Config) { c.ScriptURL = "http://cdn.example/iamport.js" }, "ScriptURL"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := valid()
			test.edit(&cfg)
			provider, err := iamportkyc.New(newClient(t, srv), cfg)
			require.ErrorContains(t, err, "iamportkyc: Config")
			assert.ErrorContains(t, err, test.names)
			assert.Nil(t, provider)
		})
	}
	provider, err := iamportkyc.New(nil, valid())
	require.EqualError(t, err, "iamportkyc: the client is nil")
	assert.Nil(t, provider)
	assert.Empty(t, srv.Requests())
}

func TestNewTakes(t *testing.T) {
	srv := newServer(t)
	for name, edit := range map[string]func(*iamportkyc.Config){
		"channel key": func(*iamportkyc.Config) {},
		"PG":          func(c *iamportkyc.Config) { c.ChannelKey, c.PG = "", "inicis_unified.MIIiasTest" },
		"all": func(c *iamportkyc.Config) {
			*c = iamportkyc.Config{
				UserCode: "imp00000000", PG: "danal.A0001", ChannelKey: "", Gateways: []iamport.Gateway{"danal", "new_one"},
				MinimumAge: 150, BornInOrBefore: 2007, AllowNoCI: true, AllowTestMerchant: true,
				Tier: "A1b", Popup: true, ScriptURL: "http://127.0.0.1:8080/v1/iamport.js",
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := valid()
			edit(&cfg)
			provider, err := iamportkyc.New(newClient(t, srv), cfg)
			require.NoError(t, err)
			assert.Equal(t, "iamport", provider.Name())
		})
	}
	assert.Empty(t, srv.Requests())
}

func TestNewKeepsNoSliceOfTheCaller(t *testing.T) {
	srv := newServer(t)
	gateways := []iamport.Gateway{iamport.GatewayDanal}
	provider := newProvider(t, srv, iamportkyc.Config{Gateways: gateways})
	gateways[0] = iamport.GatewayKCP
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, certified(t, srv, start(t, provider), mirae())).Status)
}

// A sub-merchant's certifications are its own.
func TestTier(t *testing.T) {
	srv := newServer(t, iamporttest.WithTier("A1b"))
	agent, tier := newProvider(t, srv, iamportkyc.Config{}), newProvider(t, srv, iamportkyc.Config{Tier: "A1b"})
	check := start(t, tier)
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: check.ID, Tier: "A1b"}, mirae())
	require.NoError(t, err)
	check = claim(t, check, impUID)
	assert.Equal(t, kyc.StatusApproved, ask(t, tier, check).Status)
	assertRefused(t, agent, check, kyc.ErrNotFound)
	page, err := tier.Launch(check)
	require.NoError(t, err)
	assert.Contains(t, string(page), `IMP.agency("`+srv.UserCode+`", "A1b")`)
}
