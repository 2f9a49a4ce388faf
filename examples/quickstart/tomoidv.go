package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// tomoidvCalls are the calls that decide whom to trust, as veriffCalls are. Two
// are not the package's own: the application's return, and the fake, which
// plays the vendor's part in it.
type tomoidvCalls struct {
	startFake   func(...tomoidvtest.Option) (*tomoidvtest.Server, error)
	newClient   func(clientID, secretKey string, options ...tomoidv.Option) (*tomoidv.Client, error)
	newAPI      func(*tomoidv.Client) tomoidvAPI
	newProvider func(*tomoidv.Client, tomoidvkyc.Config) (kyc.Provider, error)
	back        func(*hotel, http.ResponseWriter, *http.Request)
}

// tomoidvPackage are the calls as package tomoidv has them.
func tomoidvPackage() tomoidvCalls {
	return tomoidvCalls{
		startFake: tomoidvtest.Start,
		newClient: tomoidv.NewClient,
		newAPI:    func(client *tomoidv.Client) tomoidvAPI { return client },
		newProvider: func(client *tomoidv.Client, cfg tomoidvkyc.Config) (kyc.Provider, error) {
			return tomoidvkyc.New(client, cfg)
		},
		back: (*hotel).back,
	}
}

var (
	errInvalidClient    = sentinel{"tomoidv.ErrInvalidClient", tomoidv.ErrInvalidClient}
	errGuestUndecided   = sentinel{"the application's errUndecided", errUndecided}
	errGuestOtherPolicy = sentinel{"the application's errOtherPolicy", errOtherPolicy}
	errGuestNotApproved = sentinel{"the application's errNotApproved", errNotApproved}
)

// The policy of the application, and one that lets in whoever has somebody's
// passport, as a record tells them.
const (
	policyKey     = "jp:document:id_card:government_id_verf:owner_verf:document_secret"
	weakPolicyKey = "jp:document:passport:document_ocr_check:no_owner_assurance"
)

func demonstrateTomoIDV(ctx context.Context, r *report, calls tomoidvCalls) {
	row := r.row("TomoIDV")

	r.begin(&row.check, "TomoIDV: a verification from its start to its result")
	stage, err := newTomoIDVStage(calls)
	if err != nil {
		r.failed("Two servers on this machine", err)
		return
	}
	defer stage.close()
	stage.check(ctx, r)

	r.begin(&row.refusals, "TomoIDV: what is refused, and by which error")
	r.note("Each return brings a token and the key to verify it with: they prove nothing.")
	if err := stage.refusals(ctx, r); err != nil {
		r.failed("The rest", err)
	}
}

// A tomoidvStage is everyone who takes part in a verification: TomoIDV (a fake
// of its production), the application (the hotel, behind a server of its own),
// and in the methods below the person with a browser, and an attacker.
type tomoidvStage struct {
	calls    tomoidvCalls
	fake     *tomoidvtest.Server
	server   *http.Server
	hotel    *hotel
	provider kyc.Provider
}

func newTomoIDVStage(calls tomoidvCalls) (*tomoidvStage, error) {
	fake, err := calls.startFake(tomoidvtest.WithEnvironment(tomoidvtest.Production))
	if err != nil {
		return nil, err
	}
	s := &tomoidvStage{calls: calls, fake: fake}
	if err := s.openHotel(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openHotel connects the hotel to TomoIDV. With the client ID and the secret key
// of the console in the place of the fake's, and without its URL, it is what an
// application does.
func (s *tomoidvStage) openHotel() (err error) {
	client, err := s.calls.newClient(s.fake.ClientID, s.fake.SecretKey,
		tomoidv.WithBaseURL(s.fake.URL), tomoidv.WithContractVersion("1.4"))
	if err != nil {
		return err
	}
	s.hotel = &hotel{
		tomoidv: s.calls.newAPI(client),
		country: "jp",
		policy:  tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)),
		guests:  make(map[string]*guest),
	}
	s.provider, err = s.newProvider(client)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /back/{attempt}", func(w http.ResponseWriter, r *http.Request) { s.calls.back(s.hotel, w, r) })

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.hotel.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: mux}
	go func() { _ = s.server.Serve(listener) }()
	return nil
}

