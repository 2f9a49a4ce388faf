// Quickstart shows a whole identity check without an account at any vendor:
//
//	go run ./examples/quickstart
//
// It verifies the signed samples that Veriff has published, takes a check from
// its start to its result against a fake of each vendor, over HTTP on this
// machine, and shows what is refused. Then one person takes the same steps with
// each vendor by package kyc, and the table at the end has what came of it side
// by side. Each line checks itself.
//
// With credentials in the environment it runs a check with Veriff, where you
// are the person:
//
//	VERIFF_API_KEY=... VERIFF_SHARED_SECRET=... VERIFF_BASE_URL=https://... \
//		go run ./examples/quickstart -live
//
// In the order of a first reading: shop.go, signup.go and hotel.go are
// applications, as you would write them, for Veriff by package kyc, for Iamport
// by package iamport and for TomoIDV by package tomoidv; veriff.go, iamport.go
// and tomoidv.go play the person, the vendor and an attacker around them;
// side_by_side.go needs none of them, because kyc knows all vendors; live.go
// polls the real vendor; report.go prints. Statuses on exit are listed
// by -h.
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
	"time"
)

const usage = `Usage: quickstart [-live [-show] [-interval 5s]]

Shows identity checks from their start to their result. Without -live everything
happens on this machine, against fakes of the vendors, with made-up people.

  -live           verify yourself with Veriff; reads the environment variables
                  VERIFF_API_KEY, VERIFF_SHARED_SECRET and VERIFF_BASE_URL
  -show           with -live: print the person's name, date of birth and document
  -interval 5s    with -live: how long to wait between two questions to Veriff
  -h              print this

Exit status
  0    every line came out as it must; with -live: approved
  1    a line came out otherwise, or something failed
  2    wrong arguments or environment; nothing was sent
  3    with -live: Veriff decided, and did not approve
  130  interrupted
"go run" reports each of them but 0 as 1; "go build" does not.
`

// The exit statuses.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNotApproved = 3
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr, packages()))
}

// vendorCalls are the calls that decide whom to trust, by vendor.
type vendorCalls struct {
	veriff  veriffCalls
	iamport iamportCalls
	tomoidv tomoidvCalls
	any     []counterOf
}

// packages are the calls as the packages have them.
func packages() vendorCalls {
	return vendorCalls{veriffPackage(), iamportPackage(), tomoidvPackage(), counters()}
}

func run(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer, calls vendorCalls) int {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	live := flags.Bool("live", false, "")
	show := flags.Bool("show", false, "")
	interval := flags.Duration("interval", 5*time.Second, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stdout, usage)
		return exitOK
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case !*live && flags.NFlag() > 0:
		err = errors.New("-show and -interval go with -live")
	case *interval <= 0:
		err = errors.New("-interval must be positive")
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "quickstart: %v\n\n%s", err, usage)
		return exitUsage
	}

	if *live {
		provider, err := veriffFromEnvironment(env)
		if err != nil {
			_, _ = fmt.Fprintf(stderr, "quickstart: -live: %v\n", err)
			return exitUsage
		}
		p := poller{provider: provider, vendor: "Veriff", interval: *interval, show: *show, stdout: stdout, stderr: stderr}
		return p.run(ctx)
	}

	r := &report{out: stdout}
	demonstrateVeriff(ctx, r, calls.veriff)
	demonstrateIamport(ctx, r, calls.iamport)
	demonstrateTomoIDV(ctx, r, calls.tomoidv)
	demonstrateAny(ctx, r, calls.any)
	if ctx.Err() != nil {
		_, _ = fmt.Fprintln(stderr, "quickstart: interrupted")
		return exitInterrupted
	}
	if !r.summary() {
		return exitFailed
	}
	_, _ = fmt.Fprintln(stdout, "Next: read shop.go, signup.go, hotel.go and side_by_side.go, and see -h for a check with Veriff itself.")
	return exitOK
}
