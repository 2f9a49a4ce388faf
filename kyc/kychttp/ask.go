package kychttp

import (
	"context"
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// via is what made the Service ask, for the log.
type via string

const (
	viaWebhook via = "webhook"
	viaReturn  via = "return"
	viaPage    via = "page"
	viaRefresh via = "refresh"
)

// The ways in which asking comes to nothing, besides kyc's errors.
var (
	errStore    = errors.New("kychttp: the store failed")
	errCallback = errors.New("kychttp: OnResult failed")
	errUsedUp   = errors.New("kychttp: the check is used up")
)

// ask is the one path from whatever brings news to a stored result: it asks the
// vendor about the check, as the notice says it if there is one, and stores and
// acts on what supersedes. It returns the record as it then is. What went wrong
// is logged here, and the error tells the caller what to answer.
func (s *Service) ask(ctx context.Context, from via, provider kyc.Provider, record *Record, notice *kyc.Notice) (*Record, error) {
	check := &record.Check
	if notice != nil {
		applied, err := check.Apply(notice)
		if err != nil {
			s.refused(ctx, from, check, err)
			return nil, err
		}
		check = applied
	}
	if check.VendorID != record.Check.VendorID && usedUp(record.Result) {
		s.ignored(ctx, from, check, "used up")
		return record, errUsedUp
	}
	result, err := s.result(ctx, from, provider, check)
	switch {
	case disproves(err):
		return nil, err
	case err != nil:
		s.keep(ctx, record, check)
		return nil, err
	case result.Status == kyc.StatusPending && check.VendorID != record.Check.VendorID && record.Check.VendorID != "":
		// A try that came to nothing, of which the browser may have loaded the page
		// again: what is stored may be a later one that is kept until the vendor can
		// be asked.
		kept, err := s.result(ctx, from, provider, &record.Check)
		switch {
		case err != nil && !disproves(err):
			return nil, err
		case err == nil && kept.Status != kyc.StatusPending:
			check, result = &record.Check, kept
		}
	}
	settled, err := s.settle(ctx, from, record, check, result)
	if errors.Is(err, errCallback) {
		s.keep(ctx, record, check)
	}
	return settled, err
}

// disproves tells whether what the vendor answered proves that a claim is none.
func disproves(err error) bool {
	return errors.Is(err, kyc.ErrForeign) || errors.Is(err, kyc.ErrNotFound) || errors.Is(err, kyc.ErrInvalidRequest)
}

// keep stores what a browser claimed although nothing came of asking about it
// yet: it brings it once, and to ask again is for the page and Refresh then.
func (s *Service) keep(ctx context.Context, read *Record, asked *kyc.Check) {
	if asked.VendorID == read.Check.VendorID {
		return
	}
	// Asking may have taken all the time that there was.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
	defer cancel()
	var refused error
	err := s.cfg.Store.Update(ctx, asked.ID, func(_ context.Context, row *Record) error {
		var adopt bool
		if adopt, refused = adopts(row, read, asked, kyc.StatusPending); adopt {
			row.Check.VendorID, row.Check.VendorIDClaimed = asked.VendorID, asked.VendorIDClaimed
		}
		return refused
	})
	if err != nil && refused == nil {
		s.storeFailed(ctx, "update", asked.ID, err)
	}
}

// result asks the vendor. Why there is no result is logged.
func (s *Service) result(ctx context.Context, from via, provider kyc.Provider, check *kyc.Check) (*kyc.Result, error) {
	result, err := provider.Result(ctx, check)
	// A first result supersedes whatever it is about.
	if err == nil && (result == nil || result.CheckID != check.ID || result.Provider != check.Provider) {
		err = &kyc.Error{Provider: check.Provider, Op: "result", Kind: kyc.ErrForeign, Err: errors.New("the result is not the check's")}
	}
	if err != nil {
		s.log.WarnContext(ctx, "kychttp: vendor gave no result", "provider", check.Provider, "check", LogID(check.ID), "via", from, "error", safeText(err))
		return nil, err
	}
	return result, nil
}

// settle stores a result that was fetched about asked, a copy of read's check
// that may have a new claim, and calls OnResult if it is news.
func (s *Service) settle(ctx context.Context, from via, read *Record, asked *kyc.Check, result *kyc.Result) (*Record, error) {
	var stored *Record
	var news bool
	var refused, called error
	err := s.cfg.Store.Update(ctx, asked.ID, func(ctx context.Context, row *Record) error {
		stored, news, refused, called = row, false, nil, nil // it may be called again
		adopt, err := adopts(row, read, asked, result.Status)
		if err != nil {
			refused = err
			return err
		}
		row.AskedAt = time.Now().UTC()
		if adopt {
			row.Check.VendorID, row.Check.VendorIDClaimed = asked.VendorID, asked.VendorIDClaimed
			row.Latest = result.Status
			if news = result.Supersedes(row.Result); news {
				old, kept := row.Result, *result
				kept.Vendor = nil
				row.Result = &kept
				called = s.callBack(ctx, &row.Check, result, old)
			}
		}
		row.Open = row.stillOpen(row.AskedAt)
		return called
	})
	switch attrs := []any{"provider", asked.Provider, "check", LogID(asked.ID), "via", from}; {
	case refused != nil:
		s.refused(ctx, from, asked, refused)
		return stored, refused
	case called != nil:
		s.log.ErrorContext(ctx, "kychttp: OnResult failed", append(attrs, "status", result.Status.String(), "error", safeText(called))...)
		return nil, errCallback
	case err != nil || stored == nil:
		s.storeFailed(ctx, "update", asked.ID, err)
		return nil, errStore
	default:
		s.log.InfoContext(ctx, "kychttp: result", append(attrs, "status", result.Status.String(), "news", news)...)
	}
	return stored, nil
}

// adopts tells whether a result of that status about asked counts for the row as
// it is now, which may not be as it was read.
func adopts(row, read *Record, asked *kyc.Check, status kyc.Status) (bool, error) {
	now, was := &row.Check, &read.Check
	if err := row.whole(asked.Provider); err != nil {
		return false, err
	}
	switch {
	case now.ID != asked.ID:
		return false, &kyc.Error{Provider: asked.Provider, Op: "validate check", Kind: kyc.ErrForeign}
	case now.VendorID == asked.VendorID:
		return true, nil
	case usedUp(row.Result):
		return false, errUsedUp
	case now.VendorID != "" && !now.VendorIDClaimed:
		return false, &kyc.Error{Provider: asked.Provider, Op: "apply notice", Kind: kyc.ErrForeign}
	}
	// Another return came meanwhile. Its claim is the newer one, unless this one
	// led to something.
	return now.VendorID == was.VendorID || status != kyc.StatusPending, nil
}

// usedUp tells whether no other claim may take the place of the one that led to
// the result: whoever comes back with another certification for a check that
// somebody was admitted by, or is looked at for, may be another person.
func usedUp(result *kyc.Result) bool {
	return result != nil && (result.Status.Final() || result.Status == kyc.StatusReview)
}

// callBack keeps a panic of the application's from unwinding through the Store.
func (s *Service) callBack(ctx context.Context, check *kyc.Check, result, old *kyc.Result) (err error) {
	if result.Status == kyc.StatusPending {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			s.logPanic(ctx, p)
			err = errPanic
		}
	}()
	given := *check
	return s.cfg.OnResult(ctx, &given, result, old)
}

