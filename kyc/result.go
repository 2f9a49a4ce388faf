package kyc

import "time"

// A Result is how a check stood when the vendor was asked. It holds personal
// data: no verb of fmt and no logger prints more of it than its status, while
// JSON is faithful, because that is storage.
type Result struct {
	// CheckID and Provider are those of the Check.
	CheckID  string `json:"check_id"`
	Provider string `json:"provider"`

	// Status decides. Nothing else in a Result may admit anyone.
	Status Status `json:"status"`

	// VendorStatus and VendorCode are the vendor's own words for the status,
	// as sent; empty where the vendor has none.
	VendorStatus string `json:"vendor_status,omitempty"`
	VendorCode   string `json:"vendor_code,omitempty"`

	// ReasonCode is the vendor's code for why, Reason the same in words:
	// English where the provider translates a code, else as sent. Both are
	// empty where the vendor gives none.
	ReasonCode string `json:"reason_code,omitempty"`
	Reason     string `json:"reason,omitempty"`

	// Attempt is the vendor's id of the attempt that the result is about:
	// after StatusResubmit one check has several.
	Attempt string `json:"attempt,omitempty"`

	// DecidedAt is when the vendor decided, by its clock. It is zero for
	// StatusPending and where the vendor does not say.
	DecidedAt time.Time `json:"decided_at,omitzero"`

	// Person and Document are what the vendor read or was told, also when it
	// did not approve. What it does not know is empty.
	Person   Person   `json:"person,omitzero"`
	Document Document `json:"document,omitzero"`

	// Keys name the person, for a unique index that keeps one person to one
	// account.
	Keys []Key `json:"keys,omitempty"`

	// Findings are the vendor's single statements.
	Findings []Finding `json:"findings,omitempty"`

	Evidence Evidence `json:"evidence"`

	// Vendor is the vendor's own value, such as *veriff.Decision, with
	// everything that it said. It is not stored.
	Vendor any `json:"-"`
}

// AddKey adds a key unless its value is blank: a vendor's empty value is not a
// key, and would make all people who have none one person.
func (r *Result) AddKey(kind KeyKind, scope, value string) {
	if !isBlank(value) {
		r.Keys = append(r.Keys, Key{Kind: kind, Scope: scope, Value: value})
	}
}

// Supersedes tells whether r is news to be stored in the place of old, which
// is nil while nothing is stored. Webhooks and polls run at the same time and
// answers overtake each other: storing and acting only on what supersedes
// keeps the newest outcome, and acts once for each change.
//
//   - A result of another check never supersedes.
//   - An outcome supersedes "pending", and "pending" never takes an outcome
//     back. While a person tries again after StatusResubmit, that stays stored
//     until the next outcome; show the person the fresh result.
//   - Of two outcomes the one with the later DecidedAt supersedes, final or
//     not.
//   - Where DecidedAt is the same, or the vendor gives none, the one fetched
//     later does, if it says anything else. A DecidedAt more than a day after
//     Evidence.FetchedAt is none here: no wrong clock makes an outcome outrank
//     all that come after it.
func (r *Result) Supersedes(old *Result) bool {
	switch {
	case r == nil:
		return false
	case old == nil:
		return true
	case r.CheckID == "" || r.CheckID != old.CheckID || r.Provider != old.Provider:
		return false
	case r.hasOutcome() != old.hasOutcome():
		return r.hasOutcome()
	}
	at, oldAt := r.decidedAt(), old.decidedAt()
	if !at.IsZero() && !oldAt.IsZero() && !at.Equal(oldAt) {
		return at.After(oldAt)
	}
	return r.Evidence.FetchedAt.After(old.Evidence.FetchedAt) && !r.saysTheSame(old)
}

func (r *Result) hasOutcome() bool {
	switch r.Status {
	case StatusPending:
		return false
	case StatusUnknown:
		// A decision that cannot be read must be able to take an approval back.
		// Without a time it is an answer about nothing.
		return !r.DecidedAt.IsZero()
	}
	return true
}

// maxAhead is how far the vendor's clock and the local one may be apart.
const maxAhead = 24 * time.Hour

// decidedAt is DecidedAt if that can be a time of a decision.
func (r *Result) decidedAt() time.Time {
	if fetched := r.Evidence.FetchedAt; !fetched.IsZero() && r.DecidedAt.Sub(fetched) > maxAhead {
		return time.Time{}
	}
	return r.DecidedAt
}

func (r *Result) saysTheSame(old *Result) bool {
	return r.Status == old.Status &&
		r.VendorStatus == old.VendorStatus &&
		r.VendorCode == old.VendorCode &&
		r.ReasonCode == old.ReasonCode &&
		r.Attempt == old.Attempt &&
		r.DecidedAt.Equal(old.DecidedAt)
}
