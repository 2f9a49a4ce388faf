package iamport_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
)

func TestExpectationsThatAreRefused(t *testing.T) {
	mock := httpmock.NewMockTransport()
	client := newClient(t, mock)
	for name, test := range map[string]struct {
		expect *iamport.Expectation
		says   string
	}{
		"nil":              {nil, "nil"},
		"zero":             {&iamport.Expectation{}, "MerchantUID"},
		"blank":            {&iamport.Expectation{MerchantUID: " "}, "MerchantUID"},
		"all but that":     {&iamport.Expectation{MinimumAge: 19, AllowNoCI: true, MaxAge: time.Hour}, "MerchantUID"},
		"negative MaxAge":  {&iamport.Expectation{MerchantUID: "attempt-1", MaxAge: -1}, "MaxAge"},
		"negative age":     {&iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: -1}, "MinimumAge"},
		"nobody's age":     {&iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 151}, "MinimumAge"},
		"a year too early": {&iamport.Expectation{MerchantUID: "attempt-1", BornInOrBefore: 1899}, "BornInOrBefore"},
		"a year too late":  {&iamport.Expectation{MerchantUID: "attempt-1", BornInOrBefore: 2101}, "BornInOrBefore"},
		"a year as an age": {&iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 2007}, "MinimumAge"},
		"an age as a year": {&iamport.Expectation{MerchantUID: "attempt-1", BornInOrBefore: 19}, "BornInOrBefore"},
		"far year":         {&iamport.Expectation{MerchantUID: "attempt-1", BornInOrBefore: 20070}, "BornInOrBefore"},
		"empty gateway":    {&iamport.Expectation{MerchantUID: "attempt-1", Gateways: []iamport.Gateway{""}}, "Gateways"},
	} {
		require.ErrorContains(t, test.expect.Validate(), test.says, name)
		err := test.expect.Check(certified(t), certifiedAt)
		assertKinds(t, err, iamport.ErrInvalidRequest)
		assert.ErrorContains(t, err, test.says, name)
		cert, err := client.VerifyCertification(t.Context(), impUID, test.expect)
		assert.Nil(t, cert, name)
		assertKinds(t, err, iamport.ErrInvalidRequest)
		assert.Equal(t, "VerifyCertification", failure(t, err).Op, name)
	}
	assert.Zero(t, mock.GetTotalCallCount(), "nothing was asked")

	expect := &iamport.Expectation{MerchantUID: "attempt-1"}
	assertKinds(t, expect.Check(nil, certifiedAt), iamport.ErrInvalidRequest)
	assertKinds(t, expect.Check(certified(t), time.Time{}), iamport.ErrInvalidRequest)

	for _, age := range []int{0, 150} {
		assert.NoError(t, (&iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: age}).Validate(), age)
	}
	for _, year := range []int{0, 1900, 2100} {
		assert.NoError(t, (&iamport.Expectation{MerchantUID: "attempt-1", BornInOrBefore: year}).Validate(), year)
	}
}

