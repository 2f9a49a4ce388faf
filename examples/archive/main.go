// Archive keeps a copy of every photo and video of completed sessions, for those
// whom the law wants to have them: document 003's "Storing verification media".
//
//	go -C examples/archive run . -fake
//
// shows it against a fake Veriff on this machine. For the real one, with the ids
// of sessions as arguments, or one in each line of a file:
//
//	export VERIFF_API_KEY=... VERIFF_SHARED_SECRET=... VERIFF_BASE_URL=...
//	go -C examples/archive run . -dir "$PWD/archive" -sessions "$PWD/sessions.txt"
//
// Each session gets a folder, with a list of its files that sha256sum -c
// understands. Whatever ends it, run the same command again: what is there and
// as it was is not fetched again.
//
// In the order of a first reading: archive.go fetches, manifest.go is how it
// knows what it has, and demonstration.go is the -fake.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/gofrs/flock"
	"github.com/schollz/progressbar/v3"

	"github.com/kyckit/kyckit-go/veriff"
)

// A job is what the command line asks for.
type job struct {
	dir      string
	sessions []string
	workers  int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	var j job
	fake := flag.Bool("fake", false, "show it against a fake Veriff")
	signed := flag.Bool("signed", false, "take nothing that Veriff did not sign")
	file := flag.String("sessions", "", "a file with the id of a session in each line")
	flag.StringVar(&j.dir, "dir", "archive", "the folder for it; nobody else may be able to read it")
	flag.IntVar(&j.workers, "workers", 3, "how many sessions at a time")
	flag.Parse()
	err := func() (err error) {
		if *fake {
			return demonstrate(ctx, os.Stdout, os.Stderr)
		}
		if j.workers < 1 {
			return errors.New("-workers must be positive")
		}
		if j.sessions, err = readSessions(flag.Args(), *file); err != nil {
			return err
		}
		return live(ctx, j, *signed, os.Stdout, os.Stderr, os.Getenv)
	}()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "archive: %v\n", err)
		os.Exit(1)
	}
}

func live(ctx context.Context, j job, signed bool, out io.Writer, terminal *os.File, env func(string) string) error {
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
	options := []veriff.Option{veriff.WithBaseURL(baseURL)}
	if signed {
		options = append(options, veriff.WithSignedAnswersOnly())
	}
	client, err := veriff.NewClient(apiKey, secret, options...)
	if err != nil {
		return err
	}
	return j.run(ctx, client, out, terminal)
}

// readSessions joins the ids of the command line and of a file. An id becomes
// the name of a folder, so that it must look like one of Veriff's.
func readSessions(args []string, path string) ([]string, error) {
	id := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	var sessions []string
	for i, arg := range args {
		if !id.MatchString(arg) {
			return nil, fmt.Errorf("argument %d is not the id of a session", i+1)
		}
		sessions = append(sessions, arg)
	}
	if path != "" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		lines := bufio.NewScanner(file)
		for n := 1; lines.Scan(); n++ {
			switch text := strings.TrimSpace(lines.Text()); {
			case text == "":
			case !id.MatchString(text):
				return nil, fmt.Errorf("%s: line %d is not the id of a session", path, n)
			default:
				sessions = append(sessions, text)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(sessions) == 0 {
		return nil, errors.New("no sessions: name them, or a file with -sessions (or try -fake)")
	}
	slices.Sort(sessions)
	return slices.Compact(sessions), nil
}

// run fetches what is not there yet.
func (j job) run(ctx context.Context, client *veriff.Client, out io.Writer, terminal *os.File) error {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(j.dir)
	if err != nil {
		return err
	}
	if info.Mode()&0o077 != 0 {
		return fmt.Errorf("%s: others may enter it: chmod 700", j.dir)
	}
	lock := flock.New(filepath.Join(j.dir, ".lock"), flock.SetPermissions(0o600))
	if locked, err := lock.TryLock(); err != nil {
		return err
	} else if !locked {
		return fmt.Errorf("%s: another process is at work in it", j.dir)
	}
	defer func() { _ = lock.Close() }()

	a := &archive{client: client, dir: j.dir, bar: newBar(len(j.sessions), terminal)}
	failed := a.all(ctx, j.sessions, j.workers)
	for _, id := range j.sessions {
		if err := failed[id]; err != nil {
			_, _ = fmt.Fprintf(out, "%s: %v\n", id, err)
		}
	}
	_, _ = fmt.Fprintf(out, "%d of %d sessions are complete: %v\n", len(j.sessions)-len(failed), len(j.sessions), a.done)
	if len(failed) > 0 {
		return fmt.Errorf("%d of %d sessions are not complete, run it again", len(failed), len(j.sessions))
	}
	return nil
}

// newBar is a progress bar where somebody sees it. How many files there are
// shows as it goes.
func newBar(n int, terminal *os.File) *progressbar.ProgressBar {
	info, err := terminal.Stat()
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(terminal), progressbar.OptionSetDescription("sessions and files"),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetVisibility(err == nil && info.Mode()&os.ModeCharDevice != 0))
}
