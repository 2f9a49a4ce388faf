package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// veriffCalls are the calls that decide whom to trust. A test of this program
// puts a gullible one in the place of each, and sees a line fail.
type veriffCalls struct {
	createSession     func(*veriff.Client, context.Context, *veriff.CreateSessionRequest) (*veriff.Session, error)
	decision          func(*veriff.Client, context.Context, string) (*veriff.Decision, error)
	confirm           func(*veriff.Client, context.Context, *veriff.Decision) (*veriff.Decision, error)
	parse             func(*veriff.Verifier, http.Header, []byte) (veriff.Webhook, error)
	newWebhookHandler func(*veriff.Verifier, func(context.Context, veriff.Webhook) error, ...veriff.HandlerOption) (http.Handler, error)
	newProvider       func(*veriff.Client, veriffkyc.Config) (kyc.Provider, error)
}

// veriffPackage are the calls as package veriff has them.
func veriffPackage() veriffCalls {
	return veriffCalls{
		createSession:     (*veriff.Client).CreateSession,
		decision:          (*veriff.Client).Decision,
		confirm:           (*veriff.Client).Confirm,
		parse:             (*veriff.Verifier).Parse,
		newWebhookHandler: veriff.NewWebhookHandler,
		newProvider: func(client *veriff.Client, cfg veriffkyc.Config) (kyc.Provider, error) {
			return veriffkyc.New(client, cfg)
		},
	}
}

var (
	errSignature          = sentinel{"veriff.ErrSignature", veriff.ErrSignature}
	errAPIKey             = sentinel{"veriff.ErrAPIKey", veriff.ErrAPIKey}
	errSuperseded         = sentinel{"veriff.ErrSuperseded", veriff.ErrSuperseded}
	errForeign            = sentinel{"veriff.ErrForeign", veriff.ErrForeign}
	errForeignCheck       = sentinel{"kyc.ErrForeign", kyc.ErrForeign}
	errVeriffUnauthorized = sentinel{"veriff.ErrUnauthorized", veriff.ErrUnauthorized}
)