var errPanic = errors.New("kychttp: panic")

// refused logs why a notice or a result was not taken.
func (s *Service) refused(ctx context.Context, from via, check *kyc.Check, err error) {
	switch {
	case errors.Is(err, errUsedUp):
		s.ignored(ctx, from, check, "used up")
	case errors.Is(err, kyc.ErrForeign):
		s.ignored(ctx, from, check, "foreign")
	case errors.Is(err, kyc.ErrInvalidNotice):
		s.ignored(ctx, from, check, "invalid")
	default:
		s.notWhole(ctx, from, check.Provider, check.ID, err)
	}
}

func (s *Service) notWhole(ctx context.Context, from via, provider, id string, err error) {
	s.log.ErrorContext(ctx, "kychttp: stored record is not whole", "provider", provider, "check", LogID(id), "via", from, "error", safeText(err))
}

func (s *Service) ignored(ctx context.Context, from via, check *kyc.Check, reason string) {
	s.log.WarnContext(ctx, "kychttp: notice ignored", "provider", check.Provider, "check", LogID(check.ID), "via", from, "reason", reason)
}

func (s *Service) storeFailed(ctx context.Context, op, checkID string, err error) {
	text := "no record was updated"
	if err != nil {
		text = safeText(err)
	}
	s.log.ErrorContext(ctx, "kychttp: store failed", "op", op, "check", LogID(checkID), "error", text)
}

// find returns the provider's record of that id. It is ErrNoRecord for one that
// is not there, is another provider's, or was not started: nobody has a link to
// it, so nobody can have come back from it.
func (s *Service) find(ctx context.Context, from via, provider kyc.Provider, id string) (*Record, error) {
	reason := "unknown"
	record, err := s.get(ctx, id)
	switch {
	case err == nil && record.Check.Provider != provider.Name():
		reason = "another provider's"
	case err == nil && !record.Started:
		reason = "not started"
	case err == nil:
		if err := record.whole(provider.Name()); err != nil {
			s.notWhole(ctx, from, provider.Name(), id, err)
			return nil, err
		}
		return record, nil
	case !errors.Is(err, ErrNoRecord):
		return nil, err
	}
	s.ignored(ctx, from, &kyc.Check{ID: id, Provider: provider.Name()}, reason)
	return nil, ErrNoRecord
}

// get reads a record. What is not even an id is not looked for.
func (s *Service) get(ctx context.Context, id string) (*Record, error) {
	if !kyc.IsCheckID(id) {
		return nil, ErrNoRecord
	}
	record, err := s.cfg.Store.Get(ctx, id)
	switch {
	case errors.Is(err, ErrNoRecord):
		return nil, ErrNoRecord
	case err != nil || record == nil || record.Check.ID != id:
		s.storeFailed(ctx, "get", id, err)
		return nil, errStore
	}
	return record, nil
}
