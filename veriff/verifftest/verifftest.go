// Package verifftest is a fake Veriff: a server that does by hand what
// Veriff's API, its hosted flow and its webhooks do, so that an integration
// can be built and tested without an account. Connect a client in one line:
//
//	srv := verifftest.NewServer(t)
//	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL))
//
// then play the person and Veriff:
//
//	srv.DeliverTo(webhookHandler)
//	session, err := client.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: "attempt-1"})
//	srv.Submit(session.ID)
//	srv.Approve(session.ID, verifftest.Person{FirstName: "Mirae"})
//
// or open the session's URL in a browser and click the outcome.
//
// # What it refuses
//
// It judges every request as strictly as the vendor may: the API key, the
// signature over exactly what the vendor has signed for that call, every
// property of a body. A refusal is
//
//	{"status": "fail", "code": "1102", "message": "..."}
//
// with these statuses, which no source of ours states and which are therefore
// this package's choice:
//
//   - 401: 1801 no X-AUTH-CLIENT, 1802 not a UUID, 1803 not this integration's,
//     1812 a signature that is not 64 lower-case hex digits, 1813 and 1814 a
//     legacy signature that does not match the id or the body, 1818 and 1819
//     the same for HMAC, 1815 no signature where one is needed;
//   - 400: everything that is wrong with a body or an id: 1001, 1002, 1102,
//     1104, 1201, 1202, 1203, 1301, 1302, 1303, 1304, 1400 to 1403, 1500, 1501,
//     2003, 2101 to 2104; and, without a code, the deletion of a session that
//     waits for a decision;
//   - 403: a deletion where it is not enabled, without a code;
//   - 404: an unknown or deleted session, an unknown attempt, medium, path or
//     method, without a code: "Not Found." as document 003 has it;
//   - 409: an upload to a session that is not open (this one the vendor
//     states), without a code;
//   - 413: a body over 1 MiB, or with a file over the limits below, without a
//     code;
//   - 429: the sixth deletion in an hour and the eleventh in a day, without a
//     code and a Retry-After.
//
// The path is looked at first, then the key, then the signature, then the id
// and the body. A null where a value belongs, a property that is not in the
// documentation and a JSON body under another content type are refused.
//
// # What is not established
//
// Where the sources disagree or are silent there is an [Option], and its
// comment states the default.
//
// # Media
//
// An upload is plain base64 of at most 24,000,000 characters, or a PDF of at
// most 20,000,000 bytes, and its file begins as a JPEG, PNG, WebP, HEIC, HEIF or
// PDF does; another is refused with 1104. It starts no session and sends no
// event. A session can be uploaded to and submitted as long as a person could
// open it, so also after a resubmission was asked for: then its new attempt,
// which exists at once, needs photos of its own. The list of a session has the
// media of all its attempts.
//
// Who goes through the hosted flow, by Submit or in a browser, leaves a photo of
// a face and one of a document, both plain grey, and a video without frames,
// unless the attempt has media already. [Server.AddMedia] adds any other.
//
// # Sessions
//
// A session lives seven days by the server's clock, which [Server.Advance] and
// [Server.SetTime] move. Then one that nobody opened expires, and one that was
// opened and not submitted is abandoned, each with its webhook. GET
// /sessions/{id}/decision answers with the last decision, also while the next
// attempt after a resubmission runs.
package verifftest

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// A Server is a fake Veriff with one integration. It is an http.Handler, and
// any number of goroutines can use it.
type Server struct {
	URL    string // the integration's base URL, without /v1
	APIKey string // a UUID, random unless WithFixedCredentials says otherwise
	Secret string // the shared secret, likewise

	settings settings
	server   *fake.Server
	page     *fake.Page
	tb       testing.TB // nil unless made by NewServer

	clock    fake.Clock
	recorder fake.Recorder
	faults   fake.Queue

	mu         sync.Mutex
	sessions   []*session // in the order of their creation
	webhooks   []*Webhook
	targets    map[WebhookKind]*target
	deletions  []time.Time
	held       bool
	lastChange time.Time
}

// Start starts a server on a port of the loopback interface, a random one unless
// WithAddress says otherwise. Close it.
func Start(opts ...Option) (*Server, error) { return start(nil, opts) }

func start(tb testing.TB, opts []Option) (*Server, error) {
	s := &Server{
		tb:       tb,
		settings: settings{credentials: fake.Random(), webhookTimeout: 5 * time.Second},
		targets:  make(map[WebhookKind]*target),
	}
	for _, opt := range opts {
		if err := opt(&s.settings); err != nil {
			return nil, err
		}
	}
	if s.settings.noListener && s.settings.address != "" {
		return nil, errors.New("verifftest: WithoutListener and WithAddress contradict each other")
	}
	made := s.settings.credentials
	s.APIKey, s.Secret = made.UUID(), made.Text()+made.Text()
	page, err := fake.NewPage(pageContent)
	if err != nil {
		return nil, err
	}
	s.page = page
	s.server = fake.NewServer(&s.clock, s.routes(), s.serveNothing)
	if s.settings.noListener {
		s.URL = "https://veriff.invalid"
		return s, nil
	}
	if s.URL, err = s.server.Listen(s.settings.address); err != nil {
		return nil, fmt.Errorf("verifftest: %w", err)
	}
	s.server.Serve()
	return s, nil
}

// NewServer is Start for a test: the server is closed when the test ends, and
// it fails the test when it cannot start. A call on it that asks for what
// cannot be, such as approving a session that was not submitted, also fails the
// test, so that its error need not be looked at.
func NewServer(tb testing.TB, opts ...Option) *Server {
	tb.Helper()
	s, err := start(tb, opts)
	if err != nil {
		tb.Fatalf("verifftest: the server does not start: %v", err)
	}
	tb.Cleanup(s.Close)
	return s
}

// Close ends the server, its connections and whatever is stalled in it, and
// waits for them. It can be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	for _, t := range s.targets {
		t.closeIdle()
	}
	s.mu.Unlock()
	s.server.Close()
}

// RoundTripper answers requests for URL in this process, without a socket. It
// refuses every other host: a client that turns to one is wrong.
func (s *Server) RoundTripper() http.RoundTripper { return s.server.RoundTripper(s.URL) }

// ServeHTTP serves the API under /v1 and the hosted flow.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.server.ServeHTTP(w, r) }

// fail passes err on. A server that was made for a test fails it.
func (s *Server) fail(err error) error {
	if err != nil && s.tb != nil {
		s.tb.Helper()
		s.tb.Errorf("%v", err)
	}
	return err
}
