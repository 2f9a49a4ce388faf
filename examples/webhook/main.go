// Webhook is the smallest server that receives Veriff's decisions safely, and
// the same as a function for a serverless platform.
//
//	go run ./examples/webhook -fake
//
// shows what it does, against a fake Veriff on this machine. For the real one,
// take an integration's credentials from the Customer Portal, have its decision
// webhook URL lead here (Veriff wants https on the usual port, so put a proxy
// in front), and
//
//	export VERIFF_API_KEY=... VERIFF_SHARED_SECRET=... VERIFF_BASE_URL=...
//	go run ./examples/webhook
//
// It creates one session, prints the page on which somebody verifies
// themselves, and logs what is decided.
//
// In the order of a first reading: application.go is what your application
// knows and does, server.go receives webhooks, function.go does so without a
// server, and demonstration.go plays Veriff.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	fake := flag.Bool("fake", false, "show it against a fake Veriff, and end")
	address := flag.String("listen", "127.0.0.1:8080", "where the proxy finds it")
	flag.Parse()
	var err error
	switch {
	case flag.NArg() > 0:
		err = errors.New("it takes no arguments")
	case *fake:
		err = demonstrate(ctx, os.Stdout)
	default:
		err = live(ctx, os.Stdout, *address, os.Getenv)
	}
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "webhook: %v\n", err)
		os.Exit(1)
	}
}

// live serves until ctx ends.
func live(ctx context.Context, out io.Writer, address string, env func(string) string) error {
	var missing []string
	set := func(name string) string {
		value := env(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	apiKey, secret, baseURL := set("VERIFF_API_KEY"), set("VERIFF_SHARED_SECRET"), set("VERIFF_BASE_URL")
	if missing != nil {
		return errors.New("not set in the environment: " + strings.Join(missing, ", ") + " (or try -fake)")
	}
	app, err := newApplication(apiKey, secret, baseURL, slog.New(slog.NewTextHandler(out, nil)))
	if err != nil {
		return err
	}
	handler, err := app.handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address) // before the session: a port in use creates none
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	page, err := app.start(ctx, "account-1")
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "Webhooks: http://%s%s\nThe person's page, for nobody else: %s\n", listener.Addr(), webhookPath, page)
	return serve(ctx, listener, handler)
}
