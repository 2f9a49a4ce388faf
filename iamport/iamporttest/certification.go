package iamporttest

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/kyckit/kyckit-go/internal/fake"
)

const (
	statusBegun     = "begun"
	statusCertified = "certified"
	statusFailed    = "failed"
	statusAbandoned = "abandoned"
)

// leftMessage is error_msg when the person left the window.
const leftMessage = "사용자가 본인인증을 취소하였습니다."

type certification struct {
	impUID  string
	token   string // of the hosted window
	target  string // origin of the page that waits for a popup; empty without one
	attempt Attempt
	hint    Person // whom the page named
	origin  any    // null for a code
	status  string

	pgTID       string
	person      Person
	certifiedAt int64
	fields      map[string]any // put in place of what the API would answer

	errorCode string // of a failure
	errorMsg  string

	otp *otp // nil for a certification in the window
}

// An Attempt is how a certification in the browser begins: what the page says
// to IMP.certification, and where it says it.
type Attempt struct {
	MerchantUID string  // random when empty
	Gateway     Gateway // Danal when empty
	Tier        string  // empty for the agent itself, or a merchant without tiers
	MinAge      int     // in full years, kept by Danal alone; 0 for none
	RedirectURL string  // m_redirect_url; empty for a popup
	Origin      string  // URL of the page; about:blank when empty
}

// A Certification is what the server knows of one.
type Certification struct {
	ImpUID      string
	MerchantUID string
	Gateway     Gateway
	Tier        string
	Status      string // begun, certified, failed or abandoned
	URL         string // of the hosted window; empty for one by a code
}

// Certifications are all that began and were not deleted, oldest first.
func (s *Server) Certifications() []Certification {
	s.mu.Lock()
	defer s.mu.Unlock()
	certifications := make([]Certification, 0, len(s.certifications))
	for _, x := range s.certifications {
		c := Certification{
			ImpUID:      x.impUID,
			MerchantUID: x.attempt.MerchantUID,
			Gateway:     x.attempt.Gateway,
			Tier:        x.attempt.Tier,
			Status:      x.status,
		}
		if x.otp == nil {
			c.URL = s.URL + hostedPath + x.token
		}
		certifications = append(certifications, c)
	}
	return certifications
}

// Begin opens the window for a person and returns the imp_uid. Certify, Pass,
// Fail and Abandon say how it ends; until then it is unfinished.
func (s *Server) Begin(a Attempt) (impUID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.judgeAttempt(a); err != nil {
		return "", s.fail(err)
	}
	return s.begin(a, Person{}).impUID, nil
}

// Certify is Begin and Pass: an attempt that p passes. It returns the imp_uid
// also if p is too young.
func (s *Server) Certify(a Attempt, p Person) (impUID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.judgeAttempt(a); err != nil {
		return "", s.fail(err)
	}
	if err := p.judge(s.today()); err != nil {
		return "", s.fail(err)
	}
	x := s.begin(a, p)
	return x.impUID, s.fail(s.pass(x, p))
}

// Pass certifies p in the window that opened. With Danal, somebody who is
// younger than the attempt's minimum age fails instead, and that is an error.
func (s *Server) Pass(impUID string, p Person) error {
	return s.fail(s.change(impUID, func(x *certification) error {
		if x.otp != nil {
			return errors.New("iamporttest: a certification by a code is confirmed through the API")
		}
		return s.pass(x, p)
	}))
}

// Fail ends a certification without success. The code and the message are what
// the browser is told; there is no list of codes, and either may be empty.
func (s *Server) Fail(impUID, code, message string) error {
	return s.fail(s.change(impUID, func(x *certification) error { return x.fails(code, message) }))
}

// Abandon is the person's leaving the window: the certification stays
// unfinished for good.
func (s *Server) Abandon(impUID string) error {
	return s.fail(s.change(impUID, (*certification).abandon))
}

// ForceCertification certifies whatever the state, the way to send what
// contradicts itself or what nobody has heard of. The fields take the place of
// what the API would answer with, for good; the person's are null unless they
// are among them or the person passed before.
//
//	srv.ForceCertification(impUID, map[string]any{"birthday": "1990-02-30"})
//
// The fields must have a JSON form.
func (s *Server) ForceCertification(impUID string, fields map[string]any) error {
	plain, err := fake.PlainFields(fields)
	if err != nil {
		return s.fail(fmt.Errorf("iamporttest: %w", err))
	}
	return s.fail(s.change(impUID, func(x *certification) error {
		if x.status != statusCertified {
			s.certify(x, Person{})
		}
		x.fields = plain
		return nil
	}))
}

