package kychttp

import (
	"errors"
	"net/http"

	"github.com/kyckit/kyckit-go/kyc"
)

// comeBack is where a browser returns to. Anyone can make such a request. It
// counts only from the browser that has the check's cookie, and then no more
// than as a reason to ask. Whether the application's own session is there is
// not looked at: one in a SameSite=Strict cookie is not, on the way back from
// another site.
func (s *Service) comeBack(w http.ResponseWriter, r *http.Request, provider kyc.Provider) {
	ctx, cancel := work(r)
	defer cancel()
	record, err := s.find(ctx, viaReturn, provider, r.PathValue("id"))
	switch {
	case errors.Is(err, ErrNoRecord):
		s.elsewhere(w, r, provider)
		return
	case err != nil:
		s.failed(w, r, provider, err)
		return
	case !s.bound(r, record):
		s.ignored(ctx, viaReturn, &record.Check, "another browser")
		s.elsewhere(w, r, provider)
		return
	}
	notice, err := s.claim(provider, r)
	if err != nil {
		s.log.InfoContext(ctx, "kychttp: return not readable", "provider", provider.Name(), "check", LogID(record.Check.ID), "error", safeText(err))
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		s.problem(w, r, provider, http.StatusRequestEntityTooLarge, ProblemTryLater, err)
		return
	}
	if _, err := s.ask(ctx, viaReturn, provider, record, notice); err != nil && !errors.Is(err, errUsedUp) {
		s.failed(w, r, provider, err)
		return
	}
	// What the browser brought does not stay in its address bar.
	http.Redirect(w, r, s.PagePath(&record.Check), http.StatusSeeOther)
}

// claim is what the browser brings, nil where the vendor adds nothing to the
// return URL or what it added cannot be read: the path names the check.
func (s *Service) claim(provider kyc.Provider, r *http.Request) (*kyc.Notice, error) {
	notice, err := kyc.ParseReturn(provider, r)
	switch {
	case errors.Is(err, kyc.ErrUnsupported):
		return nil, nil
	case err != nil:
		return nil, err
	case notice == nil || *notice == kyc.Notice{}:
		return nil, nil
	}
	return notice, nil
}

// elsewhere answers a return that changes nothing: from another browser, or
// about a check that is not there. Both look the same.
func (s *Service) elsewhere(w http.ResponseWriter, r *http.Request, provider kyc.Provider) {
	page := s.newPage(provider, http.StatusForbidden)
	page.Problem = ProblemOtherBrowser
	page.Self = s.route(provider.Name(), "check", r.PathValue("id"))
	s.cfg.Page(w, r, page)
}