func TestExpectations(t *testing.T) {
	now := certifiedAt.Add(time.Minute)
	for name, test := range map[string]struct {
		expect func(*iamport.Expectation)
		cert   func(*iamport.Certification)
		now    time.Time
		want   []error
	}{
		"what is expected":    {},
		"no certification":    {cert: func(c *iamport.Certification) { *c = iamport.Certification{} }, want: []error{iamport.ErrNotCertified}},
		"not certified":       {cert: func(c *iamport.Certification) { c.Certified = false }, want: []error{iamport.ErrNotCertified}},
		"not certified alone": {cert: func(c *iamport.Certification) { c.Certified, c.MerchantUID, c.UniqueKey = false, "x", "" }, want: []error{iamport.ErrNotCertified}},

		"another merchant_uid": {cert: func(c *iamport.Certification) { c.MerchantUID = "attempt-2" }, want: []error{iamport.ErrMerchantUID}},
		"no merchant_uid":      {cert: func(c *iamport.Certification) { c.MerchantUID = "" }, want: []error{iamport.ErrMerchantUID}},
		"its case":             {cert: func(c *iamport.Certification) { c.MerchantUID = "Attempt-1" }, want: []error{iamport.ErrMerchantUID}},
		"a space behind":       {cert: func(c *iamport.Certification) { c.MerchantUID = "attempt-1 " }, want: []error{iamport.ErrMerchantUID}},

		"ten minutes ago":        {now: certifiedAt.Add(10 * time.Minute)},
		"longer ago":             {now: certifiedAt.Add(10*time.Minute + time.Second), want: []error{iamport.ErrStale}},
		"a day ago, as set":      {now: certifiedAt.Add(24 * time.Hour), expect: func(e *iamport.Expectation) { e.MaxAge = 24 * time.Hour }},
		"a minute, as set":       {now: certifiedAt.Add(61 * time.Second), expect: func(e *iamport.Expectation) { e.MaxAge = time.Minute }, want: []error{iamport.ErrStale}},
		"NotBefore is no MaxAge": {now: certifiedAt.Add(time.Hour), expect: func(e *iamport.Expectation) { e.NotBefore = certifiedAt.Add(-time.Hour) }, want: []error{iamport.ErrStale}},
		"nobody knows when":      {cert: func(c *iamport.Certification) { c.CertifiedAt = 0 }, want: []error{iamport.ErrStale}},
		"never, as far as set":   {cert: func(c *iamport.Certification) { c.CertifiedAt = 0 }, expect: func(e *iamport.Expectation) { e.MaxAge = 1<<63 - 1 }, want: []error{iamport.ErrStale}},
		"before 1970":            {cert: func(c *iamport.Certification) { c.CertifiedAt = -1 }, want: []error{iamport.ErrStale}},
		"far past":               {cert: func(c *iamport.Certification) { c.CertifiedAt = -1 << 63 }, want: []error{iamport.ErrStale}},

		"at its beginning":        {expect: func(e *iamport.Expectation) { e.NotBefore = certifiedAt }},
		"in the second of it":     {expect: func(e *iamport.Expectation) { e.NotBefore = certifiedAt.Add(999 * time.Millisecond) }},
		"before the attempt":      {expect: func(e *iamport.Expectation) { e.NotBefore = certifiedAt.Add(time.Second) }, want: []error{iamport.ErrBeforeAttempt}},
		"old, before the attempt": {now: certifiedAt.Add(time.Hour), expect: func(e *iamport.Expectation) { e.NotBefore = certifiedAt.Add(time.Minute) }, want: []error{iamport.ErrStale, iamport.ErrBeforeAttempt}},

		"clocks that differ": {now: certifiedAt.Add(-30 * time.Second)},
		"in the future":      {now: certifiedAt.Add(-31 * time.Second), want: []error{iamport.ErrFuture}},
		"milliseconds":       {cert: func(c *iamport.Certification) { c.CertifiedAt *= 1000 }, want: []error{iamport.ErrFuture}},

		"a listed gateway":    {expect: func(e *iamport.Expectation) { e.Gateways = []iamport.Gateway{iamport.GatewayKCP, iamport.GatewayDanal} }},
		"another gateway":     {expect: func(e *iamport.Expectation) { e.Gateways = []iamport.Gateway{iamport.GatewayKCP} }, want: []error{iamport.ErrGateway}},
		"a gateway with more": {cert: func(c *iamport.Certification) { c.PGProvider = "danal_x" }, expect: func(e *iamport.Expectation) { e.Gateways = []iamport.Gateway{iamport.GatewayDanal} }, want: []error{iamport.ErrGateway}},
		"no gateway":          {cert: func(c *iamport.Certification) { c.PGProvider = "" }, expect: func(e *iamport.Expectation) { e.Gateways = []iamport.Gateway{iamport.GatewayDanal} }, want: []error{iamport.ErrGateway}},
		"test merchant":       {cert: func(c *iamport.Certification) { c.PGTID = "MIIiasTest_1" }, want: []error{iamport.ErrTestMerchant}},
		"test merchant, set":  {cert: func(c *iamport.Certification) { c.PGTID = "MIIiasTest_1" }, expect: func(e *iamport.Expectation) { e.AllowTestMerchant = true }},

		"no CI":      {cert: func(c *iamport.Certification) { c.UniqueKey = "" }, want: []error{iamport.ErrNoCI}},
		"blank CI":   {cert: func(c *iamport.Certification) { c.UniqueKey = " " }, want: []error{iamport.ErrNoCI}},
		"no CI, set": {cert: func(c *iamport.Certification) { c.UniqueKey = "" }, expect: func(e *iamport.Expectation) { e.AllowNoCI = true }},
		"no DI":      {cert: func(c *iamport.Certification) { c.UniqueInSite = "" }},

		"of age":                {cert: born("2007-03-02"), expect: minimum(19)},
		"a day too young":       {cert: born("2007-03-03"), expect: minimum(19), want: []error{iamport.ErrUnderage}},
		"born in the year":      {cert: born("2007-12-31"), expect: bornIn(2007)},
		"born in the next":      {cert: born("2008-01-01"), expect: bornIn(2007), want: []error{iamport.ErrBornLater}},
		"too young by both":     {cert: born("2012-03-07"), expect: func(e *iamport.Expectation) { e.MinimumAge, e.BornInOrBefore = 19, 2007 }, want: []error{iamport.ErrUnderage, iamport.ErrBornLater}},
		"by birth alone":        {cert: func(c *iamport.Certification) { c.Birthday = "" }, expect: minimum(19)},
		"missing birth date":    {cert: func(c *iamport.Certification) { c.Birth, c.Birthday = 0, "" }, expect: minimum(1), want: []error{iamport.ErrBirthDate}},
		"missing, by the year":  {cert: func(c *iamport.Certification) { c.Birth, c.Birthday = 0, "" }, expect: bornIn(2100), want: []error{iamport.ErrBirthDate}},
		"partial birth date":    {cert: born("1990"), expect: minimum(19), want: []error{iamport.ErrBirthDate}},
		"partial, by the year":  {cert: born("1990-03"), expect: bornIn(2007), want: []error{iamport.ErrBirthDate}},
		"impossible birth date": {cert: born("1990-02-30"), expect: minimum(19), want: []error{iamport.ErrBirthDate}},
		"future birth date":     {cert: born("2090-01-01"), expect: minimum(19), want: []error{iamport.ErrBirthDate}},
		"future, by the year":   {cert: born("2026-03-03"), expect: bornIn(2026), want: []error{iamport.ErrBirthDate}},
		"placeholder":           {cert: born("0001-01-01"), expect: minimum(19), want: []error{iamport.ErrBirthDate}},
		"contradiction":         {cert: func(c *iamport.Certification) { c.Birth = 1331046000 }, expect: minimum(19), want: []error{iamport.ErrBirthDate}},
		"no limit, no date":     {cert: func(c *iamport.Certification) { c.Birth, c.Birthday = 0, "" }},
		"no limit, a bad date":  {cert: born("1990-02-30")},
		"birthday in Seoul":     {cert: born("2007-03-03"), expect: minimum(19), now: time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC), want: []error{iamport.ErrStale}},
		"not yet there, in UTC": {cert: born("2007-03-03"), expect: minimum(19), now: time.Date(2026, 3, 2, 14, 59, 59, 0, time.UTC), want: []error{iamport.ErrStale, iamport.ErrUnderage}},

		"all of them": {
			cert: func(c *iamport.Certification) {
				c.MerchantUID, c.PGTID, c.UniqueKey = "x", "MIIiasTest_1", ""
				born("2012-03-07")(c)
			},
			expect: func(e *iamport.Expectation) {
				e.NotBefore, e.Gateways, e.MinimumAge, e.BornInOrBefore = certifiedAt.Add(time.Minute), []iamport.Gateway{iamport.GatewayKCP}, 19, 2007
			},
			now: certifiedAt.Add(time.Hour),
			want: []error{iamport.ErrMerchantUID, iamport.ErrStale, iamport.ErrBeforeAttempt, iamport.ErrGateway, iamport.ErrTestMerchant,
				iamport.ErrNoCI, iamport.ErrUnderage, iamport.ErrBornLater},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cert, expect := certified(t), &iamport.Expectation{MerchantUID: "attempt-1"}
			if test.cert != nil {
				test.cert(cert)
			}
			if test.expect != nil {
				test.expect(expect)
			}
			if test.now.IsZero() {
				test.now = now
			}
			err := expect.Check(cert, test.now)
			if len(test.want) == 0 {
				assert.NoError(t, err)
				return
			}
			assertKinds(t, err, test.want...)
		})
	}
}

