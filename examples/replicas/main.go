// Replicas shows several processes that share one Redis: the access tokens of
// Iamport and TomoIDV by one token store, and Veriff's webhooks by one deduper.
//
//	go -C examples/replicas run .
//
// It starts a redis-server of its own (Debian has it in the package
// redis-server), fakes of the vendors and three replicas, kills one of them
// while it works, and counts.
//
// In the order of a first reading: tokens.go and deduper.go are what an
// application copies, server.go is one that uses them, and demonstration.go is
// the world around it. "replicas serve" is one replica, with what it needs to
// know in the environment.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch args := os.Args[1:]; {
	case len(args) == 0:
		err = demonstrate(ctx, os.Stdout, os.Args[0], "serve")
	case len(args) == 1 && args[0] == "serve":
		err = serve(ctx, os.Stdout, os.Getenv)
	default:
		err = fmt.Errorf("it takes no argument, or serve")
	}
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "replicas: %v\n", err)
		os.Exit(1)
	}
}