// newProvider is the application by package kyc.
func (s *tomoidvStage) newProvider(client *tomoidv.Client) (kyc.Provider, error) {
	return s.calls.newProvider(client, tomoidvkyc.Config{
		Country: s.hotel.country, Policy: s.hotel.policy, Environment: kyc.EnvironmentLive, ClientID: s.fake.ClientID,
	})
}

func (s *tomoidvStage) close() {
	s.fake.Close()
	if s.server != nil {
		_ = s.server.Close()
	}
}

// check is the life of one verification that goes well.
func (s *tomoidvStage) check(ctx context.Context, r *report) {
	r.note("The application    " + s.hotel.url)
	r.note("TomoIDV (a fake)   " + s.fake.URL)

	person, years := visitor("佐藤花子", 36), "36"
	userID, pageURL, err := s.hotel.start(ctx, "account-62")
	if err != nil {
		r.failed("The application starts an attempt", err)
		return
	}
	r.expect("The application starts an attempt", "open", s.attempt(userID).Status)
	r.expect("  with a token, by client assertion", "/v1/oauth2/token, /v1/idv/start", s.requested())

	page, err := visit(ctx, http.MethodGet, pageURL, nil)
	if err != nil {
		r.failed("The person opens the page", err)
		return
	}
	r.note("The person's page  " + returned(page.Request.URL))
	shown := "another policy"
	if strings.Contains(page.text, policyKey) {
		shown = policyKey
	}
	r.expect("The person opens the page", "200 OK, "+policyKey, page.Status+", "+shown)

	page, err = visit(ctx, http.MethodPost, pageURL, url.Values{
		"fullName": {person.FullName}, "dateOfBirth": {person.DateOfBirth}, "documentNumber": {"AB1234567"},
		"outcome": {"pass"}, // on the fake's page, the person clicks how it ends
	})
	if err != nil {
		r.failed("The person passes", err)
		return
	}
	r.expect("The person passes", "approved", s.attempt(userID).Status)
	r.expect("The browser comes back", s.hotel.backURL(userID)+" with key, token", returned(page.Request.URL))

	g := s.hotel.guest(userID)
	if g.person == nil {
		r.failed("The application asks for the result", cmp.Or(g.refused, errors.New("nobody came back")))
		return
	}
	r.expect("The application asks for the result", "200 OK", page.Status)
	check, err := kyc.NewCheck(s.provider.Name(), &kyc.StartRequest{CheckID: userID}) // as if package kyc had started it
	if err != nil {
		r.failed("Package kyc asks about the same one", err)
		return
	}
	r.expect("Package kyc asks about the same one", kyc.StatusApproved.String(), kycResult(ctx, s.provider, check))
	r.expect("Access tokens asked for in all this", "1", fmt.Sprint(s.fake.TokenCalls()))
	r.printf("\n  What the application knows now about %s (a made-up person):\n", g.account)
	tellGuest(r, g, person, years, s.attempt(userID).PPID)
}

// tellGuest prints what a record tells of a person.
func tellGuest(r *report, g guest, want tomoidvtest.Person, wantYears, wantPPID string) {
	view := g.person.KYC
	years := "not known"
	if age, known := kyc.Date(view.Person.DateOfBirth).AgeAt(time.Now()); known {
		years = fmt.Sprint(age)
	}
	r.expect("  Name", want.FullName, view.Person.FullName)
	r.expect("  Birth date", want.DateOfBirth, string(view.Person.DateOfBirth))
	r.expect("  Age in full years", wantYears, years)
	r.expect("  Policy", policyKey, string(g.person.PolicyKey))
	r.expect("  Status, by contract 1.4", string(tomoidv.StatusApproved), string(g.person.Status()))
	r.expect("  PPID, the same the next time", digest(wantPPID), digest(string(g.ppid)))
}

