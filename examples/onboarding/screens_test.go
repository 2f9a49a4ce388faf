package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// screens looks at every page in both languages on a narrow screen: it fits,
// says what language it is in, has one heading and a label for every field. With
//
//	go test -run 'InBrowser/every page' -artifacts -outputdir /tmp
//
// it also leaves pictures of each, on a wide screen as well.
func screens(t *testing.T, browser context.Context) {
	w := newWorld(t)
	password, err := w.db.addStaff(t.Context(), "staff@maru.example")
	require.NoError(t, err)

	v := visit(t, browser, w)
	v.open("/")
	v.screen("home")
	v.open("/signup")
	v.screen("signup")
	v.open("/signin")
	v.screen("signin")
	v.open("/nowhere")
	v.screen("not-found")

	v.signUp("mirae@maru.example")
	v.screen("account")
	v.click(byPhone)
	v.see("Verify with your phone")
	v.screen("launch")
	v.inPopup(launch, func(popup *visitor) { popup.certify("홍미래", "1990-01-31", "Walk away") })
	v.see("That did not work yet")
	v.screen("relaunch")

	v.open("/account")
	v.click(byDocument)
	v.document("Mirae", "1990-01-31", "Ask again")
	v.see("Nearly there: please try once more")
	v.screen("resubmit")
	v.click("Go on")
	v.see("Verify your identity")
	_, path := w.newestRecord(t)
	require.NoError(t, w.service.Refresh(t.Context(), 0))
	v.open(path)
	v.see("Nearly there: please try once more")
	v.click("Go on")
	v.document("Mirae", "1990-01-31", "Decline")
	v.see("We could not verify you")
	v.screen("declined")

	v.open("/account")
	v.click(byIDCard)
	v.see("Verify your identity")
	v.click("Walk away")
	v.see("Your verification is under way")
	v.screen("pending")
	_, pending := w.newestCheck(t)
	v.click("Go on")
	v.click("Send to review")
	v.see("Somebody is looking at it")
	v.screen("review")
	v.open("/account")
	v.screen("account-review")

	v.open("/account")
	v.click(byDocument)
	v.document("Minsu", "2015-05-05", "Approve")
	v.see("Please come back when you are older")
	v.screen("minor")
	v.open("/account")
	v.click(byDocument)
	v.document("Mirae", "1990-01-31", "Walk away")
	v.see("Not finished")
	v.screen("abandoned")
	v.open("/account")
	v.click(byDocument)
	v.see("That is enough for today")

	stranger := visit(t, browser, w)
	stranger.open(pending)
	stranger.see("Go on where you began")
	stranger.screen("other-browser")
	stranger.signUp("second@maru.example")
	stranger.open(path)
	stranger.see("Please sign in")
	stranger.open("/account")
	stranger.click(byIDCard)
	stranger.see("Verify your identity")
	stranger.click("Pass")
	stranger.see("You are in")
	stranger.screen("admitted")
	stranger.open("/account")
	stranger.screen("account-admitted")
	stranger.open("/members")
	stranger.screen("members")

	third := visit(t, browser, w)
	third.signUp("third@maru.example")
	third.click(byIDCard)
	third.see("Verify your identity")
	third.click("Pass")
	third.see("You have been here before")
	third.screen("conflict")

	staff := visit(t, browser, w)
	staff.signIn("staff@maru.example", password, "Back office")
	staff.screen("staff")
	staff.click("third@maru.example")
	staff.see("third@maru.example")
	staff.do(chromedp.Click(chromedp.CSS(`input[value="admit"]`)), chromedp.SetValue(chromedp.CSS(`#reason`), "They are twins, I believe."))
	staff.click("Decide")
	staff.read("This person has another account")
	staff.open("/staff")
	staff.click("mirae@maru.example")
	staff.see("mirae@maru.example")
	staff.decide("refuse", "Three different people in three attempts.")
	staff.screen("case")
	v.open("/account")
	v.read("We cannot let you in")
	v.screen("account-refused")

	stranger.open("/account/erase")
	stranger.screen("erase")
	stranger.do(chromedp.SetValue(chromedp.CSS(`#password`), testPassword))
	stranger.do(chromedp.Click(chromedp.CSS(`button.danger`)))
	stranger.do(chromedp.WaitVisible(chromedp.CSS(`main ul`)))
	stranger.picture("erased", "ko", 390)
}

// screen looks at the page that is shown.
func (v *visitor) screen(name string) {
	v.t.Helper()
	at, err := url.Parse(v.at())
	require.NoError(v.t, err)
	widths := []int64{390}
	if withPictures() {
		widths = []int64{1200, 390}
	}
	for _, l := range []language{korean, english} {
		at.RawQuery = "lang=" + string(l)
		for _, width := range widths {
			v.do(chromedp.EmulateViewport(width, 844), chromedp.Navigate(at.String()))
			found, err := chromedp.Run(v.ctx, chromedp.Evaluate[look](lookAround))
			require.NoError(v.t, err)
			assert.Equal(v.t, look{Lang: string(l), Headings: 1}, found, "%s in %s at %d", name, l, width)
			v.picture(name, string(l), width)
		}
	}
	v.do(chromedp.ResetViewport())
}

// A look is what a page is found to be.
type look struct {
	Lang     string   `json:"lang"`
	Headings int      `json:"headings"`
	Wide     []string `json:"wide"`  // what does not fit
	Bare     []string `json:"bare"`  // fields without a label
	Small    []string `json:"small"` // what a finger would miss
}

const lookAround = `(function () {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const names = (list) => list.length ? list.map((e) => e.outerHTML.slice(0, 120)) : null;
  return {
    lang: document.documentElement.lang,
    headings: all("h1").length,
    wide: names(document.documentElement.scrollWidth > innerWidth ? all("body *").filter((e) => e.getBoundingClientRect().right > innerWidth + 1) : []),
    bare: names(all("input, textarea, select").filter((e) => e.labels.length === 0)),
    small: names(all("button, .button").filter((e) => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 40)),
  };
})()`

func withPictures() bool {
	f := flag.Lookup("test.artifacts")
	return f != nil && f.Value.String() == "true"
}

func (v *visitor) picture(name, lang string, width int64) {
	v.t.Helper()
	if !withPictures() {
		return
	}
	png, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	require.NoError(v.t, err)
	file := filepath.Join(v.t.ArtifactDir(), fmt.Sprintf("%s-%s-%d.png", name, lang, width))
	require.NoError(v.t, os.WriteFile(file, png, 0o600))
}
