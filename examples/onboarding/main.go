// Onboarding is a web application that lets in people who are who they say:
// sign up, verify with a vendor of one's choice, get in. It keeps people to one
// account each and to an age, has a back office in which a human has the last
// word, and forgets whoever asks for it.
//
//	go -C examples/onboarding run . -fake
//
// runs it with fakes of the vendors, and nothing else is needed. Without -fake
// it wants real credentials, and does not start without them.
//
// In the order of a first reading: admission.go is what decides who gets in,
// records.go how a check and its effect are stored in one transaction,
// verify.go what kychttp asks of an application. accounts.go, session.go and
// server.go are what any site has; staff.go is the back office, erasure.go the
// way out. pages.go shows the templates in pages, with the words of words.go.
// settings.go, vendors.go and fakes.go are where it all comes from.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const usage = `Usage: onboarding -fake [-addr 127.0.0.1:8500]
       onboarding [-addr 127.0.0.1:8500] [-db onboarding.db]
       onboarding -add-staff EMAIL [-db onboarding.db]

  -fake             with fakes of the vendors on this machine, where anyone can
                    be anyone, and a database that is deleted at the end
  -addr host:port   where to listen; -fake listens on this machine alone
  -db file          the SQLite database
  -add-staff EMAIL  makes an account for the back office, prints its password
                    once, and ends
  -h                print this

Without -fake it needs in the environment:
  ONBOARDING_BASE_URL   where browsers and vendors reach it, https
  ONBOARDING_PEPPER     64 hex digits from "openssl rand -hex 32", never to be
                        changed, and kept away from the database
and all variables of at least one vendor, and of no other only some:
` + variablesUsage + `
Exit status
  0  ended by Ctrl-C, or done
  1  something failed
  2  wrong arguments or settings
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, lookupEnv lookup, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("onboarding", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	fake := flags.Bool("fake", false, "")
	addr := flags.String("addr", "127.0.0.1:8500", "")
	db := flags.String("db", "", "")
	staff := flags.String("add-staff", "", "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stdout, usage)
		return 0
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *fake && (*db != "" || *staff != ""):
		// Whoever a fake let in must not be there when it is earnest.
		err = errors.New("-fake has a database of its own: it does not go with -db or -add-staff")
	case *fake && !isLoopback(*addr):
		err = errors.New("-fake listens on a loopback address alone, such as 127.0.0.1:8500")
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "onboarding: %v\n\n%s", err, usage)
		return 2
	}
	if *db == "" {
		*db = "onboarding.db"
	}
	switch {
	case *staff != "":
		err = addStaff(ctx, *db, *staff, stdout)
	case *fake:
		err = runFake(ctx, *addr, lookupEnv, stdout, stderr)
	default:
		err = runLive(ctx, *addr, *db, lookupEnv, stdout, stderr)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "onboarding: %v\n", err)
	}
	switch _, wrong := errors.AsType[*settingsError](err); {
	case wrong:
		return 2
	case err != nil:
		return 1
	}
	return 0
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// runLive serves with the vendors themselves.
func runLive(ctx context.Context, addr, db string, lookupEnv lookup, stdout, stderr io.Writer) error {
	s, err := liveSettings(lookupEnv)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	a, err := openApp(db, s, slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		_ = listener.Close()
		return err
	}
	_, _ = fmt.Fprintf(stdout, "%s, listening on %s\n", s.baseURL, listener.Addr())
	return a.serve(ctx, listener, time.Minute)
}

// runFake serves with the fakes, which end when it does.
func runFake(ctx context.Context, addr string, lookupEnv lookup, stdout, stderr io.Writer) error {
	if err := noLiveSettings(lookupEnv); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "onboarding-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	f, err := startFakes()
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer f.close()
	s := f.settings("http://" + listener.Addr().String())
	a, err := openApp(filepath.Join(dir, "onboarding.db"), s, slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		_ = listener.Close()
		return err
	}
	password, err := a.db.addStaff(ctx, "staff@maru.example")
	if err == nil {
		err = f.deliverTo(s.baseURL)
	}
	if err != nil {
		return errors.Join(err, listener.Close(), a.db.Close())
	}
	_, _ = fmt.Fprintf(stdout, "The vendors are fakes: nobody is verified.\n\nApplication  %s\nBack office  %s/staff\n             sign in as staff@maru.example, password %s\n\nCtrl-C ends all of it.\n",
		s.baseURL, s.baseURL, password)
	return a.serve(ctx, listener, 5*time.Second)
}

// serve serves until ctx ends, and finishes what has begun.
func (a *app) serve(ctx context.Context, listener net.Listener, every time.Duration) error {
	defer func() { _ = a.db.Close() }()
	server := &http.Server{
		Handler:           a.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      90 * time.Second, // kychttp gives a vendor a minute
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ctx, stop := context.WithCancel(ctx)
	chored := make(chan struct{})
	go func() { defer close(chored); a.chores(ctx, every) }()

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		patience, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		err = server.Shutdown(patience)
	}
	stop()
	<-chored
	return err
}

// retention is how long what a vendor said is kept. Who was admitted stays so.
const retention = 90 * 24 * time.Hour

// chores asks about the checks that nobody brings news of, asks vendors again to
// forget whom they could not forget at once, and deletes what is old. It begins
// at once: a program that never runs for long would else never come to it.
func (a *app) chores(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		// kychttp logs its own failures.
		_ = a.service.Refresh(ctx, 2*every)
		_, _ = a.service.Sweep(ctx, retention)
		if err := a.retryErasures(ctx, time.Now().Add(-time.Hour)); err != nil {
			a.log.ErrorContext(ctx, "onboarding: erasures failed", "error", err)
		}
		if err := a.db.sweepSessions(ctx, time.Now()); err != nil {
			a.log.ErrorContext(ctx, "onboarding: sweep failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func addStaff(ctx context.Context, path, email string, stdout io.Writer) error {
	db, err := openDatabase(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	password, err := db.addStaff(ctx, email)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "The password of %s, which is shown once: %s\n", email, password)
	return nil
}
