package tomoidvkyc_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

func Example() {
	ctx := context.Background()
	srv, err := tomoidvtest.Start() // in place of TomoIDV
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey,
		tomoidv.WithBaseURL(srv.URL), tomoidv.WithContractVersion("1.4"))
	if err != nil {
		fmt.Println(err)
		return
	}
	policy := tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret))
	provider, err := tomoidvkyc.New(client, tomoidvkyc.Config{Country: "jp", Policy: policy, MinimumAge: 19})
	if err != nil {
		fmt.Println(err)
		return
	}

	// The check's own id stands in the path: nothing else in the URL of a return
	// is believed.
	checkID := kyc.NewCheckID()
	check, err := provider.Start(ctx, &kyc.StartRequest{
		CheckID: checkID, Reference: "user-42", ReturnURL: "https://shop.example/idv/" + checkID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	checks := map[string]*kyc.Check{check.ID: check} // the application's database

	back := http.NewServeMux()
	back.HandleFunc("GET /idv/{check}", func(w http.ResponseWriter, r *http.Request) {
		check, ok := checks[r.PathValue("check")] // of the account that is signed in
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		result, err := provider.Result(r.Context(), check)
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Printf("%s: %s %q\n", check.Reference, result.Status, result.Person.FullName)
	})

	// The person at check.URL, and TomoIDV, which sends the browser back.
	for _, step := range []func() error{
		func() error { return srv.Leave(check.ID) },
		func() error {
			return srv.Review(check.ID, tomoidvtest.Person{FullName: "佐藤花子", DateOfBirth: "1991-05-06"})
		},
		func() error { return srv.Pass(check.ID, tomoidvtest.Person{}) },
	} {
		if err := step(); err != nil {
			fmt.Println(err)
			return
		}
		returnURL, err := srv.ReturnURL(check.ID)
		if err != nil {
			fmt.Println(err)
			return
		}
		back.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, returnURL, nil))
	}

	erased, err := kyc.Erase(ctx, provider, check)
	fmt.Println(erased, err)
	_, err = kyc.ParseWebhook(provider, httptest.NewRequest(http.MethodPost, "/webhook", nil))
	fmt.Println(err)

	// Output:
	// user-42: pending ""
	// user-42: review "佐藤花子"
	// user-42: approved "佐藤花子"
	// deleted <nil>
	// kyc: tomoidv: parse webhook: unsupported
}
