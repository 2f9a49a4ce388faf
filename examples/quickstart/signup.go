package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/kyc"
)

// minimumAge is in full years, that of adults in Korea.
const minimumAge = 19

// errUsedUp is the application's own: Iamport cannot tell what was used before.
var errUsedUp = errors.New("this attempt has been used up")

// A signup is the application, the part that you write, for a vendor that
// starts in the application's own page. It takes adults. Its database is a map.
type signup struct {
	url     string
	launch  iamport.Launch // what is the same for everyone
	iamport verifier

	mu         sync.Mutex
	applicants map[string]*applicant // by merchant_uid
}

// A verifier is an *iamport.Client.
type verifier interface {
	VerifyCertification(context.Context, string, *iamport.Expectation) (*iamport.Certification, error)
}

// An applicant is one account's try to be certified.
type applicant struct {
	account   string
	startedAt time.Time
	person    *iamport.Certification // who was certified; set once
	refused   error                  // why the latest return was refused, for the log
}

// start stores an attempt before anyone sees its merchant_uid, and sends
// nothing: the page does.
func (s *signup) start(account string) (merchantUID string) {
	merchantUID = kyc.NewCheckID() // unguessable; rand.Text would do as well
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applicants[merchantUID] = &applicant{account: account, startedAt: time.Now()}
	return merchantUID
}

func (s *signup) pageURL(merchantUID string) string { return s.url + "/certify/" + merchantUID }
func (s *signup) backURL(merchantUID string) string { return s.url + "/back/" + merchantUID }

// page has the button that opens the gateway's window. Who gets it can be
// certified for the account: with sessions, serve it to that account alone.
func (s *signup) page(w http.ResponseWriter, r *http.Request) {
	merchantUID := r.PathValue("attempt")
	if s.applicant(merchantUID).account == "" {
		http.NotFound(w, r)
		return
	}
	launch := s.launch
	launch.Params.MerchantUID = merchantUID
	launch.Params.RedirectURL = s.backURL(merchantUID)
	fragment, err := launch.HTML()
	if err != nil {
		http.Error(w, "We cannot certify you today.", http.StatusInternalServerError)
		return
	}
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"ko\">\n<title>본인인증</title>\n%s</html>\n", fragment)
}

// back is where the browser comes back to. Anybody can visit it with anything
// in its query, so all that decides is what was stored, and what Iamport says.
// With sessions, check also that the attempt is one of the account that this
// browser is signed in to.
func (s *signup) back(w http.ResponseWriter, r *http.Request) {
	merchantUID := r.PathValue("attempt")
	a := s.applicant(merchantUID)
	if a.account == "" {
		http.NotFound(w, r)
		return
	}
	claim, err := iamport.ParseReturn(r) // what the browser says; proves nothing
	if err != nil {
		http.Error(w, "This link is broken.", http.StatusBadRequest)
		return
	}
	if claim.Success == iamport.No { // nothing is lost by believing a failure
		_, _ = fmt.Fprintln(w, "You have not been certified. Please try again.")
		return
	}
	person, err := s.iamport.VerifyCertification(r.Context(), claim.ImpUID, &iamport.Expectation{
		MerchantUID: merchantUID,
		NotBefore:   a.startedAt,
		MinimumAge:  minimumAge,
	})
	switch err = s.settle(merchantUID, person, err); {
	case err == nil:
		_, _ = fmt.Fprintln(w, "Thank you. Welcome!")
	case errors.Is(err, errUsedUp):
		http.Error(w, "You have been here before.", http.StatusConflict)
	case errors.Is(err, iamport.ErrUnderage):
		http.Error(w, "You are too young.", http.StatusForbidden)
	case errors.Is(err, iamport.ErrUnavailable), errors.Is(err, iamport.ErrRateLimited), errors.Is(err, iamport.ErrUnauthorized):
		http.Error(w, "We cannot tell yet, please come back later.", http.StatusServiceUnavailable)
	default:
		http.Error(w, "We could not certify you. Please try again.", http.StatusForbidden)
	}
}

// settle uses the attempt up, once: in SQL, an UPDATE with the condition that
// it was not, in the transaction that links the CI (person.CI, under a
// UNIQUE index if one person may have one account) to the account.
func (s *signup) settle(merchantUID string, person *iamport.Certification, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.applicants[merchantUID]
	switch {
	case err != nil:
	case a.person != nil:
		err = errUsedUp
	default:
		a.person = person
	}
	a.refused = err
	return err
}

// applicant returns a copy of the row, empty if there is none.
func (s *signup) applicant(merchantUID string) applicant {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.applicants[merchantUID]; a != nil {
		return *a
	}
	return applicant{}
}
