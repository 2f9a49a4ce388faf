// Bulkaudit verifies customers who are on file already: a table of them and a
// folder of their photos become sessions at Veriff, uploads and submissions,
// several at a time. Veriff's document 003 calls it an offline bulk audit.
//
//	go -C examples/bulkaudit run . -fake
//
// shows it against a fake Veriff on this machine, with connections that break.
// For the real one:
//
//	export VERIFF_API_KEY=... VERIFF_SHARED_SECRET=... VERIFF_BASE_URL=...
//	go -C examples/bulkaudit run . -customers "$PWD/customers.csv" -images "$PWD/images" \
//		-journal "$PWD/audit.journal" -summary "$PWD/summary.csv"
//
// Whatever ends it, run the same command again: the journal knows what was
// done. The decisions come by webhook, see examples/webhook; the summary has
// the session of each customer.
//
// In the order of a first reading: customers.go reads the table, audit.go is
// what happens to each customer, journal.go is what makes it safe to stop at any
// moment, summary.go tells how far it came, and demonstration.go is the -fake.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/schollz/progressbar/v3"

	"github.com/kyckit/kyckit-go/veriff"
)

// A job is what the command line asks for.
type job struct {
	customers, images, journal, summary string
	workers                             int
	again                               []string // references, see journal.go
}

func main() {
	// The first Ctrl-C lets the calls that are on their way end, so that nothing
	// is in doubt; a second one ends the program at once, which is safe as well.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	var j job
	fake := flag.Bool("fake", false, "show it against a fake Veriff")
	flag.StringVar(&j.customers, "customers", "customers.csv", "the table: "+strings.Join(columns(), ", "))
	flag.StringVar(&j.images, "images", "images", "the folder that the table's file names are in")
	flag.StringVar(&j.journal, "journal", "audit.journal", "what was done; keep it with the table")
	flag.StringVar(&j.summary, "summary", "summary.csv", "how far each customer came, written anew each time")
	flag.IntVar(&j.workers, "workers", 4, "how many customers at a time")
	flag.Func("again", "the reference of a customer whose session is in doubt, or has ended: somebody looked at Veriff, and wants another", func(reference string) error {
		j.again = append(j.again, reference)
		return nil
	})
	flag.Parse()
	var err error
	switch {
	case flag.NArg() > 0:
		err = errors.New("it takes flags only, see -h")
	case j.workers < 1:
		err = errors.New("-workers must be positive")
	case *fake:
		err = demonstrate(ctx, os.Stdout, os.Stderr)
	default:
		err = live(ctx, j, os.Stdout, os.Stderr, os.Getenv)
	}
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "bulkaudit: %v\n", err)
		os.Exit(1)
	}
}

func live(ctx context.Context, j job, out, terminal *os.File, env func(string) string) error {
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
	client, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(baseURL))
	if err != nil {
		return err
	}
	return j.run(ctx, client, apiKey, out, terminal)
}

// run does as much of the job as there is left to do.
func (j job) run(ctx context.Context, client *veriff.Client, apiKey string, out io.Writer, terminal *os.File) error {
	images, err := os.OpenRoot(j.images) // no row of the table can name a file outside
	if err != nil {
		return err
	}
	defer func() { _ = images.Close() }()
	table, err := os.Open(j.customers)
	if err != nil {
		return err
	}
	defer func() { _ = table.Close() }()
	customers, err := readCustomers(table, images)
	if err != nil {
		return fmt.Errorf("%s: %w", j.customers, err)
	}
	journal, err := openJournal(j.journal, apiKey)
	if err != nil {
		return err
	}
	defer journal.close()
	for _, reference := range j.again {
		if err := journal.allowAgain(reference); err != nil {
			return err
		}
	}
	a := &audit{client: client, images: images, journal: journal, workers: j.workers, bar: newBar(len(customers), terminal)}
	stopped := a.all(ctx, customers)
	s := summarise(customers, journal)
	if err := s.write(j.summary); err != nil {
		return errors.Join(stopped, err)
	}
	s.print(out)
	switch left := len(s.rows) - s.count[statusSubmitted]; {
	case stopped != nil:
		return fmt.Errorf("stopped, run it again: %w", stopped)
	case left > 0:
		return fmt.Errorf("%d not submitted, see %s", left, j.summary)
	}
	return nil
}

// newBar is a progress bar where somebody sees it.
func newBar(n int, terminal *os.File) *progressbar.ProgressBar {
	info, err := terminal.Stat()
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(terminal), progressbar.OptionSetDescription("customers"),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetVisibility(err == nil && info.Mode()&os.ModeCharDevice != 0))
}
