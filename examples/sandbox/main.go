// Sandbox runs the fakes of all three vendors as one process on fixed ports,
// for teams that do not write Go and for people who test by hand:
//
//	go run ./examples/sandbox
//
// Then http://127.0.0.1:8400 shows where everything is, which credentials to
// use, what was started, and lets you move the clocks, receive Veriff's
// webhooks and make calls fail. README.md has the same as lines for a shell.
//
// Credentials are the same each time, so that they can stand in a file; they
// are no secret, and good for nothing but this. All else is kept in memory and
// forgotten at the end.
//
// In the order of a first reading: vendors.go starts the fakes and says what
// each of them can do, controls.go is what the forms do, page.go and page.html
// show it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `Usage: sandbox [-port 8400]

Runs fakes of Veriff, Iamport and TomoIDV on this machine until Ctrl-C.

  -port 8400   of the start page; Veriff, Iamport and TomoIDV have the three
               ports after it; 0 takes four free ones
  -h           print this

Exit status
  0    ended by Ctrl-C
  1    something failed, for example because a port is taken
  2    wrong arguments
"go run" reports each of them but 0 as 1; "go build" does not.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	port := flags.Int("port", 8400, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stdout, usage)
		return 0
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *port < 0 || *port > 65535-3:
		err = errors.New("-port must be from 0 to 65532")
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "sandbox: %v\n\n%s", err, usage)
		return 2
	}

	s, err := open(*port)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "sandbox: %v\n", err)
		return 1
	}
	defer s.close()
	_, _ = fmt.Fprintf(stdout, "Start page   %s\n", s.url)
	for _, v := range s.vendors {
		_, _ = fmt.Fprintf(stdout, "%-12s %s\n", v.Title, v.URL)
	}
	_, _ = fmt.Fprintf(stdout, "Credentials  %s/env\n\nCtrl-C ends all of it.\n", s.url)
	if err := s.serve(ctx); err != nil {
		_, _ = fmt.Fprintf(stderr, "sandbox: %v\n", err)
		return 1
	}
	return 0
}
