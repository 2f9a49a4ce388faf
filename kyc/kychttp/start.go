package kychttp

import (
	"context"
	"errors"
	"net/http"

	"github.com/kyckit/kyckit-go/kyc"
)

func (s *Service) start(w http.ResponseWriter, r *http.Request, provider kyc.Provider) {
	name := provider.Name()
	req, err := s.cfg.Begin(r, name)
	if err != nil {
		s.log.InfoContext(r.Context(), "kychttp: start refused", "provider", name)
		s.problem(w, r, provider, http.StatusForbidden, ProblemRefused, err)
		return
	}
	started, err := s.prepare(name, req)
	if err != nil {
		s.log.ErrorContext(r.Context(), "kychttp: start failed", "provider", name, "error", safeText(err))
		s.problem(w, r, provider, http.StatusInternalServerError, ProblemTryLater, err)
		return
	}
	ctx, cancel := work(r)
	defer cancel()
	check, secret, err := s.open(ctx, provider, started)
	if err != nil {
		s.problem(w, r, provider, http.StatusServiceUnavailable, ProblemTryLater, err)
		return
	}
	s.bind(w, r, check.ID, secret)
	s.send(w, r, check)
}

// prepare completes what Begin returned, without changing it.
func (s *Service) prepare(name string, req *kyc.StartRequest) (*kyc.StartRequest, error) {
	const op = "start"
	invalid := func(why string) error {
		return &kyc.Error{Provider: name, Op: op, Kind: kyc.ErrInvalidRequest, Err: errors.New(why)}
	}
	switch {
	case req == nil:
		return nil, invalid("Begin returned no StartRequest")
	case req.Reference == "":
		return nil, invalid("Begin named no Reference")
	case req.CheckID != "" || req.ReturnURL != "":
		return nil, invalid("Begin set CheckID or ReturnURL")
	}
	started := *req
	started.CheckID = kyc.NewCheckID()
	started.ReturnURL = s.returnURL(name, started.CheckID)
	return &started, started.Validate()
}

// open stores the check, starts it at the vendor, and stores what that
// answered. Unless all of it is done, nobody gets a link. Failures are logged.
func (s *Service) open(ctx context.Context, provider kyc.Provider, req *kyc.StartRequest) (check *kyc.Check, secret string, err error) {
	planned, err := kyc.NewCheck(provider.Name(), req)
	if err != nil {
		s.startFailed(ctx, provider, req.CheckID, err)
		return nil, "", err
	}
	secret, hash := newSecret()
	record := &Record{Check: *planned, Browser: hash, Latest: kyc.StatusPending, AskedAt: planned.StartedAt}
	if err := s.cfg.Store.Create(ctx, record); err != nil {
		s.storeFailed(ctx, "create", req.CheckID, err)
		return nil, "", errStore
	}
	check, err = startCheck(ctx, provider, req)
	if err != nil {
		s.startFailed(ctx, provider, req.CheckID, err)
		s.forget(ctx, req.CheckID, err)
		return nil, "", err
	}
	err = s.cfg.Store.Update(ctx, req.CheckID, func(_ context.Context, row *Record) error {
		row.Check, row.Started, row.Open = *check, true, true
		row.AskedAt = check.StartedAt
		return nil
	})
	if err != nil {
		s.storeFailed(ctx, "update", req.CheckID, err)
		return nil, "", errStore
	}
	s.log.InfoContext(ctx, "kychttp: check started", "provider", check.Provider, "check", LogID(check.ID))
	return check, secret, nil
}

// startCheck wants the check that was asked for, and a way into it.
func startCheck(ctx context.Context, provider kyc.Provider, req *kyc.StartRequest) (*kyc.Check, error) {
	check, err := provider.Start(ctx, req)
	if err != nil {
		return nil, err
	}
	unusable := func(why string) error {
		return &kyc.Error{Provider: provider.Name(), Op: "start", Kind: kyc.ErrUnconfirmed, Err: errors.New(why)}
	}
	if check.Validate(provider.Name()) != nil || check.ID != req.CheckID || check.Reference != req.Reference {
		return nil, unusable("the provider started another check than it was asked for")
	}
	if _, launches := provider.(kyc.Launcher); check.URL == "" && !launches {
		return nil, unusable("there is neither a URL nor a page to send the person to")
	}
	return check, nil
}

func (s *Service) startFailed(ctx context.Context, provider kyc.Provider, id string, err error) {
	s.log.WarnContext(ctx, "kychttp: start failed", "provider", provider.Name(), "check", LogID(id), "error", safeText(err))
}

// forget deletes the row of a check that surely never began. That of one that
// may have begun stays, until Sweep, to be found by who compares with the vendor.
func (s *Service) forget(ctx context.Context, id string, started error) {
	kycErr, ok := errors.AsType[*kyc.Error](started)
	if !ok || kycErr.Kind == nil || errors.Is(started, kyc.ErrUnconfirmed) {
		return
	}
	if err := s.cfg.Store.Delete(ctx, id); err != nil {
		s.storeFailed(ctx, "delete", id, err)
	}
}

// send sends the browser to where the check goes on.
func (s *Service) send(w http.ResponseWriter, r *http.Request, check *kyc.Check) {
	if check.URL == "" {
		http.Redirect(w, r, s.PagePath(check), http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, check.URL, http.StatusSeeOther)
}
