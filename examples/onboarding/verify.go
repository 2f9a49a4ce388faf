package main

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
)

// verifyPath is where kychttp's routes are.
const verifyPath = "/verify"

// A check can cost money, and guessing needs many.
const (
	maxChecks    = 5
	checksWindow = 24 * time.Hour
)

// Why no check begins.
var (
	errSignedOut     = errors.New("onboarding: nobody is signed in")
	errAdmitted      = errors.New("onboarding: the account is admitted")
	errRefused       = errors.New("onboarding: a human refused the account")
	errTooManyChecks = errors.New("onboarding: too many checks")
)

// begin is kychttp's Begin. The account is the session's, and nothing else that
// the browser says counts.
func (a *app) begin(r *http.Request, _ string) (*kyc.StartRequest, error) {
	who, err := a.signedIn(r)
	if err != nil {
		return nil, err
	}
	if who == nil {
		return nil, errSignedOut
	}
	s, err := standingOf(r.Context(), a.db, who.ID)
	if err != nil {
		return nil, err
	}
	begun, err := a.db.begunSince(r.Context(), who.ID, time.Now().Add(-checksWindow))
	switch {
	case err != nil:
		return nil, err
	case s.Admitted:
		return nil, errAdmitted
	case s.Verdict == verdictRefuse:
		return nil, errRefused
	case begun >= maxChecks:
		return nil, errTooManyChecks
	}
	return &kyc.StartRequest{Reference: who.ID, Hints: kyc.Hints{Language: string(preferred(r))}}, nil
}

// owns is kychttp's Owns.
func (a *app) owns(r *http.Request, reference string) bool {
	who, err := a.signedIn(r)
	if err != nil {
		a.log.ErrorContext(r.Context(), "onboarding: session unknown", "error", err)
	}
	return who != nil && who.ID == reference
}

// A checkBody is the page of a check, or of what keeps a person from it.
type checkBody struct {
	Title, Text string // keys of words
	Years       int    // for the text about the age
	Reason      string // why to try again, a key of words; empty without
	Launch      template.HTML
	Continue    string // a form to post, as Start is
	Start       string
	Self        string // to look again
	Here        string // to go on in this browser
	SignIn      bool
	Enter       bool // to the members' pages
	Choose      bool // back to the choice of vendors
}

// Acts tells whether there is anything to press, beside a vendor's own button.
func (b *checkBody) Acts() bool {
	return b.Continue != "" || b.Start != "" || b.Self != "" || b.Here != "" || b.SignIn || b.Enter
}

// showCheck is kychttp's Page.
func (a *app) showCheck(w http.ResponseWriter, r *http.Request, page *kychttp.Page) {
	who, err := a.signedIn(r)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	body := problemBody(page, who)
	if page.Problem == "" {
		body, err = a.checkBody(r, page, who)
	}
	if err != nil {
		a.failed(w, r, err)
		return
	}
	a.show(w, r, page.Code, "check", body)
}

func problemBody(page *kychttp.Page, who *account) *checkBody {
	name := string(page.Problem)
	body := &checkBody{Choose: true}
	switch page.Problem {
	case kychttp.ProblemOtherBrowser:
		body.SignIn = who == nil
		if who != nil {
			body.Here = page.Self // which asks whose it is
		}
	case kychttp.ProblemNotOwner:
		body.SignIn = who == nil
	case kychttp.ProblemMismatch, kychttp.ProblemTryLater:
		body.Self = page.Self
	case kychttp.ProblemRefused:
		for err, reason := range map[error]string{
			errSignedOut: "signed_out", errAdmitted: "admitted", errRefused: "by_human", errTooManyChecks: "too_many",
		} {
			if errors.Is(page.Err, err) {
				name += "." + reason
			}
		}
		body.SignIn = who == nil
	}
	body.Title, body.Text = "problem."+name+".title", "problem."+name+".text"
	return body
}

