package verifftest

import (
	"fmt"
	"slices"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

const (
	statusCreated   = "created"
	statusStarted   = "started"
	statusSubmitted = "submitted"
	statusApproved  = "approved"
	statusDeclined  = "declined"
	statusResubmit  = "resubmission_requested"
	statusReview    = "review"
	statusExpired   = "expired"
	statusAbandoned = "abandoned"

	sessionLife      = 7 * 24 * time.Hour
	maxResubmissions = 9
)

type session struct {
	id         string
	token      string
	status     string
	attempts   []*attempt // never empty, the current one last
	created    time.Time
	callback   string    // empty for none
	vendorData any       // nil or a string
	endUserID  any       // nil or a string
	person     Person    // as the request names them
	decided    []byte    // the verification object of the last decision, nil before
	gone       time.Time // when it is deleted, zero for never

	personID  string
	forced    map[string]any // of the record of the person
	record    map[string]any // of the person, nil while nobody is known
	fullAuto  map[string]any // the answer about the last full auto decision, nil before
	screening map[string]any // the last of watchlists, nil before
}

// An attempt is one try to get through a session.
type attempt struct {
	id     string
	status string
	media  []*Media
}

// attempt is the current one.
func (x *session) attempt() *attempt { return x.attempts[len(x.attempts)-1] }

func (x *session) newAttempt() {
	x.attempts = append(x.attempts, &attempt{id: fake.NewUUID(), status: statusCreated})
}

// setStatus changes the session and its current attempt.
func (x *session) setStatus(status string) {
	x.status, x.attempt().status = status, status
}

// isOpen tells whether the person, or an upload, is waited for.
func (x *session) isOpen() bool {
	return slices.Contains([]string{statusCreated, statusStarted, statusResubmit}, x.status)
}

func (s *Server) hostedURL(x *session) string { return s.URL + hostedPath + x.token }

// A Session is what the server knows of one.
type Session struct {
	ID         string
	URL        string // where the person goes
	AttemptID  string // changes when a resubmission is requested
	Status     string
	VendorData string
	EndUserID  string
}

// Sessions are all that were created, oldest first.
func (s *Server) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	sessions := make([]Session, 0, len(s.sessions))
	for _, x := range s.sessions {
		sessions = append(sessions, Session{
			ID:         x.id,
			URL:        s.hostedURL(x),
			AttemptID:  x.attempt().id,
			Status:     x.status,
			VendorData: text(x.vendorData),
			EndUserID:  text(x.endUserID),
		})
	}
	return sessions
}

// Open is the person's arrival at the session's URL: the session is started,
// which event 7001 tells. It can be created or waiting for a resubmission.
func (s *Server) Open(id string) error {
	return s.fail(s.change(id, s.openSession))
}

// Submit is the person's "done": the session is submitted, which event 7002
// tells. Somebody who has not arrived yet does so first, as with Open, and
// leaves photos and a video if the attempt has no media.
func (s *Server) Submit(id string) error {
	return s.fail(s.change(id, s.submitSession))
}

// Approve decides a submitted session with code 9001. What p leaves empty is
// taken from the request that created the session.
func (s *Server) Approve(id string, p Person) error {
	return s.fail(s.change(id, func(x *session) error { return s.approveSession(x, p) }))
}

// Decline decides a submitted session with code 9102. The reasonCode is left
// out when it is 0; an empty reason stands for the text that is documented for
// the code.
func (s *Server) Decline(id string, reasonCode int, reason string) error {
	return s.fail(s.change(id, func(x *session) error { return s.declineSession(x, reasonCode, reason) }))
}

// RequestResubmission asks the person for another attempt, under the same URL,
// with code 9103. The reason is as with Decline. After nine times the session
// is declined instead, with reasonCode 539.
func (s *Server) RequestResubmission(id string, reasonCode int, reason string) error {
	return s.fail(s.change(id, func(x *session) error { return s.resubmitSession(x, reasonCode, reason) }))
}

// Review hands a submitted session over to a review by a human, with code
// 9121. It can be decided afterwards.
func (s *Server) Review(id string) error {
	return s.fail(s.change(id, func(x *session) error {
		if err := x.mustBe("reviewed", statusSubmitted); err != nil {
			return err
		}
		s.decide(x, outcome{status: statusReview, code: 9121, person: x.person})
		return nil
	}))
}

// Expire ends a session that nobody opened, with code 9104, without waiting for
// the seven days.
func (s *Server) Expire(id string) error {
	return s.fail(s.change(id, func(x *session) error {
		if err := x.mustBe("expired", statusCreated); err != nil {
			return err
		}
		s.endSession(x)
		return nil
	}))
}

// Abandon ends a session that was opened and not submitted, with code 9104,
// without waiting for the seven days.
func (s *Server) Abandon(id string) error {
	return s.fail(s.change(id, s.abandonSession))
}

// ForceDecision decides a session whatever its state, the way to send what
// contradicts itself or what nobody has heard of. The decision is an approval
// for the person of the request with fields merged into its verification
// object: objects into objects, everything else in place of what was there.
//
//	srv.ForceDecision(id, map[string]any{"status": "approved", "code": 9102})
//
// The fields must have a JSON form.
func (s *Server) ForceDecision(id string, fields map[string]any) error {
	plain, err := fake.PlainFields(fields)
	if err != nil {
		return s.fail(fmt.Errorf("verifftest: %w", err))
	}
	return s.fail(s.change(id, func(x *session) error {
		s.decide(x, outcome{status: statusApproved, code: 9001, person: x.person, fields: plain})
		return nil
	}))
}

