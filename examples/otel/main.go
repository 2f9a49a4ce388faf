// Otel shows the calls to the vendors, and a webhook, as traces and metrics of
// OpenTelemetry, through otelhttp alone:
//
//	go -C examples/otel run .
//
// It prints every span that ends, with all its attributes, and then the metrics.
// The vendors are fakes on this machine. telemetry.go is what an application
// needs, main.go is one that uses it, and print.go stands in for a collector.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	v, err := startVendors()
	if err == nil {
		defer v.close()
		spans, series := printers(os.Stdout)
		err = run(ctx, newTelemetry(spans, series), v)
	}
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "otel: %v\n", err)
		os.Exit(1)
	}
}

// The vendors are fakes. An application knows their addresses and credentials.
type vendors struct {
	veriff  *verifftest.Server
	iamport *iamporttest.Server
	tomoidv *tomoidvtest.Server
}

func startVendors() (v vendors, err error) {
	if v.veriff, err = verifftest.Start(); err != nil {
		return v, err
	}
	if v.iamport, err = iamporttest.Start(); err != nil {
		return v, err
	}
	v.tomoidv, err = tomoidvtest.Start()
	return v, err
}

func (v vendors) close() {
	v.veriff.Close()
	v.iamport.Close()
	v.tomoidv.Close()
}

// run takes one person through a check with each vendor.
func run(ctx context.Context, t *telemetry, v vendors) error {
	hc := t.client()
	err := errors.Join(
		t.span(ctx, "check with Veriff", func(ctx context.Context) error { return checkWithVeriff(ctx, hc, t, v.veriff) }),
		t.span(ctx, "check with Iamport", func(ctx context.Context) error { return checkWithIamport(ctx, hc, v.iamport) }),
		t.span(ctx, "check with TomoIDV", func(ctx context.Context) error { return checkWithTomoIDV(ctx, hc, v.tomoidv) }),
	)
	// What has not been sent yet is sent now, also after Ctrl-C.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, t.close(last))
}

func checkWithVeriff(ctx context.Context, hc *http.Client, t *telemetry, srv *verifftest.Server) error {
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL), veriff.WithHTTPClient(hc))
	if err != nil {
		return err
	}
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	if err != nil {
		return err
	}
	handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error { return nil }, veriff.ConfirmWith(client))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/veriff", t.handler(handler)) // inside of the mux, which fills in Pattern
	srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/webhooks/veriff" // as in the Customer Portal
		mux.ServeHTTP(w, r)
	}), verifftest.DecisionWebhook)

	session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: kyc.NewCheckID()})
	if err != nil {
		return err
	}
	// The person does their part, and Veriff theirs. The handler asks for the
	// decision, which is a span below the webhook's.
	if err := errors.Join(srv.Submit(session.ID), srv.Approve(session.ID, verifftest.Person{FirstName: "Mirae"})); err != nil {
		return err
	}
	if err := srv.FailNext(http.StatusServiceUnavailable, 0); err != nil { // and is asked again: two spans
		return err
	}
	_, err = client.Decision(ctx, session.ID)
	return err
}

func checkWithIamport(ctx context.Context, hc *http.Client, srv *iamporttest.Server) error {
	client, err := iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(srv.URL), iamport.WithHTTPClient(hc))
	if err != nil {
		return err
	}
	attempt := kyc.NewCheckID()
	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: attempt}, iamporttest.Person{Name: "홍미래", Birthday: "1990-01-31"})
	if err != nil {
		return err
	}
	_, err = client.VerifyCertification(ctx, impUID, &iamport.Expectation{MerchantUID: attempt})
	return err
}

func checkWithTomoIDV(ctx context.Context, hc *http.Client, srv *tomoidvtest.Server) error {
	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL), tomoidv.WithHTTPClient(hc))
	if err != nil {
		return err
	}
	attempt := kyc.NewCheckID()
	if _, err := client.Start(ctx, &tomoidv.StartRequest{UserID: attempt, Country: "jp"}); err != nil {
		return err
	}
	if err := srv.Pass(attempt, tomoidvtest.Person{FullName: "佐藤花子", DateOfBirth: "1990-01-31"}); err != nil {
		return err
	}
	_, err = client.Result(ctx, &tomoidv.ResultRequest{UserID: attempt})
	return err
}
