package iamportkyc_test

import (
	"encoding/json"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

const (
	young    = "under the minimum age"
	later    = "born after the last year that is taken"
	ageless  = "the age is not known"
	keyless  = "there is no CI"
	gateway  = "certified by a gateway that is not taken"
	merchant = "certified through a public test account"
	early    = "certified before the check began, or nobody knows when"
	late     = "certified after the check had expired"
	future   = "certified at a time that has not come"
)

func TestLimits(t *testing.T) {
	birth := func(day any) map[string]any { return map[string]any{"birthday": day, "birth": nil} }
	adult, year := iamportkyc.Config{MinimumAge: 19}, iamportkyc.Config{BornInOrBefore: 2007}
	for name, test := range map[string]struct {
		cfg    iamportkyc.Config
		fields map[string]any
		status kyc.Status
		reason string
	}{
		"no limits":                      {iamportkyc.Config{}, birth("2025-01-01"), kyc.StatusApproved, ""},
		"no birth date, no limits":       {iamportkyc.Config{}, birth(nil), kyc.StatusApproved, ""},
		"of age on the day":              {adult, birth("2007-06-15"), kyc.StatusApproved, ""},
		"of age on the next day":         {adult, birth("2007-06-16"), kyc.StatusDeclined, young},
		"of age by seconds alone":        {adult, map[string]any{"birthday": nil, "birth": 636217200}, kyc.StatusApproved, ""},
		"a minor by seconds alone":       {adult, map[string]any{"birthday": nil, "birth": 1267369200}, kyc.StatusDeclined, young},
		"no birth date":                  {adult, birth(nil), kyc.StatusReview, ageless},
		"partial birth date":             {adult, birth("1990-03"), kyc.StatusReview, ageless},
		"birth date that does not exist": {adult, birth("1990-02-30"), kyc.StatusReview, ageless},
		"birth date in the future":       {adult, birth("2030-01-01"), kyc.StatusReview, ageless},
		"birth date that fills a column": {adult, birth("0001-01-01"), kyc.StatusReview, ageless},
		"two birth dates":                {adult, map[string]any{"birthday": "1990-03-01", "birth": 1267369200}, kyc.StatusReview, ageless},
		"born in the year":               {year, birth("2007-12-31"), kyc.StatusApproved, ""},
		"born in the next year":          {year, birth("2008-01-01"), kyc.StatusDeclined, later},
		"no year of birth":               {year, birth(nil), kyc.StatusReview, ageless},
		"no CI":                          {iamportkyc.Config{}, map[string]any{"unique_key": nil}, kyc.StatusReview, keyless},
		"empty CI":                       {iamportkyc.Config{}, map[string]any{"unique_key": ""}, kyc.StatusReview, keyless},
		"blank CI":                       {iamportkyc.Config{}, map[string]any{"unique_key": " \t"}, kyc.StatusReview, keyless},
		"CI in a word for none":          {iamportkyc.Config{}, map[string]any{"unique_key": "null"}, kyc.StatusReview, keyless},
		"no CI, waived":                  {iamportkyc.Config{AllowNoCI: true}, map[string]any{"unique_key": ""}, kyc.StatusApproved, ""},
		"no gateway":                     {iamportkyc.Config{}, map[string]any{"pg_provider": nil}, kyc.StatusDeclined, gateway},
		"gateway in upper case":          {iamportkyc.Config{}, map[string]any{"pg_provider": "DANAL"}, kyc.StatusDeclined, gateway},
		"test merchant":                  {iamportkyc.Config{}, map[string]any{"pg_tid": "INIMX_AUTHMIIiasTest0001"}, kyc.StatusDeclined, merchant},
		"too young and without a CI":     {adult, map[string]any{"birthday": "2020-01-01", "birth": nil, "unique_key": ""}, kyc.StatusDeclined, young},
		"neither age nor CI":             {adult, map[string]any{"birthday": nil, "birth": nil, "unique_key": ""}, kyc.StatusReview, ageless},
		"no time":                        {iamportkyc.Config{}, map[string]any{"certified_at": nil}, kyc.StatusExpired, early},
		"time zero":                      {iamportkyc.Config{}, map[string]any{"certified_at": 0}, kyc.StatusExpired, early},
		"time before 1970":               {iamportkyc.Config{}, map[string]any{"certified_at": -1}, kyc.StatusExpired, early},
		"time in milliseconds":           {iamportkyc.Config{}, map[string]any{"certified_at": noon.UnixMilli()}, kyc.StatusUnknown, future},
		"largest time":                   {iamportkyc.Config{}, map[string]any{"certified_at": math.MaxInt64}, kyc.StatusExpired, early},
		"smallest time":                  {iamportkyc.Config{}, map[string]any{"certified_at": math.MinInt64}, kyc.StatusExpired, early},
		"time as a string":               {iamportkyc.Config{}, map[string]any{"certified_at": "1781524800"}, kyc.StatusApproved, ""},
	} {
		t.Run(name, func(t *testing.T) {
			result := forced(t, test.cfg, test.fields)
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.reason, result.Reason)
			_, err := json.Marshal(result)
			require.NoError(t, err, "it can be stored")
		})
	}
}

