// Package tomoidvtest is a fake TomoIDV: a server that does by hand what
// TomoIDV's API and its hosted app do, so that an integration can be built and
// tested without an account. Connect a client in one line:
//
//	srv := tomoidvtest.NewServer(t)
//	client, err := tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(srv.URL))
//
// then play the person:
//
//	started, err := client.Start(ctx, &tomoidv.StartRequest{UserID: "attempt-1", Country: "jp"})
//	srv.Pass("attempt-1", tomoidvtest.Person{FullName: "Hanako Sato", DateOfBirth: "1990-01-31"})
//	result, err := client.Result(ctx, &tomoidv.ResultRequest{UserID: "attempt-1"})
//
// or open the address that the start answered with in a browser and click the
// outcome.
//
// # What it refuses
//
// It judges every request as strictly as the vendor may. The path is looked at
// first, then Tomo-API-Version, then the access token, then the body. These
// refusals are established:
//
//   - 400 {"error": "unsupported_api_version", ...}: a Tomo-API-Version that is
//     not exactly 1.4, "1.3" and an empty one included, or more than one;
//   - 400 with "Unsupported kyc_policy" in it: a policy that is not among those
//     of [DocumentedPolicies] or [WithPolicy], or one without a country.
//
// All others are this package's choice:
//
//   - 400 from the token endpoint, with the error codes of RFC 6749 section 5.2
//     and RFC 8707 and what is wrong in error_description: a form that is not
//     one, a field given twice, an assertion that does not hold;
//   - 401: an access token that is missing, unknown, revoked or expired, see
//     [WithTokenRefusalStatus];
//   - 400: a property that is missing, null, empty, of a wrong type or form,
//     given twice or not documented; a query; another content type;
//   - 404: an unknown path or method, TomoIDV's deprecated operations too;
//   - 413: a body over 1 MiB.
//
// # Client assertions
//
// The header of an assertion is exactly {"alg": "ES256", "typ": "JWT"}, its
// claims are exactly iss, sub, aud, iat, exp and jti. The signature, 64 bytes of
// R and S, must match the client's key; iss and sub are the client id; aud is
// the address of the token endpoint, as one string; jti is a random UUID that
// no earlier assertion of this client had.
//
// # Contracts
//
// Without Tomo-API-Version contract 1.3 applies. Every answer then has Vary:
// Tomo-API-Version, and the one of /v1/idv/result also Tomo-API-Version: 1.3.
// Under contract 1.4 every answer has Tomo-API-Version: 1.4. That refusals of
// these operations have the same headers is this package's choice.
//
// # Users, persons and records
//
// A user is what the application sends as user_id. The person who passes has a
// PPID, the same whenever the same person passes for the same client. A check
// that ended leaves one record for its user, country and policy; a later one
// under the same three takes its place. Asked about a user_id, the API answers
// with what that user did; asked about a PPID, with what that person did under
// every user_id, so that anybody's PPID will get that person's records. A check
// that is still going on leaves no record. The records of one client are
// invisible to any other.
//
// Times in answers are RFC 3339 in UTC; the vendor's format is not established.
// Webhooks are not sent: nothing is known about them but the request's field.
//
// # What is not established
//
// Where the sources disagree or are silent there is an [Option], and its
// comment states the default.
package tomoidvtest

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A Server is a fake TomoIDV. It is an http.Handler, and any number of
// goroutines can use it.
type Server struct {
	URL       string // the base URL of the API and of the hosted app
	ClientID  string // a UUID, random unless WithFixedCredentials says otherwise
	SecretKey string // base64url of the client's private EC JWK, likewise

	settings settings
	issuer   *ecdsa.PrivateKey // signs what the server signs
	server   *fake.Server
	page     *fake.Page
	tb       testing.TB // nil unless made by NewServer

	clock    fake.Clock
	recorder fake.Recorder
	faults   fake.Queue

	mu       sync.Mutex
	clients  map[string]*client      // by client id
	used     map[usedJTI]time.Time   // when an assertion with this jti is over
	tokens   map[string]*accessToken // by text
	attempts []*attempt              // in the order of their start
	records  []*record               // in the order of their making
}

// Start starts a server on a port of the loopback interface, a random one unless
// WithAddress says otherwise. Close it.
func Start(opts ...Option) (*Server, error) { return start(nil, opts) }

func start(tb testing.TB, opts []Option) (*Server, error) {
	s := &Server{
		tb:       tb,
		settings: defaults(),
		issuer:   newKey(fake.Random()),
		clients:  make(map[string]*client),
		used:     make(map[usedJTI]time.Time),
		tokens:   make(map[string]*accessToken),
	}
	for _, opt := range opts {
		if err := opt(&s.settings); err != nil {
			return nil, err
		}
	}
	if s.settings.noListener && s.settings.address != "" {
		return nil, errors.New("tomoidvtest: WithoutListener and WithAddress contradict each other")
	}
	first := s.addClient(s.settings.environment, s.settings.credentials)
	s.ClientID, s.SecretKey = first.ID, first.SecretKey
	page, err := fake.NewPage(pageContent)
	if err != nil {
		return nil, err
	}
	s.page = page
	s.server = fake.NewServer(&s.clock, s.routes(), s.serveNothing)
	if s.settings.noListener {
		s.URL = "https://tomoidv.invalid"
		return s, nil
	}
	if s.URL, err = s.server.Listen(s.settings.address); err != nil {
		return nil, fmt.Errorf("tomoidvtest: %w", err)
	}
	s.server.Serve()
	return s, nil
}

// NewServer is Start for a test: the server is closed when the test ends, and
// it fails the test when it cannot start. A call on it that asks for what
// cannot be, such as passing a check that nobody started, also fails the test,
// so that its error need not be looked at.
func NewServer(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	s, err := start(tb, opts)
	if err != nil {
		tb.Fatalf("tomoidvtest: the server does not start: %v", err)
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

// ServeHTTP serves the API under /v1 and the hosted app under /idv.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server.ServeHTTP(w, r) }

// Advance moves the server's clock by d: assertions, access tokens and checks
// grow old.
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
