package veriff_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// An application keeps the decision that holds, and counts what it did.
type application struct {
	mu      sync.Mutex
	stored  *veriff.Decision
	effects []veriff.Status
	fail    error
}

func (a *application) handle(_ context.Context, webhook veriff.Webhook) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fail != nil {
		return a.fail
	}
	decision, ok := webhook.(*veriff.Decision)
	if !ok {
		return nil
	}
	a.effects = append(a.effects, decision.Status)
	if decision.Supersedes(a.stored) {
		a.stored = decision
	}
	return nil
}

// serve has srv deliver to a handler for app.
func serve(tb testing.TB, srv *verifftest.Server, app *application, options ...veriff.HandlerOption) {
	tb.Helper()
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(tb, err)
	handler, err := veriff.NewWebhookHandler(verifier, app.handle, options...)
	require.NoError(tb, err)
	srv.DeliverTo(handler)
}

// of gives the webhook that announced the decision with this status.
func of(tb testing.TB, srv *verifftest.Server, status string) verifftest.Webhook {
	tb.Helper()
	for _, webhook := range srv.Webhooks() {
		if webhook.Kind == verifftest.DecisionWebhook && strings.Contains(string(webhook.Body), `"status":"`+status+`"`) {
			return webhook
		}
	}
	require.Fail(tb, "nothing was announced with this status", status)
	return verifftest.Webhook{}
}

func submitted(tb testing.TB, srv *verifftest.Server, client *veriff.Client) (id string) {
	tb.Helper()
	session, err := client.CreateSession(tb.Context(), &veriff.CreateSessionRequest{VendorData: "attempt-1"})
	require.NoError(tb, err)
	require.NoError(tb, srv.Submit(session.ID))
	return session.ID
}

// However often and in whatever order webhooks come, each decision that held
// when one came has its effect once, and none that did not has any.
func TestEachDecisionHasOneEffect(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	var app application
	serve(t, srv, &app, veriff.ConfirmWith(client), veriff.WithDeduper(new(veriff.MemoryDeduper)))
	id := submitted(t, srv, client)
	deliver := func(status string, want int) {
		t.Helper()
		got, err := srv.Deliver(of(t, srv, status))
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}

	srv.Approve(id, verifftest.Person{})
	deliver("approved", 200)
	deliver("approved", 200)
	assert.Equal(t, []veriff.Status{"approved"}, app.effects)

	// Veriff changes its mind, and the old webhook comes before the new one: its
	// key must not swallow what holds now.
	srv.Hold()
	require.NoError(t, srv.ForceDecision(id, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106}))
	deliver("approved", 200)
	assert.Equal(t, []veriff.Status{"approved", "declined"}, app.effects)
	require.Zero(t, srv.Release())
	deliver("declined", 200)
	deliver("approved", 200)
	assert.Equal(t, []veriff.Status{"approved", "declined"}, app.effects)
	assert.Equal(t, veriff.StatusDeclined, app.stored.Status)
}

// A resubmission asked for twice with the same words is two decisions.
func TestEachResubmissionHasItsEffect(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	var app application
	serve(t, srv, &app, veriff.ConfirmWith(client), veriff.WithDeduper(new(veriff.MemoryDeduper)))
	id := submitted(t, srv, client)
	srv.RequestResubmission(id, 204, "")
	srv.Submit(id)
	srv.RequestResubmission(id, 204, "")
	srv.Submit(id)
	srv.Approve(id, verifftest.Person{})
	for _, webhook := range srv.Webhooks() {
		_, err := srv.Deliver(webhook)
		require.NoError(t, err)
	}
	assert.Equal(t, []veriff.Status{"resubmission_requested", "resubmission_requested", "approved"}, app.effects)
}

func TestRedeliveryAfterAFailureRunsAgain(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	app := application{fail: errors.New("no database")}
	serve(t, srv, &app, veriff.ConfirmWith(client), veriff.WithDeduper(new(veriff.MemoryDeduper)))
	id := submitted(t, srv, client)
	srv.Approve(id, verifftest.Person{})
	require.Equal(t, 3, srv.Redeliver(), "started, submitted, approved")
	assert.Empty(t, app.effects)
	app.fail = nil
	require.Zero(t, srv.Redeliver())
	assert.Equal(t, []veriff.Status{"approved"}, app.effects)
	_, err := srv.Deliver(of(t, srv, "approved"))
	require.NoError(t, err)
	assert.Equal(t, []veriff.Status{"approved"}, app.effects)
}

// Fifty deliveries at once, each confirmed: one effect, and whoever was too
// early is told to come again.
func TestManyDeliveriesAtOnceAreConfirmedAndDoneOnce(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	var app application
	srv.Hold()
	id := submitted(t, srv, client)
	srv.Approve(id, verifftest.Person{})
	serve(t, srv, &app, veriff.ConfirmWith(client), veriff.WithDeduper(new(veriff.MemoryDeduper)))
	approval := of(t, srv, "approved")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			status, err := srv.Deliver(approval)
			assert.NoError(t, err)
			assert.Contains(t, []int{http.StatusOK, http.StatusServiceUnavailable}, status)
			if status == http.StatusOK {
				app.mu.Lock()
				defer app.mu.Unlock()
				assert.Len(t, app.effects, 1, "200 before it was done")
			}
		})
	}
	wg.Wait()
	assert.Equal(t, []veriff.Status{"approved"}, app.effects)
}