// veriffFromEnvironment is how a program gets a provider for the real vendor.
func veriffFromEnvironment(env func(string) string) (kyc.Provider, error) {
	var missing []string
	get := func(name string) string {
		value := env(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	apiKey, secret, baseURL := get("VERIFF_API_KEY"), get("VERIFF_SHARED_SECRET"), get("VERIFF_BASE_URL")
	if len(missing) > 0 {
		return nil, fmt.Errorf("not set in the environment: %s", strings.Join(missing, ", "))
	}
	client, err := veriff.NewClient(apiKey, secret, veriff.WithBaseURL(baseURL))
	if err != nil {
		return nil, err
	}
	return veriffkyc.New(client, veriffkyc.Config{}) // without webhooks: it polls
}

func demonstrateVeriff(ctx context.Context, r *report, calls veriffCalls) {
	row := r.row("Veriff")

	r.begin(&row.samples, "Veriff: the published samples")
	r.note("Veriff's documentation (document 003) prints three signed messages. They are")
	r.note("the only real input here: all that follows is made up, on this machine.")
	verifyVeriffSamples(ctx, r, calls)

	r.begin(&row.check, "Veriff: a check from its start to its result")
	stage, err := newVeriffStage(calls)
	if err != nil {
		r.failed("Two servers on this machine", err)
		return
	}
	defer stage.close()
	stage.check(ctx, r)

	r.begin(&row.refusals, "Veriff: what is refused, and by which error")
	if err := stage.refusals(ctx, r); err != nil {
		r.failed("The rest", err)
	}
}

//go:embed samples
var veriffSamples embed.FS

// verifyVeriffSamples uses the scheme of the samples' time, which Veriff now
// asks to avoid: leave WithLegacyAPI and WithLegacySignature out of your code.
func verifyVeriffSamples(ctx context.Context, r *report, calls veriffCalls) {
	const key, secret = "Your-API-Key", "Your-API-Secret" // as published

	verifySample(r, "Answer to a new session", "create_session_answer.json", "created", func(body []byte) (string, error) {
		answer := cannedAnswer{body, "253e28b027ca93d323d524d437b13ccc06730bd08709aac0194725b63e50b556"}
		client, err := veriff.NewClient(key, secret, veriff.WithLegacyAPI(),
			veriff.WithSignedAnswersOnly(), veriff.WithHTTPClient(&http.Client{Transport: answer}))
		if err != nil {
			return "", err
		}
		session, err := calls.createSession(client, ctx, &veriff.CreateSessionRequest{VendorData: "11111111"})
		if err != nil {
			return "", err
		}
		return string(session.Status), nil
	})

	for _, sample := range []struct{ name, file, want, key, secret, signature string }{
		{"Webhook about an approval", "webhook_approved.json", "approved (9001)", key, secret,
			"cd0e28104516bc27b4506026d81d07e532b927440b84c4f01ac02d92a2b1419c"},
		{"Webhook about a resubmission", "webhook_resubmission.json", "resubmission_requested (9103)",
			"8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "3c184872-6929-43d9-91d5-9e68468b5aa1",
			"cdffd99617c46e20d37d1db6e4f1bfefb929409e36a59122b6de25c6924d3c65"},
	} {
		verifySample(r, sample.name, sample.file, sample.want, func(body []byte) (string, error) {
			verifier, err := veriff.NewVerifier(sample.key, sample.secret, veriff.WithLegacySignature())
			if err != nil {
				return "", err
			}
			header := make(http.Header)
			header.Set("X-Auth-Client", sample.key)
			header.Set("X-Signature", sample.signature)
			webhook, err := calls.parse(verifier, header, body)
			if err != nil {
				return "", err
			}
			if decision, ok := webhook.(*veriff.Decision); ok {
				return outcome(decision), nil
			}
			return "no decision", nil
		})
	}
}

// verifySample reads a published message as it is, and then once for each of
// its bytes with that byte changed, which the signature must not survive.
func verifySample(r *report, name, file, want string, read func(body []byte) (string, error)) {
	body, err := veriffSamples.ReadFile("samples/" + file)
	if err != nil {
		r.failed(name, err)
		return
	}
	got, err := read(body)
	if err != nil {
		r.failed(name, err)
		return
	}
	r.expect(name, "signature holds: "+want, "signature holds: "+got)

	refused := 0
	for i := range body {
		altered := bytes.Clone(body)
		altered[i] ^= 1
		if _, err := read(altered); errors.Is(err, veriff.ErrSignature) {
			refused++
		}
	}
	verdict := func(refused int) string {
		return fmt.Sprintf("%d of %d refused by %s", refused, len(body), errSignature.name)
	}
	r.expect("  with any one byte changed", verdict(len(body)), verdict(refused))
}

// A cannedAnswer answers every request with a published message.
type cannedAnswer struct {
	body      []byte
	signature string
}

func (a cannedAnswer) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusCreated,
		Header:     http.Header{"Content-Type": {"application/json"}, "X-Signature": {a.signature}},
		Body:       io.NopCloser(bytes.NewReader(a.body)),
		Request:    req,
	}, nil
}

// A veriffStage is everyone who takes part in a check: Veriff (a fake), the
// application (the shop, behind a server of its own), and in the methods below
// the person, and an attacker.
type veriffStage struct {
	calls    veriffCalls
	fake     *verifftest.Server
	server   *http.Server
	shop     *shop
	client   *veriff.Client
	verifier *veriff.Verifier
}

