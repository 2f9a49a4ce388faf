package kychttp

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// askPause keeps a page that is loaded again and again from asking the vendor
// each time, and most of all while the vendor is down.
const askPause = 3 * time.Second

// show is the check's page, for the account that it belongs to.
func (s *Service) show(w http.ResponseWriter, r *http.Request, provider kyc.Provider) {
	ctx, cancel := work(r)
	defer cancel()
	record := s.owned(ctx, w, r, provider)
	if record == nil {
		return
	}
	// A time that has not come is a wrong clock's.
	since := time.Since(record.AskedAt)
	if !record.status().Final() && (since >= askPause || since < 0) {
		if asked, err := s.ask(ctx, viaPage, provider, record, nil); err == nil {
			record = asked
		} else { // the person sees what is stored
			s.postpone(ctx, record.Check.ID)
		}
	}
	page := s.newPage(provider, http.StatusOK)
	page.Status, page.Result = record.shown(time.Now()), record.Result
	page.Self = s.PagePath(&record.Check)
	switch page.Status {
	case kyc.StatusPending, kyc.StatusResubmit:
		page.Continue = page.Self
		if record.Check.URL == "" && s.bound(r, record) {
			launch, err := kyc.Launch(provider, &record.Check)
			if err != nil {
				s.log.ErrorContext(ctx, "kychttp: launch failed", "provider", provider.Name(), "check", LogID(record.Check.ID), "error", safeText(err))
				s.failed(w, r, provider, err)
				return
			}
			page.Launch, page.Continue = launch, ""
		}
	}
	s.cfg.Page(w, r, page)
}

// goOn brings a person back to a check that they left, in whatever browser they
// are signed in with: it then has the check, and the one before no longer.
func (s *Service) goOn(w http.ResponseWriter, r *http.Request, provider kyc.Provider) {
	ctx, cancel := work(r)
	defer cancel()
	record := s.owned(ctx, w, r, provider)
	if record == nil {
		return
	}
	switch record.shown(time.Now()) {
	case kyc.StatusPending, kyc.StatusResubmit:
	default:
		http.Redirect(w, r, s.PagePath(&record.Check), http.StatusSeeOther)
		return
	}
	if !s.bound(r, record) {
		secret, hash := newSecret()
		err := s.cfg.Store.Update(ctx, record.Check.ID, func(_ context.Context, row *Record) error {
			row.Browser = hash
			return nil
		})
		if err != nil {
			s.storeFailed(ctx, "update", record.Check.ID, err)
			s.failed(w, r, provider, errStore)
			return
		}
		s.bind(w, r, record.Check.ID, secret)
	}
	s.send(w, r, &record.Check)
}

// owned finds the check of the path, if the request is signed in to its account.
// Else it answers: a check that is not there looks like another account's.
func (s *Service) owned(ctx context.Context, w http.ResponseWriter, r *http.Request, provider kyc.Provider) *Record {
	record, err := s.find(ctx, viaPage, provider, r.PathValue("id"))
	switch {
	case err == nil && s.cfg.Owns(r, record.Check.Reference):
		return record
	case err == nil || errors.Is(err, ErrNoRecord):
		page := s.newPage(provider, http.StatusForbidden)
		page.Problem = ProblemNotOwner
		page.Self = s.route(provider.Name(), "check", r.PathValue("id"))
		s.cfg.Page(w, r, page)
	default:
		s.failed(w, r, provider, err)
	}
	return nil
}