// Without ConfirmWith a late webhook is handed on as it came; what the
// application stores is right all the same.
func TestStoringWhatSupersedesKeepsTheNewest(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	srv.Hold()
	id := submitted(t, srv, client)
	srv.RequestResubmission(id, 204, "")
	srv.Submit(id)
	srv.Review(id)
	srv.Approve(id, verifftest.Person{})
	require.NoError(t, srv.ForceDecision(id, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106}))
	webhooks := srv.Webhooks()
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var app application
		serve(t, srv, &app)
		random.Shuffle(len(webhooks), func(i, j int) { webhooks[i], webhooks[j] = webhooks[j], webhooks[i] })
		for _, webhook := range append(webhooks, webhooks[:3]...) {
			status, err := srv.Deliver(webhook)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status)
		}
		require.Equal(t, veriff.StatusDeclined, app.stored.Status)
	}
}

// Deleting a session that is open makes Veriff announce its end, about which
// the API may not tell any more. That is handed on, and what was announced
// before is not: an approval of a session that is gone would be anybody's word.
func TestWebhooksOfADeletedSession(t *testing.T) {
	for name, test := range map[string]struct {
		drive   func(srv *verifftest.Server, id string)
		effects []veriff.Status
		refused int
	}{
		"nobody came":      {func(*verifftest.Server, string) {}, []veriff.Status{"expired"}, 0},
		"nobody finished":  {func(srv *verifftest.Server, id string) { srv.Open(id) }, []veriff.Status{"abandoned"}, 0},
		"had been decided": {func(srv *verifftest.Server, id string) { srv.Submit(id); srv.Approve(id, verifftest.Person{}) }, nil, 1},
		"was to come again": {func(srv *verifftest.Server, id string) { srv.Submit(id); srv.RequestResubmission(id, 204, "") },
			[]veriff.Status{"abandoned"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, verifftest.WithSessionDeletion())
			client := connect(t, srv)
			var app application
			serve(t, srv, &app, veriff.ConfirmWith(client), veriff.WithDeduper(new(veriff.MemoryDeduper)))
			srv.Hold()
			session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
			require.NoError(t, err)
			test.drive(srv, session.ID)
			_, err = client.DeleteSession(t.Context(), session.ID)
			require.NoError(t, err)
			_, err = client.Decision(t.Context(), session.ID)
			require.ErrorIs(t, err, veriff.ErrNotFound)

			assert.Equal(t, test.refused, srv.Release())
			assert.Equal(t, test.effects, app.effects)
			assert.Equal(t, test.refused, srv.Redeliver())
			assert.Equal(t, test.effects, app.effects)
		})
	}
}

// Veriff hangs up before a slow callback is done. What it does counts, and the
// next delivery is told so.
func TestVeriffDoesNotWaitForASlowCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := verifftest.NewServer(t, verifftest.WithoutListener()) // hangs up after 5 seconds
		client := connect(t, srv, veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
		verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
		require.NoError(t, err)
		var begun, done atomic.Int32
		handler, err := veriff.NewWebhookHandler(verifier, func(ctx context.Context, webhook veriff.Webhook) error {
			if _, ok := webhook.(*veriff.Decision); !ok {
				return nil
			}
			begun.Add(1)
			<-time.After(20 * time.Second)
			done.Add(1)
			return ctx.Err()
		}, veriff.ConfirmWith(client), veriff.WithDeduper(new(veriff.MemoryDeduper)))
		require.NoError(t, err)
		srv.DeliverTo(handler)
		id := submitted(t, srv, client)
		srv.Approve(id, verifftest.Person{})

		status, err := srv.Deliver(of(t, srv, "approved"))
		require.NoError(t, err)
		assert.Equal(t, http.StatusServiceUnavailable, status, "it is being handled")
		assert.Zero(t, done.Load())
		<-time.After(time.Hour)
		assert.Zero(t, srv.Redeliver())
		assert.EqualValues(t, 1, begun.Load())
		assert.EqualValues(t, 1, done.Load())
	})
}

// Document 003 has the end of a session on the event address; one handler takes
// it at either.
func TestEndOfASessionOnTheEventWebhook(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithEndingsOnEventWebhook())
	client := connect(t, srv)
	var app application
	serve(t, srv, &app, veriff.ConfirmWith(client))
	for _, end := range []func(id string) error{srv.Expire, func(id string) error { srv.Open(id); return srv.Abandon(id) }} {
		session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
		require.NoError(t, err)
		require.NoError(t, end(session.ID))
	}
	assert.Equal(t, []veriff.Status{"expired", "abandoned"}, app.effects)
	for _, webhook := range srv.Webhooks() {
		assert.Equal(t, verifftest.EventWebhook, webhook.Kind)
		assert.True(t, webhook.Delivered(), "answered 200")
	}
}