// Advance moves the server's clock by d. Sessions whose seven days are over
// expire or are abandoned.
func (s *Server) Advance(d time.Duration) {
	s.clock.Advance(d)
	s.sweep()
}

// SetTime stops the server's clock at t, so that only Advance and SetTime move
// it. Until then it runs with the machine's.
func (s *Server) SetTime(t time.Time) {
	s.clock.Set(t)
	s.sweep()
}

// The changes below run under the lock.

func (s *Server) openSession(x *session) error {
	if err := x.mustBe("opened", statusCreated, statusResubmit); err != nil {
		return err
	}
	x.setStatus(statusStarted)
	s.announce(x, 7001, "started")
	return nil
}

func (s *Server) submitSession(x *session) error {
	if err := x.mustBe("submitted", statusCreated, statusResubmit, statusStarted); err != nil {
		return err
	}
	if x.status != statusStarted {
		_ = s.openSession(x) // possible from both
	}
	if len(x.attempt().media) == 0 {
		x.takePhotos()
	}
	s.submitAttempt(x)
	return nil
}

// submitAttempt ends what the person does. The names of test integrations
// decide at once.
func (s *Server) submitAttempt(x *session) {
	x.setStatus(statusSubmitted)
	s.announce(x, 7002, "submitted")
	if !s.settings.testNames {
		return
	}
	switch x.person.FirstName { // each is possible for a submitted session
	case "Approve":
		_ = s.approveSession(x, Person{})
	case "Decline":
		_ = s.declineSession(x, 0, "")
	case "Resubmit":
		_ = s.resubmitSession(x, 0, "")
	}
}

func (s *Server) approveSession(x *session, p Person) error {
	if err := x.mustBe("approved", statusSubmitted, statusReview); err != nil {
		return err
	}
	s.decide(x, outcome{status: statusApproved, code: 9001, person: p.or(x.person)})
	return nil
}

func (s *Server) declineSession(x *session, reasonCode int, reason string) error {
	if err := x.mustBe("declined", statusSubmitted, statusReview); err != nil {
		return err
	}
	s.decide(x, outcome{status: statusDeclined, code: 9102, reasonCode: reasonCode, reason: reason, person: x.person})
	return nil
}

func (s *Server) resubmitSession(x *session, reasonCode int, reason string) error {
	if err := x.mustBe("sent back for resubmission", statusSubmitted, statusReview); err != nil {
		return err
	}
	if len(x.attempts) > maxResubmissions {
		return s.declineSession(x, 539, "Resubmission limit")
	}
	s.decide(x, outcome{status: statusResubmit, code: 9103, reasonCode: reasonCode, reason: reason, person: x.person})
	x.newAttempt()
	return nil
}

func (s *Server) abandonSession(x *session) error {
	if err := x.mustBe("abandoned", statusStarted, statusResubmit); err != nil {
		return err
	}
	s.endSession(x)
	return nil
}

func (x *session) mustBe(done string, allowed ...string) error {
	if slices.Contains(allowed, x.status) {
		return nil
	}
	return fmt.Errorf("verifftest: a session that is %s cannot be %s", x.status, done)
}

// change makes one change to a session and delivers the webhooks that come of
// it.
func (s *Server) change(id string, change func(*session) error) error {
	s.mu.Lock()
	made := s.endOld()
	err := fmt.Errorf("verifftest: there is no such session")
	if x := s.find(id); x != nil {
		err = change(x)
	}
	s.deliverSince(made)
	return err
}

// withSession does what a call to the API asks for about a session that is
// there, and delivers the webhooks that come of it.
func (s *Server) withSession(id string, serve func(*session) (*fake.Answer, *refusal)) (*fake.Answer, *refusal) {
	s.mu.Lock()
	made := s.endOld()
	answer, no := (*fake.Answer)(nil), notFound()
	if x := s.find(id); x != nil {
		answer, no = serve(x)
	}
	s.deliverSince(made)
	return answer, no
}

// find is nil for a session that is not there.
func (s *Server) find(id string) *session {
	if i := slices.IndexFunc(s.sessions, func(x *session) bool { return x.id == id }); i >= 0 {
		return s.sessions[i]
	}
	return nil
}

// sweep ends the sessions whose time is over.
func (s *Server) sweep() {
	s.mu.Lock()
	s.deliverSince(s.endOld())
}

// endOld ends the sessions whose time is over and returns how many webhooks
// there were before.
func (s *Server) endOld() (made int) {
	made = len(s.webhooks)
	now := s.clock.Now()
	s.forgetDeleted(now)
	for _, x := range s.sessions {
		if now.Sub(x.created) < sessionLife {
			continue
		}
		if x.isOpen() {
			s.endSession(x)
		}
	}
	return made
}

// endSession ends a session that is open.
func (s *Server) endSession(x *session) {
	status := statusAbandoned
	if x.status == statusCreated {
		status = statusExpired
	}
	s.decide(x, outcome{status: status, code: 9104})
}
