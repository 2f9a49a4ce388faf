package kychttp

import (
	"context"
	"errors"
	"net/http"

	"github.com/kyckit/kyckit-go/kyc"
)

// webhook answers with a status alone. Exactly 200 is what makes a vendor stop:
// when the news is stored, and when delivering again would change nothing.
func (s *Service) webhook(w http.ResponseWriter, r *http.Request, provider kyc.Provider) {
	ctx, cancel := work(r)
	defer cancel()
	r.Body = http.MaxBytesReader(w, r.Body, maxWebhook)
	notice, err := kyc.ParseWebhook(provider, r)
	if err != nil {
		status := unparsed(err)
		s.log.WarnContext(ctx, "kychttp: webhook refused", "provider", provider.Name(), "status", status, "error", safeText(err))
		w.WriteHeader(status)
		return
	}
	w.WriteHeader(s.take(ctx, provider, notice))
}

func unparsed(err error) int {
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, kyc.ErrSignature):
		return http.StatusUnauthorized
	case errors.Is(err, kyc.ErrUnsupported):
		return http.StatusNotFound
	}
	return http.StatusBadRequest
}

// take asks about the check that a genuine webhook names.
func (s *Service) take(ctx context.Context, provider kyc.Provider, notice *kyc.Notice) int {
	if notice == nil || *notice == (kyc.Notice{}) {
		s.log.DebugContext(ctx, "kychttp: webhook about no check", "provider", provider.Name())
		return http.StatusOK
	}
	record, err := s.find(ctx, viaWebhook, provider, notice.CheckID)
	if err == nil {
		record, err = s.ask(ctx, viaWebhook, provider, record, notice)
	}
	switch {
	case errors.Is(err, ErrNoRecord), errors.Is(err, errUsedUp), errors.Is(err, kyc.ErrForeign):
		return http.StatusOK // it will not become this program's check
	case errors.Is(err, kyc.ErrInvalidNotice):
		return http.StatusBadRequest
	case errors.Is(err, errCallback):
		return http.StatusInternalServerError
	case err != nil:
		return http.StatusServiceUnavailable
	case notice.Ahead(record.Result):
		s.log.InfoContext(ctx, "kychttp: vendor is behind its webhook", "provider", provider.Name(), "check", LogID(notice.CheckID))
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}
