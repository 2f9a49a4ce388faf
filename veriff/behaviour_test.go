package veriff_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// connect returns a client for srv that tries each call once.
func connect(tb testing.TB, srv *verifftest.Server, options ...veriff.Option) *veriff.Client {
	tb.Helper()
	options = append([]veriff.Option{veriff.WithBaseURL(srv.URL), veriff.WithMaxAttempts(1)}, options...)
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, options...)
	require.NoError(tb, err)
	return client
}

// mailbox collects what a handler hands to its callback.
type mailbox struct {
	mu       sync.Mutex
	webhooks []veriff.Webhook
}

func (m *mailbox) put(_ context.Context, webhook veriff.Webhook) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.webhooks = append(m.webhooks, webhook)
	return nil
}

func (m *mailbox) decisions() []*veriff.Decision {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*veriff.Decision
	for _, webhook := range m.webhooks {
		if decision, ok := webhook.(*veriff.Decision); ok {
			out = append(out, decision)
		}
	}
	return out
}

// listen has srv deliver to a handler that confirms with client.
func listen(tb testing.TB, srv *verifftest.Server, client *veriff.Client) *mailbox {
	tb.Helper()
	var box mailbox
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(tb, err)
	handler, err := veriff.NewWebhookHandler(verifier, box.put, veriff.ConfirmWith(client))
	require.NoError(tb, err)
	srv.DeliverTo(handler)
	return &box
}

func TestFromAStartedSessionToAnApproval(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv, veriff.WithSignedAnswersOnly())
	box := listen(t, srv, client)

	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-1",
		Callback: "https://shop.example/verified", Person: veriff.SessionPerson{FirstName: "미래", LastName: "Hong"}})
	require.NoError(t, err)
	decision, err := client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	assert.True(t, decision.Pending())

	require.NoError(t, srv.Submit(session.ID))
	decision, err = client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	assert.True(t, decision.Pending())
	require.NoError(t, srv.Approve(session.ID, verifftest.Person{DateOfBirth: "1990-02-28", Document: verifftest.Document{Type: "PASSPORT", Country: "KR"}}))

	require.Len(t, box.webhooks, 3, "started, submitted, decided")
	assert.Equal(t, veriff.EventCodeStarted, box.webhooks[0].(*veriff.Event).Code)
	assert.Equal(t, veriff.EventCodeSubmitted, box.webhooks[1].(*veriff.Event).Code)
	require.Len(t, box.decisions(), 1)
	told := box.decisions()[0]
	assert.True(t, told.Approved())
	assert.Equal(t, session.ID, told.ID)
	assert.Equal(t, "attempt-1", told.VendorData)
	assert.Equal(t, "미래", told.Person.FirstName)
	assert.Equal(t, veriff.Date("1990-02-28"), told.Person.DateOfBirth)
	assert.Equal(t, veriff.DocumentTypePassport, told.Document.Type)

	asked, err := client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	assert.Equal(t, told.Meta().Raw(), asked.Meta().Raw())
}

func TestEachEndOfASession(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	box := listen(t, srv, client)
	for name, test := range map[string]struct {
		drive  func(id string)
		status veriff.Status
		code   veriff.DecisionCode
		reason veriff.ReasonCode
	}{
		"declined": {func(id string) { _ = srv.Submit(id); _ = srv.Decline(id, 106, "") }, veriff.StatusDeclined, veriff.CodeDeclined, veriff.ReasonKnownFraud},
		"resubmission": {func(id string) { _ = srv.Submit(id); _ = srv.RequestResubmission(id, 203, "") },
			veriff.StatusResubmissionRequested, veriff.CodeResubmissionRequested, 203},
		"review":    {func(id string) { _ = srv.Submit(id); _ = srv.Review(id) }, veriff.StatusReview, veriff.CodeReview, 0},
		"expired":   {func(id string) { _ = srv.Expire(id) }, veriff.StatusExpired, veriff.CodeExpired, 0},
		"abandoned": {func(id string) { _ = srv.Open(id); _ = srv.Abandon(id) }, veriff.StatusAbandoned, veriff.CodeExpired, 0},
		"approved":  {func(id string) { _ = srv.Submit(id); _ = srv.Approve(id, verifftest.Person{}) }, veriff.StatusApproved, veriff.CodeApproved, 0},
	} {
		session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
		require.NoError(t, err, name)
		before := len(box.decisions())
		test.drive(session.ID)
		require.Len(t, box.decisions(), before+1, name)
		decision := box.decisions()[before]
		assert.Equal(t, test.status, decision.Status, name)
		assert.Equal(t, test.code, decision.Code, name)
		assert.Equal(t, test.reason, decision.ReasonCode, name)
		assert.Equal(t, name == "approved", decision.Approved(), name)
		assert.Equal(t, name == "resubmission", decision.ResubmissionRequested(), name)
		assert.False(t, decision.Pending(), name)
	}
	for _, webhook := range srv.Webhooks() {
		assert.True(t, webhook.Delivered(), "answered 200")
	}
}

