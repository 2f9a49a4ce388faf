package iamportkyc_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

func Example() {
	ctx := context.Background()
	srv, err := iamporttest.Start() // in place of Iamport
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	client, err := iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(srv.URL))
	if err != nil {
		fmt.Println(err)
		return
	}
	provider, err := iamportkyc.New(client, iamportkyc.Config{
		UserCode: srv.UserCode, ChannelKey: srv.ChannelKey, MinimumAge: 19,
		ScriptURL: srv.URL + "/v1/iamport.js", // of the fake; leave it out for Iamport's own
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	check, err := provider.Start(ctx, &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back"})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := kyc.Launch(provider, check) // goes into the page of user-42
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("starts with the check's id:", strings.Contains(string(page), check.ID))

	// The route of ReturnURL, for a browser that is signed in as user-42.
	cameBack := func(address string) {
		notice, err := kyc.ParseReturn(provider, httptest.NewRequest(http.MethodGet, address, nil))
		if err != nil {
			fmt.Println(err)
			return
		}
		claimed, err := check.Apply(notice)
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := provider.Result(ctx, claimed)
		switch {
		case errors.Is(err, kyc.ErrForeign):
			fmt.Println("somebody else's certification: admit nobody")
			return
		case err != nil:
			fmt.Println(err)
			return
		}
		check = claimed // store it, and the result if it supersedes the stored one
		fmt.Printf("%s: %s %q\n", check.Reference, result.Status, result.Reason)
		if result.Status == kyc.StatusApproved {
			fmt.Println(result.Person.FullName, result.Person.BirthDate, result.Keys[0].Kind)
		}
	}

	attempt := iamporttest.Attempt{MerchantUID: check.ID, RedirectURL: check.ReturnURL}
	mirae := iamporttest.Person{Name: "홍미래", Birthday: "1990-03-01"}
	var failed, passed, another string
	for _, step := range []func() error{
		func() (err error) { failed, err = srv.Begin(attempt); return err },
		func() error { return srv.Fail(failed, "0086", "") },
		func() (err error) { passed, err = srv.Certify(attempt, mirae); return err },
		func() (err error) { another, err = srv.Certify(iamporttest.Attempt{}, mirae); return err },
	} {
		if err := step(); err != nil {
			fmt.Println(err)
		}
	}
	for _, impUID := range []string{another, failed, passed} {
		cameBack(check.ReturnURL + "?imp_uid=" + impUID + "&success=true")
	}

	// Output:
	// starts with the check's id: true
	// somebody else's certification: admit nobody
	// user-42: pending "not certified: not finished, failed or given up"
	// user-42: approved ""
	// 홍미래 1990-03-01 ci
}
