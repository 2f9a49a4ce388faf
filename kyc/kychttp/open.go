package kychttp

import (
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// How long Refresh asks about a check that has no final result. Some vendors
// never say that a person walked away, or that nobody will look again.
const (
	pendingLife  = 7 * 24 * time.Hour // where the vendor does not say
	pendingGrace = 24 * time.Hour     // after the vendor's own end
	reviewLife   = 30 * 24 * time.Hour
)

func (r *Record) stillOpen(now time.Time) bool {
	pending := r.Result == nil || r.Result.Status == kyc.StatusPending
	switch {
	case r.Result != nil && r.Result.Status.Final():
		return false
	case !pending:
		return now.Before(r.Check.StartedAt.Add(reviewLife))
	case r.Check.ExpiresAt.IsZero():
		return now.Before(r.Check.StartedAt.Add(pendingLife + pendingGrace))
	}
	return now.Before(r.Check.ExpiresAt.Add(pendingGrace))
}

// shown is the status for the person. A page that starts a check in vain says
// so; what was handed in at a vendor's URL may still be decided.
func (r *Record) shown(now time.Time) kyc.Status {
	status := r.status()
	if status == kyc.StatusPending && r.Check.URL == "" && !r.Check.ExpiresAt.IsZero() && !now.Before(r.Check.ExpiresAt) {
		return kyc.StatusExpired
	}
	return status
}

// status is how the check stands. While the person tries again, that is not the
// result of the try before.
func (r *Record) status() kyc.Status {
	if r.Result == nil || r.Result.Status == kyc.StatusResubmit && r.Latest == kyc.StatusPending {
		return kyc.StatusPending
	}
	return r.Result.Status
}
