// Command bench measures this module beside its peers and beside floors, which
// are the same work done by hand with nothing around it, and prints the table
// that README.md of this folder holds:
//
//	go -C internal/bench run .
//
// Each line's sides take turns, so that what else the machine does falls on all
// of them, and are first held to the same result. The guard over the same lines
// is guard_test.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"testing"
	"time"
)

func main() {
	testing.Init()
	rounds := flag.Int("rounds", 15, "how often each side has its turn")
	turn := flag.Duration("turn", 100*time.Millisecond, "about how long a turn is")
	lines := flag.String("lines", "", "measure only the lines that match this regular expression")
	child := flag.Bool("media", false, "carry media under the memory limit of the environment, and print what that took")
	flag.Parse()
	var err error
	if *child {
		err = printCarried(os.Stdout)
	} else {
		err = run(os.Stdout, *lines, *rounds, *turn)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, pattern string, rounds int, turn time.Duration) error {
	matches, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	if rounds < 1 || turn <= 0 {
		return errors.New("there must be a round, and a turn must take time")
	}
	printHeader(w)
	for _, l := range allLines() {
		if !matches.MatchString(l.number + " " + l.what) {
			continue
		}
		figures, err := l.measure(rounds, turn)
		if err != nil {
			return fmt.Errorf("%s %s: %w", l.number, l.what, err)
		}
		printLine(w, l, figures)
	}
	for _, part := range []struct {
		name  string
		print func(io.Writer) error
	}{
		{"stampede", printStampedes},
		{"growth", func(w io.Writer) error { return printGrowth(w, rounds, turn) }},
		{"memory", func(w io.Writer) error { return printLimited(context.Background(), w) }},
	} {
		if !matches.MatchString(part.name) {
			continue
		}
		if err := part.print(w); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	printMachine(w)
	return nil
}

func allLines() []line {
	return []line{
		signedGet(), signedGetOverLoopback(1), signedGetOverLoopback(64),
		tokenRead(1), tokenRead(64),
		verify("2 KB", webhookBody()), verify("1 MB", longBody()), verifyAndParse(),
		webhookHandler(),
		decode(),
		upload(uploadSize), uploadOverLoopback(), download(downloadSize, false), download(downloadSize, true),
		tokenExchange(),
	}
}
