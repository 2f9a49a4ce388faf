package veriffkyc_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func Example() {
	ctx := context.Background()
	srv, err := verifftest.Start() // in place of Veriff
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
	if err != nil {
		fmt.Println(err)
		return
	}
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	provider, err := veriffkyc.New(client, veriffkyc.Config{Verifier: verifier, MinimumAge: 19})
	if err != nil {
		fmt.Println(err)
		return
	}

	check, err := provider.Start(ctx, &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back"})
	if err != nil {
		fmt.Println(err)
		return
	}
	checks := map[string]*kyc.Check{check.ID: check} // the application's database

	srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		notice, err := kyc.ParseWebhook(provider, r)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		check, ok := checks[notice.CheckID]
		if !ok {
			return // about no check of ours
		}
		if check, err = check.Apply(notice); err != nil {
			return
		}
		result, err := provider.Result(r.Context(), check)
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable) // Veriff delivers again
			return
		}
		words := result.Reason
		if result.Status == kyc.StatusApproved {
			words = result.Person.GivenName
		}
		fmt.Printf("%s: %s %q\n", check.Reference, result.Status, words)
	}))

	// The person at check.URL, and Veriff.
	for _, err := range []error{
		srv.Submit(check.VendorID),
		srv.RequestResubmission(check.VendorID, 204, ""),
		srv.Submit(check.VendorID),
		srv.Approve(check.VendorID, verifftest.Person{FirstName: "Mirae", DateOfBirth: "1990-03-01"}),
	} {
		if err != nil {
			fmt.Println(err)
		}
	}

	_, err = kyc.ParseReturn(provider, httptest.NewRequest(http.MethodGet, "/back", nil))
	fmt.Println(err)

	// Output:
	// user-42: pending ""
	// user-42: pending ""
	// user-42: resubmit "Poor image quality"
	// user-42: resubmit "Poor image quality"
	// user-42: resubmit "Poor image quality"
	// user-42: approved "Mirae"
	// kyc: veriff: parse return: unsupported
}
