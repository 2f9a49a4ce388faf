package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
)

// iamportCalls are the calls that decide whom to trust, as veriffCalls are.
type iamportCalls struct {
	newClient   func(apiKey, apiSecret string, options ...iamport.Option) (*iamport.Client, error)
	newVerifier func(*iamport.Client) verifier
	newProvider func(*iamport.Client, iamportkyc.Config) (kyc.Provider, error)
}

// iamportPackage are the calls as package iamport has them.
func iamportPackage() iamportCalls {
	return iamportCalls{
		newClient:   iamport.NewClient,
		newVerifier: func(client *iamport.Client) verifier { return client },
		newProvider: func(client *iamport.Client, cfg iamportkyc.Config) (kyc.Provider, error) {
			return iamportkyc.New(client, cfg)
		},
	}
}

var (
	errMerchantUID         = sentinel{"iamport.ErrMerchantUID", iamport.ErrMerchantUID}
	errNotCertified        = sentinel{"iamport.ErrNotCertified", iamport.ErrNotCertified}
	errNotFound            = sentinel{"iamport.ErrNotFound", iamport.ErrNotFound}
	errUnderage            = sentinel{"iamport.ErrUnderage", iamport.ErrUnderage}
	errBeforeAttempt       = sentinel{"iamport.ErrBeforeAttempt", iamport.ErrBeforeAttempt}
	errStale               = sentinel{"iamport.ErrStale", iamport.ErrStale}
	errIamportUnauthorized = sentinel{"iamport.ErrUnauthorized", iamport.ErrUnauthorized}
	errAttemptUsedUp       = sentinel{"the application's errUsedUp", errUsedUp}
)

func demonstrateIamport(ctx context.Context, r *report, calls iamportCalls) {
	row := r.row("Iamport")

	r.begin(&row.check, "Iamport: a certification from its start to its result")
	stage, err := newIamportStage(calls)
	if err != nil {
		r.failed("Two servers on this machine", err)
		return
	}
	defer stage.close()
	stage.check(ctx, r)

	r.begin(&row.refusals, "Iamport: what is refused, and by which error")
	r.note("Each return says success=true: whoever visits the return URL writes it.")
	if err := stage.refusals(ctx, r); err != nil {
		r.failed("The rest", err)
	}
}

// An iamportStage is everyone who takes part in a certification: Iamport (a
// fake), the application (the signup, behind a server of its own), and in the
// methods below the person with a browser, and an attacker.
type iamportStage struct {
	calls    iamportCalls
	fake     *iamporttest.Server
	server   *http.Server
	signup   *signup
	client   *iamport.Client
	provider kyc.Provider
}

