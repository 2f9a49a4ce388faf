// Package iamporttest is a fake Iamport (PortOne V1): a server that does by
// hand what Iamport's certification API, its iamport.js and its hosted window
// do, so that an integration can be built and tested without an account.
// Connect a client in one line:
//
//	srv := iamporttest.NewServer(t)
//	client, err := iamport.NewClient(srv.APIKey, srv.APISecret, iamport.WithBaseURL(srv.URL))
//
// then play the person:
//
//	impUID, err := srv.Certify(iamporttest.Attempt{MerchantUID: "attempt1"},
//		iamporttest.Person{Name: "홍미래", Birthday: "1990-01-31"})
//
// or load the script from the server in a browser, and type who passes:
//
//	<script src="{srv.URL}/v1/iamport.js"></script>
//
// # What it refuses
//
// It judges every request as strictly as the vendor may. A refusal is
//
//	{"code": -1, "message": "...", "response": null}
//
// with the message that is known of the vendor for a getToken call without its
// parameters (400) or with a wrong pair (401), and for an imp_uid that is
// unknown, deleted, another merchant's or another tier's (404). All other
// messages, and these statuses, are this package's choice:
//
//   - 401: a token that is missing, unknown, revoked or expired, and a Tier
//     that is not configured;
//   - 400: a parameter that is missing, null, of a wrong type or form, twice in
//     a form or not documented; a body that is neither JSON nor a form; a code
//     that is wrong, too old or tried too often; a confirmation before the
//     person approved in the app;
//   - 404: an unknown path or method, and the confirmation of a certification
//     that was not requested with otp/request;
//   - 413: a body over 1 MiB.
//
// The path is looked at first, then the token, then the Tier, then the body.
//
// # Tokens
//
// There is one token, shared by all who ask with the key, for 30 minutes of the
// server's clock. Asking again gives the same token with the same expired_at;
// in its last minute, that of five minutes later. At expired_at it is refused
// and the next one is another. [Server.Advance], [Server.SetTime] and
// [WithClockSkew] move the clock, which also writes the Date of every answer.
//
// # What is not established
//
// Where the sources disagree or are silent there is an [Option], and its
// comment states the default.
//
// # Certifications
//
// An imp_uid exists from the moment the window opens or a code is requested.
// Until the person has passed, and for good if they fail or leave, the API
// answers with status 200 and code 0, certified false, birth and certified_at
// 0, and null for all that would be known of the person.
//
// Like the vendor, the server keeps a minimum age only in Danal's window, and
// lets the person in the window be another than the one the page named.
package iamporttest

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A Server is a fake Iamport with one merchant. It is an http.Handler, and any
// number of goroutines can use it.
type Server struct {
	URL        string // the base URL of the API and of /v1/iamport.js
	APIKey     string // imp_key, random, as all below: see WithFixedCredentials
	APISecret  string // imp_secret
	UserCode   string // what IMP.init takes: imp and eight digits
	ChannelKey string // of the Danal channel; see ChannelKeyOf

	settings settings
	server   *fake.Server
	page     *fake.Page
	tb       testing.TB // nil unless made by NewServer

	clock    fake.Clock
	recorder fake.Recorder
	faults   fake.Queue
	channels map[Gateway]string // channel keys

	mu             sync.Mutex
	token          token
	certifications []*certification // in the order of their beginning
}

// Start starts a server on a port of the loopback interface, a random one unless
// WithAddress says otherwise. Close it.
func Start(opts ...Option) (*Server, error) { return start(nil, opts) }

func start(tb testing.TB, opts []Option) (*Server, error) {
	s := &Server{
		tb:       tb,
		settings: defaults(),
		channels: make(map[Gateway]string),
	}
	for _, opt := range opts {
		if err := opt(&s.settings); err != nil {
			return nil, err
		}
	}
	if s.settings.noListener && s.settings.address != "" {
		return nil, errors.New("iamporttest: WithoutListener and WithAddress contradict each other")
	}
	made := s.settings.credentials
	s.APIKey = made.Digits(16)
	s.APISecret = made.Text() + made.Text() + made.Text()
	s.UserCode = "imp" + made.Digits(8)
	for _, g := range gateways() {
		s.channels[g] = "channel-key-" + made.UUID()
	}
	s.ChannelKey = s.channels[Danal]
	s.clock.Advance(s.settings.clockSkew)
	page, err := fake.NewPage(pageContent)
	if err != nil {
		return nil, err
	}
	s.page = page
	s.server = fake.NewServer(&s.clock, s.routes(), s.serveNothing)
	if s.settings.noListener {
		s.URL = "https://iamport.invalid"
		return s, nil
	}
	if s.URL, err = s.server.Listen(s.settings.address); err != nil {
		return nil, fmt.Errorf("iamporttest: %w", err)
	}
	s.server.Serve()
	return s, nil
}

// NewServer is Start for a test: the server is closed when the test ends, and
// it fails the test when it cannot start. A call on it that asks for what
// cannot be, such as certifying a person without a birthday, also fails the
// test, so that its error need not be looked at.
func NewServer(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	s, err := start(tb, opts)
	if err != nil {
		tb.Fatalf("iamporttest: the server does not start: %v", err)
	}
	tb.Cleanup(s.Close)
	return s
}

// Close ends the server, its connections and whatever is stalled in it, and
// waits for them. It can be called more than once.
func (s *Server) Close() { s.server.Close() }

// RoundTripper answers requests for URL in this process, without a socket. It
// refuses every other host: a client that turns to one is wrong.
func (s *Server) RoundTripper() http.RoundTripper { return s.server.RoundTripper(s.URL) }

// ServeHTTP serves the API, the scripts and the hosted window.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server.ServeHTTP(w, r) }

// Advance moves the server's clock by d: tokens and codes grow old.
func (s *Server) Advance(d time.Duration) { s.clock.Advance(d) }

// SetTime stops the server's clock at t, so that only Advance and SetTime move
// it. Until then it runs with the machine's.
func (s *Server) SetTime(t time.Time) { s.clock.Set(t) }

// fail passes err on. A server that was made for a test fails it.
func (s *Server) fail(err error) error {
	if err != nil && s.tb != nil {
		s.tb.Helper()
		s.tb.Errorf("%v", err)
	}
	return err
}
