package veriff

// MatchStatus is what a watchlist screening found (Veriff's page about the
// watchlist screening webhook). A value without a constant is an ordinary
// MatchStatus that is not Known; so with every type of this file.
type MatchStatus string

const (
	// MatchStatusPossibleMatch: somebody on a list may be the person.
	MatchStatusPossibleMatch MatchStatus = "possible_match"
	// MatchStatusNoMatch: nobody on the lists is like the person. No other value
	// means this.
	MatchStatusNoMatch MatchStatus = "no_match"
)

// Known reports whether s is one of the constants.
func (s MatchStatus) Known() bool {
	switch s {
	case MatchStatusPossibleMatch, MatchStatusNoMatch:
		return true
	}
	return false
}

// CheckType tells a first watchlist screening from a later one (Veriff's page
// about the watchlist screening webhook).
type CheckType string

const (
	// CheckTypeInitialResult is the screening of the session itself. No copy of
	// Veriff's page that was to be had confirms this spelling.
	CheckTypeInitialResult CheckType = "initial_result"
	// CheckTypeUpdatedResult: monitoring found that the result has changed.
	CheckTypeUpdatedResult CheckType = "updated_result"
)

// Known reports whether t is one of the constants.
func (t CheckType) Known() bool {
	switch t {
	case CheckTypeInitialResult, CheckTypeUpdatedResult:
		return true
	}
	return false
}
