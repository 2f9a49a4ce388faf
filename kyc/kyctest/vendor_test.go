package kyctest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kyctest"
)

func start(t testing.TB, provider kyc.Provider) *kyc.Check {
	t.Helper()
	check, err := provider.Start(t.Context(), &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back?account=42"})
	require.NoError(t, err)
	return check
}

func ask(t testing.TB, provider kyc.Provider, check *kyc.Check) *kyc.Result {
	t.Helper()
	result, err := provider.Result(t.Context(), check)
	require.NoError(t, err)
	return result
}

// What a test decides is what the application gets.
func TestVendorDecides(t *testing.T) {
	vendor := kyctest.NewVendor(t)
	provider := vendor.Provider()
	check := start(t, provider)
	decision := kyctest.Decision{
		Status:   kyc.StatusReview,
		Reason:   "the photo is dark",
		Person:   kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01", Address: kyc.Address{City: "서울"}},
		Document: kyc.Document{Type: kyc.DocumentPassport, Number: "M00000000", Country: "KR"},
		Keys:     []kyc.Key{{Kind: kyc.KeyCI, Value: "ci"}, {Kind: kyc.KeyDI, Scope: "danal", Value: " "}},
		Findings: []kyc.Finding{{Kind: kyc.FindingDocument, Outcome: kyc.OutcomeFailed}},
	}
	vendor.Decide(check.ID, decision)
	result := ask(t, provider, check)
	assert.Equal(t, kyc.StatusReview, result.Status)
	assert.Equal(t, decision.Reason, result.Reason)
	assert.Equal(t, decision.Person, result.Person)
	assert.Equal(t, decision.Document, result.Document)
	assert.Equal(t, decision.Keys[:1], result.Keys, "a blank key is none")
	assert.Equal(t, decision.Findings, result.Findings)
	assert.Equal(t, &decision, result.Vendor)
	assert.Equal(t, "1", result.Attempt)
	assert.WithinDuration(t, time.Now(), result.DecidedAt, time.Minute)

	vendor.Decline(check.ID, "the photo stayed dark")
	declined := ask(t, provider, check)
	assert.Equal(t, kyc.StatusDeclined, declined.Status)
	assert.Equal(t, "2", declined.Attempt)
	assert.True(t, declined.Supersedes(result))
}

// A person is one person, and two are two.
func TestVendorNamesPeopleByKeys(t *testing.T) {
	vendor := kyctest.NewVendor(t)
	provider := vendor.Provider()
	keys := func(p kyc.Person) []kyc.Key {
		check := start(t, provider)
		vendor.Approve(check.ID, p)
		return ask(t, provider, check).Keys
	}
	mirae := kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01"}
	assert.Len(t, keys(mirae), 1)
	assert.Equal(t, keys(mirae), keys(mirae))
	assert.NotEqual(t, keys(mirae), keys(kyc.Person{FullName: "홍미래", BirthDate: "1990-03-02"}))
	assert.NotEqual(t, keys(mirae), keys(kyc.Person{FullName: "김미래", BirthDate: "1990-03-01"}))
}

func TestVendorFails(t *testing.T) {
	for kind, code := range map[error]int{
		kyc.ErrInvalidRequest: 400, kyc.ErrUnauthorized: 401, kyc.ErrNotFound: 404, kyc.ErrRateLimited: 429, kyc.ErrUnavailable: 503,
		kyc.ErrInvalidAnswer: 200, kyc.ErrSignature: 200, kyc.ErrForeign: 200,
	} {
		t.Run(kind.Error(), func(t *testing.T) {
			vendor := kyctest.NewVendor(t)
			provider := vendor.Provider()
			check := start(t, provider)
			vendor.FailNext(kind)
			_, err := provider.Result(t.Context(), check)
			require.ErrorIs(t, err, kind)
			var verr *kyctest.VendorError
			require.ErrorAs(t, err, &verr)
			assert.Equal(t, code, verr.Code)
			assert.Equal(t, kyc.StatusPending, ask(t, provider, check).Status, "it fails once")

			vendor.FailNext(kind)
			_, err = provider.Start(t.Context(), &kyc.StartRequest{})
			if code == http.StatusOK { // it is open, and nobody knows where
				kind = kyc.ErrUnconfirmed
			}
			require.ErrorIs(t, err, kind)
		})
	}
	t.Run("unconfirmed", func(t *testing.T) {
		vendor := kyctest.NewVendor(t)
		provider := vendor.Provider()
		req := &kyc.StartRequest{CheckID: kyc.NewCheckID()}
		vendor.FailNext(kyc.ErrUnconfirmed)
		_, err := provider.Start(t.Context(), req)
		require.ErrorIs(t, err, kyc.ErrUnconfirmed)
		vendor.Approve(req.CheckID, kyc.Person{FullName: "홍미래"}) // it was opened
		_, err = provider.Start(t.Context(), req)
		require.ErrorIs(t, err, kyc.ErrInvalidRequest, "an id serves one check")
	})
}

func TestVendorTellsWhereToLook(t *testing.T) {
	vendor := kyctest.NewVendor(t)
	provider := vendor.Provider()
	check := start(t, provider)

	back := vendor.Return(check.ID)
	assert.Equal(t, "shop.example", back.Host)
	assert.Equal(t, "42", back.URL.Query().Get("account"), "what the application put there stays")
	notice, err := kyc.ParseReturn(provider, back)
	require.NoError(t, err)
	assert.Equal(t, &kyc.Notice{CheckID: check.ID, VendorID: check.VendorID}, notice)

	notice, err = kyc.ParseWebhook(provider, vendor.Webhook(check.ID))
	require.NoError(t, err)
	assert.False(t, notice.Decided)
	vendor.Decline(check.ID, "")
	notice, err = kyc.ParseWebhook(provider, vendor.Webhook(check.ID))
	require.NoError(t, err)
	assert.True(t, notice.Ahead(nil))
	assert.False(t, notice.Ahead(ask(t, provider, check)))
	_, err = kyc.ParseWebhook(kyctest.NewVendor(t).Provider(), vendor.Webhook(check.ID))
	require.ErrorIs(t, err, kyc.ErrSignature)
}

// A mistake in a test is told by the test.
func TestVendorIsAskedForWhatCannotBe(t *testing.T) {
	for name, mistake := range map[string]func(*kyctest.Vendor){
		"deciding about nothing": func(v *kyctest.Vendor) { v.Approve(kyc.NewCheckID(), kyc.Person{}) },
		"returning from nothing": func(v *kyctest.Vendor) { v.Return(kyc.NewCheckID()) },
		"a webhook of nothing":   func(v *kyctest.Vendor) { v.Webhook(kyc.NewCheckID()) },
		"no failure":             func(v *kyctest.Vendor) { v.FailNext(nil) },
		"a failure that is none": func(v *kyctest.Vendor) { v.FailNext(kyc.ErrUnsupported) },
		"a return to nowhere": func(v *kyctest.Vendor) {
			check, err := v.Provider().Start(t.Context(), &kyc.StartRequest{})
			require.NoError(t, err)
			v.Return(check.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tb := &stopped{TB: t}
			func() {
				defer func() { _ = recover() }()
				mistake(kyctest.NewVendor(tb))
			}()
			assert.True(t, tb.fatal)
		})
	}
}

// stopped is a test that a panic ends, in the place of Fatal.
type stopped struct {
	testing.TB
	fatal bool
}

func (s *stopped) Fatal(...any) {
	s.fatal = true
	panic(s)
}

func (s *stopped) Fatalf(string, ...any) { s.Fatal() }

// An application's own test plays the vendor.
func ExampleVendor() {
	var t testing.TB = new(testing.T) // the test's own
	vendor := kyctest.NewVendor(t)
	var provider kyc.Provider = vendor.Provider()

	ctx := context.Background()
	check, err := provider.Start(ctx, &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back"})
	if err != nil {
		fmt.Println(err)
		return
	}
	vendor.Approve(check.ID, kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01"})
	notice, err := kyc.ParseWebhook(provider, vendor.Webhook(check.ID))
	fmt.Println(notice.CheckID == check.ID, err)
	result, err := provider.Result(ctx, check)
	fmt.Println(result.Status, result.Person.FullName, err)

	vendor.FailNext(kyc.ErrUnavailable)
	_, err = provider.Result(ctx, check)
	fmt.Println(errors.Is(err, kyc.ErrUnavailable), err)

	// Output:
	// true <nil>
	// approved 홍미래 <nil>
	// true kyc: kyctest: result: unavailable: vendor: 503
}