func TestResubmissionIsANewAttemptAtTheSameSession(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	box := listen(t, srv, client)
	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	require.NoError(t, err)
	srv.Submit(session.ID)
	srv.RequestResubmission(session.ID, 204, "")
	srv.Submit(session.ID)
	srv.Approve(session.ID, verifftest.Person{})

	decisions := box.decisions()
	require.Len(t, decisions, 2)
	assert.True(t, decisions[0].ResubmissionRequested())
	assert.True(t, decisions[1].Approved())
	assert.Equal(t, decisions[0].ID, decisions[1].ID)
	assert.NotEqual(t, decisions[0].AttemptID, decisions[1].AttemptID)
	assert.True(t, decisions[1].DecisionTime.After(decisions[0].DecisionTime.Time))
}

// Lost, late, repeated and reordered webhooks all end in what the API says.
func TestWebhooksOnBadDays(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	box := listen(t, srv, client)
	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	require.NoError(t, err)

	srv.Hold()
	srv.Submit(session.ID)
	srv.Approve(session.ID, verifftest.Person{})
	require.NoError(t, srv.ForceDecision(session.ID, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106}))
	assert.Empty(t, box.decisions())
	require.Zero(t, srv.Release())
	for _, decision := range box.decisions() {
		assert.Equal(t, veriff.StatusDeclined, decision.Status, "a late approval must not win")
	}

	var approval verifftest.Webhook
	for _, webhook := range srv.Webhooks() {
		if strings.Contains(string(webhook.Body), `"approved"`) {
			approval = webhook
		}
	}
	before := len(box.decisions())
	status, err := srv.Deliver(approval)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status, "genuine, though old")
	require.Len(t, box.decisions(), before+1)
	assert.Equal(t, veriff.StatusDeclined, box.decisions()[before].Status)

	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(t, err)
	webhook, err := verifier.Parse(approval.Header, approval.Body)
	require.NoError(t, err, "its signature holds")
	_, err = client.Confirm(t.Context(), webhook.(*veriff.Decision))
	assertKinds(t, err, veriff.ErrSuperseded)

	before = len(box.webhooks)
	for name, forged := range map[string]verifftest.Webhook{
		"tampered": approval.Tampered(), "wrong secret": approval.SignedWith(srv.APIKey, "wrong", false),
		"wrong key": approval.SignedWith(otherID, srv.Secret, false), "legacy": approval.SignedWith(srv.APIKey, srv.Secret, true),
	} {
		status, err := srv.Deliver(forged)
		require.NoError(t, err, name)
		assert.Equal(t, http.StatusUnauthorized, status, name)
	}
	assert.Len(t, box.webhooks, before)
}

func TestWebhookWaitsWhileTheAPIIsDown(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	box := listen(t, srv, client)
	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	require.NoError(t, err)
	srv.Submit(session.ID)
	require.NoError(t, srv.FailNext(http.StatusServiceUnavailable, 0))
	srv.Approve(session.ID, verifftest.Person{})
	assert.Empty(t, box.decisions())
	assert.Zero(t, srv.Redeliver(), "an hour later")
	require.Len(t, box.decisions(), 1)
	assert.True(t, box.decisions()[0].Approved())
}

func TestWebhooksUnderEitherFamilyOfHeaders(t *testing.T) {
	for _, family := range []verifftest.HeaderFamily{verifftest.XHeaders, verifftest.VRFHeaders, verifftest.BothHeaders} {
		srv := verifftest.NewServer(t, verifftest.WithHeaders(family), verifftest.WithMicroseconds(), verifftest.WithNestedTechnicalData(), verifftest.WithStringReasonCodes())
		client := connect(t, srv, veriff.WithSignedAnswersOnly())
		box := listen(t, srv, client)
		session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
		require.NoError(t, err, family)
		srv.Submit(session.ID)
		srv.Decline(session.ID, 102, "")
		require.Len(t, box.decisions(), 1, family)
		assert.Equal(t, veriff.ReasonDocumentTamperingSuspected, box.decisions()[0].ReasonCode, family)
		assert.NotEmpty(t, box.decisions()[0].TechnicalData.IP, family)
	}
}

