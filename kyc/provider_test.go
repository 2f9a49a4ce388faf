package kyc_test

import (
	"context"
	"html/template"
	"net/http"

	"github.com/kyckit/kyckit-go/kyc"
)

const vendorName = "vendor"

// plain is a provider without any of the optional interfaces.
type plain struct{}

func (plain) Name() string { return vendorName }

func (plain) Start(_ context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	return kyc.NewCheck(vendorName, req)
}

func (plain) Result(_ context.Context, check *kyc.Check) (*kyc.Result, error) {
	return &kyc.Result{CheckID: check.ID, Provider: vendorName, Status: kyc.StatusPending}, nil
}

// able has all of the optional interfaces, each as the test wants it.
type able struct {
	plain
	parseReturn  func(*http.Request) (*kyc.Notice, error)
	parseWebhook func(http.Header, []byte) (*kyc.Notice, error)
	launch       func(*kyc.Check) (template.HTML, error)
	erase        func(context.Context, *kyc.Check) (kyc.Erasure, error)
}

func (a able) ParseReturn(r *http.Request) (*kyc.Notice, error) { return a.parseReturn(r) }

func (a able) ParseWebhook(h http.Header, body []byte) (*kyc.Notice, error) {
	return a.parseWebhook(h, body)
}

func (a able) Launch(check *kyc.Check) (template.HTML, error) { return a.launch(check) }

func (a able) Erase(ctx context.Context, check *kyc.Check) (kyc.Erasure, error) {
	return a.erase(ctx, check)
}
