package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/veriff"
)

// An application is one replica.
type application struct {
	redis   *redis.Client
	iamport *iamport.Client
	tomoidv *tomoidv.Client
	veriff  *veriff.Client

	verifier *veriff.Verifier
	deduper  veriff.Deduper
}

func newApplication(env func(string) string) (*application, error) {
	lease := leaseFor
	if text := env("LEASE"); text != "" { // for those who do not want to wait
		var err error
		if lease, err = time.ParseDuration(text); err != nil {
			return nil, fmt.Errorf("LEASE: %w", err)
		}
	}
	options, err := redis.ParseURL(env("REDIS_URL"))
	if err != nil {
		return nil, errors.New("REDIS_URL is not one") // the cause shows it, and it may have a password
	}
	// What fails is tried again anyhow: a webhook by Veriff, a token by asking
	// the vendor. So nobody waits long for a Redis that is down.
	options.MaxRetries, options.DialerRetries = -1, 1
	db := redis.NewClient(options)
	a := &application{redis: db, deduper: deduper{db, lease}}
	var errs [4]error
	a.iamport, errs[0] = iamport.NewClient(env("IAMPORT_REST_API_KEY"), env("IAMPORT_REST_API_SECRET"),
		iamport.WithBaseURL(env("IAMPORT_BASE_URL")), iamport.WithTokenStore(tokens{db}))
	a.tomoidv, errs[1] = tomoidv.NewClient(env("TOMOIDV_CLIENT_ID"), env("TOMOIDV_SECRET_KEY"),
		tomoidv.WithBaseURL(env("TOMOIDV_BASE_URL")), tomoidv.WithTokenStore(tokens{db}))
	a.veriff, errs[2] = veriff.NewClient(env("VERIFF_API_KEY"), env("VERIFF_SHARED_SECRET"), veriff.WithBaseURL(env("VERIFF_BASE_URL")))
	a.verifier, errs[3] = veriff.NewVerifier(env("VERIFF_API_KEY"), env("VERIFF_SHARED_SECRET"))
	return a, errors.Join(errs[:]...)
}

func (a *application) handler() (http.Handler, error) {
	webhooks, err := veriff.NewWebhookHandler(a.verifier, a.heard, veriff.ConfirmWith(a.veriff), veriff.WithDeduper(a.deduper))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/veriff", webhooks)
	mux.HandleFunc("POST /verify/iamport/{imp_uid}/{merchant_uid}", a.verifyIamport)
	mux.HandleFunc("POST /start/tomoidv/{user_id}", a.startTomoIDV)
	return mux, nil
}

// heard writes down every webhook, and admits whom Veriff approved.
func (a *application) heard(ctx context.Context, webhook veriff.Webhook) error {
	switch webhook := webhook.(type) {
	case *veriff.Event:
		effects(ctx).RPush(ctx, "journal", webhook.ID+" "+string(webhook.Action))
	case *veriff.Decision:
		effects(ctx).RPush(ctx, "journal", webhook.ID+" "+string(webhook.Status))
		if !webhook.Approved() {
			return nil
		}
		account, err := a.redis.HGet(ctx, "sessions", webhook.ID).Result() // stored when it was created
		switch {
		case errors.Is(err, redis.Nil):
			return nil // none of ours
		case err != nil:
			return err // 500: Veriff delivers again
		}
		effects(ctx).HIncrBy(ctx, "admitted", account, 1) // so that twice would show
	}
	return nil
}

// The other two vendors are asked, and that needs an access token. A real
// application has the ids from its own records: see examples/quickstart.

func (a *application) verifyIamport(w http.ResponseWriter, r *http.Request) {
	_, err := a.iamport.VerifyCertification(r.Context(), r.PathValue("imp_uid"), &iamport.Expectation{MerchantUID: r.PathValue("merchant_uid")})
	answer(w, err)
}

func (a *application) startTomoIDV(w http.ResponseWriter, r *http.Request) {
	_, err := a.tomoidv.Start(r.Context(), &tomoidv.StartRequest{UserID: r.PathValue("user_id"), Country: "jp"})
	answer(w, err)
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable) // errors of these packages are safe to show
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// serve is a replica until ctx ends. Its first line is its address.
func serve(ctx context.Context, out io.Writer, env func(string) string) error {
	a, err := newApplication(env)
	if err != nil {
		return err
	}
	defer func() { _ = a.redis.Close() }()
	handler, err := a.handler()
	if err != nil {
		return err
	}
	return listen(ctx, out, handler)
}

func listen(ctx context.Context, out io.Writer, handler http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "http://%s\n", listener.Addr()); err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// A webhook that is being handled may end. Whoever kills the process
	// instead loses nothing.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return server.Shutdown(last)
}
