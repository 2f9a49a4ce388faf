package kyctest

import (
	"context"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

func wrongChecks(s *suite) {
	check := s.approved(people()[0])
	for what, wrong := range map[string]struct {
		edit func(*kyc.Check)
		kind error
	}{
		"of another version":    {func(c *kyc.Check) { c.Version = 1 << 20 }, kyc.ErrInvalidRequest},
		"of another provider":   {func(c *kyc.Check) { c.Provider = "another" }, kyc.ErrForeign},
		"of no provider":        {func(c *kyc.Check) { c.Provider = "" }, kyc.ErrForeign},
		"without an id":         {func(c *kyc.Check) { c.ID = "" }, kyc.ErrInvalidRequest},
		"with an id of its own": {func(c *kyc.Check) { c.ID = "user-42" }, kyc.ErrInvalidRequest},
		"with a path for an id": {func(c *kyc.Check) { c.VendorID = "../" + c.VendorID }, kyc.ErrInvalidRequest},
		"with a script for URL": {func(c *kyc.Check) { c.URL = "javascript:alert(1)" }, kyc.ErrInvalidRequest},
		"that never started":    {func(c *kyc.Check) { c.StartedAt = time.Time{} }, kyc.ErrInvalidRequest},
	} {
		edited := *check
		wrong.edit(&edited)
		s.refusesCheck(&edited, wrong.kind, "a check "+what)
	}
	s.refusesCheck(nil, kyc.ErrInvalidRequest, "no check")
	s.wants(s.provider, check, kyc.StatusApproved, "afterwards")
}

// refusesCheck asks the provider itself: a function of package kyc would refuse
// in its place.
func (s *suite) refusesCheck(check *kyc.Check, kind error, what string) {
	s.Helper()
	s.sendsNothing("with "+what, func() {
		result, err := s.provider.Result(s.Context(), check)
		s.refuses(err, kind, "Result of "+what)
		s.nothing(result == nil, err, "Result of "+what)
		if launcher, ok := s.provider.(kyc.Launcher); ok {
			page, err := launcher.Launch(check)
			s.refuses(err, kind, "Launch of "+what)
			s.nothing(page == "", err, "Launch of "+what)
		}
		if eraser, ok := s.provider.(kyc.Eraser); ok {
			erased, err := eraser.Erase(s.Context(), check)
			s.refuses(err, kind, "Erase of "+what)
			s.nothing(erased == "", err, "Erase of "+what)
		}
	})
}

// editedChecks mixes a check that nobody finished with one of somebody who was
// approved, at the first attempt or at the second.
func editedChecks(s *suite) {
	s.mixesUp(s.approved(people()[1]))
	if s.Outcomes[kyc.StatusResubmit] != nil {
		again := s.decided(s.start(), kyc.StatusResubmit, people()[1])
		s.mixesUp(s.decided(again, kyc.StatusApproved, people()[1]))
	}
}

// mixesUp asks about theirs first: an answer that a provider keeps must not
// become another's.
func (s *suite) mixesUp(theirs *kyc.Check) {
	s.Helper()
	s.wants(s.provider, theirs, kyc.StatusApproved, "before")
	mine := s.start()
	for what, edited := range mixed(mine, theirs) {
		s.admitsNobody(s.provider, edited, theirs, what)
	}
	if theirs.VendorID != "" {
		for _, notice := range []*kyc.Notice{{VendorID: theirs.VendorID}, {CheckID: mine.ID, VendorID: theirs.VendorID}} {
			if applied, err := mine.Apply(notice); err == nil {
				s.admitsNobody(s.provider, applied, theirs, "with a notice that names another's vendor id")
			}
		}
	}
	s.wants(s.provider, mine, kyc.StatusPending, "afterwards")
	s.wants(s.provider, theirs, kyc.StatusApproved, "afterwards")
}

// mixed are mine with parts of theirs, theirs with parts of mine, and theirs
// under ids that nobody started, in every way that an editor of stored rows
// could.
func mixed(mine, theirs *kyc.Check) map[string]*kyc.Check {
	checks := map[string]*kyc.Check{}
	for field, set := range map[string]func(to, from *kyc.Check){
		"ID":        func(to, from *kyc.Check) { to.ID = from.ID },
		"VendorID":  func(to, from *kyc.Check) { to.VendorID, to.VendorIDClaimed = from.VendorID, from.VendorIDClaimed },
		"URL":       func(to, from *kyc.Check) { to.URL = from.URL },
		"StartedAt": func(to, from *kyc.Check) { to.StartedAt, to.ExpiresAt = from.StartedAt, from.ExpiresAt },
	} {
		a, b := *mine, *theirs
		set(&a, theirs)
		set(&b, mine)
		checks["with another's "+field], checks["with all of another but the "+field] = &a, &b
	}
	claimed := *mine
	claimed.VendorID, claimed.VendorIDClaimed = theirs.VendorID, theirs.VendorID != ""
	checks["with another's VendorID, claimed"] = &claimed
	last := len(theirs.ID) - 1
	for what, id := range map[string]string{
		"with an id that was never started":             kyc.NewCheckID(),
		"with another's id, but for the first digit":    otherDigit(theirs.ID[0]) + theirs.ID[1:],
		"with another's id, but for the last digit":     theirs.ID[:last] + otherDigit(theirs.ID[last]),
		"with another's id, but for the last 18 digits": theirs.ID[:last-17] + kyc.NewCheckID()[:18],
	} {
		fresh := *theirs
		fresh.ID = id
		checks[what] = &fresh
	}
	return checks
}

func otherDigit(digit byte) string {
	if digit == '1' {
		return "2"
	}
	return "1"
}

// admitsNobody fails the test if check has a result that is about who theirs is
// about. One with the id of theirs is theirs, if its result says so.
func (s *suite) admitsNobody(provider kyc.Provider, check, theirs *kyc.Check, what string) {
	s.Helper()
	result, err := provider.Result(s.Context(), check)
	s.nothing(result == nil, err, "Result of a check "+what)
	switch {
	case err != nil:
		s.refusesAsAnother(err, what)
	case result == nil:
		s.Errorf("a check %s has neither a result nor an error", what)
	case result.CheckID != check.ID:
		s.Errorf("a check %s has the result of another", what)
	case check.ID == theirs.ID:
	case result.Status == kyc.StatusApproved:
		s.Errorf("a check %s is approved", what)
	case result.Person != (kyc.Person{}) || result.Document != (kyc.Document{}) || len(result.Keys) > 0:
		s.Errorf("a check %s tells who another is", what)
	}
}

// refusesAsAnother wants an error that does not promise that asking again helps.
func (s *suite) refusesAsAnother(err error, what string) {
	s.Helper()
	for _, kind := range []error{kyc.ErrForeign, kyc.ErrNotFound, kyc.ErrInvalidRequest} {
		if is(err, kind) {
			return
		}
	}
	s.Errorf("a check %s: the error is %v", what, err)
}

func anotherAccount(s *suite) {
	other := s.sibling()
	theirs := other.approved(people()[2])
	other.wants(other.provider, theirs, kyc.StatusApproved, "in its own account")
	result, err := s.provider.Result(s.Context(), theirs)
	if err == nil && (result == nil || result.Status == kyc.StatusApproved || result.Person != (kyc.Person{})) {
		s.Error("a check of another account is approved, or tells who another is")
	}
	s.nothing(result == nil, err, "Result of a check of another account")
	if eraser, ok := s.provider.(kyc.Eraser); ok {
		_, _ = eraser.Erase(s.Context(), theirs)
		other.wants(other.provider, theirs, kyc.StatusApproved, "after another account erased it")
	}
}

// sibling is the same rule over a vendor of its own.
func (s *suite) sibling() *suite {
	s.Helper()
	other := &suite{TB: s.TB, newHarness: s.newHarness, log: s.log}
	other.Harness = other.another()
	other.provider = other.NewProvider()
	return other
}

// call is one of the provider's calls that take a context.
type call struct {
	name string
	do   func(ctx context.Context) (none bool, err error)
}

// calls are about check, and Start a new one.
func (s *suite) calls(check *kyc.Check) []call {
	calls := []call{
		{"Start", func(ctx context.Context) (bool, error) {
			started, err := s.provider.Start(ctx, request())
			return started == nil, err
		}},
		{"Result", func(ctx context.Context) (bool, error) {
			result, err := s.provider.Result(ctx, check)
			return result == nil, err
		}},
	}
	if eraser, ok := s.provider.(kyc.Eraser); ok {
		calls = append(calls, call{"Erase", func(ctx context.Context) (bool, error) {
			erased, err := eraser.Erase(ctx, check)
			return erased == "", err
		}})
	}
	return calls
}
