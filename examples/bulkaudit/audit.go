package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/schollz/progressbar/v3"

	"github.com/kyckit/kyckit-go/veriff"
)

type audit struct {
	client  *veriff.Client
	images  *os.Root
	journal *journal
	workers int
	bar     *progressbar.ProgressBar
}

var (
	errInDoubt  = errors.New("a session may have been made: look for its vendorData in the Customer Portal, then allow another with -again")
	errOtherRow = errors.New("the session of this reference is for a row that says something else: put it back, or give this one a new reference")
	errStopped  = errors.New("not finished: the run was stopped")
)

// all works on the customers, several at a time, and leaves in each why it was
// not submitted. When ctx ends, or something goes wrong that would go wrong for
// everybody, it begins nothing new and returns why.
func (a *audit) all(ctx context.Context, customers []customer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan *customer)
	var workers sync.WaitGroup
	for range a.workers {
		workers.Go(func() {
			for c := range next {
				c.err = a.one(ctx, c)
				if everybodys(c.err) {
					stop(c.err)
				}
				_ = a.bar.Add(1)
			}
		})
	}
	for i := range customers {
		next <- &customers[i]
	}
	close(next)
	workers.Wait()
	_ = a.bar.Finish()
	return context.Cause(ctx)
}

// everybodys tells whether the next customers would fare the same. A session in
// doubt is among it: with a bad connection all of them would be in doubt.
func everybodys(err error) bool {
	if _, broken := errors.AsType[*journalError](err); broken {
		return true
	}
	for _, kind := range []error{
		veriff.ErrUnconfirmed, veriff.ErrUnavailable, veriff.ErrRateLimited, veriff.ErrUnauthorized, veriff.ErrForbidden,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// one takes a customer from wherever the journal says to the submission. It can
// be stopped between two calls; a call that has begun is waited for, which the
// client bounds.
func (a *audit) one(ctx context.Context, c *customer) error {
	p := a.journal.of(c.reference)
	row, err := c.digest(p.vendorData)
	switch {
	case err != nil:
		return err
	case p.session != "" && p.row != row:
		// Where references are row numbers and a row was put in, going on would
		// put one customer's photos into another one's session.
		return errOtherRow
	case p.submitted:
		return nil
	case c.err != nil:
		return c.err
	case p.inDoubt():
		return errInDoubt
	case p.session == "":
		if err := a.create(ctx, c); err != nil {
			return err
		}
	}
	for _, i := range c.images {
		if err := a.upload(ctx, c.reference, p, i); err != nil {
			return err
		}
	}
	return a.submit(ctx, c.reference, p)
}

// begin writes down what is about to be done, unless it is time to stop. The
// context is for the call.
func (a *audit) begin(ctx context.Context, r record) (context.Context, error) {
	if ctx.Err() != nil {
		return nil, errStopped
	}
	return context.WithoutCancel(ctx), a.journal.write(r)
}

func (a *audit) create(ctx context.Context, c *customer) error {
	req := c.request
	req.VendorData = rand.Text() // in the journal, so that a person finds the session by it
	row, err := c.digest(req.VendorData)
	if err != nil {
		return err
	}
	call, err := a.begin(ctx, record{Step: stepCreate, Customer: c.reference, VendorData: req.VendorData, Row: row})
	if err != nil {
		return err
	}
	session, err := a.client.CreateSession(call, &req)
	switch {
	case errors.Is(err, veriff.ErrUnconfirmed):
		return fmt.Errorf("%w: %w", errInDoubt, err)
	case err != nil: // surely none was made
		return errors.Join(err, a.journal.write(record{Step: stepRefused, Customer: c.reference}))
	}
	return a.journal.write(record{Step: stepCreated, Customer: c.reference, Session: session.ID})
}

func (a *audit) upload(ctx context.Context, reference string, p *progress, i photo) error {
	done := record{Step: stepUploaded, Customer: reference, Context: i.context}
	if media, begun := p.media[i.context]; media != "" {
		return nil
	} else if begun { // and whether it arrived is in doubt
		if ctx.Err() != nil {
			return errStopped
		}
		var err error
		if done.Media, err = a.arrived(context.WithoutCancel(ctx), p, i.context); err != nil {
			return err
		}
		if done.Media != "" {
			return a.journal.write(done)
		}
	}
	file, err := i.open(a.images)
	if err != nil {
		return fmt.Errorf("%s: %w", fileColumn(i.context), err)
	}
	defer func() { _ = file.Close() }()
	call, err := a.begin(ctx, record{Step: stepUpload, Customer: reference, Context: i.context})
	if err != nil {
		return err
	}
	uploaded, err := a.client.UploadMedia(call, p.session, &veriff.MediaUpload{Context: i.context, Content: file})
	if err != nil {
		return err // the next run finds out whether it arrived
	}
	done.Media = uploaded.ID
	return a.journal.write(done)
}

// arrived finds an upload in the list of the session's media, "" if it is not
// there. Nobody else adds any, so that it is the one that is not known yet; and
// by the time that somebody has started the program again, Veriff has done with
// what was on its way.
func (a *audit) arrived(ctx context.Context, p *progress, of veriff.MediaContext) (media string, err error) {
	list, err := a.client.SessionMedia(ctx, p.session)
	if err != nil {
		return "", err
	}
	known := slices.Collect(maps.Values(p.media))
	for _, file := range list.Images {
		if !slices.Contains(known, file.ID) && (file.Context == of || file.Context == "") { // "" in document 003's lists
			return file.ID, nil
		}
	}
	return "", nil
}

func (a *audit) submit(ctx context.Context, reference string, p *progress) error {
	call, err := a.begin(ctx, record{Step: stepSubmit, Customer: reference})
	if err != nil {
		return err
	}
	_, err = a.client.SubmitSession(call, p.session)
	if errors.Is(err, veriff.ErrConflict) { // an earlier submission may have arrived
		attempts, failed := a.client.Attempts(call, p.session)
		if failed != nil {
			return errors.Join(err, failed)
		}
		if slices.ContainsFunc(attempts.Attempts, wasSubmitted) {
			err = nil
		}
	}
	if err != nil {
		return err // the session has ended after seven days, for one
	}
	return a.journal.write(record{Step: stepSubmitted, Customer: reference})
}

func wasSubmitted(attempt veriff.Attempt) bool {
	switch attempt.Status {
	case veriff.StatusSubmitted, veriff.StatusReview, veriff.StatusApproved, veriff.StatusDeclined,
		veriff.StatusResubmissionRequested, veriff.StatusResubmissionRequired:
		return true
	}
	return false
}
