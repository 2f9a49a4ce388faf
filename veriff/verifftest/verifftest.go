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
// with these statuses, which no source of ours states for these codes unless it
// is said here, and which are therefore this package's choice:
//
//   - 401: 1801 no X-AUTH-CLIENT, 1802 not a UUID, 1803 not this integration's,
//     1812 a signature that is not 64 lower-case hex digits, 1813 and 1814 a
//     legacy signature that does not match the id or the body, 1818 and 1819
//     the same for HMAC, 1815 no signature where one is needed; 1101 and 1804 by
//     an option. Document 003 has the status, without a code;
//   - 400: everything that is wrong with a body or an id, as document 003 has it
//     for 1102: 1001, 1002, 1102, 1104, 1201, 1202, 1203, 1301, 1302, 1303,
//     1304, 1400 to 1403, 1500, 1501, 2003, 2102 to 2104; 1308 to 1310 and 2101
//     by an option; and, without a code, the deletion of a session that waits
//     for a decision;
//   - 403: a deletion where it is not enabled, without a code;
//   - 404: an unknown or deleted session, an unknown attempt, medium, timestamp,
//     path or method, without a code: "Not Found." as document 003 has it;
//   - 409: an upload to a session that is not open, as the vendor states, and
//     collected data for one, without a code;
//   - 413: a body over 1 MiB, or of an upload over 28 MiB or with a file over the
//     limits below, without a code;
//   - 429: the sixth deletion in an hour and the eleventh in 24 hours, without a
//     code and a Retry-After.
//
// There is no way to 1003, an id that has been used already: no call takes an
// id of the caller's choice.
//
// The path is looked at first, then the key, then the signature, then the id,
// the body and the session. A null where a value belongs, a property that is not
// in the documentation and a JSON body under another content type are refused.
//
// # What is not established
//
// Where the sources disagree or are silent there is an [Option], and its
// comment states the default. These have none:
//
//   - A property of which nothing is known yet is null: person before a decision
//     or ForcePerson, data before Screen, verification before a decision.
//   - Attempts come latest first, as in document 003's sample. A session's list
//     of media has those of all its attempts, the oldest first.
//   - Chip readings are listed with the properties of images.
//   - Collected data is the body itself, with no object around it, and browser
//     is the only object in it that may have any properties.
//
// # Sessions
//
// A session lives seven days by the server's clock, which [Server.Advance] and
// [Server.SetTime] move. Then one that nobody opened expires, and one that was
// opened and not submitted is abandoned, each with its webhook. GET
// /sessions/{id}/decision answers with the last decision, also while the next
// attempt after a resubmission runs.
//
// A resubmission that is requested makes a new attempt at once, whose status is
// created; the tenth is a decline instead, with reasonCode 539. A session is
// open, to a person, an upload, collected data and a submission through the API,
// while it is created, started or sent back for resubmission. What is sent
// through the API does not start a session: the only event is 7002, with the
// submission.
//
// A deletion needs [WithSessionDeletion]. An open session expires or is
// abandoned by it, with its webhook; one that is submitted or in review is
// refused. Afterwards everything of the session answers 404, and Sessions does
// not have it.
//
// # Media
//
// An upload is plain base64 of at most 24,000,000 characters, or a PDF of at
// most 20,000,000 bytes, and its file begins as a JPEG, PNG, WebP, HEIC, HEIF or
// PDF does; another is refused with 1104.
//
// Who goes through the hosted flow, by Submit or in a browser, leaves a photo of
// a face and one of a document, both plain grey, and a video without frames,
// unless the attempt has media already. [Server.AddMedia] adds any other.
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