func born(birthday iamport.Date) func(*iamport.Certification) {
	return func(c *iamport.Certification) { c.Birth, c.Birthday = 0, birthday }
}

func minimum(age int) func(*iamport.Expectation) {
	return func(e *iamport.Expectation) { e.MinimumAge = age }
}

func bornIn(year int) func(*iamport.Expectation) {
	return func(e *iamport.Expectation) { e.BornInOrBefore = year }
}

// The vendor's own example: born on 1990-03-01, on 2017-02-01, 26 passes and 27
// fails.
func TestMinimumAgeOfTheVendorsExample(t *testing.T) {
	now := time.Date(2017, 2, 1, 3, 0, 0, 0, time.UTC)
	cert := certified(t)
	cert.CertifiedAt = iamport.UnixTime(now.Unix())
	assert.NoError(t, (&iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 26}).Check(cert, now))
	assertKinds(t, (&iamport.Expectation{MerchantUID: "attempt-1", MinimumAge: 27}).Check(cert, now), iamport.ErrUnderage)
}

func TestVerifyCertification(t *testing.T) {
	expect := &iamport.Expectation{MerchantUID: "attempt-1", NotBefore: certifiedAt.Add(-time.Minute), MinimumAge: 19}
	mock := mocked(t, http.MethodGet, certURL, dated(answer(t, "certified.json"), certifiedAt.Add(time.Minute)))
	cert, err := newClient(t, mock).VerifyCertification(t.Context(), impUID, expect)
	require.NoError(t, err)
	assert.Equal(t, "홍미래", cert.Name)
	assert.NotEmpty(t, cert.UniqueKey)

	expect.MinimumAge, expect.MerchantUID = 40, "attempt-2"
	cert, err = newClient(t, mock).VerifyCertification(t.Context(), impUID, expect)
	assert.Nil(t, cert, "nothing of what failed")
	assertKinds(t, err, iamport.ErrMerchantUID, iamport.ErrUnderage)
	assert.EqualError(t, err, "iamport: VerifyCertification: of another attempt, under age")
}

