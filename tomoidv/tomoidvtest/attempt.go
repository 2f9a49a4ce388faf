package tomoidvtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	statusOpen     = "open" // the fake's own: such a check has no record
	statusApproved = "approved"
	statusRejected = "rejected"
	statusPending  = "pending_review"
	statusExpired  = "expired"
	statusCanceled = "canceled"
)

// An attempt is one check, from its start on.
type attempt struct {
	client   *client
	userID   string // as sent, or made up
	country  string // empty if none was sent
	policy   Policy
	email    string
	success  string
	failure  string
	callback string
	webhook  string

	token     string // of the hosted app
	started   time.Time
	status    string
	person    Person  // of the last outcome
	record    *record // of the last outcome, nil before
	returnURL string  // empty before the person came back, or without anywhere to go
}

// An Attempt is what the server knows of a check.
type Attempt struct {
	ClientID   string
	UserID     string // made up if the start had none
	Country    string // empty if the start had none
	Policy     Policy
	Email      string
	WebhookURL string
	URL        string // where the person goes
	Status     string // open, approved, rejected, pending_review, expired or canceled
	PPID       string // empty as long as it is open
}

// Attempts are all checks that were started, oldest first.
func (s *Server) Attempts() []Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endOld()
	attempts := make([]Attempt, 0, len(s.attempts))
	for _, x := range s.attempts {
		a := Attempt{
			ClientID:   x.client.id,
			UserID:     x.userID,
			Country:    x.country,
			Policy:     x.policy,
			Email:      x.email,
			WebhookURL: x.webhook,
			URL:        s.startURI(x),
			Status:     x.status,
		}
		if x.record != nil {
			a.PPID = x.record.ppid
		}
		attempts = append(attempts, a)
	}
	return attempts
}

// A PassOption changes what comes of a check that is passed.
type PassOption func(*passing)

// A passing is the policy that somebody passes under.
type passing struct {
	country string
	policy  Policy
}

// Under lets the person pass under another policy than the check was started
// with, a weaker one for instance: the record is about that one. It need not be
// a supported one.
func Under(country string, policy Policy) PassOption {
	return func(p *passing) { p.country, p.policy = country, policy }
}

// Pass approves the check that was started last for a user, open or under
// review. What p leaves empty is taken from the review.
func (s *Server) Pass(userID string, p Person, opts ...PassOption) error {
	return s.fail(s.change(userID, func(x *attempt) error { return s.pass(x, p, opts...) }))
}

// Fail rejects the check that was started last for a user, open or under
// review.
func (s *Server) Fail(userID string) error {
	return s.fail(s.change(userID, func(x *attempt) error { return s.reject(x, x.person) }))
}

// Review hands an open check over to a review by a human, who decides with Pass
// or Fail.
func (s *Server) Review(userID string, p Person) error {
	return s.fail(s.change(userID, func(x *attempt) error { return s.review(x, p) }))
}

// Cancel is the person's refusal to go on with an open check.
func (s *Server) Cancel(userID string) error {
	return s.fail(s.change(userID, s.cancel))
}

// Leave sends the person back from an open check that stays open: they can
// return to its URL.
func (s *Server) Leave(userID string) error {
	return s.fail(s.change(userID, s.leave))
}

// Expire ends an open check without waiting for its time to be over.
func (s *Server) Expire(userID string) error {
	return s.fail(s.change(userID, func(x *attempt) error {
		if err := x.mustBe("expire", statusOpen); err != nil {
			return err
		}
		s.conclude(x, statusExpired, Person{}, nil)
		return nil
	}))
}

// ForceResult ends a check whatever its state, the way to send what contradicts
// itself or what nobody has heard of. The record is an approval, of the person
// of the last outcome if there was one, with fields merged into it: objects into
// objects, everything else in place of what was there.
//
//	srv.ForceResult("attempt-1", map[string]any{"kyc": map[string]any{"status": "on_hold"}})
//
// The fields must have a JSON form. The record shows as an approved one under
// contract 1.3, without kyc.
func (s *Server) ForceResult(userID string, fields map[string]any) error {
	plain, err := plainFields(fields)
	if err != nil {
		return s.fail(fmt.Errorf("tomoidvtest: %w", err))
	}
	return s.fail(s.change(userID, func(x *attempt) error {
		s.conclude(x, statusApproved, x.person, plain)
		return nil
	}))
}