// attempt is what the fake knows of a check.
func (s *tomoidvStage) attempt(userID string) tomoidvtest.Attempt {
	for _, attempt := range s.fake.Attempts() {
		if attempt.UserID == userID {
			return attempt
		}
	}
	return tomoidvtest.Attempt{Status: "not started"}
}

// requested tells what the fake was asked for.
func (s *tomoidvStage) requested() string {
	var paths []string
	for _, request := range s.fake.Requests() {
		paths = append(paths, request.Path)
	}
	return strings.Join(paths, ", ")
}

func visitor(name string, years int) tomoidvtest.Person {
	return tomoidvtest.Person{FullName: name, DateOfBirth: birthday(years)}
}

// kycResult is what package kyc makes of a check.
func kycResult(ctx context.Context, provider kyc.Provider, check *kyc.Check) string {
	result, err := provider.Result(ctx, check)
	switch {
	case err != nil:
		return err.Error()
	case result.Reason != "":
		return result.Status.String() + ": " + result.Reason
	}
	return result.Status.String()
}

// refusals are attacks and mishaps. An error is one of the demonstration's own.
func (s *tomoidvStage) refusals(ctx context.Context, r *report) error {
	for _, part := range []func(context.Context, *report) error{s.refuseReturns, s.refuseRecords, s.refuseClients} {
		if err := part(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// refuseReturns is about what a browser brings: the victim's return URL, as it
// stands in a history, a log or a Referer.
func (s *tomoidvStage) refuseReturns(ctx context.Context, r *report) error {
	victim, _, err1 := s.hotel.start(ctx, "account-63")
	attacker, _, err2 := s.hotel.start(ctx, "account-64")
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	if err := s.fake.Pass(victim, visitor("高橋陽子", 29)); err != nil {
		return err
	}
	stolen, err := s.returnOf(ctx, victim)
	if err != nil {
		return err
	}
	claim, err := tomoidv.ParseReturn(stolen)
	if err != nil {
		return err
	}
	ppid := s.attempt(victim).PPID
	r.expect("A victim's return URL, with the PPID", digest(ppid), digest(string(claim.PPID)))
	r.refused("  its query, brought by an attacker", errGuestUndecided, s.comeBack(ctx, attacker, stolen.URL.RawQuery))
	outcome := "refused"
	if s.comeBack(ctx, victim, stolen.URL.RawQuery) == nil && s.hotel.guest(victim).person != nil {
		outcome = "accepted"
	}
	r.expect("  brought by that person", "accepted", outcome)

	check, err := s.provider.Start(ctx, &kyc.StartRequest{Reference: "account-64"})
	if err != nil {
		return err
	}
	if check, err = check.Apply(&kyc.Notice{VendorID: string(claim.PPID)}); err != nil {
		return err
	}
	_, err = s.provider.Result(ctx, check)
	r.refused("  believed, and given to package kyc", errForeignCheck, err)
	return nil
}

// refuseRecords is about records that exist, and admit nobody.
func (s *tomoidvStage) refuseRecords(ctx context.Context, r *report) error {
	failed, _, err1 := s.hotel.start(ctx, "account-65")
	weak, _, err2 := s.hotel.start(ctx, "account-66")
	check, err3 := s.provider.Start(ctx, &kyc.StartRequest{Reference: "account-66"})
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	if err := s.fake.Fail(failed); err != nil {
		return err
	}
	r.refused("A rejected one, at the same URL", errGuestNotApproved, s.comeBack(ctx, failed, ""))

	// TomoIDV is asked for records under one policy, and here tells of another.
	weaker := map[string]any{"policy_key": weakPolicyKey}
	if err := errors.Join(s.fake.ForceResult(weak, weaker), s.fake.ForceResult(check.ID, weaker)); err != nil {
		return err
	}
	r.refused("One under a weaker policy", errGuestOtherPolicy, s.comeBack(ctx, weak, ""))
	r.expect("  by package kyc", "review: verified under another policy", kycResult(ctx, s.provider, check))

	// A client that asks for no contract gets 1.3.
	client, err := s.calls.newClient(s.fake.ClientID, s.fake.SecretKey, tomoidv.WithBaseURL(s.fake.URL))
	if err != nil {
		return err
	}
	provider, err := s.newProvider(client)
	if err != nil {
		return err
	}
	check, err = provider.Start(ctx, &kyc.StartRequest{Reference: "account-67"})
	if err != nil {
		return err
	}
	if err := s.fake.Pass(check.ID, visitor("山本健", 44)); err != nil {
		return err
	}
	r.expect("One without a status (contract 1.3)", "review: a record of contract 1.3 has no status", kycResult(ctx, provider, check))
	return nil
}

// refuseClients is about who is no client of TomoIDV's.
func (s *tomoidvStage) refuseClients(ctx context.Context, r *report) error {
	replayed, err := s.replay(ctx)
	if err != nil {
		return err
	}
	r.expect("A token request, sent once more", "400 invalid_client: jti was used before", replayed)

	sandbox, another := s.fake.AddClient(tomoidvtest.Sandbox), s.fake.AddClient(tomoidvtest.Production)
	r.refused("The sandbox's client, in production", errInvalidClient, s.ask(ctx, sandbox.ID, sandbox.SecretKey))
	r.refused("Another client's secret key", errInvalidClient, s.ask(ctx, s.fake.ClientID, another.SecretKey))

	public, err := publicKey(s.fake.SecretKey)
	if err != nil {
		return err
	}
	before := len(s.fake.Requests())
	outcome := "no error: it was accepted"
	if err := s.ask(ctx, s.fake.ClientID, public); err != nil {
		outcome = err.Error()
	}
	r.expect("A public JWK for the secret key", "tomoidv: secret key: it is a public key: it has no d", outcome)
	r.expect("  before anything was sent", "0 requests to TomoIDV",
		fmt.Sprintf("%d requests to TomoIDV", len(s.fake.Requests())-before))
	return nil
}

// returnOf is the request with which a person's browser comes back.
func (s *tomoidvStage) returnOf(ctx context.Context, userID string) (*http.Request, error) {
	address, err := s.fake.ReturnURL(userID)
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
}

// comeBack is a browser that comes back to an attempt with a query that somebody
// wrote, and tells why the application refuses it.
func (s *tomoidvStage) comeBack(ctx context.Context, userID, query string) error {
	if _, err := visit(ctx, http.MethodGet, s.hotel.backURL(userID)+"?"+query, nil); err != nil {
		return err
	}
	return s.hotel.guest(userID).refused
}

// replay sends the form that got the application its access token once more, as
// somebody who read it in a proxy's log would.
func (s *tomoidvStage) replay(ctx context.Context) (answer string, err error) {
	const path = "/v1/oauth2/token"
	requests := s.fake.Requests()
	sent := slices.IndexFunc(requests, func(request tomoidvtest.Request) bool { return request.Path == path })
	if sent < 0 {
		return "", errors.New("nobody asked for a token")
	}
	form, err := url.ParseQuery(string(requests[sent].Body))
	if err != nil {
		return "", err
	}
	page, err := visit(ctx, http.MethodPost, s.fake.URL+path, form)
	if err != nil {
		return "", err
	}
	var refusal struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal([]byte(page.text), &refusal); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %s: %s", page.StatusCode, refusal.Error, refusal.Description), nil
}

// ask asks TomoIDV for anything with these credentials.
func (s *tomoidvStage) ask(ctx context.Context, clientID, secretKey string) error {
	client, err := s.calls.newClient(clientID, secretKey, tomoidv.WithBaseURL(s.fake.URL))
	if err != nil {
		return err
	}
	_, err = s.calls.newAPI(client).Start(ctx, &tomoidv.StartRequest{})
	return err
}

// publicKey is the public part of a secret key, in the same form: the mistake of
// who copies the other of the two.
func publicKey(secretKey string) (string, error) {
	text, err := base64.RawURLEncoding.DecodeString(secretKey)
	if err != nil {
		return "", err
	}
	var jwk map[string]string
	if err := json.Unmarshal(text, &jwk); err != nil {
		return "", err
	}
	delete(jwk, "d")
	text, err = json.Marshal(jwk)
	return base64.RawURLEncoding.EncodeToString(text), err
}
