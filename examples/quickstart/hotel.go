package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/tomoidv"
)

// Why the application does not take an answer of TomoIDV's: what a record is
// worth is the application's to judge.
var (
	errUndecided   = errors.New("nothing has been decided about this attempt")
	errOtherPolicy = errors.New("verified under another policy")
	errSeveral     = errors.New("several records, and nothing tells whose")
	errNotApproved = errors.New("TomoIDV did not approve")
)

// A hotel is the application, the part that you write, for a vendor that
// verifies visitors from abroad on pages of its own. Its database is a map.
type hotel struct {
	url     string
	tomoidv tomoidvAPI
	country tomoidv.Country // that issued the identity
	policy  tomoidv.Policy  // under which a guest must be verified

	mu     sync.Mutex
	guests map[string]*guest // by user_id
}

// A tomoidvAPI is a *tomoidv.Client.
type tomoidvAPI interface {
	Start(context.Context, *tomoidv.StartRequest) (*tomoidv.Started, error)
	Result(context.Context, *tomoidv.ResultRequest) (*tomoidv.Result, error)
}

// A guest is one account's try to be verified.
type guest struct {
	account string
	person  *tomoidv.Record // who was verified
	ppid    tomoidv.PPID    // the same for that person the next time
	refused error           // why the latest return was refused, for the log
}

// start begins a verification. The user_id is fresh and unguessable, because
// nothing else binds a record to the attempt, and the attempt is stored first:
// an answer that gets lost leaves a row that never ends.
func (h *hotel) start(ctx context.Context, account string) (userID, url string, err error) {
	userID = kyc.NewCheckID() // rand.Text would do as well
	h.mu.Lock()
	h.guests[userID] = &guest{account: account}
	h.mu.Unlock()
	started, err := h.tomoidv.Start(ctx, &tomoidv.StartRequest{
		UserID:             userID,
		Country:            h.country,
		Policy:             h.policy,
		RedirectURLSuccess: h.backURL(userID), // TomoIDV adds nothing to be relied upon
		RedirectURLFail:    h.backURL(userID),
	})
	if err != nil {
		return "", "", err
	}
	return userID, started.URL, nil // now the person may have the URL
}

func (h *hotel) backURL(userID string) string { return h.url + "/back/" + userID }

// back is where the browser comes back to, after a success and after a failure.
// Anybody can visit it with anybody's token in the query, so the query is not
// even read: TomoIDV is asked about the user_id in the path, which is one that
// was sent to it. With sessions, check also that the attempt is one of the
// account that this browser is signed in to.
func (h *hotel) back(w http.ResponseWriter, r *http.Request) {
	userID := r.PathValue("attempt")
	if h.guest(userID).account == "" {
		http.NotFound(w, r)
		return
	}
	result, err := h.tomoidv.Result(r.Context(), &tomoidv.ResultRequest{UserID: userID, Country: h.country, Policy: h.policy})
	switch err = h.settle(userID, result, err); {
	case err == nil:
		_, _ = fmt.Fprintln(w, "Thank you. Welcome!")
	case errors.Is(err, errUndecided):
		_, _ = fmt.Fprintln(w, "You are not verified yet. Please finish, or come back later.")
	case errors.Is(err, errOtherPolicy), errors.Is(err, errSeveral), errors.Is(err, errNotApproved):
		http.Error(w, "We could not verify you. Please ask at the desk.", http.StatusForbidden)
	default: // whatever TomoIDV answered, it was of no use
		http.Error(w, "We cannot tell yet, please come back later.", http.StatusServiceUnavailable)
	}
}

// settle stores what came of an attempt: in SQL, in the transaction that links
// the PPID (under a UNIQUE index if one person may have one account) to the
// account.
func (h *hotel) settle(userID string, result *tomoidv.Result, err error) error {
	var person *tomoidv.Record
	if err == nil {
		person, err = h.admits(result)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.guests[userID]
	g.refused = err
	if err == nil {
		g.person, g.ppid = person, result.UserID
	}
	return err
}

// admits finds the record that admits a guest. That there is one is no
// approval, one under a weaker policy is not what was asked for, whatever
// TomoIDV was asked for, and of several nothing tells which is this guest's.
func (h *hotel) admits(result *tomoidv.Result) (*tomoidv.Record, error) {
	record, ok := result.Only(h.policy, h.country)
	switch {
	case len(result.Records) == 0:
		return nil, errUndecided
	case !ok && slices.ContainsFunc(result.Records, func(r tomoidv.Record) bool { return r.Matches(h.policy, h.country) }):
		return nil, errSeveral
	case !ok:
		return nil, errOtherPolicy
	case record.Status() == tomoidv.StatusApproved:
		return record, nil
	case record.Status() == tomoidv.StatusPendingReview:
		return nil, errUndecided
	}
	return nil, errNotApproved
}

// guest returns a copy of the row, empty if there is none.
func (h *hotel) guest(userID string) guest {
	h.mu.Lock()
	defer h.mu.Unlock()
	if g := h.guests[userID]; g != nil {
		return *g
	}
	return guest{}
}
