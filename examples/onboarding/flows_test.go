package main

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	byPhone    = "Verify by phone"
	byIDCard   = "Verify by ID card"
	byDocument = "Verify by document"
	launch     = "본인인증" // the button of iamport.Launch
)

// TestInBrowser is what people do, in one Chromium, each in a context of their
// own, with an application and fakes of their own.
func TestInBrowser(t *testing.T) {
	browser := startBrowser(t)
	for name, flow := range map[string]func(*testing.T, context.Context){
		"iamport: pass in a popup":               iamportPopup,
		"iamport: pass by a redirect on a phone": iamportRedirect,
		"iamport: fail, and pass":                iamportFail,
		"iamport: walk away and come back":       iamportWalkAway,
		"iamport: the window does not open":      iamportBlocked,
		"tomoidv: pass":                          tomoidvPass,
		"tomoidv: fail":                          tomoidvFail,
		"tomoidv: walk away and come back":       tomoidvWalkAway,
		"veriff: pass":                           veriffPass,
		"veriff: fail":                           veriffFail,
		"veriff: walk away and come back":        veriffWalkAway,
		"veriff: try again at the same URL":      veriffResubmit,
		"a second account with the same CI":      secondCI,
		"a second account with the same PPID":    secondPPID,
		"a minor":                                minor,
		"a stolen return link":                   stolenReturn,
		"webhook before the return":              webhookFirst,
		"webhook after the return":               webhookLast,
		"a human overrules":                      overrule,
		"expired, and a new check":               expiry,
		"erasure":                                erasureFlow,
		"every page":                             screens,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flow(t, browser)
		})
	}
}

func iamportPopup(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("hong@maru.example")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.inPopup(launch, func(popup *visitor) { popup.certify("홍미래", "1990-01-31", "Pass") })
	v.see("You are in")
	v.click("Come in")
	v.see("Welcome to the reading room")
	w.assertEffects(t, "hong@maru.example", "admitted")
}

func iamportRedirect(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w, onPhone())
	v.signUp("hong@maru.example")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.click(launch)
	v.certify("홍미래", "1990-01-31", "Pass")
	v.see("You are in")
	assert.NotContains(t, v.at(), "imp_uid", "what the browser brought does not stay in its address bar")
	w.assertEffects(t, "hong@maru.example", "admitted")
}

func iamportFail(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w, onPhone())
	v.signUp("hong@maru.example")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.click(launch)
	v.certify("홍미래", "1990-01-31", "Fail")
	v.see("That did not work yet")
	w.assertEffects(t, "hong@maru.example")
	v.click(launch)
	v.certify("홍미래", "1990-01-31", "Pass")
	v.see("You are in")
	w.assertEffects(t, "hong@maru.example", "admitted")
}

func iamportWalkAway(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("hong@maru.example")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.inPopup(launch, func(popup *visitor) { popup.certify("홍미래", "1990-01-31", "Walk away") })
	v.see("That did not work yet")
	v.open("/account")
	v.read("Under way")
	v.click("See how it stands")
	v.see("That did not work yet")
	v.inPopup(launch, func(popup *visitor) { popup.certify("홍미래", "1990-01-31", "Pass") })
	v.see("You are in")
}

func iamportBlocked(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("hong@maru.example")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Evaluate[any](`window.IMP = null`, chromedp.EvalIgnoreExceptions)(ctx, target)
		return err
	}))
	v.click(launch)
	v.read("The window could not be opened.")
}

func tomoidvPass(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("alex@maru.example")
	v.click(byIDCard)
	v.see("Verify your identity")
	v.click("Pass")
	v.see("You are in")
	w.assertEffects(t, "alex@maru.example", "admitted")
}

func tomoidvFail(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("alex@maru.example")
	v.click(byIDCard)
	v.see("Verify your identity")
	v.click("Fail")
	v.see("We could not verify you")
	v.open("/members")
	v.see("Your account")
	w.assertEffects(t, "alex@maru.example")
}

func tomoidvWalkAway(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("alex@maru.example")
	v.click(byIDCard)
	v.see("Verify your identity")
	v.click("Walk away")
	v.see("Your verification is under way")
	v.click("Go on")
	v.see("Verify your identity")
	v.click("Pass")
	v.see("You are in")
}

func veriffPass(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.document("Mirae", "1990-01-31", "Approve")
	v.see("You are in")
	w.assertEffects(t, "mirae@maru.example", "admitted")
}