// ReturnURL is where the browser went when the person was done with the check
// that was started last for a user.
func (s *Server) ReturnURL(userID string) (string, error) {
	var returnURL string
	err := s.change(userID, func(x *attempt) error {
		returnURL = x.returnURL
		if returnURL == "" {
			return errors.New("tomoidvtest: the person has not been sent back, or there is nowhere to go")
		}
		return nil
	})
	return returnURL, s.fail(err)
}

// The changes below run under the lock.

func (s *Server) pass(x *attempt, p Person, opts ...PassOption) error {
	if err := x.mustBe("be passed", statusOpen, statusPending); err != nil {
		return err
	}
	p = p.or(x.person)
	if err := p.judge(s.clock.Now().UTC()); err != nil {
		return err
	}
	s.conclude(x, statusApproved, p, nil, opts...)
	x.returnURL = s.successURL(x)
	return nil
}

func (s *Server) reject(x *attempt, p Person) error {
	if err := x.mustBe("be failed", statusOpen, statusPending); err != nil {
		return err
	}
	s.conclude(x, statusRejected, p, nil)
	x.returnURL = s.failURL(x)
	return nil
}

func (s *Server) review(x *attempt, p Person) error {
	if err := x.mustBe("be reviewed", statusOpen); err != nil {
		return err
	}
	if err := p.judge(s.clock.Now().UTC()); err != nil {
		return err
	}
	s.conclude(x, statusPending, p, nil)
	x.returnURL = s.successURL(x)
	if s.settings.reviewFails {
		x.returnURL = s.failURL(x)
	}
	return nil
}

func (s *Server) cancel(x *attempt) error {
	if err := x.mustBe("be canceled", statusOpen); err != nil {
		return err
	}
	s.conclude(x, statusCanceled, Person{}, nil)
	x.returnURL = s.failURL(x)
	return nil
}

func (s *Server) leave(x *attempt) error {
	if err := x.mustBe("be left", statusOpen); err != nil {
		return err
	}
	x.returnURL = s.failURL(x)
	return nil
}

func (x *attempt) mustBe(done string, allowed ...string) error {
	if slices.Contains(allowed, x.status) {
		return nil
	}
	return fmt.Errorf("tomoidvtest: a check that is %s cannot %s", x.status, done)
}

// conclude ends a check with the record that it leaves.
func (s *Server) conclude(x *attempt, status string, p Person, fields map[string]any, opts ...PassOption) {
	under := passing{country: x.country, policy: x.policy}
	if under.country == "" {
		under.country = strings.ToLower(p.Document.IssuingCountry)
		fill(&under.country, "unknown")
	}
	for _, opt := range opts {
		opt(&under)
	}
	fill(&p.Email, x.email)
	p.NameVariants = slices.Clone(p.NameVariants)
	if x.record != nil { // of the review
		s.drop(func(r *record) bool { return r == x.record })
	}
	made := s.newRecord(x, status, p, under)
	made.fields = fields
	s.drop(func(r *record) bool {
		return r.client == made.client && r.userID == made.userID && r.country == made.country && r.policyKey == made.policyKey
	})
	s.records = append(s.records, made)
	x.status, x.person, x.record = status, p, made
}

// change makes one change to the check that was started last for a user.
func (s *Server) change(userID string, change func(*attempt) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endOld()
	for _, x := range slices.Backward(s.attempts) {
		if x.userID == userID {
			return change(x)
		}
	}
	return errors.New("tomoidvtest: no check was started for this user")
}

// endOld ends the checks whose time is over, under the lock.
func (s *Server) endOld() {
	now := s.clock.Now()
	for _, x := range s.attempts {
		if x.status == statusOpen && now.Sub(x.started) >= s.settings.attemptLife {
			s.conclude(x, statusExpired, Person{}, nil)
		}
	}
}