// Callback is what the callback of IMP.certification gets, as JSON. Somebody
// who has not finished is taken to have left.
func (s *Server) Callback(impUID string) ([]byte, error) {
	var callback []byte
	err := s.change(impUID, func(x *certification) error {
		callback = x.callback()
		return nil
	})
	return callback, s.fail(err)
}

// ReturnURL is where the browser is redirected when the person is done: the
// attempt's RedirectURL with its query. Somebody who has not finished is taken
// to have left.
func (s *Server) ReturnURL(impUID string) (string, error) {
	var address string
	err := s.change(impUID, func(x *certification) error {
		if x.attempt.RedirectURL == "" {
			return errors.New("iamporttest: the attempt has no redirect URL")
		}
		address = s.returnURL(x)
		return nil
	})
	return address, s.fail(err)
}

// change makes one change to a certification.
func (s *Server) change(impUID string, change func(*certification) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.find(func(x *certification) bool { return x.impUID == impUID })
	if x == nil {
		return errors.New("iamporttest: there is no such certification")
	}
	return change(x)
}

// What is below runs under the lock.

// find is the first certification for which is holds, nil if there is none.
func (s *Server) find(is func(*certification) bool) *certification {
	if i := slices.IndexFunc(s.certifications, is); i >= 0 {
		return s.certifications[i]
	}
	return nil
}

// judgeAttempt tells what is wrong with an attempt.
func (s *Server) judgeAttempt(a Attempt) error {
	switch {
	case a.Gateway != "" && !a.Gateway.known():
		return fmt.Errorf("iamporttest: there is no gateway %q", a.Gateway)
	case a.Tier != "" && !s.hasTier(a.Tier):
		return fmt.Errorf("iamporttest: there is no tier %q: see WithTier", a.Tier)
	case a.MinAge < 0:
		return errors.New("iamporttest: a minimum age is not negative")
	case a.RedirectURL != "" && !isWebURL(a.RedirectURL):
		return errors.New("iamporttest: a redirect URL is an absolute http or https URL")
	case s.settings.uniqueMerchantUID && s.isUsed(a.MerchantUID):
		return errors.New("iamporttest: the merchant_uid was used before")
	}
	return nil
}

// begin begins a certification in the window, of an attempt that was judged.
func (s *Server) begin(a Attempt, hint Person) *certification {
	if a.Gateway == "" {
		a.Gateway = Danal
	}
	if a.Origin == "" {
		a.Origin = "about:blank"
	}
	x := s.add(a)
	x.hint, x.origin = hint, a.Origin
	return x
}

// add is a new certification.
func (s *Server) add(a Attempt) *certification {
	if a.MerchantUID == "" {
		a.MerchantUID = "nobody" + digits(14)
	}
	impUID := newImpUID()
	for s.find(func(x *certification) bool { return x.impUID == impUID }) != nil {
		impUID = newImpUID()
	}
	x := &certification{impUID: impUID, token: newToken(), attempt: a, status: statusBegun}
	s.certifications = append(s.certifications, x)
	return x
}

func newImpUID() string { return "imp_" + digits(12) }

func (s *Server) isUsed(merchantUID string) bool {
	return merchantUID != "" &&
		s.find(func(x *certification) bool { return x.attempt.MerchantUID == merchantUID }) != nil
}

func isWebURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (s *Server) pass(x *certification, p Person) error {
	today := s.today()
	if err := p.judge(today); err != nil {
		return err
	}
	if x.attempt.Gateway == Danal && fullYears(p.born(), today) < x.attempt.MinAge {
		if err := x.fails(minAgeCode, "최소 연령 조건을 만족하지 않습니다."); err != nil {
			return err
		}
		return fmt.Errorf("iamporttest: the person is younger than %d, and failed", x.attempt.MinAge)
	}
	if err := x.mustBeBegun(); err != nil {
		return err
	}
	s.certify(x, p)
	return nil
}

// minAgeCode is error_code for somebody who is too young. The vendor's own is
// not known.
const minAgeCode = "MIN_AGE"

func (s *Server) certify(x *certification, p Person) {
	now := s.clock.Now()
	x.status = statusCertified
	x.person = p
	x.certifiedAt = now.Unix()
	x.pgTID = s.mid(x.attempt.Gateway) + "_" + now.UTC().Format("20060102150405") + digits(6)
}

func (x *certification) fails(code, message string) error {
	if err := x.mustBeBegun(); err != nil {
		return err
	}
	x.status, x.errorCode, x.errorMsg = statusFailed, code, message
	return nil
}

func (x *certification) abandon() error {
	if err := x.mustBeBegun(); err != nil {
		return err
	}
	x.status, x.errorMsg = statusAbandoned, leftMessage
	return nil
}

func (x *certification) mustBeBegun() error {
	if x.status == statusBegun {
		return nil
	}
	return fmt.Errorf("iamporttest: the certification is %s already", x.status)
}
