package verifftest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A receiver answers webhooks with its status and keeps them.
type receiver struct {
	mu     sync.Mutex
	status int
	got    []received
}

type received struct {
	header http.Header
	body   string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, received{req.Header.Clone(), string(body)})
	if r.status == http.StatusFound && req.Method == http.MethodPost {
		w.Header().Set("Location", "/elsewhere")
	} else if req.Method == http.MethodGet {
		w.WriteHeader(http.StatusOK) // where a redirect that is followed ends
		return
	}
	w.WriteHeader(r.status)
}

func (r *receiver) bodies() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var bodies []string
	for _, g := range r.got {
		bodies = append(bodies, g.body)
	}
	return bodies
}

func bodies(webhooks []verifftest.Webhook) []string {
	var bodies []string
	for _, w := range webhooks {
		bodies = append(bodies, string(w.Body))
	}
	return bodies
}

// approved is a session with its three webhooks.
func approved(t *testing.T, srv *verifftest.Server) (id string) {
	t.Helper()
	id = created(t, srv, person)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	return id
}

func TestWebhooksAreSignedAndDelivered(t *testing.T) {
	deliver := map[string]func(*testing.T, *verifftest.Server, http.Handler){
		"in process": func(_ *testing.T, srv *verifftest.Server, h http.Handler) { srv.DeliverTo(h) },
		"over loopback": func(t *testing.T, srv *verifftest.Server, h http.Handler) {
			at := httptest.NewServer(h)
			t.Cleanup(at.Close)
			require.NoError(t, srv.DeliverToURL(at.URL+"/webhooks"))
		},
	}
	for name, deliver := range deliver {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			r := &receiver{status: 200}
			deliver(t, srv, r)
			id := approved(t, srv)

			webhooks := srv.Webhooks()
			require.Len(t, r.got, 3)
			assert.Equal(t, bodies(webhooks), r.bodies(), "in the order in which they were produced")
			for i, g := range r.got {
				assert.Equal(t, srv.APIKey, g.header.Get("X-AUTH-CLIENT"))
				assert.Equal(t, hmacHex(srv.Secret, g.body), g.header.Get("X-HMAC-SIGNATURE"))
				assert.Equal(t, "application/json", g.header.Get("Content-Type"))
				assert.Empty(t, g.header.Values("X-SIGNATURE"))
				assert.Empty(t, g.header.Values("vrf-hmac-signature"))
				assert.Equal(t, id, webhooks[i].SessionID)
				assert.Equal(t, []verifftest.Delivery{{StatusCode: 200}}, webhooks[i].Deliveries)
				assert.True(t, webhooks[i].Delivered())
			}
			assert.Equal(t, verifftest.EventWebhook, webhooks[1].Kind)
			assert.Equal(t, verifftest.DecisionWebhook, webhooks[2].Kind)
		})
	}
}

func TestWebhooksOfAnyKind(t *testing.T) {
	srv := start(t)
	everything, decisions := &receiver{status: 200}, &receiver{status: 200}
	srv.DeliverTo(everything)
	srv.DeliverTo(decisions, verifftest.DecisionWebhook, "blocklist")
	for kind, body := range map[verifftest.WebhookKind]string{
		"user-defined-status": `{"a":  1}`, "blocklist": "not JSON", verifftest.DecisionWebhook: "",
	} {
		sent := []byte(body)
		srv.SendWebhook(kind, sent)
		if len(sent) > 0 {
			sent[0] = 'x'
		}
		webhooks := srv.Webhooks()
		last := webhooks[len(webhooks)-1]
		assert.Equal(t, kind, last.Kind)
		assert.Empty(t, last.SessionID)
		assert.Equal(t, body, string(last.Body), "as it was given")
		assert.Equal(t, hmacHex(srv.Secret, body), last.Header.Get("X-HMAC-SIGNATURE"))
		assert.True(t, last.Delivered())
	}
	assert.Equal(t, []string{`{"a":  1}`}, everything.bodies())
	assert.ElementsMatch(t, []string{"not JSON", ""}, decisions.bodies())

	later := &receiver{status: 200}
	srv.DeliverTo(later)
	srv.SendWebhook(verifftest.DecisionWebhook, []byte("{}"))
	srv.SendWebhook("", []byte("{}"))
	assert.Len(t, later.bodies(), 2, "all kinds from now on")
	assert.Len(t, decisions.bodies(), 2)

	nobody := start(t)
	nobody.DeliverTo(later, verifftest.EventWebhook)
	nobody.SendWebhook("user-defined-status", []byte("{}"))
	require.Len(t, nobody.Webhooks(), 1)
	assert.Empty(t, nobody.Webhooks()[0].Deliveries)
}

func TestWebhookHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		option verifftest.Option
		want   []string
	}{
		"new":    {verifftest.WithHeaders(verifftest.VRFHeaders), []string{"Vrf-Auth-Client", "Vrf-Hmac-Signature", "Vrf-Integration-Id"}},
		"both":   {verifftest.WithHeaders(verifftest.BothHeaders), []string{"Vrf-Auth-Client", "Vrf-Hmac-Signature", "Vrf-Integration-Id", "X-Auth-Client", "X-Hmac-Signature"}},
		"legacy": {verifftest.WithLegacyWebhooks(), []string{"X-Auth-Client", "X-Signature"}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, c.option)
			approved(t, srv)
			for _, w := range srv.Webhooks() {
				body := string(w.Body)
				values := map[string]string{
					"X-Auth-Client": srv.APIKey, "Vrf-Auth-Client": srv.APIKey, "Vrf-Integration-Id": srv.APIKey,
					"X-Hmac-Signature": hmacHex(srv.Secret, body), "Vrf-Hmac-Signature": hmacHex(srv.Secret, body),
					"X-Signature": shaHex(body, srv.Secret),
				}
				want := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
				for _, name := range c.want {
					want[name] = []string{values[name]}
				}
				assert.Equal(t, want, w.Header)
				again := w.SignedWith(srv.APIKey, srv.Secret, name == "legacy")
				assert.Equal(t, w.Header, again.Header, "the same again")
			}
		})
	}
}

func TestWebhooksGoWhereTheirKindBelongs(t *testing.T) {
	srv := start(t)
	events, decisions := &receiver{status: 200}, &receiver{status: 200}
	srv.DeliverTo(events, verifftest.EventWebhook)
	srv.DeliverTo(decisions, verifftest.DecisionWebhook)
	approved(t, srv)
	all := bodies(srv.Webhooks())
	assert.Equal(t, all[:2], events.bodies())
	assert.Equal(t, all[2:], decisions.bodies())

	later := &receiver{status: 200}
	srv.DeliverTo(later)
	approved(t, srv)
	assert.Len(t, later.bodies(), 3, "the last one called for takes over")
	assert.Len(t, events.bodies(), 2)
}

func TestRedelivery(t *testing.T) {
	srv := start(t)
	r := &receiver{status: 500}
	srv.DeliverTo(r)
	approved(t, srv)
	require.Len(t, r.got, 3)
	for _, w := range srv.Webhooks() {
		assert.False(t, w.Delivered())
		assert.Equal(t, []verifftest.Delivery{{StatusCode: 500}}, w.Deliveries)
	}

	r.status = 204
	assert.Equal(t, 3, srv.Redeliver(), "204 is not 200")
	r.status = 302
	assert.Equal(t, 3, srv.Redeliver(), "nor is a redirect")
	r.status, r.got = 200, nil
	assert.Zero(t, srv.Redeliver())
	webhooks := srv.Webhooks()
	assert.Equal(t, bodies(webhooks), r.bodies(), "the same bytes, in the same order")
	assert.Equal(t, []verifftest.Delivery{{StatusCode: 500}, {StatusCode: 204}, {StatusCode: 302}, {StatusCode: 200}}, webhooks[0].Deliveries)

	assert.Zero(t, srv.Redeliver())
	assert.Len(t, r.got, 3, "what was taken is not sent again")
}