// document is the person on Veriff's page.
func (v *visitor) document(firstName, birthday, outcome string) {
	v.t.Helper()
	v.see("Verify your identity")
	v.fill("First name", firstName)
	v.fill("Last name", "Hong")
	v.fill("Date of birth", birthday)
	v.click(outcome)
}

func veriffFail(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.document("Mirae", "1990-01-31", "Decline")
	v.see("We could not verify you")
	w.assertEffects(t, "mirae@maru.example")
}

func veriffWalkAway(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.see("Verify your identity")
	// The person closes the page, and comes back another day.
	v.open("/account")
	v.click("See how it stands")
	v.see("Your verification is under way")
	v.click("Go on")
	v.document("Mirae", "1990-01-31", "Walk away")
	v.see("Not finished")
	v.click("Begin again")
	v.document("Mirae", "1990-01-31", "Approve")
	v.see("You are in")
	w.assertEffects(t, "mirae@maru.example", "admitted")
}

func veriffResubmit(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.see("Verify your identity")
	first := v.at()
	v.do(chromedp.SetValue(chromedp.CSS(`#resubmitReason`), "204"))
	v.document("Mirae", "1990-01-31", "Ask again")
	v.see("Nearly there: please try once more")
	v.read("The pictures were blurred or too dark.")
	v.click("Go on")
	v.see("Verify your identity")
	assert.Equal(t, first, v.at())
	v.document("Mirae", "1990-01-31", "Approve")
	v.see("You are in")
	w.assertEffects(t, "mirae@maru.example", "admitted")
}

func secondCI(t *testing.T, browser context.Context) {
	w := newWorld(t)
	first := visit(t, browser, w, onPhone())
	first.signUp("first@maru.example")
	first.click(byPhone)
	first.see("Verify with your phone")
	first.click(launch)
	first.certify("홍미래", "1990-01-31", "Pass")
	first.see("You are in")

	v := visit(t, browser, w)
	v.signUp("second@maru.example")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.inPopup(launch, func(popup *visitor) { popup.certify("홍미래", "1990-01-31", "Pass") })
	v.see("You have been here before")
	v.open("/members")
	v.see("Your account")
	v.read("Verified, but not for this account")
	w.assertEffects(t, "first@maru.example", "admitted")
	w.assertEffects(t, "second@maru.example", "conflict")
}

func secondPPID(t *testing.T, browser context.Context) {
	w := newWorld(t)
	for _, person := range []struct{ email, heading string }{
		{"first@maru.example", "You are in"}, {"second@maru.example", "You have been here before"},
	} {
		v := visit(t, browser, w)
		v.signUp(person.email)
		v.click(byIDCard)
		v.see("Verify your identity")
		v.click("Pass")
		v.see(person.heading)
	}
	w.assertEffects(t, "second@maru.example", "conflict")
}

func minor(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("young@maru.example")
	v.click(byDocument)
	v.document("Minsu", "2015-05-05", "Approve")
	v.see("Please come back when you are older")
	v.read("19 and older")

	v.open("/account")
	v.click(byIDCard)
	v.see("Verify your identity")
	v.fill("Date of birth", "2015-05-05")
	v.click("Pass")
	v.see("Please come back when you are older")

	v.open("/account")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.inPopup(launch, func(popup *visitor) { popup.certify("김민수", "2015-05-05", "Pass") })
	v.see("That did not work yet") // Danal's window refuses, and does not say why
	w.assertEffects(t, "young@maru.example")
}

func stolenReturn(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("hong@maru.example")
	v.click(byPhone)
	v.see("Verify with your phone")

	// The thief passed a certification of the victim's merchant_uid, or has the
	// link from a log, with the victim's imp_uid in it.
	merchantUID, returnURL := w.newestCheck(t)
	impUID, err := w.iamport.Certify(iamportAttempt(merchantUID, returnURL), iamportPerson())
	require.NoError(t, err)
	link, err := w.iamport.ReturnURL(impUID)
	require.NoError(t, err)

	thief := visit(t, browser, w)
	thief.open(link)
	thief.see("Go on where you began")
	w.assertEffects(t, "hong@maru.example")
	thief.signUp("thief@maru.example")
	thief.open(link)
	thief.see("Go on where you began")
	thief.click("Go on here")
	thief.see("Please sign in")
	w.assertEffects(t, "hong@maru.example")
	w.assertEffects(t, "thief@maru.example")

	v.open(link) // in the browser that has the check
	v.see("You are in")
	w.assertEffects(t, "hong@maru.example", "admitted")
}

