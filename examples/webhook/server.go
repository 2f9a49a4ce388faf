package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/veriff"
)

const webhookPath = "/webhooks/veriff"

// handler is all that a server needs: bounded bodies, the API key and the
// signature before anything is parsed, and answers that tell a stranger nothing.
func (a *application) handler() (http.Handler, error) {
	webhooks, err := veriff.NewWebhookHandler(a.verifier, a.heard,
		// A signature has no time in it, so whoever once saw a webhook can send
		// it again years later. What the API says now is what counts.
		veriff.ConfirmWith(a.client),
		// Veriff delivers at least once. This one saves work in one process; it
		// protects from nothing, that is done in heard.
		veriff.WithDeduper(new(veriff.MemoryDeduper)))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("POST "+webhookPath, webhooks)
	return mux, nil
}

// serve serves until ctx ends, and then for as long as it takes to answer what
// has come already.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute, // the handler may take a minute to ask the API and call back
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // strangers' handshakes
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	return server.Shutdown(last) // whatever is cut off, Veriff delivers again
}