func TestLegacyAPIOverTheFake(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithTimestampRequired(), verifftest.WithOldCreateReply(), verifftest.WithLegacyWebhooks(), verifftest.WithUncodedRefusals())
	client := connect(t, srv, veriff.WithLegacyAPI(), veriff.WithSignedAnswersOnly())
	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "11111111"})
	require.NoError(t, err)
	assert.NotEmpty(t, session.BaseURL)
	srv.Submit(session.ID)
	srv.Approve(session.ID, verifftest.Person{})
	decision, err := client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	assert.True(t, decision.Approved())

	webhooks := srv.Webhooks()
	last := webhooks[len(webhooks)-1]
	strict, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(t, err)
	_, err = strict.Parse(last.Header, last.Body)
	assertKinds(t, err, veriff.ErrSignature)
	lenient, err := veriff.NewVerifier(srv.APIKey, srv.Secret, veriff.WithLegacySignature())
	require.NoError(t, err)
	webhook, err := lenient.Parse(last.Header, last.Body)
	require.NoError(t, err)
	assert.True(t, webhook.(*veriff.Decision).Approved())
}

func TestRefusalsOfTheFakeReachTheCaller(t *testing.T) {
	srv := verifftest.NewServer(t)
	session, err := connect(t, srv).CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	require.NoError(t, err)
	call := func(key, secret string, options ...veriff.Option) *veriff.Client {
		client, err := veriff.NewClient(key, secret, append(options, veriff.WithBaseURL(srv.URL))...)
		require.NoError(t, err)
		return client
	}
	for name, test := range map[string]struct {
		client *veriff.Client
		id     string
		code   veriff.ErrorCode
		want   error
	}{
		"wrong secret":         {call(srv.APIKey, "wrong"), session.ID, veriff.ErrorCodeQueryIDHMACMismatch, veriff.ErrUnauthorized},
		"wrong secret, legacy": {call(srv.APIKey, "wrong", veriff.WithLegacyAPI()), session.ID, veriff.ErrorCodeQueryIDSHA256Mismatch, veriff.ErrUnauthorized},
		"another integration":  {call(otherID, srv.Secret), session.ID, 1803, veriff.ErrUnauthorized},
		"a key of no form":     {call("my-key", srv.Secret), session.ID, veriff.ErrorCodeAPIKeyNotUUID, veriff.ErrUnauthorized},
		"unknown session":      {connect(t, srv), otherID, 0, veriff.ErrNotFound},
		"an id of no form":     {connect(t, srv), "f04bdb47-d3be-4b28-b028-x", 1002, veriff.ErrInvalidRequest},
	} {
		_, err := test.client.Decision(t.Context(), test.id)
		assertKinds(t, err, test.want)
		var verr *veriff.Error
		require.ErrorAs(t, err, &verr, name)
		assert.Equal(t, test.code, verr.Code, name)
	}
	_, err = call(srv.APIKey, "wrong").CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	assertKinds(t, err, veriff.ErrUnauthorized)
	assert.Len(t, srv.Sessions(), 1)
}

