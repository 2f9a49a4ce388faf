// Package kyctest tests providers of package kyc and stores of package kychttp,
// and stands in for a provider.
//
// # For who writes a provider
//
// Run holds a provider to the contract of package kyc, which tells how to write
// one:
//
//	func TestConformance(t *testing.T) { kyctest.Run(t, harness) }
//
//	func harness(t testing.TB, log *slog.Logger) *kyctest.Harness {
//		srv := vendortest.NewServer(t)
//		wire := &kyctest.Transport{Base: http.DefaultTransport}
//		return &kyctest.Harness{
//			NewProvider: func() kyc.Provider { ... },
//			Requests:    wire.Requests,
//			Stall:       wire.Stall,
//			Outcomes: map[kyc.Status]func(*kyc.Check, kyc.Person){
//				kyc.StatusApproved: func(check *kyc.Check, p kyc.Person) { srv.Approve(check.VendorID, p.FullName) },
//				...
//
// A rule that fails is a subtest whose name is the rule. What was not exercised,
// because the provider has no such capability or its vendor cannot do it, is
// logged: read it once with go test -v. Run it with -race as well.
//
// # For who writes a store
//
// RunStore holds a store to the contract of kychttp.Store:
//
//	func TestStore(t *testing.T) {
//		kyctest.RunStore(t, func(t testing.TB) kychttp.Store { return newStore(t) })
//	}
//
// # For who uses a provider
//
// A Vendor with its Provider is for the tests of an application that is written
// for any kyc.Provider:
//
//	vendor := kyctest.NewVendor(t)
//	app := newApp(vendor.Provider())
//	check := app.signUp()
//	vendor.Approve(check.ID, kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01"})
//	app.ServeHTTP(w, vendor.Webhook(check.ID))
//
// Test with the fake of a real vendor too: a Vendor has none of their oddities.
package kyctest
