package veriff_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A person is sent to Veriff, and the server asks what was decided.
func Example() {
	srv, err := verifftest.Start() // in production, Veriff
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()

	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{
		Callback:   "https://shop.example/verified",
		Person:     veriff.SessionPerson{FirstName: "Mirae", LastName: "Hong"},
		VendorData: "attempt-1",
	})
	if err != nil {
		log.Fatal(err)
	}
	// Store session.ID; then redirect the person to session.URL.

	decision, err := client.Decision(ctx, session.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("pending:", decision.Pending())

	_ = srv.Submit(session.ID) // the person, and then Veriff
	_ = srv.Approve(session.ID, verifftest.Person{DateOfBirth: "1990-02-28"})

	decision, err = client.Decision(ctx, session.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("approved:", decision.Approved(), decision.Person.FirstName, decision.Person.DateOfBirth)
	// Output:
	// pending: true
	// approved: true Mirae 1990-02-28
}

// Veriff announces decisions by webhook; the handler confirms each one with
// the API before it calls back.
func ExampleNewWebhookHandler() {
	srv, err := verifftest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}

	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	if err != nil {
		log.Fatal(err)
	}
	handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
		switch webhook := webhook.(type) {
		case *veriff.Decision:
			switch {
			case webhook.Approved():
				fmt.Println("admit", webhook.VendorData)
			case webhook.ResubmissionRequested():
				fmt.Println("ask again:", webhook.ReasonCode)
			}
		case *veriff.Event:
			fmt.Println(webhook.Action)
		}
		return nil // 200; an error makes Veriff deliver again
	}, veriff.ConfirmWith(client))
	if err != nil {
		log.Fatal(err)
	}
	srv.DeliverTo(handler) // in production: mux.Handle("POST /webhooks/veriff", handler)

	session, err := client.CreateSession(context.Background(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
	if err != nil {
		log.Fatal(err)
	}
	_ = srv.Submit(session.ID)
	_ = srv.RequestResubmission(session.ID, 203, "")
	_ = srv.Submit(session.ID)
	_ = srv.Approve(session.ID, verifftest.Person{})
	// Output:
	// started
	// submitted
	// ask again: document not fully visible
	// started
	// submitted
	// admit attempt-1
}

// Veriff delivers at least once. With a deduper the callback is called once for
// each decision, and with ConfirmWith none that is out of date reaches it.
func ExampleWithDeduper() {
	srv, err := verifftest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	if err != nil {
		log.Fatal(err)
	}

	var stored *veriff.Decision // a row of the session that you created
	handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
		decision, ok := webhook.(*veriff.Decision)
		if !ok || !decision.Supersedes(stored) {
			return nil
		}
		stored = decision
		fmt.Println(decision.Status)
		return nil
	}, veriff.ConfirmWith(client), veriff.WithDeduper(new(veriff.MemoryDeduper)))
	if err != nil {
		log.Fatal(err)
	}
	srv.DeliverTo(handler)

	session, err := client.CreateSession(context.Background(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
	if err != nil {
		log.Fatal(err)
	}
	_ = srv.Submit(session.ID)
	_ = srv.Approve(session.ID, verifftest.Person{})
	for _, webhook := range srv.Webhooks() {
		_, _ = srv.Deliver(webhook) // every one of them again
	}
	// Output:
	// approved
}

// A serverless function has no http.Handler: it verifies and confirms by hand,
// from the header names as its platform writes them and the bytes of the body
// as they came.
func ExampleVerifier_Parse() {
	srv, err := verifftest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	if err != nil {
		log.Fatal(err)
	}

	handle := func(headers map[string]string, body []byte) (status int) {
		header := http.Header{}
		for name, value := range headers {
			header.Set(name, value)
		}
		webhook, err := verifier.Parse(header, body) // decoded first, if the platform sends base64
		switch {
		case errors.Is(err, veriff.ErrInvalidAnswer):
			return http.StatusBadRequest
		case err != nil:
			return http.StatusUnauthorized
		}
		decision, ok := webhook.(*veriff.Decision)
		if !ok {
			return http.StatusOK
		}
		switch decision, err = client.Confirm(context.Background(), decision); {
		case errors.Is(err, veriff.ErrSuperseded):
			fmt.Println("not what holds now")
		case err != nil:
			return http.StatusServiceUnavailable // Veriff delivers again
		default:
			fmt.Println("approved:", decision.Approved())
		}
		return http.StatusOK
	}

	session, err := client.CreateSession(context.Background(), &veriff.CreateSessionRequest{})
	if err != nil {
		log.Fatal(err)
	}
	_ = srv.Submit(session.ID)
	_ = srv.Approve(session.ID, verifftest.Person{})
	webhooks := srv.Webhooks()
	approval := webhooks[len(webhooks)-1]
	headers := map[string]string{"x-auth-client": "", "x-hmac-signature": ""}
	for name := range headers {
		headers[name] = approval.Header.Get(name)
	}
	fmt.Println(handle(headers, approval.Body))
	fmt.Println(handle(headers, approval.Tampered().Body))
	_ = srv.ForceDecision(session.ID, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106})
	fmt.Println(handle(headers, approval.Body))
	// Output:
	// approved: true
	// 200
	// 401
	// not what holds now
	// 200
}
