package kyc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// desk is a vendor whose clerk looks at people, and its provider in one.
type desk struct {
	cases map[string]string // outcome by check id
}

func (d *desk) Name() string { return "desk" }

func (d *desk) Start(_ context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	check, err := kyc.NewCheck(d.Name(), req)
	if err != nil {
		return nil, err
	}
	d.cases[check.ID] = ""
	check.VendorID = "case-1"
	check.URL = "https://desk.example/case-1"
	return check, nil
}

func (d *desk) Result(_ context.Context, check *kyc.Check) (*kyc.Result, error) {
	if err := check.Validate(d.Name()); err != nil {
		return nil, err
	}
	outcome, ok := d.cases[check.ID]
	if !ok {
		return nil, &kyc.Error{Provider: d.Name(), Op: "result", Kind: kyc.ErrNotFound}
	}
	result := &kyc.Result{CheckID: check.ID, Provider: d.Name(), VendorStatus: outcome}
	switch outcome {
	case "":
		result.Status = kyc.StatusPending
	case "yes":
		result.Status = kyc.StatusApproved
		result.DecidedAt = time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC)
		result.Person = kyc.Person{FullName: "홍미래", BirthDate: "1990-03-01"}
		result.AddKey(kyc.KeyPPID, "desk-client-1", "person-7")
	}
	return result, nil
}

func (d *desk) ParseWebhook(header http.Header, body []byte) (*kyc.Notice, error) {
	if header.Get("X-Desk") != "genuine" {
		return nil, &kyc.Error{Provider: d.Name(), Op: "parse webhook", Kind: kyc.ErrSignature}
	}
	return &kyc.Notice{VendorID: string(body)}, nil
}

func Example() {
	ctx := context.Background()
	vendor := &desk{cases: map[string]string{}}
	var provider kyc.Provider = vendor

	check, err := provider.Start(ctx, &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back"})
	if err != nil {
		fmt.Println(err)
		return
	}
	stored, err := json.Marshal(check)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("send the person to", check.URL)

	result, err := provider.Result(ctx, check)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Status, result.Status.Final())

	vendor.cases[check.ID] = "yes"
	webhook := httptest.NewRequest(http.MethodPost, "/webhooks/desk", strings.NewReader("case-1"))
	webhook.Header.Set("X-Desk", "genuine")
	notice, err := kyc.ParseWebhook(provider, webhook)
	if err != nil {
		fmt.Println(err)
		return
	}
	var loaded kyc.Check
	if err := json.Unmarshal(stored, &loaded); err != nil {
		fmt.Println(err)
		return
	}
	check, err = loaded.Apply(notice)
	if err != nil {
		fmt.Println(err)
		return
	}
	news, err := provider.Result(ctx, check)
	if err != nil {
		fmt.Println(err)
		return
	}
	if news.Supersedes(result) && news.Status == kyc.StatusApproved {
		years, known := news.Person.BirthDate.AgeAt(time.Date(2026, 6, 15, 10, 0, 0, 0, time.UTC))
		fmt.Println(news.Status, check.Reference, years, known)
	}
	fmt.Println(news)

	// Output:
	// send the person to https://desk.example/case-1
	// pending false
	// approved user-42 36 true
	// kyc.Result approved[redacted]
}

func ExampleParseWebhook() {
	provider := &desk{}
	forged := httptest.NewRequest(http.MethodPost, "/webhooks/desk", strings.NewReader("case-1"))

	_, err := kyc.ParseWebhook(provider, forged)
	fmt.Println(errors.Is(err, kyc.ErrSignature), err)

	_, err = kyc.ParseReturn(provider, forged)
	fmt.Println(errors.Is(err, kyc.ErrUnsupported), err)

	// Output:
	// true kyc: desk: parse webhook: signature does not hold
	// true kyc: desk: parse return: unsupported
}

func ExampleCheck_Apply() {
	check, _ := kyc.NewCheck("desk", &kyc.StartRequest{})

	claimed, err := check.Apply(&kyc.Notice{CheckID: check.ID, VendorID: "imp_000000000001"})
	fmt.Println(claimed.VendorID, claimed.VendorIDClaimed, err)

	_, err = check.Apply(&kyc.Notice{CheckID: kyc.NewCheckID(), VendorID: "imp_000000000002"})
	fmt.Println(err)

	// Output:
	// imp_000000000001 true <nil>
	// kyc: desk: apply notice: about another check: CheckID is another
}

func ExampleDate_AgeAt() {
	seoul := time.FixedZone("Asia/Seoul", 9*60*60)
	now := time.Date(2026, 3, 1, 0, 30, 0, 0, seoul)

	fmt.Println(kyc.Date("2007-03-01").AgeAt(now))
	fmt.Println(kyc.Date("2007-03-01").AgeAt(now.UTC())) // 28 February there
	fmt.Println(kyc.Date("2007").AgeAt(now))

	// Output:
	// 19 true
	// 18 true
	// 0 false
}