func webhookFirst(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.see("Verify your identity")
	session := w.fakes.veriff.Sessions()[0]
	require.NoError(t, w.fakes.veriff.Submit(session.ID))
	require.NoError(t, w.fakes.veriff.Approve(session.ID, veriffPerson()))
	w.assertEffects(t, "mirae@maru.example", "admitted")
	_, returnURL := w.newestCheck(t)
	v.open(returnURL)
	v.see("You are in")
	w.assertEffects(t, "mirae@maru.example", "admitted")
}

func webhookLast(t *testing.T, browser context.Context) {
	w := newWorld(t)
	w.fakes.veriff.Hold()
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.document("Mirae", "1990-01-31", "Approve")
	v.see("You are in")
	w.assertEffects(t, "mirae@maru.example", "admitted")
	assert.Zero(t, w.fakes.veriff.Release(), "all are answered with 200")
	for _, webhook := range w.fakes.veriff.Webhooks() {
		status, err := w.fakes.veriff.Deliver(webhook) // and once more
		require.NoError(t, err)
		assert.Equal(t, 200, status)
	}
	w.assertEffects(t, "mirae@maru.example", "admitted")
}

func overrule(t *testing.T, browser context.Context) {
	w := newWorld(t)
	password, err := w.db.addStaff(t.Context(), "staff@maru.example")
	require.NoError(t, err)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.document("Mirae", "1990-01-31", "Decline")
	v.see("We could not verify you")
	before, _ := w.newestRecord(t)

	staff := visit(t, browser, w)
	staff.signIn("staff@maru.example", password, "Back office")
	staff.click("mirae@maru.example")
	staff.see("mirae@maru.example")
	staff.read("declined 9102")
	staff.decide("admit", "Looked at the passport in a video call.")
	staff.read("staff@maru.example")

	v.open("/account")
	v.read("You are a member")
	v.click("Come in")
	v.see("Welcome to the reading room")

	after, _ := w.newestRecord(t)
	assert.Equal(t, before.Result, after.Result, "the vendor's record is as it was")

	staff.decide("refuse", "It was somebody else in the video call.")
	staff.read("It was somebody else")
	v.open("/members")
	v.read("We cannot let you in")
	decisions, err := w.db.decisionsAbout(t.Context(), w.accountOf(t, "mirae@maru.example"))
	require.NoError(t, err)
	require.Len(t, decisions, 2)
	assert.Equal(t, "staff@maru.example", decisions[1].Staff)
}

func (v *visitor) decide(verdict, reason string) {
	v.t.Helper()
	v.do(chromedp.Click(chromedp.CSS(`input[value="` + verdict + `"]`)))
	v.do(chromedp.SetValue(chromedp.CSS(`#reason`), reason))
	v.click("Decide")
	v.read(reason)
}

func expiry(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.see("Verify your identity")
	w.fakes.veriff.Advance(8 * 24 * time.Hour)
	v.open("/account")
	v.click("See how it stands")
	v.see("Not finished") // it was opened, so Veriff calls it abandoned
	v.click("Begin again")
	v.document("Mirae", "1990-01-31", "Decline")
	v.see("We could not verify you")

	v.click("Choose another way")
	v.see("Your account")
	v.click(byIDCard)
	v.see("Verify your identity")
	require.NoError(t, w.fakes.tomoidv.Expire(w.fakes.tomoidv.Attempts()[0].UserID))
	require.NoError(t, w.service.Refresh(t.Context(), 0)) // TomoIDV calls nobody
	v.open("/account")
	v.click("See how it stands")
	v.see("Time is up")
	v.click("Begin again")
	v.see("Verify your identity")
	v.click("Pass")
	v.see("You are in")
	w.assertEffects(t, "mirae@maru.example", "admitted")
}

func erasureFlow(t *testing.T, browser context.Context) {
	w := newWorld(t)
	v := visit(t, browser, w)
	v.signUp("mirae@maru.example")
	v.click(byDocument)
	v.document("Mirae", "1990-01-31", "Approve")
	v.see("You are in")
	v.open("/account/erase")
	v.see("Delete my account")
	v.do(chromedp.SetValue(chromedp.CSS(`#password`), "wrong password 123"))
	v.click("Delete everything")
	v.read("Nothing was deleted.")
	v.do(chromedp.SetValue(chromedp.CSS(`#password`), testPassword))
	v.click("Delete everything")
	v.see("Your account is deleted")
	v.read("Veriff: deleted by the company")
	v.open("/account")
	v.see("Sign in")
}
