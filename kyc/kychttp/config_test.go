package kychttp_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

func whole() kychttp.Config {
	return kychttp.Config{
		Providers: []kyc.Provider{newVendor("desk")},
		Store:     kychttp.NewMemoryStore(),
		BaseURL:   baseURL,
		Begin:     func(*http.Request, string) (*kyc.StartRequest, error) { return nil, nil },
		Owns:      func(*http.Request, string) bool { return false },
		OnResult:  func(context.Context, *kyc.Check, *kyc.Result, *kyc.Result) error { return nil },
	}
}

func TestConfigsThatAreTaken(t *testing.T) {
	for name, change := range map[string]func(*kychttp.Config){
		"whole":       func(*kychttp.Config) {},
		"no path":     func(c *kychttp.Config) { c.BaseURL = "https://shop.example" },
		"upper case":  func(c *kychttp.Config) { c.BaseURL = "https://Shop.Example" },
		"slash":       func(c *kychttp.Config) { c.BaseURL = "https://shop.example/a/b_2/" },
		"port":        func(c *kychttp.Config) { c.BaseURL = "https://shop.example:8443/verify" },
		"localhost":   func(c *kychttp.Config) { c.BaseURL = "http://localhost:8080" },
		"loopback":    func(c *kychttp.Config) { c.BaseURL = "http://[::1]:8080/x" },
		"done path":   func(c *kychttp.Config) { c.DoneURL = "/account?tab=1" },
		"done host":   func(c *kychttp.Config) { c.DoneURL = "https://app.shop.example/" },
		"two vendors": func(c *kychttp.Config) { c.Providers = append(c.Providers, newVendor("desk-2")) },
	} {
		cfg := whole()
		change(&cfg)
		service, err := kychttp.New(cfg)
		require.NoError(t, err, name)
		assert.NotNil(t, service.Handler(), name)
	}
}

func TestConfigsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*kychttp.Config)
		says   string
	}{
		"no providers":     {func(c *kychttp.Config) { c.Providers = nil }, "Providers is empty"},
		"nil provider":     {func(c *kychttp.Config) { c.Providers = append(c.Providers, nil) }, "Providers[1] is nil"},
		"same name":        {func(c *kychttp.Config) { c.Providers = append(c.Providers, newVendor("desk")) }, "Providers[1] has the name"},
		"name":             {func(c *kychttp.Config) { c.Providers[0] = newVendor("a/b") }, "Providers[0]"},
		"pattern as name":  {func(c *kychttp.Config) { c.Providers[0] = newVendor("{id}") }, "Providers[0]"},
		"no name":          {func(c *kychttp.Config) { c.Providers[0] = newVendor("") }, "Providers[0]"},
		"store":            {func(c *kychttp.Config) { c.Store = nil }, "Store"},
		"begin":            {func(c *kychttp.Config) { c.Begin = nil }, "Begin"},
		"owns":             {func(c *kychttp.Config) { c.Owns = nil }, "Owns"},
		"on result":        {func(c *kychttp.Config) { c.OnResult = nil }, "OnResult"},
		"no base":          {func(c *kychttp.Config) { c.BaseURL = "" }, "BaseURL"},
		"http":             {func(c *kychttp.Config) { c.BaseURL = "http://shop.example" }, "BaseURL"},
		"http, address":    {func(c *kychttp.Config) { c.BaseURL = "http://192.0.2.7" }, "BaseURL"},
		"http, localhost.": {func(c *kychttp.Config) { c.BaseURL = "http://localhost.evil.example" }, "BaseURL"},
		"relative":         {func(c *kychttp.Config) { c.BaseURL = "/verify" }, "BaseURL"},
		"userinfo":         {func(c *kychttp.Config) { c.BaseURL = "https://MARKER:x@shop.example" }, "BaseURL"},
		"query":            {func(c *kychttp.Config) { c.BaseURL = "https://shop.example?" }, "BaseURL"},
		"fragment":         {func(c *kychttp.Config) { c.BaseURL = "https://shop.example#" }, "BaseURL"},
		"unreadable":       {func(c *kychttp.Config) { c.BaseURL = "https://MARKER\x00" }, "BaseURL"},
		"dots":             {func(c *kychttp.Config) { c.BaseURL = "https://shop.example/a/../b" }, "BaseURL"},
		"pattern":          {func(c *kychttp.Config) { c.BaseURL = "https://shop.example/{x}" }, "BaseURL"},
		"empty element":    {func(c *kychttp.Config) { c.BaseURL = "https://shop.example//x" }, "BaseURL"},
		"done elsewhere":   {func(c *kychttp.Config) { c.DoneURL = "//evil.example" }, "DoneURL"},
		"done slashes":     {func(c *kychttp.Config) { c.DoneURL = "///evil.example" }, "DoneURL"},
		"done tab":         {func(c *kychttp.Config) { c.DoneURL = "/\t/evil.example" }, "DoneURL"},
		"done backslash":   {func(c *kychttp.Config) { c.DoneURL = `/\evil.example` }, "DoneURL"},
		"done script":      {func(c *kychttp.Config) { c.DoneURL = "javascript:alert(1)" }, "DoneURL"},
		"done relative":    {func(c *kychttp.Config) { c.DoneURL = "account" }, "DoneURL"},
		"done http":        {func(c *kychttp.Config) { c.DoneURL = "http://shop.example/" }, "DoneURL"},
		"done unreadable":  {func(c *kychttp.Config) { c.DoneURL = "/%zz" }, "DoneURL"},
	} {
		cfg := whole()
		test.change(&cfg)
		service, err := kychttp.New(cfg)
		assert.Nil(t, service, name)
		require.ErrorContains(t, err, test.says, name)
		assert.NotContains(t, err.Error(), "MARKER", name)
	}
}
