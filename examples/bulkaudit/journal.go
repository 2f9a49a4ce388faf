package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/kyckit/kyckit-go/veriff"
)

// A journal is a file with a line for each thing that is about to be done, and
// another one when it is done. A line is on the disk before the call to Veriff
// that it announces, so that after a crash nothing can have been done that the
// journal does not know of. The other way round it can: then the last line of a
// customer is the announcement, and whether the call arrived is in doubt.
//
//   - A session in doubt stays so. Veriff knows no idempotency key and lists no
//     sessions, so that another call might make, and bill, another one. A person
//     looks for the vendorData in the Customer Portal, and may allow another call
//     with -again: a session that is there already has no photos, nobody has its
//     URL, and it ends by itself after seven days.
//   - An upload in doubt is looked up in the list of the session's media.
//   - A submission in doubt is made again: what is asked for twice is done once.
type journal struct {
	lock *flock.Flock

	mu        sync.Mutex
	file      *os.File
	failed    error // of a write; nothing is done any more
	customers map[string]*progress
	order     []string // references as they came
}

// A record is a line. There are no names and no birth dates in it.
type record struct {
	At          time.Time           `json:"at"`
	Step        step                `json:"step"`
	Integration string              `json:"integration,omitempty"` // only of stepBegin
	Customer    string              `json:"customer,omitempty"`    // the reference
	VendorData  string              `json:"vendorData,omitempty"`
	Row         string              `json:"row,omitempty"` // the digest of what the session is for
	Session     string              `json:"session,omitempty"`
	Context     veriff.MediaContext `json:"context,omitempty"`
	Media       string              `json:"media,omitempty"`
}

type step string

const (
	stepBegin     step = "begin"     // the first line
	stepCreate    step = "create"    // is announced
	stepCreated   step = "created"   // is done
	stepRefused   step = "refused"   // no session was made
	stepAgain     step = "again"     // a person allows another session, all begins anew
	stepUpload    step = "upload"    // is announced
	stepUploaded  step = "uploaded"  // is done
	stepSubmit    step = "submit"    // is announced
	stepSubmitted step = "submitted" // is done
)

// progress is how far a customer has come.
type progress struct {
	vendorData string                         // of the session, once it is announced
	row        string                         // the digest of the row that it is for
	session    string                         // "" while in doubt
	media      map[veriff.MediaContext]string // ids; "" while in doubt
	submitted  bool
}

func (p *progress) inDoubt() bool { return p.vendorData != "" && p.session == "" }

// apply tells whether the record makes sense.
func (p *progress) apply(r record) bool {
	switch r.Step {
	case stepCreate:
		if p.vendorData != "" || p.session != "" || r.VendorData == "" {
			return false
		}
		p.vendorData, p.row = r.VendorData, r.Row
	case stepCreated:
		if !p.inDoubt() || r.Session == "" {
			return false
		}
		p.session = r.Session
	case stepRefused:
		if !p.inDoubt() {
			return false
		}
		p.vendorData = ""
	case stepAgain:
		if p.vendorData == "" || p.submitted {
			return false
		}
		*p = progress{media: map[veriff.MediaContext]string{}}
	case stepUpload, stepUploaded:
		if p.session == "" || r.Context == "" || (r.Media == "") != (r.Step == stepUpload) {
			return false
		}
		p.media[r.Context] = r.Media
	case stepSubmit:
		return p.session != ""
	case stepSubmitted:
		p.submitted = true
		return p.session != ""
	default:
		return false
	}
	return true
}

// openJournal opens the journal of an integration, or begins one. No other
// process can have it open.
func openJournal(path, apiKey string) (*journal, error) {
	j := &journal{lock: flock.New(path+".lock", flock.SetPermissions(0o600)), customers: map[string]*progress{}}
	// The system unlocks it when the process ends, however that comes about.
	if locked, err := j.lock.TryLock(); err != nil {
		return nil, err
	} else if !locked {
		return nil, errors.New("another process is at work with this journal")
	}
	err := j.open(path, apiKey)
	if err != nil {
		j.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return j, nil
}

func (j *journal) open(path, apiKey string) (err error) {
	if j.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return err
	}
	text, err := io.ReadAll(j.file)
	if err != nil {
		return err
	}
	// A last line without its end was being written when the process died.
	// Whatever it announced was not begun, and whatever it reported is in doubt.
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	if len(whole) < len(text) {
		if err := errors.Join(j.file.Truncate(int64(len(whole))), j.file.Sync()); err != nil {
			return err
		}
	}
	// Which integration it is, without its key. In another one none of these
	// sessions exist, and whoever was submitted to a test integration was not
	// audited at all.
	sum := sha256.Sum256([]byte(apiKey))
	integration := hex.EncodeToString(sum[:8])
	if len(whole) == 0 {
		return errors.Join(j.write(record{Step: stepBegin, Integration: integration}), syncDir(filepath.Dir(path)))
	}
	line := 0
	for text := range bytes.Lines(whole) {
		line++
		var r record
		switch err := json.Unmarshal(text, &r); {
		case err != nil, line > 1 && !j.of(r.Customer).apply(r):
			return fmt.Errorf("line %d cannot be understood", line) // and not guessed at
		case line == 1 && (r.Step != stepBegin || r.Integration != integration):
			return errors.New("it is the journal of another integration, or none at all")
		}
	}
	return nil
}

// syncDir makes a new file's name as lasting as what is in it.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (j *journal) close() {
	if j.file != nil {
		_ = j.file.Close()
	}
	_ = j.lock.Close()
}

// of is how far a customer has come. Only who works on the customer may use it.
func (j *journal) of(reference string) *progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.locked(reference)
}

func (j *journal) locked(reference string) *progress {
	p := j.customers[reference]
	if p == nil {
		p = &progress{media: map[veriff.MediaContext]string{}}
		j.customers[reference] = p
		j.order = append(j.order, reference)
	}
	return p
}

// write returns when the record is on the disk. After a failure nobody knows
// what is there, so that every later write fails too, and with it all work.
func (j *journal) write(r record) error {
	r.At = time.Now().UTC().Truncate(time.Millisecond)
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed == nil {
		if _, j.failed = j.file.Write(append(text, '\n')); j.failed == nil {
			j.failed = j.file.Sync()
		}
	}
	if j.failed != nil {
		return &journalError{j.failed}
	}
	if r.Customer != "" && !j.locked(r.Customer).apply(r) {
		return &journalError{errors.New(string(r.Step) + " does not follow")}
	}
	return nil
}

type journalError struct{ cause error }

func (e *journalError) Error() string { return "the journal cannot be written: " + e.cause.Error() }
func (e *journalError) Unwrap() error { return e.cause }

// allowAgain lets a customer have another session: one in doubt, or one whose
// session has ended before it was submitted.
func (j *journal) allowAgain(reference string) error {
	if p := j.of(reference); p.vendorData == "" || p.submitted {
		return errors.New("-again: this customer has no session that another could replace")
	}
	return j.write(record{Step: stepAgain, Customer: reference})
}