// checkBody says how the check stands and what the person can do. The vendor's
// word is one thing, whether the account gets in another.
func (a *app) checkBody(r *http.Request, page *kychttp.Page, who *account) (*checkBody, error) {
	if who == nil {
		return nil, errNotFound // signed out since kychttp asked
	}
	s, err := standingOf(r.Context(), a.db, who.ID)
	if err != nil {
		return nil, err
	}
	name := "status." + page.Status.String()
	body := &checkBody{Years: minimumAge, Launch: page.Launch, Continue: page.Continue}
	switch {
	case s.Verdict == verdictRefuse:
		name, body.Launch, body.Continue = "refused", "", ""
	case s.Admitted:
		name, body.Launch, body.Continue, body.Enter = "admitted", "", "", true
	default:
		switch page.Status {
		case kyc.StatusPending:
			switch {
			case page.Launch == "":
				body.Self = page.Self
			case page.Result != nil && page.Result.Attempt != "":
				name = "relaunch" // somebody came back from the vendor's window without success
			default:
				name = "launch"
			}
		case kyc.StatusResubmit:
			body.Reason = kindReason(page.Provider, page.Result)
		case kyc.StatusApproved: // and yet not admitted: the database refused a second account
			name = "conflict"
		case kyc.StatusDeclined:
			body.Choose = true
			if isMinor(page.Result, time.Now()) {
				name, body.Choose = "minor", false
			}
		case kyc.StatusExpired, kyc.StatusAbandoned, kyc.StatusCanceled:
			body.Start, body.Choose = page.Start, true
		default: // review, and what nobody can read: there is nothing to do but wait
			name, body.Self = "status.review", page.Self
		}
	}
	body.Title, body.Text = name+".title", name+".text"
	return body, nil
}

// kindReason is what to do better, as a key of words. Only Veriff asks for
// another try; its codes are those of document 003. The vendor's own text is for
// the back office.
func kindReason(provider string, result *kyc.Result) string {
	if result == nil || provider != "veriff" {
		return "reason.other"
	}
	key := "reason." + result.ReasonCode
	if _, ok := words[key]; !ok {
		return "reason.other"
	}
	return key
}

// isMinor tells whether the age is why somebody was declined. It explains, and
// decides nothing: the limit is the adapters'.
func isMinor(result *kyc.Result, now time.Time) bool {
	if result == nil {
		return false
	}
	years, ok := result.Person.BirthDate.AgeAt(now)
	return ok && years < minimumAge
}

// An offer is a vendor to verify with.
type offer struct {
	Name  string // the words' keys are offer.NAME.title and .text
	Start string // where to post
}

// An accountBody is the page of an account.
type accountBody struct {
	standing
	Years  int
	Newest *storedCheck // nil before the first
	Path   string       // of the newest check
	State  string       // of the newest check, a key of words
	Offers []offer      // empty when there is nothing to verify
}

func (a *app) showAccount(w http.ResponseWriter, r *http.Request, who *account) error {
	body := accountBody{Years: minimumAge}
	var err error
	if body.standing, err = standingOf(r.Context(), a.db, who.ID); err != nil {
		return err
	}
	checks, err := a.db.checksOf(r.Context(), who.ID)
	if err != nil {
		return err
	}
	if len(checks) > 0 {
		body.Newest = &checks[0]
		body.Path = a.service.PagePath(&body.Newest.Check)
		body.State = "state." + stateOf(body.Newest)
	}
	if !body.Admitted && body.Verdict != verdictRefuse {
		for _, name := range a.offered {
			body.Offers = append(body.Offers, offer{name, fmt.Sprintf("%s/%s/start", verifyPath, name)})
		}
	}
	a.show(w, r, http.StatusOK, "account", body)
	return nil
}

// stateOf is a check in a word: kyc's statuses, and conflict.
func stateOf(c *storedCheck) string {
	switch {
	case c.Conflict:
		return "conflict"
	case c.Result == nil || c.Result.Status == kyc.StatusResubmit && c.Latest == kyc.StatusPending:
		return kyc.StatusPending.String()
	case !c.Result.Status.Known():
		return kyc.StatusUnknown.String()
	}
	return c.Result.Status.String()
}

// showMembers is what all of this is for.
func (a *app) showMembers(w http.ResponseWriter, r *http.Request, who *account) error {
	s, err := standingOf(r.Context(), a.db, who.ID)
	if err != nil {
		return err
	}
	if !s.Admitted {
		http.Redirect(w, r, "/account", http.StatusSeeOther)
		return nil
	}
	a.show(w, r, http.StatusOK, "members", nil)
	return nil
}
