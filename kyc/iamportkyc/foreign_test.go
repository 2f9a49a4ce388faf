package iamportkyc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// assertRefused is for answers that may not be used.
func assertRefused(t *testing.T, provider kyc.Provider, check *kyc.Check, kind error) {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.ErrorIs(t, err, kind)
	assert.Equal(t, kind, failure(t, err).Kind)
	assert.Nil(t, result)
}

// Somebody shows a certification that is not theirs, or theirs a second time.
func TestAnothersCertificationIsRefused(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	theirs, mine := certified(t, srv, start(t, provider), mirae()), begun(t, srv, start(t, provider))
	require.Equal(t, kyc.StatusApproved, ask(t, provider, theirs).Status)

	for name, edit := range map[string]func(*kyc.Check){
		"the imp_uid of another":           func(c *kyc.Check) { c.VendorID = theirs.VendorID },
		"said not to be claimed":           func(c *kyc.Check) { c.VendorID, c.VendorIDClaimed = theirs.VendorID, false },
		"the check's id exchanged":         func(c *kyc.Check) { *c = *theirs; c.ID = mine.ID },
		"an id that was never started":     func(c *kyc.Check) { *c = *theirs; c.ID = kyc.NewCheckID() },
		"everything of another but the id": func(c *kyc.Check) { id := c.ID; *c = *theirs; c.ID = id },
	} {
		t.Run(name, func(t *testing.T) {
			edited := *mine
			edit(&edited)
			assertRefused(t, provider, &edited, kyc.ErrForeign)
			erased, err := provider.Erase(t.Context(), &edited)
			require.ErrorIs(t, err, kyc.ErrForeign)
			assert.Equal(t, kyc.ErrForeign, failure(t, err).Kind)
			assert.Empty(t, erased)
		})
	}
	assert.Equal(t, kyc.StatusPending, ask(t, provider, mine).Status)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, theirs).Status, "nobody erased it")
}

// The return of another person's browser fits no check but theirs.
func TestReturnOfAnother(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	theirs, mine := start(t, provider), start(t, provider)
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: theirs.ID, RedirectURL: returnURL}, mirae())
	require.NoError(t, err)
	address, err := srv.ReturnURL(impUID)
	require.NoError(t, err)
	notice, err := kyc.ParseReturn(provider, back(address))
	require.NoError(t, err)
	_, err = mine.Apply(notice)
	require.ErrorIs(t, err, kyc.ErrForeign)

	notice.CheckID = mine.ID // edited in the address
	edited, err := mine.Apply(notice)
	require.NoError(t, err)
	assertRefused(t, provider, edited, kyc.ErrForeign)
}

// Iamport must name the check, in so many words, whatever else it says.
func TestMerchantUID(t *testing.T) {
	for name, test := range map[string]struct{ fields map[string]any }{
		"null":                   {map[string]any{"merchant_uid": nil}},
		"empty":                  {map[string]any{"merchant_uid": ""}},
		"another":                {map[string]any{"merchant_uid": kyc.NewCheckID()}},
		"another, not certified": {map[string]any{"merchant_uid": kyc.NewCheckID(), "certified": false}},
		"null, not certified":    {map[string]any{"merchant_uid": nil, "certified": false, "certified_at": 0}},
		"another, and a minor":   {map[string]any{"merchant_uid": kyc.NewCheckID(), "birthday": "2020-01-01", "birth": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			provider := newProvider(t, srv, iamportkyc.Config{MinimumAge: 19})
			check := certified(t, srv, start(t, provider), mirae())
			require.NoError(t, srv.ForceCertification(check.VendorID, test.fields))
			assertRefused(t, provider, check, kyc.ErrForeign)
		})
	}
	t.Run("spaced", func(t *testing.T) {
		srv := newServer(t)
		provider := newProvider(t, srv, iamportkyc.Config{})
		check := certified(t, srv, start(t, provider), mirae())
		require.NoError(t, srv.ForceCertification(check.VendorID, map[string]any{"merchant_uid": check.ID + " "}))
		assertRefused(t, provider, check, kyc.ErrForeign)
	})
}

func TestAnswerAboutAnotherCertification(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := certified(t, srv, start(t, provider), mirae())
	require.NoError(t, srv.Inject(iamporttest.AnotherCertification().On(iamporttest.CertificationRoute)))
	_, err := provider.Result(t.Context(), check)
	require.ErrorIs(t, err, kyc.ErrForeign)
	require.ErrorIs(t, err, iamport.ErrForeign)
	assert.Equal(t, kyc.StatusApproved, ask(t, provider, check).Status)
}

// A certification of another merchant is not there for these credentials.
func TestCertificationOfAnotherMerchant(t *testing.T) {
	srv, other := newServer(t), newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := certified(t, other, start(t, provider), mirae())
	assertRefused(t, provider, check, kyc.ErrNotFound)
}

func TestResultRefusesBeforeItAsks(t *testing.T) {
	srv := newServer(t)
	provider := newProvider(t, srv, iamportkyc.Config{})
	check := certified(t, srv, start(t, provider), mirae())
	for name, test := range map[string]struct {
		edit func(*kyc.Check)
		kind error
	}{
		"another provider":    {func(c *kyc.Check) { c.Provider = "veriff" }, kyc.ErrForeign},
		"no provider":         {func(c *kyc.Check) { c.Provider = "" }, kyc.ErrForeign},
		"another version":     {func(c *kyc.Check) { c.Version = 2 }, kyc.ErrInvalidRequest},
		"id of one's own":     {func(c *kyc.Check) { c.ID = "user-42" }, kyc.ErrInvalidRequest},
		"no id":               {func(c *kyc.Check) { c.ID = "" }, kyc.ErrInvalidRequest},
		"no start":            {func(c *kyc.Check) { c.StartedAt = time.Time{} }, kyc.ErrInvalidRequest},
		"path in vendor id":   {func(c *kyc.Check) { c.VendorID = "../users/getToken" }, kyc.ErrInvalidRequest},
		"claim without an id": {func(c *kyc.Check) { c.VendorID = "" }, kyc.ErrInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			edited := *check
			test.edit(&edited)
			assertRefused(t, provider, &edited, test.kind)
			_, err := provider.Erase(t.Context(), &edited)
			require.ErrorIs(t, err, test.kind)
		})
	}
	assertRefused(t, provider, nil, kyc.ErrInvalidRequest)
	_, err := provider.Erase(t.Context(), nil)
	require.ErrorIs(t, err, kyc.ErrInvalidRequest)
	assert.Empty(t, srv.Requests())
}
