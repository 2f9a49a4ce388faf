package iamporttest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

func replaceID(s, impUID string) string { return strings.Replace(s, "ID", impUID, 1) }

// absent stands for a field that is not there.
const absent = "absent"

func TestContracts(t *testing.T) {
	phone, null, foreigner := iamporttest.WithPhone(), iamporttest.WithNullPhone(), iamporttest.WithForeigner()
	for name, c := range map[string]struct {
		opts    []iamporttest.Option
		gateway iamporttest.Gateway
		want    map[string]any
	}{
		"no phone":                   {nil, "danal", map[string]any{"phone": absent, "carrier": absent}},
		"null phone":                 {[]iamporttest.Option{null}, "danal", map[string]any{"phone": nil, "carrier": nil}},
		"phone":                      {[]iamporttest.Option{phone}, "danal", map[string]any{"phone": "01012345678", "carrier": "SKT_MVNO"}},
		"phone, null else":           {[]iamporttest.Option{phone, null}, "inicis_unified", map[string]any{"phone": "01012345678", "carrier": nil}},
		"phone with KCP":             {[]iamporttest.Option{phone}, "kcp_v2", map[string]any{"phone": "01012345678", "carrier": "SKT_MVNO"}},
		"phone with certificates":    {[]iamporttest.Option{phone}, "inicis_unified", map[string]any{"phone": "01012345678", "carrier": absent}},
		"phone with cards":           {[]iamporttest.Option{phone}, "inicis", map[string]any{"phone": absent, "carrier": absent}},
		"no foreigner":               {nil, "danal", map[string]any{"foreigner": false, "foreigner_v2": nil}},
		"foreigner":                  {[]iamporttest.Option{foreigner}, "danal", map[string]any{"foreigner": true, "foreigner_v2": true}},
		"foreigner with KCP":         {[]iamporttest.Option{foreigner}, "kcp_v2", map[string]any{"foreigner": false, "foreigner_v2": nil}},
		"no DI with certificates":    {nil, "inicis_unified", map[string]any{"unique_in_site": nil, "birth": 633711600.0}},
		"no CI with certificates":    {[]iamporttest.Option{iamporttest.WithoutCI()}, "inicis_unified", map[string]any{"unique_key": "", "unique_in_site": nil}},
		"birthday alone":             {[]iamporttest.Option{iamporttest.WithoutBirth()}, "danal", map[string]any{"birth": absent, "birthday": "1990-01-31"}},
		"birth alone":                {[]iamporttest.Option{iamporttest.WithoutBirthday()}, "danal", map[string]any{"birth": 633711600.0, "birthday": absent}},
		"certified_at as a string":   {[]iamporttest.Option{iamporttest.WithStringCertifiedAt()}, "danal", map[string]any{"certified_at": "1749956400"}},
		"test channel's merchant id": {[]iamporttest.Option{iamporttest.WithMID("inicis_unified", "MIIiasTest")}, "inicis_unified", map[string]any{"pg_provider": "inicis_unified"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.opts...)
			srv.SetTime(noon())
			r := certified(t, srv, iamporttest.Attempt{Gateway: c.gateway}, mirae())
			for field, want := range c.want {
				value, there := r[field]
				if want == absent {
					assert.False(t, there, field)
					continue
				}
				assert.True(t, there, field)
				assert.Equal(t, want, value, field)
			}
			if strings.Contains(name, "test channel") {
				assert.Regexp(t, "^MIIiasTest_", r["pg_tid"])
			}
		})
	}
}

func TestContractsTellNothingOfTheUnfinished(t *testing.T) {
	srv := start(t, iamporttest.WithPhone(), iamporttest.WithForeigner(), iamporttest.WithoutCI(), iamporttest.WithStringCertifiedAt())
	impUID, err := srv.Begin(iamporttest.Attempt{MerchantUID: "m1"})
	require.NoError(t, err)
	want := unfinished(impUID, "m1")
	want["certified_at"] = "0"
	assert.Equal(t, want, get(t, srv, impUID).response(t))
	impUID, err = srv.Begin(iamporttest.Attempt{Gateway: iamporttest.InicisUnified})
	require.NoError(t, err)
	assert.Nil(t, get(t, srv, impUID).response(t)["unique_key"])
}

func TestWhoIsWho(t *testing.T) {
	one, two := start(t), start(t, iamporttest.WithMID(iamporttest.Danal, "B111111111"))
	keys := func(srv *iamporttest.Server, g iamporttest.Gateway, change func(*iamporttest.Person)) [2]any {
		p := mirae()
		change(&p)
		r := certified(t, srv, iamporttest.Attempt{Gateway: g}, p)
		return [2]any{r["unique_key"], r["unique_in_site"]}
	}
	same := func(*iamporttest.Person) {}
	mirae := keys(one, iamporttest.Danal, same)
	assert.Equal(t, mirae, keys(one, iamporttest.Danal, same), "again")
	assert.Equal(t, mirae, keys(one, iamporttest.Danal, func(p *iamporttest.Person) { p.Phone, p.Carrier = "01099999999", "KT" }), "with another phone")
	for name, other := range map[string][2]any{
		"with another gateway": keys(one, iamporttest.KCP, same),
		"at another merchant":  keys(two, iamporttest.Danal, same),
	} {
		assert.Equal(t, mirae[0], other[0], name)
		assert.NotEqual(t, mirae[1], other[1], name)
	}
	for name, other := range map[string][2]any{
		"another name":     keys(one, iamporttest.Danal, func(p *iamporttest.Person) { p.Name = "김미래" }),
		"another birthday": keys(one, iamporttest.Danal, func(p *iamporttest.Person) { p.Birthday = "1990-02-01" }),
		"a namesake":       keys(one, iamporttest.Danal, func(p *iamporttest.Person) { p.CI = "namesake" }),
	} {
		assert.NotEqual(t, mirae[0], other[0], name)
		assert.NotEqual(t, mirae[1], other[1], name)
	}
	assert.Equal(t, "namesake", keys(one, iamporttest.Danal, func(p *iamporttest.Person) { p.CI = "namesake" })[0])
}