func TestGateways(t *testing.T) {
	srv := newServer(t)
	unified := iamportkyc.Config{PG: "inicis_unified.MIIiasFake"}
	several := iamportkyc.Config{Gateways: []iamport.Gateway{iamport.GatewayKCP, iamport.GatewayInicis}}
	for name, test := range map[string]struct {
		cfg   iamportkyc.Config
		by    iamporttest.Gateway
		taken bool
	}{
		"channel, Danal":          {iamportkyc.Config{}, iamporttest.Danal, true},
		"channel, KCP":            {iamportkyc.Config{}, iamporttest.KCP, false},
		"channel, KG Inicis":      {iamportkyc.Config{}, iamporttest.InicisUnified, false},
		"channel, card":           {iamportkyc.Config{}, iamporttest.Inicis, false},
		"PG, its own":             {unified, iamporttest.InicisUnified, true},
		"PG, Danal":               {unified, iamporttest.Danal, false},
		"PG, one that begins so":  {unified, iamporttest.Inicis, false},
		"listed, the first":       {several, iamporttest.KCP, true},
		"listed, the second":      {several, iamporttest.Inicis, true},
		"listed without Danal":    {several, iamporttest.Danal, false},
		"listed without the rest": {several, iamporttest.InicisUnified, false},
	} {
		t.Run(name, func(t *testing.T) {
			provider := newProvider(t, srv, test.cfg)
			check := start(t, provider)
			impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: check.ID, Gateway: test.by}, mirae())
			require.NoError(t, err)
			result := ask(t, provider, claim(t, check, impUID))
			if test.taken {
				assert.Equal(t, kyc.StatusApproved, result.Status)
				return
			}
			assert.Equal(t, kyc.StatusDeclined, result.Status)
			assert.Equal(t, gateway, result.Reason)
		})
	}
}

func TestTestMerchant(t *testing.T) {
	srv := newServer(t, iamporttest.WithMID(iamporttest.InicisUnified, "MIIiasTest"))
	for name, test := range map[string]struct {
		allow  bool
		by     iamporttest.Gateway
		status kyc.Status
		env    kyc.Environment
	}{
		"refused":           {false, iamporttest.InicisUnified, kyc.StatusDeclined, kyc.EnvironmentTest},
		"allowed":           {true, iamporttest.InicisUnified, kyc.StatusApproved, kyc.EnvironmentTest},
		"another":           {false, iamporttest.Danal, kyc.StatusApproved, ""},
		"another, with it":  {true, iamporttest.Danal, kyc.StatusApproved, ""},
		"another, not told": {true, iamporttest.Inicis, kyc.StatusDeclined, ""},
	} {
		t.Run(name, func(t *testing.T) {
			provider := newProvider(t, srv, iamportkyc.Config{
				Gateways: []iamport.Gateway{iamport.GatewayInicisUnified, iamport.GatewayDanal}, AllowTestMerchant: test.allow,
			})
			check := start(t, provider)
			impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: check.ID, Gateway: test.by}, mirae())
			require.NoError(t, err)
			result := ask(t, provider, claim(t, check, impUID))
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.env, result.Evidence.Environment)
		})
	}
}