// Freshness is by Iamport's clock, whatever the local one says.
func TestVerificationIsByTheAnswersDate(t *testing.T) {
	for name, test := range map[string]struct {
		local time.Duration // the bubble's clock to certified_at
		date  string        // "" for none
		want  error
	}{
		"both say now":         {time.Minute, "Mon, 02 Mar 2026 10:06:00 GMT", nil},
		"local clock is slow":  {-5 * time.Hour, "Mon, 02 Mar 2026 10:06:00 GMT", nil},
		"local clock is fast":  {5 * time.Hour, "Mon, 02 Mar 2026 10:06:00 GMT", nil},
		"no Date, now":         {time.Minute, "", nil},
		"no Date, long ago":    {11 * time.Minute, "", iamport.ErrStale},
		"no Date, in future":   {-11 * time.Minute, "", iamport.ErrFuture},
		"bad Date, long ago":   {11 * time.Minute, "yesterday", iamport.ErrStale},
		"Date, long ago":       {time.Minute, "Mon, 02 Mar 2026 10:15:01 GMT", iamport.ErrStale},
		"Date, not long ago":   {time.Minute, "Mon, 02 Mar 2026 10:15:00 GMT", nil},
		"Date, before that":    {time.Minute, "Mon, 02 Mar 2026 10:04:29 GMT", iamport.ErrFuture},
		"Date, a little early": {time.Minute, "Mon, 02 Mar 2026 10:04:30 GMT", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				<-time.After(time.Until(certifiedAt.Add(test.local)))
				header := http.Header{}
				if test.date != "" {
					header.Set("Date", test.date)
				}
				mock := mocked(t, http.MethodGet, certURL, httpmock.NewBytesResponder(http.StatusOK, answer(t, "certified.json")).HeaderSet(header))
				cert, err := newClient(t, mock).VerifyCertification(t.Context(), impUID, &iamport.Expectation{MerchantUID: "attempt-1"})
				if test.want == nil {
					require.NoError(t, err)
					assert.NotNil(t, cert)
					return
				}
				assert.Nil(t, cert)
				assertKinds(t, err, test.want)
			})
		})
	}
}
