package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/schollz/progressbar/v3"

	"github.com/kyckit/kyckit-go/veriff"
)

type archive struct {
	client *veriff.Client
	dir    string
	bar    *progressbar.ProgressBar

	mu   sync.Mutex
	done tally
}

// A tally counts files.
type tally struct {
	fetched  int
	unsigned int // of them
	changed  int // of them: there were others on the disk
	kept     int
}

func (t tally) String() string {
	return fmt.Sprintf("%d files fetched (%d unsigned, %d because they had changed), %d were there", t.fetched, t.unsigned, t.changed, t.kept)
}

var (
	errNotCompleted = errors.New("not completed: Veriff may still get, or ask for, more")
	errNoMedia      = errors.New("decided, and Veriff lists no media")
	errStopped      = errors.New("not looked at: the run was stopped")
	errOneName      = errors.New("two files would have one name")
)

// all fetches several sessions at a time and returns why some are not complete.
// When ctx ends, or something goes wrong that would go wrong for all, it begins
// no other. What is cut off then is fetched the next time.
func (a *archive) all(ctx context.Context, sessions []string, workers int) map[string]error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := map[string]error{}
	next := make(chan string)
	var work sync.WaitGroup
	for range workers {
		work.Go(func() {
			for id := range next {
				err := errStopped
				if ctx.Err() == nil {
					err = a.session(ctx, id)
				}
				if everybodys(err) {
					stop()
				}
				if err != nil {
					a.mu.Lock()
					failed[id] = err
					a.mu.Unlock()
				}
				_ = a.bar.Add(1)
			}
		})
	}
	for _, id := range sessions {
		next <- id
	}
	close(next)
	work.Wait()
	_ = a.bar.Finish()
	return failed
}

// everybodys tells whether the next sessions would fare the same. A file that
// broke off is no sign of it: the next session's first call tells.
func everybodys(err error) bool {
	if failed, ok := errors.AsType[*veriff.Error](err); ok && failed.Op == "DownloadMediaFile" {
		return false
	}
	for _, kind := range []error{veriff.ErrUnavailable, veriff.ErrRateLimited, veriff.ErrUnauthorized, veriff.ErrForbidden} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// session makes a session's folder complete.
func (a *archive) session(ctx context.Context, id string) error {
	decision, err := a.client.Decision(ctx, id)
	if err != nil {
		return err
	}
	seen := true // by somebody, who decided
	switch decision.Status {
	case veriff.StatusApproved, veriff.StatusDeclined:
	case veriff.StatusExpired, veriff.StatusAbandoned:
		seen = false
	default: // a resubmission, for one, brings more photos
		return errNotCompleted
	}
	list, err := a.client.SessionMedia(ctx, id)
	if err != nil {
		return err
	}
	names := map[string]string{} // of files, made of the id and a known extension: nothing of the vendor's text
	for _, file := range slices.Concat(list.Images, list.Videos, list.NFCDocuments) {
		name := file.FileName()
		if id, taken := names[name]; taken && id != file.ID {
			return errOneName
		}
		names[name] = file.ID
	}
	if seen && len(names) == 0 {
		return errNoMedia
	}
	a.bar.AddMax(len(names))

	dir := filepath.Join(a.dir, id)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := removeUnfinished(dir); err != nil {
		return err
	}
	m, err := readManifest(dir)
	if err != nil {
		return err
	}
	for name, id := range names {
		if err := a.file(ctx, m, id, name); err != nil {
			return err
		}
		_ = a.bar.Add(1)
	}
	return nil
}

// file fetches a file unless it is there and as it was.
func (a *archive) file(ctx context.Context, m *manifest, mediaID, name string) error {
	state, err := m.look(name)
	if err != nil {
		return err
	}
	if state == asItWas {
		a.count(&a.done.kept)
		return nil
	}
	path := filepath.Join(m.dir, name)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// It appears under its name when all of it is there, on the disk, and where
	// it is signed, verified.
	download, err := a.client.DownloadMediaFile(ctx, mediaID, path)
	if err != nil {
		return err
	}
	a.count(&a.done.fetched)
	if !download.Signed {
		a.count(&a.done.unsigned)
	}
	if state == changed {
		a.count(&a.done.changed)
	}
	return m.add(name, download.SHA256)
}

func (a *archive) count(n *int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	*n++
}

// removeUnfinished removes what a process that was killed has left behind.
// Nobody else is at work here.
func removeUnfinished(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if name := entry.Name(); strings.HasPrefix(name, ".veriff-") || strings.HasPrefix(name, ".manifest-") {
			err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
		}
	}
	return err
}