// What goes wrong between a request and its answer, for a call that may be
// repeated and for one that must not.
func TestFaults(t *testing.T) {
	unavailable := []error{veriff.ErrUnavailable}
	for name, test := range map[string]struct {
		fault    verifftest.Fault
		decision []error
		create   []error // beside ErrUnconfirmed, where lost
		lost     bool
		made     int // sessions at the fake after CreateSession
	}{
		"reset before":      {verifftest.ResetBefore(), unavailable, unavailable, true, 0},
		"reset after":       {verifftest.ResetAfter(), unavailable, unavailable, true, 1},
		"cut off":           {verifftest.Truncate(), unavailable, unavailable, true, 1},
		"503":               {verifftest.Status(503, 0), unavailable, unavailable, true, 0},
		"429":               {verifftest.Status(429, time.Second), []error{veriff.ErrRateLimited}, []error{veriff.ErrRateLimited}, false, 0},
		"HTML, 200":         {verifftest.HTML(200), []error{veriff.ErrInvalidAnswer}, []error{veriff.ErrInvalidAnswer}, true, 0},
		"HTML, 502":         {verifftest.HTML(502), unavailable, unavailable, true, 0},
		"redirect":          {verifftest.Redirect("https://elsewhere.example/"), []error{veriff.ErrInvalidAnswer}, []error{veriff.ErrInvalidAnswer}, true, 0},
		"oversized":         {verifftest.Oversize(9 << 20), []error{veriff.ErrInvalidAnswer, veriff.ErrTooLarge}, []error{veriff.ErrInvalidAnswer, veriff.ErrTooLarge}, true, 1},
		"wrong signature":   {verifftest.WrongSignature(), []error{veriff.ErrSignature}, []error{veriff.ErrSignature}, true, 1},
		"another session":   {verifftest.AnotherSession(), []error{veriff.ErrForeign}, nil, false, 1},
		"a twin of the key": {verifftest.ExtraMembers(`"STATUS":"approved"`), []error{veriff.ErrInvalidAnswer}, []error{veriff.ErrInvalidAnswer}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t)
			// On a connection used before, net/http would repeat a GET by itself.
			fresh := veriff.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}})
			client := connect(t, srv, fresh)
			session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
			require.NoError(t, err)
			srv.Submit(session.ID)
			srv.Decline(session.ID, 106, "")

			require.NoError(t, srv.Inject(test.fault.On(verifftest.DecisionRoute)))
			decision, err := client.Decision(t.Context(), session.ID)
			assert.Nil(t, decision)
			assertKinds(t, err, test.decision...)
			decision, err = client.Decision(t.Context(), session.ID)
			require.NoError(t, err, "the next one is well again")
			assert.Equal(t, veriff.StatusDeclined, decision.Status)

			if test.create == nil {
				return
			}
			patient := connect(t, srv, fresh, veriff.WithMaxAttempts(3))
			require.NoError(t, srv.Inject(test.fault.On(verifftest.CreateSessionRoute)))
			created, err := patient.CreateSession(t.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-2"})
			assert.Nil(t, created)
			want := test.create
			if test.lost {
				want = append(want[:len(want):len(want)], veriff.ErrUnconfirmed)
			}
			assertKinds(t, err, want...)
			assert.Len(t, srv.Sessions(), 1+test.made)
		})
	}
}

func TestNothingListens(t *testing.T) {
	srv, err := verifftest.Start()
	require.NoError(t, err)
	client := connect(t, srv)
	srv.Close()
	_, err = client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	assertKinds(t, err, veriff.ErrUnavailable)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
}

// In a bubble of synctest time passes at once, so that what takes minutes in a
// server takes none here.
func TestVeriffTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := verifftest.NewServer(t, verifftest.WithoutListener())
		client := connect(t, srv, veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}),
			veriff.WithAttemptTimeout(10*time.Second), veriff.WithMaxAttempts(2))
		session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
		require.NoError(t, err)

		start := time.Now()
		require.NoError(t, srv.Inject(verifftest.Stall(nil).Times(2)))
		_, err = client.Decision(t.Context(), session.ID)
		assertKinds(t, err, veriff.ErrUnavailable)
		require.NotErrorIs(t, err, context.DeadlineExceeded, "it is not the caller's")
		assert.InDelta(t, 20*time.Second, time.Since(start), float64(time.Second))

		require.NoError(t, srv.Inject(verifftest.Stall(nil)))
		decision, err := client.Decision(t.Context(), session.ID)
		require.NoError(t, err, "the second attempt is answered")
		assert.True(t, decision.Pending())

		require.NoError(t, srv.Inject(verifftest.Stall(nil)))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err = client.CreateSession(ctx, &veriff.CreateSessionRequest{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assertKinds(t, err, veriff.ErrUnconfirmed)
		assert.Len(t, srv.Sessions(), 1)

		require.NoError(t, srv.Inject(verifftest.Status(http.StatusServiceUnavailable, 30*time.Second)))
		start = time.Now()
		_, err = client.Decision(t.Context(), session.ID)
		require.NoError(t, err)
		assert.Equal(t, 30*time.Second, time.Since(start), "as long as Veriff asked, and no longer")
	})
}

func TestClientsAreSafeForManyGoroutines(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	box := listen(t, srv, client)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
			if !assert.NoError(t, err) {
				return
			}
			_ = srv.Submit(session.ID)
			_ = srv.Approve(session.ID, verifftest.Person{})
			decision, err := client.Decision(t.Context(), session.ID)
			assert.NoError(t, err)
			assert.True(t, decision.Approved())
		})
	}
	wg.Wait()
	assert.Len(t, box.decisions(), 32)
	for _, decision := range box.decisions() {
		assert.True(t, decision.Approved())
	}
}
