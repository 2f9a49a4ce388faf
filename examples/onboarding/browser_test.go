package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is for a busy machine. Nothing waits so long unless it is broken.
const patience = 45 * time.Second

// startBrowser starts the one Chromium of a test, with nothing in it.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	require.NoError(t, err, "the browser tests need a Chromium: install Debian's package chromium (and fonts-noto-cjk)")
	ctx, cancel := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("accept-lang", "en"),
		chromedp.WSURLReadTimeout(patience))
	t.Cleanup(cancel)
	browser, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(browser))
	return browser
}

// A visitor is a person with a browser of their own: no other visitor's cookies
// are in it.
type visitor struct {
	t   *testing.T
	w   *world
	ctx context.Context

	mu         sync.Mutex
	complaints []string // what the browser found wrong with the pages
}

func visit(t *testing.T, browser context.Context, w *world, how ...chromedp.Action[chromedp.Void]) *visitor {
	t.Helper()
	v := &visitor{t: t, w: w}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(v.listen))
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx)) // the page lives as long as the context of the first call
	v.ctx = ctx
	v.do(how...)
	t.Cleanup(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		assert.Empty(t, v.complaints, "the browser complained")
	})
	return v
}

// listen notes violations of the Content-Security-Policy, errors of scripts and
// whatever else Chromium writes to the console as an error.
func (v *visitor) listen(event any) {
	complaint := ""
	switch event := event.(type) {
	case *log.EventEntryAdded:
		// A page with another status than 200 is there on purpose.
		if event.Entry.Level == log.EntryLevelError && event.Entry.Source != log.EntrySourceNetwork {
			complaint = event.Entry.Text
		}
	case *runtime.EventExceptionThrown:
		complaint = event.ExceptionDetails.Text
	}
	if complaint != "" {
		v.mu.Lock()
		v.complaints = append(v.complaints, complaint)
		v.mu.Unlock()
	}
}

func (v *visitor) do(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
		defer cancel()
		at, _ := chromedp.Run(ctx, chromedp.Location())
		text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
		v.t.Fatalf("%v\nat %s:\n%s", err, at, text)
	}
}

// open opens an address, or a path of the application's.
func (v *visitor) open(address string) {
	v.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = v.w.url + address
	}
	v.do(chromedp.Navigate(address))
}

// click clicks a button or a link by its text, once it can be clicked.
func (v *visitor) click(text string) {
	v.t.Helper()
	there := fmt.Sprintf(`//*[(self::button or self::a) and normalize-space(.)=%q]`, text)
	v.do(chromedp.WaitEnabled(there), chromedp.Click(there))
}

// fill fills a field by its label.
func (v *visitor) fill(label, value string) {
	v.t.Helper()
	v.do(chromedp.SetValue(fmt.Sprintf(`//*[@id=//label[normalize-space(.)=%q]/@for]`, label), value))
}

// see waits for a page with the heading.
func (v *visitor) see(heading string) {
	v.t.Helper()
	v.do(chromedp.WaitVisible(fmt.Sprintf(`//h1[normalize-space(.)=%q]`, heading)))
}

// read waits for a text on the page.
func (v *visitor) read(text string) {
	v.t.Helper()
	v.do(chromedp.WaitVisible(fmt.Sprintf(`//main//*[contains(normalize-space(.), %q)]`, text)))
}

// at is where the browser is.
func (v *visitor) at() string {
	v.t.Helper()
	at, err := chromedp.Run(v.ctx, chromedp.Location())
	require.NoError(v.t, err)
	return at
}

// inPopup does something in the popup that a click opens.
func (v *visitor) inPopup(click string, do func(popup *visitor)) {
	v.t.Helper()
	timeout := time.After(patience)
	// Every visitor hears of every window of the browser.
	own := chromedp.FromContext(v.ctx).Target.TargetID
	opened := chromedp.WaitNewTarget(v.ctx, func(info *target.Info) bool { return info.OpenerID == own })
	v.click(click)
	select {
	case id := <-opened:
		ctx, cancel := chromedp.NewContext(v.ctx, chromedp.WithTargetID(id))
		defer cancel()
		popup := &visitor{t: v.t, w: v.w, ctx: ctx}
		require.NoError(v.t, chromedp.Do(ctx))
		closed, err := chromedp.Detached(ctx)
		require.NoError(v.t, err)
		do(popup)
		select {
		case <-closed: // by itself: to close it earlier would be to walk away
		case <-timeout:
			v.t.Fatal("the popup did not close")
		}
	case <-timeout:
		v.t.Fatal("no popup opened")
	}
}

// onPhone makes the browser that of a telephone.
func onPhone() chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
				UserAgent: "Mozilla/5.0 (Linux; Android 14; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
			})
			return err
		}),
		chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2)),
	)
}

// signUp makes an account, and comes to its page.
func (v *visitor) signUp(email string) {
	v.t.Helper()
	v.open("/signup")
	v.fill("E-mail address", email)
	v.fill("Password", testPassword)
	v.click("Create account")
	v.see("Your account")
}

func (v *visitor) signIn(email, password, heading string) {
	v.t.Helper()
	v.open("/signin")
	v.fill("E-mail address", email)
	v.fill("Password", password)
	v.do(chromedp.Click(chromedp.CSS(`main button`)))
	v.see(heading)
}

// certify is the person in Iamport's window.
func (v *visitor) certify(name, birthday, outcome string) {
	v.t.Helper()
	v.see("Certify yourself")
	v.fill("Name", name)
	v.fill("Birthday", birthday)
	v.click(outcome)
}