func TestNobodyReceives(t *testing.T) {
	srv := start(t)
	approved(t, srv)
	assert.Equal(t, 3, srv.Redeliver())
	w := srv.Webhooks()[0]
	assert.Empty(t, w.Deliveries)
	_, err := srv.Deliver(w)
	require.ErrorContains(t, err, "nobody receives event webhooks")

	r := &receiver{status: 200}
	srv.DeliverTo(r)
	assert.Empty(t, r.got)
	assert.Zero(t, srv.Redeliver())
	assert.Len(t, r.got, 3)
}

func TestHeldWebhooks(t *testing.T) {
	srv := start(t)
	r := &receiver{status: 200}
	srv.DeliverTo(r)
	srv.Hold()
	approved(t, srv)
	assert.Empty(t, r.got)
	assert.Len(t, srv.Webhooks(), 3)
	assert.Zero(t, srv.Release())
	assert.Equal(t, bodies(srv.Webhooks()), r.bodies())
	approved(t, srv)
	assert.Len(t, r.got, 6)
}

func TestAnyDelivery(t *testing.T) {
	srv := start(t)
	r := &receiver{status: 200}
	srv.DeliverTo(r)
	approved(t, srv)
	webhooks := srv.Webhooks()
	r.got = nil
	for _, w := range slices.Backward(webhooks) {
		status, err := srv.Deliver(w)
		require.NoError(t, err)
		assert.Equal(t, 200, status)
	}
	got := r.bodies()
	slices.Reverse(got)
	assert.Equal(t, bodies(webhooks), got)
	assert.Len(t, srv.Webhooks()[0].Deliveries, 2)
	assert.Len(t, srv.Webhooks(), 3, "nothing new")
}

func TestTamperedWebhooks(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Decline(id, 106, ""))
	r := &receiver{status: 401}
	srv.DeliverTo(r)
	for _, w := range srv.Webhooks() {
		tampered := w.Tampered()
		assert.Equal(t, w.Header, tampered.Header, "the signature is kept")
		assert.NotEqual(t, hmacHex(srv.Secret, string(tampered.Body)), tampered.Header.Get("X-HMAC-SIGNATURE"))
		m := message(t, tampered)
		if v, ok := m["verification"].(map[string]any); ok {
			assert.Equal(t, "approved", v["status"])
			assert.Equal(t, 9001.0, v["code"])
			assert.Nil(t, v["reasonCode"], "nothing gives the lie to it")
			assert.Equal(t, id, v["id"])
			m = v
		}
		assert.Equal(t, "tampered", m["vendorData"])
		status, err := srv.Deliver(tampered)
		require.NoError(t, err)
		assert.Equal(t, 401, status)
	}
	assert.Equal(t, "declined", message(t, srv.Webhooks()[2])["verification"].(map[string]any)["status"], "the original is as it was")
	assert.Empty(t, srv.Webhooks()[0].Deliveries, "an altered webhook is none of those produced")
	assert.JSONEq(t, `{"vendorData":"tampered"}`, string(verifftest.Webhook{Body: []byte("garbage")}.Tampered().Body))
}

