package veriff

import "time"

// Supersedes tells whether d is to be stored in the place of old, which is nil
// while nothing is stored. Webhooks and polls run at the same time and overtake
// each other: storing and acting only on what supersedes, in one transaction,
// keeps the newest decision and acts once for each.
//
//   - A decision about another session never supersedes.
//   - A decision supersedes one that is pending, and one that is pending
//     replaces nothing. One with neither a time nor a meaning that this package
//     knows counts as pending.
//   - Of two decisions the one with the later DecisionTime supersedes,
//     conclusive or not.
//   - Where one has no time, the end of the seven days (expired, abandoned)
//     comes last.
//   - Where the times are the same, or do not tell, the one that was received
//     later does, if it says anything else. One that was read back from storage
//     was received before any other.
//   - A time more than a day ahead of the local clock is none here: no wrong
//     clock makes a decision outrank all that come after it.
func (d *Decision) Supersedes(old *Decision) bool {
	switch {
	case d == nil || old == nil:
		return d != nil
	case !d.decides():
		return false
	case old.ID == "" && old.Pending(): // the API's, which names no session
		return true
	case d.ID == "" || d.ID != old.ID:
		return false
	case !old.decides():
		return true
	case d.sameAs(old):
		return false
	}
	if order, told := d.compare(old); told && order != 0 {
		return order > 0
	}
	return d.meta.receivedAt.After(old.meta.receivedAt)
}

// decides tells whether d can take the place of another decision. One that
// cannot be read must be able to take an approval back, but without a time it
// is about nothing.
func (d *Decision) decides() bool {
	contradicts := (d.Status == StatusApproved || d.Code == CodeApproved) && !d.Approved()
	return !d.Pending() && (!d.DecisionTime.IsZero() || d.Status.Known() && !contradicts)
}

// maxAhead is how far Veriff's clock and the local one may be apart.
const maxAhead = 24 * time.Hour

// decidedAt is the DecisionTime if that can be one.
func (d *Decision) decidedAt() time.Time {
	if time.Until(d.DecisionTime.Time) > maxAhead {
		return time.Time{}
	}
	return d.DecisionTime.Time
}

// compare tells which of two decisions about one session was made later, as
// cmp.Compare does, if they tell.
func (d *Decision) compare(other *Decision) (order int, told bool) {
	switch at, otherAt := d.decidedAt(), other.decidedAt(); {
	case !at.IsZero() && !otherAt.IsZero():
		return at.Compare(otherAt), true
	case d.ranOut() && !other.ranOut():
		return 1, true
	case other.ranOut() && !d.ranOut():
		return -1, true
	}
	return 0, false
}

// ranOut tells whether the seven days are over, or the session was deleted
// before anything was decided. The status decides: Veriff's pages disagree
// about the code.
func (d *Decision) ranOut() bool {
	return d.Status == StatusExpired || d.Status == StatusAbandoned
}

// sameAs tells whether two decisions about one session are the same one.
// Webhooks and answers differ in how many digits of a second they write, and
// may round.
func (d *Decision) sameAs(other *Decision) bool {
	sameAttempt := d.AttemptID == other.AttemptID || d.AttemptID == "" || other.AttemptID == ""
	sameTime := d.DecisionTime.Sub(other.DecisionTime.Time).Abs() < time.Second
	return d.ID == other.ID && sameAttempt && d.Status == other.Status && d.Code == other.Code &&
		d.ReasonCode == other.ReasonCode && sameTime
}
