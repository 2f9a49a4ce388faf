package tomoidvkyc_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// changed is config with one thing else.
func changed(change func(*tomoidvkyc.Config)) tomoidvkyc.Config {
	cfg := config()
	change(&cfg)
	return cfg
}

func TestNewRefuses(t *testing.T) {
	srv := newServer(t)
	none := tomoidv.NoOwnerAssurance()
	for name, test := range map[string]struct {
		change func(*tomoidvkyc.Config)
		names  string
	}{
		"nothing set":                {func(c *tomoidvkyc.Config) { *c = tomoidvkyc.Config{} }, "Config.Country is missing"},
		"no country":                 {func(c *tomoidvkyc.Config) { c.Country = "" }, "Config.Country is missing"},
		"country in capitals":        {func(c *tomoidvkyc.Config) { c.Country = "JP" }, "Config.Country is not in lower case"},
		"country in words":           {func(c *tomoidvkyc.Config) { c.Country = "south korea" }, "Config.Country"},
		"ID type without subject":    {func(c *tomoidvkyc.Config) { c.Policy.Subject.Kind = "" }, "Config.Policy.Subject"},
		"no subject":                 {func(c *tomoidvkyc.Config) { c.Policy.Subject = tomoidv.Subject{} }, "Config.Policy must name"},
		"no method":                  {func(c *tomoidvkyc.Config) { c.Policy.Method = "" }, "Config.Policy must name"},
		"no owner assurance":         {func(c *tomoidvkyc.Config) { c.Policy.OwnerAssurance = tomoidv.OwnerAssurance{} }, "Config.Policy must name"},
		"preset alone":               {func(c *tomoidvkyc.Config) { c.Policy = tomoidv.Policy{Preset: "basic"} }, "Config.Policy has a Preset"},
		"preset":                     {func(c *tomoidvkyc.Config) { c.Policy.Preset = "basic" }, "Config.Policy has a Preset"},
		"the default policy":         {func(c *tomoidvkyc.Config) { c.Policy = tomoidv.Policy{} }, "AllowNoOwnerAssurance"},
		"whoever has the document":   {func(c *tomoidvkyc.Config) { c.Policy.OwnerAssurance = none }, "AllowNoOwnerAssurance"},
		"another kind of assurance":  {func(c *tomoidvkyc.Config) { c.Policy.OwnerAssurance.Kind = "owner_vouched" }, "AllowNoOwnerAssurance"},
		"none, in another spelling":  {func(c *tomoidvkyc.Config) { c.Policy.OwnerAssurance.Kind = "No_Owner_Assurance" }, "AllowNoOwnerAssurance"},
		"negative age":               {func(c *tomoidvkyc.Config) { c.MinimumAge = -1 }, "Config.MinimumAge"},
		"age that nobody has":        {func(c *tomoidvkyc.Config) { c.MinimumAge = 151 }, "Config.MinimumAge"},
		"unknown environment":        {func(c *tomoidvkyc.Config) { c.Environment = "staging" }, "Config.Environment"},
		"environment in capitals":    {func(c *tomoidvkyc.Config) { c.Environment = "LIVE" }, "Config.Environment"},
		"client ID with a line feed": {func(c *tomoidvkyc.Config) { c.ClientID = "client\n" }, "Config.ClientID"},
	} {
		t.Run(name, func(t *testing.T) {
			provider, err := tomoidvkyc.New(newClient(t, srv), changed(test.change))
			require.ErrorContains(t, err, test.names)
			assert.Nil(t, provider)
		})
	}
	provider, err := tomoidvkyc.New(nil, config())
	require.ErrorContains(t, err, "client is nil")
	assert.Nil(t, provider)
	assert.Empty(t, srv.Requests())
}

// AllowNoOwnerAssurance allows that and nothing else.
func TestAllowNoOwnerAssuranceStillRefuses(t *testing.T) {
	srv := newServer(t)
	for name, policy := range map[string]tomoidv.Policy{
		"preset":     {Preset: "basic"},
		"no method":  {Subject: tomoidv.Subject{Kind: "document"}, OwnerAssurance: tomoidv.NoOwnerAssurance()},
		"no subject": {Method: "document_ocr_check", OwnerAssurance: tomoidv.NoOwnerAssurance()},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tomoidvkyc.New(newClient(t, srv), tomoidvkyc.Config{Country: "jp", Policy: policy, AllowNoOwnerAssurance: true})
			require.ErrorContains(t, err, "Config.Policy")
		})
	}
}

func TestNewTakes(t *testing.T) {
	srv := newServer(t)
	for name, cfg := range map[string]tomoidvkyc.Config{
		"country and policy": config(),
		"all": changed(func(c *tomoidvkyc.Config) {
			c.RecordMeansApproved, c.MinimumAge = true, 150
			c.Environment, c.ClientID = kyc.EnvironmentLive, "4f1c0000-0000-4000-8000-000000000000"
		}),
		"test":                     changed(func(c *tomoidvkyc.Config) { c.Environment = kyc.EnvironmentTest }),
		"selfie":                   {Country: "cn", Policy: tomoidv.DocumentOCR("id_card", tomoidv.OwnerChecked(tomoidv.OwnerTypeSelfieMatch))},
		"wallet of one's choice":   {Country: "kr", Policy: tomoidv.GovernmentCI(tomoidv.OwnerVerified(""))},
		"personal info":            {Country: "us", Policy: tomoidv.PersonalInfo(tomoidv.OwnerVerified(tomoidv.OwnerTypeSMSOTP))},
		"the default policy":       {Country: "us", AllowNoOwnerAssurance: true},
		"whoever has the document": {Country: "jp", Policy: tomoidv.DocumentOCR("passport", tomoidv.NoOwnerAssurance()), AllowNoOwnerAssurance: true},
	} {
		t.Run(name, func(t *testing.T) {
			provider, err := tomoidvkyc.New(newClient(t, srv), cfg)
			require.NoError(t, err)
			assert.Equal(t, "tomoidv", provider.Name())
		})
	}
	assert.Empty(t, srv.Requests())
}
