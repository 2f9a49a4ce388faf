//go:build linux

package main

import (
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// An applicant is somebody with a browser who wants to get in, and loads again
// what did not come. What they and the vendors did is written down here, and
// none of it is read from the program.
type applicant struct {
	*site
	*rand.Rand
	browser  *http.Client
	email    string
	identity string // who it is; two applicants can be one person
	born     string

	attempts   []*attempt
	begun      int // how often the button to begin was pressed
	unanswered int // how often no answer came to that
	signedIn   bool
	turnedAway bool // for having begun, or tried to sign in, too often
	reloads    int
}

// An attempt is a check that an applicant has a link to.
type attempt struct {
	provider, id string
	vendorID     string // Veriff's session
	approvals    []bool // what the vendor decided, the oldest first
	came         bool   // the browser came back, and had an answer
}

// approved is what the vendor says at last.
func (c *attempt) approved() bool {
	return len(c.approvals) > 0 && c.approvals[len(c.approvals)-1]
}

func emailOf(n uint64) string { return fmt.Sprintf("applicant-%d@maru.example", n) }

// newMembers makes the accounts of the applicants up to n, but of every eighth,
// who signs up.
func (s *site) newMembers(n uint64) {
	s.Helper()
	s.inside(func(db *database) {
		require.NoError(s, db.transact(s.Context(), func(tx *sql.Tx) error {
			for i := uint64(1); i <= n; i++ {
				if i%8 != 0 {
					insertMember(s, tx, emailOf(i))
				}
			}
			return nil
		}))
	})
}

func (s *site) newApplicant(seed, n uint64) *applicant {
	jar, err := cookiejar.New(nil)
	require.NoError(s, err)
	a := &applicant{
		site: s, Rand: rand.New(rand.NewPCG(seed, n)), email: emailOf(n), identity: fmt.Sprint("Applicant ", n), born: "1990-01-31",
		browser: &http.Client{Transport: s, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	if a.IntN(4) == 0 {
		a.identity = fmt.Sprint("One of many ", n/8)
	}
	if a.IntN(12) == 0 {
		a.born = "2015-05-05"
	}
	return a
}

// load has an answer, however often it takes.
func (a *applicant) load(method, address string, fields ...string) *answer {
	for {
		if got := a.try(method, address, fields...); got != nil {
			return got
		}
		a.reloads++
	}
}

// try has an answer, or nil if the connection was cut.
func (a *applicant) try(method, address string, fields ...string) *answer {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	if strings.HasPrefix(address, "/") {
		address = siteURL + address
	}
	req, err := http.NewRequestWithContext(a.Context(), method, address, strings.NewReader(form.Encode()))
	a.must(err == nil, "%v", err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", siteURL)
	}
	got, err := a.browser.Do(req)
	if err == nil {
		defer func() { _ = got.Body.Close() }()
		var text []byte
		if text, err = io.ReadAll(got.Body); err == nil {
			return &answer{got, string(text)}
		}
	}
	if a.Failed() {
		runtime.Goexit() // nothing goes on after a failure
	}
	return nil
}

// must ends the applicant, and fails the test, if something is not so.
func (a *applicant) must(ok bool, format string, args ...any) {
	if !ok {
		assert.Fail(a, a.email+": "+fmt.Sprintf(format, args...))
		runtime.Goexit()
	}
}

func (a *applicant) want(got *answer, status int, location string) {
	at := got.Header.Get("Location")
	a.must(got.StatusCode == status && strings.HasPrefix(at, location), "%s %s: %d to %q, not %d to %q: %s",
		got.Request.Method, got.Request.URL.Path, got.StatusCode, at, status, location, got.text)
}

// comeIn signs the applicant in, after having signed up if they are new.
func (a *applicant) comeIn() (in bool) {
	got := a.load(http.MethodPost, "/signin", "email", a.email, "password", testPassword)
	if got.StatusCode == http.StatusUnprocessableEntity && strings.Contains(got.text, words["alert.wrong"].en) {
		got = a.load(http.MethodPost, "/signup", "email", a.email, "password", testPassword)
		if strings.Contains(got.text, words["alert.taken"].en) { // by themselves, and no answer came
			got = a.load(http.MethodPost, "/signin", "email", a.email, "password", testPassword)
		}
	}
	if strings.Contains(got.text, words["alert.too_many_tries"].en) { // each that was cut is one
		a.turnedAway = true
		return false
	}
	a.want(got, http.StatusSeeOther, "/account")
	a.signedIn = true
	return true
}

// begin has a link to a check, nil if there are too many of the account's.
func (a *applicant) begin(provider string) *attempt {
	for {
		a.begun++
		got := a.try(http.MethodPost, verifyPath+"/"+provider+"/start")
		if got == nil {
			a.unanswered++
			a.reloads++
			if a.IntN(2) == 0 { // some look whether it has begun all the same
				if found := a.find(); found != nil {
					return found
				}
			}
			continue
		}
		if got.StatusCode == http.StatusForbidden && strings.Contains(got.text, words["problem.refused.too_many.title"].en) {
			a.turnedAway = true
			return nil
		}
		a.want(got, http.StatusSeeOther, "")
		return a.attemptAt(got.Header.Get("Location"))
	}
}

var checkPath = regexp.MustCompile(verifyPath + `/([a-z]+)/check/(\d{38})`)

// find goes on with the check that the account's page shows, if the applicant
// has no link to it yet.
func (a *applicant) find() *attempt {
	got := a.load(http.MethodGet, "/account")
	found := checkPath.FindStringSubmatch(got.text)
	if found == nil || slices.ContainsFunc(a.attempts, func(c *attempt) bool { return c.id == found[2] }) {
		return nil
	}
	got = a.load(http.MethodPost, found[0])
	a.want(got, http.StatusSeeOther, "")
	return a.attemptAt(got.Header.Get("Location"))
}

// attemptAt is the check of a link, as the vendor knows it.
func (a *applicant) attemptAt(link string) *attempt {
	c := &attempt{}
	for _, session := range a.veriff.Sessions() {
		if session.URL == link {
			*c = attempt{provider: "veriff", id: session.VendorData, vendorID: session.ID}
		}
	}
	for _, begun := range a.tomoidv.Attempts() {
		if begun.URL == link {
			*c = attempt{provider: "tomoidv", id: begun.UserID}
		}
	}
	if found := checkPath.FindStringSubmatch(link); found != nil && found[1] == "iamport" {
		*c = attempt{provider: "iamport", id: found[2]}
	}
	a.must(c.id != "", "%s leads to no check", link)
	a.attempts = append(a.attempts, c)
	return c
}

// comeBack is the browser on its way from a vendor to the check's page.
func (a *applicant) comeBack(c *attempt, address string) {
	a.want(a.load(http.MethodGet, address), http.StatusSeeOther, verifyPath+"/"+c.provider+"/check/"+c.id)
	c.came = true
	a.want(a.load(http.MethodGet, verifyPath+"/"+c.provider+"/check/"+c.id), http.StatusOK, "")
}

// goOn is the button on a check's page.
func (a *applicant) goOn(c *attempt) string {
	got := a.load(http.MethodPost, verifyPath+"/"+c.provider+"/check/"+c.id)
	a.want(got, http.StatusSeeOther, "")
	return got.Header.Get("Location")
}

func (a *applicant) no(err error) { a.must(err == nil, "%v", err) }

// both does two things in either order, or at once.
func (a *applicant) both(one, two func()) {
	switch a.IntN(3) {
	case 0:
		one()
		two()
	case 1:
		two()
		one()
	default:
		done := make(chan struct{})
		go func() { defer close(done); one() }()
		two()
		<-done
	}
}

// live is all that the applicant does.
func (a *applicant) live() {
	if !a.comeIn() {
		return
	}
	switch a.IntN(3) {
	case 0:
		a.byPhone()
	case 1:
		a.byIDCard()
	default:
		a.byDocument()
	}
	if a.IntN(3) == 0 {
		a.load(http.MethodGet, "/account")
	}
}

func (a *applicant) byPhone() {
	c := a.begin("iamport")
	if c == nil {
		return
	}
	page := a.load(http.MethodGet, verifyPath+"/iamport/check/"+c.id)
	a.want(page, http.StatusOK, "")
	a.must(strings.Contains(page.text, c.id) && strings.Contains(page.text, "IMP.certification"), "the window does not open: %s", page.text)
	window := iamporttest.Attempt{MerchantUID: c.id, RedirectURL: siteURL + verifyPath + "/iamport/return/" + c.id}
	out := func(impUID string) {
		address, err := a.iamport.ReturnURL(impUID)
		a.no(err)
		a.comeBack(c, address)
	}
	script := a.IntN(8)
	if script <= 2 { // not at the first try
		impUID, err := a.iamport.Begin(window)
		a.no(err)
		if script == 0 {
			a.no(a.iamport.Fail(impUID, "", ""))
		} else {
			a.no(a.iamport.Abandon(impUID))
		}
		out(impUID)
		c.came = false
		if script == 2 {
			return // nor at another
		}
	}
	impUID, err := a.iamport.Certify(window, iamporttest.Person{Name: a.identity, Birthday: a.born})
	a.no(err)
	c.approvals = append(c.approvals, a.born < "2000")
	if script != 3 { // who does not come back is nobody's news
		out(impUID)
		if a.IntN(4) == 0 {
			out(impUID)
		}
	}
}

func (a *applicant) byIDCard() {
	c := a.begin("tomoidv")
	if c == nil {
		return
	}
	out := func() {
		address, err := a.tomoidv.ReturnURL(c.id)
		a.no(err)
		a.comeBack(c, address)
	}
	pass := func() {
		a.no(a.tomoidv.Pass(c.id, tomoidvtest.Person{FullName: a.identity, DateOfBirth: a.born}))
		c.approvals = append(c.approvals, a.born < "2000")
	}
	switch a.IntN(8) {
	case 0:
		a.no(a.tomoidv.Fail(c.id))
		c.approvals = append(c.approvals, false)
		out()
	case 1: // and back another time
		a.no(a.tomoidv.Leave(c.id))
		out()
		a.goOn(c)
		pass()
		out()
	case 2: // and anew
		a.no(a.tomoidv.Cancel(c.id))
		out()
		if c = a.begin("tomoidv"); c != nil {
			pass()
			out()
		}
	case 3:
		a.no(a.tomoidv.Expire(c.id))
		c.approvals = append(c.approvals, false)
	case 4: // a human decides when the browser is gone
		a.no(a.tomoidv.Review(c.id, tomoidvtest.Person{FullName: a.identity, DateOfBirth: a.born}))
		out()
		pass()
	case 5: // and never comes back
		pass()
	default:
		pass()
		out()
	}
}

func (a *applicant) byDocument() {
	c := a.begin("veriff")
	if c == nil {
		return
	}
	out := func() { a.comeBack(c, siteURL+verifyPath+"/veriff/return/"+c.id) }
	submit := func() { a.no(a.veriff.Submit(c.vendorID)) }
	approve := func() {
		a.no(a.veriff.Approve(c.vendorID, verifftest.Person{FirstName: "Mirae", LastName: a.identity, DateOfBirth: a.born}))
		c.approvals = append(c.approvals, a.born < "2000")
	}
	decline := func() {
		a.no(a.veriff.Decline(c.vendorID, 101, ""))
		c.approvals = append(c.approvals, false)
	}
	// change is Veriff's after it had decided.
	change := func(status string, code int) {
		a.no(a.veriff.ForceDecision(c.vendorID, map[string]any{"status": status, "code": code, "person": map[string]any{"dateOfBirth": a.born}}))
		c.approvals = append(c.approvals, status == "approved" && a.born < "2000")
	}
	script := a.IntN(14)
	switch script {
	case 0: // and walks away
		a.no(a.veriff.Open(c.vendorID))
		return
	case 1: // and anew
		a.no(a.veriff.Open(c.vendorID))
		a.no(a.veriff.Abandon(c.vendorID))
		c.approvals = append(c.approvals, false)
		if c = a.begin("veriff"); c == nil {
			return
		}
	}
	submit()
	switch script {
	case 2, 3: // once more at the same link
		a.both(out, func() {
			a.no(a.veriff.RequestResubmission(c.vendorID, 204, ""))
			c.approvals = append(c.approvals, false)
		})
		a.goOn(c)
		submit()
		if script == 2 {
			a.both(out, decline)
		} else {
			a.both(out, approve)
		}
	case 4:
		a.both(out, decline)
	case 5, 6, 7, 8: // late reversals
		a.both(out, approve)
		a.both(func() { change("declined", 9102) }, func() { a.load(http.MethodGet, "/members") })
		if script == 8 {
			change("approved", 9001)
		}
	case 9: // and never comes back
		approve()
	default:
		a.both(out, approve)
	}
}
