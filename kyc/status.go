package kyc

// Status is how a check stands. A value that is none of the constants, as a
// later version may have stored it, is kept, and is neither final nor approved.
type Status string

const (
	// StatusUnknown, the zero value: the vendor said something that this
	// version cannot read. Next for the person: wait, while a human looks at
	// the vendor's own status.
	StatusUnknown Status = ""

	// StatusPending: not started, under way, or handed in and not decided.
	// Next for the person: finish at the same URL, or wait.
	StatusPending Status = "pending"

	// StatusReview: a human at the vendor or the application has to decide.
	// Next for the person: wait; there is nothing to do.
	StatusReview Status = "review"

	// StatusResubmit: what was handed in was not good enough. Next for the
	// person: try again at the same URL, told the reason.
	StatusResubmit Status = "resubmit"

	// StatusApproved: the vendor verified the person, and nothing that the
	// provider was configured to demand is missing. Next for the person: go on.
	StatusApproved Status = "approved"

	// StatusDeclined: the vendor, or a limit of the provider's configuration,
	// refused. Next for the person: ask the application's staff; trying again
	// takes a new check.
	StatusDeclined Status = "declined"

	// StatusExpired: the vendor gave up waiting. Next for the person: begin a
	// new check.
	StatusExpired Status = "expired"

	// StatusAbandoned: the person began and walked away. Next for the person:
	// begin a new check.
	StatusAbandoned Status = "abandoned"

	// StatusCanceled: the person, or the application, called it off. Next for
	// the person: begin a new check if that was not meant.
	StatusCanceled Status = "canceled"
)

// Known tells whether s is one of the constants other than StatusUnknown.
func (s Status) Known() bool {
	switch s {
	case StatusPending, StatusReview, StatusResubmit, StatusApproved, StatusDeclined,
		StatusExpired, StatusAbandoned, StatusCanceled:
		return true
	}
	return false
}

// Final tells whether the vendor is done with the check, for good as far as it
// knows now: a later decision may still supersede it (see Result.Supersedes).
// While it is not final, ask again later or wait for the webhook.
func (s Status) Final() bool {
	switch s {
	case StatusApproved, StatusDeclined, StatusExpired, StatusAbandoned, StatusCanceled:
		return true
	}
	return false
}

const unknownText = "unknown"

// String is the status in a word, "unknown" for StatusUnknown.
func (s Status) String() string {
	if s == StatusUnknown {
		return unknownText
	}
	return string(s)
}

// MarshalText gives String.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote, and keeps any other word.
func (s *Status) UnmarshalText(text []byte) error {
	*s = Status(text)
	if *s == unknownText {
		*s = StatusUnknown
	}
	return nil
}