func newIamportStage(calls iamportCalls) (*iamportStage, error) {
	fake, err := iamporttest.Start()
	if err != nil {
		return nil, err
	}
	s := &iamportStage{calls: calls, fake: fake}
	if err := s.openSignup(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openSignup connects the signup to Iamport. With the keys and codes of the
// admin console in the place of the fake's, and without its URLs, it is what an
// application does.
func (s *iamportStage) openSignup() (err error) {
	s.client, err = s.calls.newClient(s.fake.APIKey, s.fake.APISecret, iamport.WithBaseURL(s.fake.URL))
	if err != nil {
		return err
	}
	scriptURL := s.fake.URL + "/v1/iamport.js"
	s.provider, err = s.calls.newProvider(s.client, iamportkyc.Config{
		UserCode: s.fake.UserCode, ChannelKey: s.fake.ChannelKey, MinimumAge: minimumAge, ScriptURL: scriptURL,
	})
	if err != nil {
		return err
	}
	s.signup = &signup{
		launch: iamport.Launch{
			UserCode:  s.fake.UserCode,
			ScriptURL: scriptURL,
			Params:    iamport.LaunchParams{ChannelKey: s.fake.ChannelKey, MinAge: minimumAge},
		},
		iamport:    s.calls.newVerifier(s.client),
		applicants: make(map[string]*applicant),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /certify/{attempt}", s.signup.page)
	mux.HandleFunc("GET /back/{attempt}", s.signup.back)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.signup.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: mux}
	go func() { _ = s.server.Serve(listener) }()
	return nil
}

func (s *iamportStage) close() {
	s.fake.Close()
	if s.server != nil {
		_ = s.server.Close()
	}
}

// check is the life of one certification that goes well.
func (s *iamportStage) check(ctx context.Context, r *report) {
	r.note("The application    " + s.signup.url)
	r.note("Iamport (a fake)   " + s.fake.URL)

	person, years := aged("홍미래", 36), "36"
	merchantUID := s.signup.start("account-52")
	backURL := s.signup.backURL(merchantUID)
	check, err := s.provider.Start(ctx, &kyc.StartRequest{CheckID: merchantUID, ReturnURL: backURL}) // for package kyc, below
	if err != nil {
		r.failed("The application starts an attempt", err)
		return
	}
	r.note("The person's page  " + s.signup.pageURL(merchantUID))
	r.expect("The application starts an attempt", "0 requests to Iamport",
		fmt.Sprintf("%d requests to Iamport", len(s.fake.Requests())))

	page, err := visit(ctx, http.MethodGet, s.signup.pageURL(merchantUID), nil)
	if err != nil {
		r.failed("The person opens the page", err)
		return
	}
	launch, err := readLaunch(page)
	if err != nil {
		r.failed("The person opens the page", err)
		return
	}
	r.expect("The person opens the page", "200 OK, with the launch fragment", page.Status+", with the launch fragment")
	script, err := visit(ctx, http.MethodGet, launch.script, nil)
	if err != nil {
		r.failed("The page loads iamport.js", err)
		return
	}
	r.expect("The page loads iamport.js", "200 OK", script.Status)
	window, err := launch.click(ctx)
	if err != nil {
		r.failed("The click opens Iamport's window", err)
		return
	}
	r.expect("The click opens Iamport's window", "200 OK, begun", window.Status+", "+s.status(merchantUID))

	page, err = visit(ctx, http.MethodPost, window.Request.URL.String(), url.Values{
		"name": {person.Name}, "birthday": {person.Birthday},
		"outcome": {"pass"}, // on the fake's page, the person clicks how it ends
	})
	if err != nil {
		r.failed("The person passes", err)
		return
	}
	r.expect("The person passes", "certified", s.status(merchantUID))
	r.expect("The browser comes back", backURL+" with imp_uid, merchant_uid, success", returned(page.Request.URL))

	a := s.signup.applicant(merchantUID)
	if a.person == nil {
		r.failed("The application verifies", cmp.Or(a.refused, errors.New("nobody came back")))
		return
	}
	r.expect("The application verifies", "200 OK", page.Status)
	r.expect("Package kyc verifies the same check", kyc.StatusApproved.String(), s.result(ctx, check, page.Request))
	r.expect("Access tokens asked for in all this", "1", fmt.Sprint(s.fake.TokenCalls()))
	r.printf("\n  What the application knows now about %s (a made-up person):\n", a.account)
	tell(r, a.person, person, years)
}

// status is how the fake says that the attempt stands.
func (s *iamportStage) status(merchantUID string) string {
	for _, certification := range s.fake.Certifications() {
		if certification.MerchantUID == merchantUID {
			return certification.Status
		}
	}
	return "no certification is of this attempt"
}

// result is what package kyc makes of a check whose browser came back.
func (s *iamportStage) result(ctx context.Context, check *kyc.Check, back *http.Request) string {
	notice, err := kyc.ParseReturn(s.provider, back)
	if err != nil {
		return err.Error()
	}
	if check, err = check.Apply(notice); err != nil {
		return err.Error()
	}
	result, err := s.provider.Result(ctx, check)
	if err != nil {
		return err.Error()
	}
	return result.Status.String()
}

// tell prints what a certification tells of a person.
func tell(r *report, cert *iamport.Certification, want iamporttest.Person, wantYears string) {
	date, _ := cert.BirthDate()
	years := "not known"
	if age, known := date.AgeAt(cert.Meta().Date()); known {
		years = fmt.Sprint(age)
	}
	ci := "none"
	if id, ok := cert.CI(); ok {
		ci = digest(id)
	}
	r.expect("  Name", want.Name, cert.Name)
	r.expect("  Birth date", want.Birthday, string(date))
	r.expect("  Age in full years", wantYears, years)
	r.expect("  CI, the same for life", digest(cert.UniqueKey), ci)
	r.expect("  Gateway", string(iamport.GatewayDanal), string(cert.PGProvider))
}

func aged(name string, years int) iamporttest.Person {
	return iamporttest.Person{Name: name, Birthday: birthday(years)}
}

// A launch is what a page with the launch fragment lets a click do.
type launch struct{ page, script, userCode, params string }

var launchFragment = regexp.MustCompile(`(?s)<script src="(.+?)">.+IMP\.init\("(.+?)"\).+IMP\.certification\((\{.+?\}), `)

// readLaunch reads the page as far as a browser would run it.
func readLaunch(page *page) (launch, error) {
	found := launchFragment.FindStringSubmatch(page.text)
	if found == nil {
		return launch{}, fmt.Errorf("%s, without the launch fragment", page.Status)
	}
	return launch{page: page.Request.URL.String(), script: found[1], userCode: found[2], params: found[3]}, nil
}

// click does what iamport.js does on a mobile device: the browser goes to the
// gateway's window.
func (l launch) click(ctx context.Context) (*page, error) {
	script, err := url.Parse(l.script)
	if err != nil {
		return nil, err
	}
	return visit(ctx, http.MethodPost, script.ResolveReference(&url.URL{Path: "/v1/window"}).String(), url.Values{
		"mode": {"redirect"}, "page": {l.page}, "user_code": {l.userCode}, "param": {l.params},
	})
}

// refusals are attacks and mishaps. An error is one of the demonstration's own.
func (s *iamportStage) refusals(ctx context.Context, r *report) error {
	// All three begin before anyone is certified, so that no time gives one away.
	victim, victims2nd, attacker := s.signup.start("account-53"), s.signup.start("account-53"), s.signup.start("account-54")
	impUID, err := s.certify(victim, aged("김하늘", 41))
	if err != nil {
		return err
	}
	r.refused("Somebody else's imp_uid", errMerchantUID, s.comeBack(ctx, attacker, victim, impUID))
	outcome := "refused"
	if s.comeBack(ctx, victim, victim, impUID) == nil && s.signup.applicant(victim).person != nil {
		outcome = "accepted"
	}
	r.expect("  brought by that person", "accepted", outcome)
	r.refused("  once more, for another attempt", errMerchantUID, s.comeBack(ctx, victims2nd, victim, impUID))
	r.refused("  once more, for the same one", errAttemptUsedUp, s.comeBack(ctx, victim, victim, impUID))

	// What nobody was certified by.
	unfinished := s.signup.start("account-55")
	begun, err := s.fake.Begin(iamporttest.Attempt{MerchantUID: unfinished})
	if err != nil {
		return err
	}
	r.refused("An unfinished one", errNotCertified, s.comeBack(ctx, unfinished, unfinished, begun))
	r.refused("A made-up one", errNotFound, s.comeBack(ctx, attacker, attacker, "imp_000000000000"))

	// The page tells Danal's window the minimum age, and the person who has the
	// page takes it out.
	minor := s.signup.start("account-56")
	minors, err := s.certify(minor, aged("박하나", minimumAge-1))
	if err != nil {
		return err
	}
	r.refused("A minor's, from an edited page", errUnderage, s.comeBack(ctx, minor, minor, minors))
	cert, err := s.client.Certification(ctx, minors)
	if err != nil {
		return err
	}
	r.expect("  by the age check in document 001", "an adult", documentedAgeCheck(cert))

	client, err := s.calls.newClient(s.fake.APIKey, "not the secret", iamport.WithBaseURL(s.fake.URL))
	if err != nil {
		return err
	}
	_, err = s.calls.newVerifier(client).VerifyCertification(ctx, impUID, &iamport.Expectation{MerchantUID: victim})
	r.refused("Wrong API secret, asking Iamport", errIamportUnauthorized, err)

	// Iamport's clock, in the place of waiting.
	early, late := s.signup.start("account-57"), s.signup.start("account-58")
	s.fake.Advance(-5 * time.Minute)
	earlier, err := s.certify(early, aged("이새벽", 25))
	s.fake.Advance(5 * time.Minute)
	if err != nil {
		return err
	}
	r.refused("One from before the attempt began", errBeforeAttempt, s.comeBack(ctx, early, early, earlier))
	stale, err := s.certify(late, aged("최노을", 33))
	if err != nil {
		return err
	}
	s.fake.Advance(11 * time.Minute)
	r.refused("A stale one, of 11 minutes ago", errStale, s.comeBack(ctx, late, late, stale))
	return nil
}

// certify is a person who passes in the window, and returns their imp_uid.
func (s *iamportStage) certify(merchantUID string, person iamporttest.Person) (impUID string, err error) {
	return s.fake.Certify(iamporttest.Attempt{MerchantUID: merchantUID, RedirectURL: s.signup.backURL(merchantUID)}, person)
}

// comeBack is a browser that comes back to an attempt with a query that somebody
// wrote, and tells why the application refuses it.
func (s *iamportStage) comeBack(ctx context.Context, attempt, merchantUID, impUID string) error {
	query := url.Values{"imp_uid": {impUID}, "merchant_uid": {merchantUID}, "success": {"true"}}
	if _, err := visit(ctx, http.MethodGet, s.signup.backURL(attempt)+"?"+query.Encode(), nil); err != nil {
		return err
	}
	return s.signup.applicant(attempt).refused
}

// documentedAgeCheck is new Date(birth).getFullYear() <= 1999, which takes the
// seconds for milliseconds: everybody is born in 1970.
func documentedAgeCheck(cert *iamport.Certification) string {
	if time.UnixMilli(int64(cert.Birth)).Year() <= 1999 {
		return "an adult"
	}
	return "a minor"
}