func TestWebhooksSignedByOthers(t *testing.T) {
	srv := start(t)
	approved(t, srv)
	w := srv.Webhooks()[2]
	forged := w.SignedWith("8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "guess", false)
	assert.Equal(t, "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", forged.Header.Get("X-AUTH-CLIENT"))
	assert.Equal(t, hmacHex("guess", string(w.Body)), forged.Header.Get("X-HMAC-SIGNATURE"))
	assert.Equal(t, w.Body, forged.Body)

	legacy := w.SignedWith(srv.APIKey, srv.Secret, true)
	assert.Equal(t, shaHex(string(w.Body), srv.Secret), legacy.Header.Get("X-SIGNATURE"))
	assert.Empty(t, legacy.Header.Values("X-HMAC-SIGNATURE"))
	assert.NotEmpty(t, w.Header.Get("X-HMAC-SIGNATURE"), "the original is as it was")

	w.Body = []byte(`{"status":"success","status":"fail"}`)
	assert.Equal(t, hmacHex(srv.Secret, string(w.Body)), w.SignedWith(srv.APIKey, srv.Secret, false).Header.Get("X-HMAC-SIGNATURE"))
}

func TestWebhooksAreCopies(t *testing.T) {
	srv := start(t)
	approved(t, srv)
	want := string(srv.Webhooks()[0].Body)
	w := srv.Webhooks()[0]
	w.Body[0] = 'x'
	w.Header.Set("X-HMAC-SIGNATURE", "x")
	assert.Equal(t, want, string(srv.Webhooks()[0].Body))
	assert.Equal(t, hmacHex(srv.Secret, want), srv.Webhooks()[0].Header.Get("X-HMAC-SIGNATURE"))
}

// A receiver that asks for the decision, or drives the session on, while a
// webhook is being delivered to it must not wait for itself.
func TestReceiverCallsBack(t *testing.T) {
	srv := start(t)
	var seen []any
	srv.DeliverTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		m := message(t, verifftest.Webhook{Body: body})
		if m["action"] == "submitted" {
			assert.NoError(t, srv.Approve(m["id"].(string), verifftest.Person{}))
		}
		if v, ok := m["verification"].(map[string]any); ok {
			seen = append(seen, decided(t, srv, v["id"].(string))["status"])
		}
	}))
	id := created(t, srv, person)
	require.NoError(t, srv.Submit(id))
	assert.Equal(t, []any{"approved"}, seen)
}

func TestReceiverThatDoesNotAnswer(t *testing.T) {
	t.Run("in time", func(t *testing.T) {
		inBubble(t, func(t *testing.T) {
			srv := start(t, verifftest.WithoutListener(), verifftest.WithWebhookTimeout(time.Minute))
			srv.DeliverTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
			id := created(t, srv, person)
			began := time.Now()
			require.NoError(t, srv.Open(id))
			assert.Equal(t, time.Minute, time.Since(began))
			d := srv.Webhooks()[0].Deliveries
			require.Len(t, d, 1)
			assert.Zero(t, d[0].StatusCode)
			assert.ErrorIs(t, d[0].Err, context.DeadlineExceeded)
		})
	})
	t.Run("at all", func(t *testing.T) {
		srv := start(t)
		srv.DeliverTo(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("out of order") }))
		id := created(t, srv, person)
		require.NoError(t, srv.Open(id))
		assert.ErrorContains(t, srv.Webhooks()[0].Deliveries[0].Err, "the handler panicked: out of order")
		assert.Equal(t, 1, srv.Redeliver())
	})
	t.Run("to the end", func(t *testing.T) {
		srv := start(t)
		srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "some")
		}))
		id := created(t, srv, person)
		require.NoError(t, srv.Open(id))
		assert.ErrorIs(t, srv.Webhooks()[0].Deliveries[0].Err, io.ErrUnexpectedEOF)
		assert.False(t, srv.Webhooks()[0].Delivered())
	})
	t.Run("because it is not there", func(t *testing.T) {
		srv := start(t)
		at := httptest.NewServer(http.NotFoundHandler())
		require.NoError(t, srv.DeliverToURL(at.URL))
		at.Close()
		id := created(t, srv, person)
		require.NoError(t, srv.Open(id))
		assert.Error(t, srv.Webhooks()[0].Deliveries[0].Err)
	})
}

func TestAddressesThatAreNone(t *testing.T) {
	srv := start(t)
	for _, address := range []string{"", "a.invalid", "/webhooks", "ftp://a.invalid", "https://", "http://%"} {
		assert.Error(t, srv.DeliverToURL(address), address)
	}
}