func newVeriffStage(calls veriffCalls) (*veriffStage, error) {
	fake, err := verifftest.Start(verifftest.WithLoopbackCallbacks())
	if err != nil {
		return nil, err
	}
	s := &veriffStage{calls: calls, fake: fake}
	if err := s.openShop(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// openShop connects the shop to Veriff. With the URL and the credentials of the
// Customer Portal in the place of the fake's, it is what an application does.
func (s *veriffStage) openShop() (err error) {
	s.client, err = veriff.NewClient(s.fake.APIKey, s.fake.Secret, veriff.WithBaseURL(s.fake.URL))
	if err != nil {
		return err
	}
	s.verifier, err = veriff.NewVerifier(s.fake.APIKey, s.fake.Secret)
	if err != nil {
		return err
	}
	provider, err := s.calls.newProvider(s.client, veriffkyc.Config{Verifier: s.verifier})
	if err != nil {
		return err
	}
	s.shop = &shop{provider: provider, attempts: make(map[string]*attempt)}
	webhooks, err := s.calls.newWebhookHandler(s.verifier, s.shop.onWebhook, veriff.ConfirmWith(s.client))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/veriff", webhooks)
	mux.HandleFunc("GET /back/{check}", s.shop.back)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.shop.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: mux}
	go func() { _ = s.server.Serve(listener) }()
	return s.fake.DeliverToURL(s.shop.url + "/webhooks/veriff") // with Veriff: set in the Customer Portal
}

func (s *veriffStage) close() {
	s.fake.Close()
	if s.server != nil {
		_ = s.server.Close()
	}
}

// check is the life of one check that goes well.
func (s *veriffStage) check(ctx context.Context, r *report) {
	r.note("The application    " + s.shop.url)
	r.note("Veriff (a fake)    " + s.fake.URL)

	check, err := s.shop.start(ctx, "account-42", kyc.Hints{
		GivenName: "Mirae", FamilyName: "Hong", Country: "KR", DocumentType: kyc.DocumentIDCard,
	})
	if err != nil {
		r.failed("The application starts a check", err)
		return
	}
	r.note("The person's page  " + check.URL)
	r.expect("The application starts a check", "created", s.status(check))

	page, err := visit(ctx, http.MethodGet, check.URL, nil)
	if err != nil {
		r.failed("The person opens the page", err)
		return
	}
	r.expect("The person opens the page", "200 OK, started", page.Status+", "+s.status(check))

	page, err = visit(ctx, http.MethodPost, check.URL, url.Values{
		"firstName": {"Mirae"}, "lastName": {"Hong"}, "dateOfBirth": {"1990-02-28"}, "documentNumber": {"M12345678"},
		"outcome": {"approve"}, // on the fake's page, the person clicks how it ends
	})
	if err != nil {
		r.failed("The person shows an ID card", err)
		return
	}
	r.expect("The person shows an ID card", "approved", s.status(check))

	// The fake has delivered its webhooks before it sent the browser back; with
	// Veriff the two come in any order, and the decision minutes later.
	a := s.shop.attempt(check.ID)
	r.expect("Signed webhooks arrive", "started, submitted, approved (9001)", strings.Join(a.heard, ", "))
	decided := "none"
	if a.latest != nil {
		decided = fmt.Sprintf("%s, signed: %t", outcome(a.latest), a.latest.Meta().Signed())
	}
	r.expect("The API confirms the decision", "approved (9001), signed: true", decided)
	r.expect("The browser comes back", check.ReturnURL, page.Request.URL.String())
	if a.result == nil {
		r.failed("The application asks for the result", errors.New("the shop has no result"))
		return
	}
	r.expect("The application asks for the result", kyc.StatusApproved.String(), a.result.Status.String())
	r.printf("\n  What the application knows now about %s (a made-up person):\n", a.account)
	r.printf("%s", describe(a.result))
}

// status is how the fake says that the check stands.
func (s *veriffStage) status(check *kyc.Check) string {
	for _, session := range s.fake.Sessions() {
		if session.ID == check.VendorID && session.VendorData == check.ID {
			return session.Status
		}
	}
	return "no session names this check"
}

// refusals are attacks and mishaps. An error is one of the demonstration's own.
func (s *veriffStage) refusals(ctx context.Context, r *report) error {
	victim, err := s.shop.start(ctx, "account-43", kyc.Hints{})
	if err != nil {
		return err
	}
	attacker, err := s.shop.start(ctx, "account-44", kyc.Hints{})
	if err != nil {
		return err
	}
	approval, err1 := s.decide(victim, func(id string) error { return s.fake.Approve(id, verifftest.Person{}) })
	decline, err2 := s.decide(attacker, func(id string) error {
		return s.fake.Decline(id, int(veriff.ReasonDocumentTamperingSuspected), "")
	})
	if err := errors.Join(err1, err2); err != nil {
		return err
	}

	// Webhooks that Veriff did not send to us. The handler answers 401 and says
	// no more; who calls Parse gets the reason.
	tampered := decline.Tampered()
	_, err = s.calls.parse(s.verifier, tampered.Header, tampered.Body)
	r.refused(`Decline changed to "approved"`, errSignature, err)
	misdirected := approval.SignedWith("6f1f1b0e-5d9c-4c2e-9f5b-0d3a1c7e8b24", s.fake.Secret, false)
	_, err = s.calls.parse(s.verifier, misdirected.Header, misdirected.Body)
	r.refused("Webhook for another API key", errAPIKey, err)
	r.expect("  both sent to the application", "401, 401, nothing heard",
		fmt.Sprintf("%s, %s, %s", s.deliver(tampered), s.deliver(misdirected), s.news(attacker, "declined (9102)")))

	// A genuine webhook keeps its signature for ever. Here Veriff has changed its
	// mind since, and somebody sends the old approval again.
	err = s.fake.ForceDecision(victim.VendorID, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106})
	if err != nil {
		return err
	}
	webhook, err := s.verifier.Parse(approval.Header, approval.Body)
	if err != nil {
		return err
	}
	old, ok := webhook.(*veriff.Decision)
	if !ok {
		return errors.New("the webhook is no decision")
	}
	_, err = s.calls.confirm(s.client, ctx, old)
	r.refused("Old approval sent again", errSuperseded, err)
	r.expect("  sent to the application", "200, hears declined (9102)",
		fmt.Sprintf("%s, hears %s", s.deliver(approval), last(s.shop.attempt(victim.ID).heard)))

	// Answers and checks that are about somebody else.
	if err := s.fake.Inject(verifftest.AnotherSession().On(verifftest.DecisionRoute)); err != nil {
		return err
	}
	_, err = s.calls.decision(s.client, ctx, attacker.VendorID)
	r.refused("Decision about another session", errForeign, err)
	edited := *attacker
	edited.VendorID = victim.VendorID
	_, err = s.shop.provider.Result(ctx, &edited)
	r.refused("Check edited to another's session", errForeignCheck, err)

	// The wrong secret.
	const wrong = "11111111-2222-4333-8444-555555555555"
	client, err1 := veriff.NewClient(s.fake.APIKey, wrong, veriff.WithBaseURL(s.fake.URL))
	verifier, err2 := veriff.NewVerifier(s.fake.APIKey, wrong)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err = s.calls.decision(client, ctx, victim.VendorID)
	r.refused("Wrong secret, asking Veriff", errVeriffUnauthorized, err)
	_, err = s.calls.parse(verifier, approval.Header, approval.Body)
	r.refused("Wrong secret, reading a webhook", errSignature, err)
	return nil
}

// decide plays the person who submits and Veriff that decides, and returns the
// webhook that tells it.
func (s *veriffStage) decide(check *kyc.Check, decision func(id string) error) (verifftest.Webhook, error) {
	if err := s.fake.Submit(check.VendorID); err != nil {
		return verifftest.Webhook{}, err
	}
	if err := decision(check.VendorID); err != nil {
		return verifftest.Webhook{}, err
	}
	webhooks := s.fake.Webhooks()
	return webhooks[len(webhooks)-1], nil
}

// deliver sends a webhook to the shop, and tells the status of its answer.
func (s *veriffStage) deliver(webhook verifftest.Webhook) string {
	status, err := s.fake.Deliver(webhook)
	if err != nil {
		return "no answer"
	}
	return fmt.Sprint(status)
}

// news tells what the shop has heard of a check since it heard this.
func (s *veriffStage) news(check *kyc.Check, since string) string {
	heard := s.shop.attempt(check.ID).heard
	if i := slices.Index(heard, since); i >= 0 && i == len(heard)-1 {
		return "nothing heard"
	}
	return "heard " + last(heard)
}

func last(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	return words[len(words)-1]
}