// A check is good from five minutes before its start, for clocks that differ,
// until an hour after it.
func TestWhenCertified(t *testing.T) {
	for name, test := range map[string]struct {
		after  time.Duration
		status kyc.Status
		reason string
	}{
		"a day before":         {-24 * time.Hour, kyc.StatusExpired, early},
		"just too early":       {-5*time.Minute - time.Second, kyc.StatusExpired, early},
		"the local clock fast": {-5 * time.Minute, kyc.StatusApproved, ""},
		"at once":              {0, kyc.StatusApproved, ""},
		"in the last second":   {time.Hour, kyc.StatusApproved, ""},
		"just too late":        {time.Hour + time.Second, kyc.StatusExpired, late},
		"a week later":         {7 * 24 * time.Hour, kyc.StatusExpired, late},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, iamportkyc.Config{})
			check := start(t, provider)
			check.ExpiresAt = noon.AddDate(1, 0, 0) // it bounds nothing
			srv.Advance(test.after)
			check = certified(t, srv, check, mirae())
			result := ask(t, provider, check)
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.reason, result.Reason)
			assert.Equal(t, noon.Add(test.after), result.DecidedAt)
		})
	}
}

// An approval stays one, however late it is asked for, or asked for again.
func TestApprovalStays(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
	check := certified(t, srv, start(t, provider), mirae())
	first := ask(t, provider, check)
	require.Equal(t, kyc.StatusApproved, first.Status)
	srv.Advance(30 * 24 * time.Hour)
	again := ask(t, provider, check)
	assert.Equal(t, kyc.StatusApproved, again.Status)
	assert.False(t, again.Supersedes(first))
}

// A time that has not come by the vendor's clock is no time; once it has come,
// it is.
func TestFuture(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := certified(t, srv, start(t, provider), mirae())
	require.NoError(t, srv.ForceCertification(check.VendorID, map[string]any{"certified_at": noon.Add(10 * time.Minute).Unix()}))
	unknown := ask(t, provider, check)
	assert.Equal(t, kyc.StatusUnknown, unknown.Status)
	assert.Equal(t, future, unknown.Reason)
	assert.True(t, unknown.DecidedAt.IsZero())
	srv.Advance(10 * time.Minute)
	approved := ask(t, provider, check)
	assert.Equal(t, kyc.StatusApproved, approved.Status)
	assert.True(t, approved.Supersedes(unknown))
}

// On the birthday a person is of age once the day has begun in Seoul.
func TestMinimumAgeInSeoul(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
	check := certified(t, srv, start(t, provider), iamporttest.Person{Name: "홍어른", Birthday: "2007-06-16"})
	srv.Advance(3*time.Hour - time.Second) // 23:59:59 on the 15th
	assert.Equal(t, kyc.StatusDeclined, ask(t, provider, check).Status)
	srv.Advance(time.Second)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
}

// Who was born on 29 February is a year older on 1 March of a common year in
// Seoul, and a year later by the law that counts years alone.
func TestMinimumAgeOnALeapDay(t *testing.T) {
	march := time.Date(2025, 2, 28, 15, 0, 0, 0, time.UTC) // it begins in Seoul
	for _, test := range []struct {
		cfg  iamportkyc.Config
		at   time.Time
		want kyc.Status
	}{
		{iamportkyc.Config{MinimumAge: 17}, march.Add(-time.Second), kyc.StatusDeclined},
		{iamportkyc.Config{MinimumAge: 17}, march, kyc.StatusApproved},
		{iamportkyc.Config{BornInOrBefore: 2008}, march, kyc.StatusApproved},
		{iamportkyc.Config{BornInOrBefore: 2007}, march, kyc.StatusDeclined},
	} {
		srv := newServer(t)
		srv.SetTime(test.at)
		provider := newProvider(t, srv, test.cfg)
		check := start(t, provider)
		check.StartedAt = test.at
		check = certified(t, srv, check, iamporttest.Person{Name: "홍윤일", Birthday: "2008-02-29"})
		assert.Equal(t, test.want, ask(t, provider, check).Status, "%+v at %s", test.cfg, test.at)
	}
}

// Without a Date there is the local clock: a certification that is ahead of it
// is not believed.
func TestAnswerWithoutDate(t *testing.T) {
	for name, test := range map[string]struct {
		certified time.Time
		status    kyc.Status
	}{
		"now":              {time.Now(), kyc.StatusApproved},
		"in the next hour": {time.Now().Add(30 * time.Minute), kyc.StatusUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			undated := iamport.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				answer, err := srv.RoundTripper().RoundTrip(r)
				if err == nil {
					answer.Header.Del("Date")
				}
				return answer, err
			})})
			provider := newProvider(t, srv, iamportkyc.Config{}, undated)
			check, err := provider.Start(t.Context(), &kyc.StartRequest{ReturnURL: returnURL})
			require.NoError(t, err)
			srv.SetTime(test.certified)
			check = certified(t, srv, check, mirae())
			assert.Equal(t, test.status, ask(t, provider, check).Status)
		})
	}
}
