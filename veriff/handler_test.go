package veriff_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

type delivery struct {
	status int
	body   string
	called []veriff.Webhook
	log    string
}

// deliver sends one webhook to a handler whose callback returns result.
func deliver(tb testing.TB, r *http.Request, result error, options ...veriff.HandlerOption) delivery {
	tb.Helper()
	var out delivery
	var log bytes.Buffer
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret, veriff.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	require.NoError(tb, err)
	handler, err := veriff.NewWebhookHandler(verifier, func(_ context.Context, webhook veriff.Webhook) error {
		out.called = append(out.called, webhook)
		return result
	}, options...)
	require.NoError(tb, err)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	out.status, out.body, out.log = w.Code, w.Body.String(), log.String()
	return out
}

func post(tb testing.TB, body []byte) *http.Request {
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/webhooks/veriff", bytes.NewReader(body))
	r.Header = webhookHeader(body)
	return r
}

func TestHandlerAnswers(t *testing.T) {
	decision := fixture(t, "answers", "decision_approved.json")
	event := fixture(t, "webhooks", "event_submitted.json")
	change := func(change func(*http.Request)) *http.Request {
		r := post(t, decision)
		change(r)
		return r
	}
	for name, test := range map[string]struct {
		request *http.Request
		result  error
		status  int
		reason  string // as logged; "" for a webhook that was taken
	}{
		"decision": {request: post(t, decision), status: http.StatusOK},
		"event":    {request: post(t, event), status: http.StatusOK},
		"unknown":  {request: post(t, []byte(`{}`)), status: http.StatusOK},
		"callback failed": {request: post(t, decision), result: errors.New("no database for Mirae Hong"),
			status: http.StatusInternalServerError, reason: "callback"},
		"GET": {request: change(func(r *http.Request) { r.Method = http.MethodGet }), status: http.StatusMethodNotAllowed, reason: "method"},
		"PUT": {request: change(func(r *http.Request) { r.Method = http.MethodPut }), status: http.StatusMethodNotAllowed, reason: "method"},
		"wrong API key": {request: change(func(r *http.Request) { r.Header.Set("X-AUTH-CLIENT", otherID) }),
			status: http.StatusUnauthorized, reason: "apikey"},
		"wrong signature": {request: change(func(r *http.Request) { r.Header.Set("X-HMAC-SIGNATURE", hmacHex("wrong", decision)) }),
			status: http.StatusUnauthorized, reason: "signature"},
		"no signature":    {request: change(func(r *http.Request) { r.Header.Del("X-HMAC-SIGNATURE") }), status: http.StatusUnauthorized, reason: "signature"},
		"invalid JSON":    {request: post(t, []byte("{")), status: http.StatusBadRequest, reason: "unreadable"},
		"no session":      {request: post(t, []byte(`{"status":"success","verification":{"code":9001}}`)), status: http.StatusBadRequest, reason: "unreadable"},
		"too large":       {request: post(t, append(decision, bytes.Repeat([]byte(" "), 1<<20)...)), status: http.StatusRequestEntityTooLarge, reason: "size"},
		"forged, no JSON": {request: httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("{")), status: http.StatusUnauthorized, reason: "apikey"},
	} {
		t.Run(name, func(t *testing.T) {
			got := deliver(t, test.request, test.result)
			assert.Equal(t, test.status, got.status)
			assert.Empty(t, got.body, "no detail for whoever asks")
			reached := test.reason == "" || test.reason == "callback"
			assert.Equal(t, reached, len(got.called) == 1)
			if test.reason == "" {
				assert.Empty(t, got.log)
				return
			}
			assert.Contains(t, got.log, fmt.Sprintf(`level=WARN msg="veriff: webhook not taken" reason=%s status=%d`, test.reason, test.status))
			assert.NotContains(t, got.log, "Mirae")
			assert.NotContains(t, got.log, sessionID)
		})
	}
}

func TestHandlerTellsWhichMethodItTakes(t *testing.T) {
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(t, err)
	handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error { return nil })
	require.NoError(t, err)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	assert.Equal(t, "POST", w.Header().Get("Allow"))
}

// bounded notes until when the request may be read.
type bounded struct {
	http.ResponseWriter
	until []time.Time
}

func (b *bounded) SetReadDeadline(t time.Time) error {
	b.until = append(b.until, t)
	return nil
}

func TestRequestThatNeverEndsIsBounded(t *testing.T) {
	for name, test := range map[string]struct {
		server *http.Server
		bounds bool
	}{
		"server without a limit":      {&http.Server{}, true},
		"server with less than none":  {&http.Server{ReadTimeout: -1}, true},
		"server with one of its own":  {&http.Server{ReadTimeout: 1}, false},
		"no server, as in serverless": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
				require.NoError(t, err)
				handler, err := veriff.NewWebhookHandler(verifier, func(context.Context, veriff.Webhook) error { return nil })
				require.NoError(t, err)
				r := post(t, fixture(t, "webhooks", "event_submitted.json"))
				if test.server != nil {
					r = r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, test.server))
				}
				w := &bounded{ResponseWriter: httptest.NewRecorder()}
				handler.ServeHTTP(w, r)
				if test.bounds {
					assert.Equal(t, []time.Time{time.Now().Add(30 * time.Second)}, w.until)
				} else {
					assert.Empty(t, w.until)
				}
			})
		})
	}
}

func TestHandlerNeedsItsParts(t *testing.T) {
	verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
	require.NoError(t, err)
	callback := func(context.Context, veriff.Webhook) error { return nil }
	stranger, err := veriff.NewClient(otherID, sharedSecret, veriff.WithBaseURL(baseURL))
	require.NoError(t, err)
	for says, make := range map[string]func() (http.Handler, error){
		"verifier is nil":         func() (http.Handler, error) { return veriff.NewWebhookHandler(nil, callback) },
		"not made by NewVerifier": func() (http.Handler, error) { return veriff.NewWebhookHandler(&veriff.Verifier{}, callback) },
		"not made by NewClient": func() (http.Handler, error) {
			return veriff.NewWebhookHandler(verifier, callback, veriff.ConfirmWith(&veriff.Client{}))
		},
		"callback is nil": func() (http.Handler, error) { return veriff.NewWebhookHandler(verifier, nil) },
		"deduper is nil": func() (http.Handler, error) {
			return veriff.NewWebhookHandler(verifier, callback, veriff.WithDeduper(nil))
		},
		"option is nil": func() (http.Handler, error) { return veriff.NewWebhookHandler(verifier, callback, nil) },
		"client is nil": func() (http.Handler, error) {
			return veriff.NewWebhookHandler(verifier, callback, veriff.ConfirmWith(nil))
		},
		"another API key": func() (http.Handler, error) {
			return veriff.NewWebhookHandler(verifier, callback, veriff.ConfirmWith(stranger))
		},
	} {
		handler, err := make()
		assert.Nil(t, handler, says)
		assert.ErrorContains(t, err, says)
	}
}

func TestCallbackSurvivesTheSenderHangingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		verifier, err := veriff.NewVerifier(apiKey, sharedSecret)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), keyOfTest{}, "kept"))
		start := time.Now()
		handler, err := veriff.NewWebhookHandler(verifier, func(ctx context.Context, _ veriff.Webhook) error {
			cancel()
			assert.NoError(t, ctx.Err())
			assert.Equal(t, "kept", ctx.Value(keyOfTest{}))
			<-ctx.Done()
			assert.Equal(t, time.Minute, time.Since(start))
			return ctx.Err()
		})
		require.NoError(t, err)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, post(t, fixture(t, "webhooks", "event_submitted.json")).WithContext(ctx))
		assert.Equal(t, http.StatusInternalServerError, w.Code)
	})
}

type keyOfTest struct{}

func decisionBody(status veriff.Status, code veriff.DecisionCode, attempt, at string) []byte {
	return fmt.Appendf(nil, `{"status":"success","verification":{"id":%q,"attemptId":%q,"status":%q,"code":%d,"decisionTime":%s}}`,
		sessionID, attempt, status, code, at)
}

// What the API says when a webhook announces a decision, and what comes of it.
func TestConfirmation(t *testing.T) {
	const early, late = `"2026-03-02T10:00:00.000Z"`, `"2026-03-02T11:00:00.000Z"`
	approved := decisionBody("approved", 9001, "a1", early)
	foreign := bytes.ReplaceAll(approved, []byte(sessionID), []byte(otherID))
	for name, test := range map[string]struct {
		webhook []byte
		api     httpmock.Responder
		status  int           // of the handler
		gets    veriff.Status // what the callback gets
		confirm []error       // what Client.Confirm says
	}{
		"the same":                     {approved, signed(200, approved), 200, "approved", nil},
		"the same, with more digits":   {decisionBody("approved", 9001, "a1", `"2026-03-02T10:00:00.000123Z"`), signed(200, approved), 200, "approved", nil},
		"the same, without times":      {decisionBody("expired", 9104, "a1", "null"), signed(200, decisionBody("expired", 9104, "a1", "null")), 200, "expired", nil},
		"declined since":               {approved, signed(200, decisionBody("declined", 9102, "a1", late)), 200, "declined", []error{veriff.ErrSuperseded}},
		"declined at that very time":   {approved, signed(200, decisionBody("declined", 9102, "a1", early)), 200, "declined", []error{veriff.ErrSuperseded}},
		"a newer attempt":              {approved, signed(200, decisionBody("approved", 9001, "a2", late)), 200, "approved", []error{veriff.ErrSuperseded}},
		"expired, without a time":      {approved, signed(200, decisionBody("expired", 9104, "a1", "null")), 200, "expired", []error{veriff.ErrSuperseded}},
		"another attempt at that time": {approved, signed(200, decisionBody("approved", 9001, "a2", early)), 200, "approved", []error{veriff.ErrSuperseded}},
		"approved again later":         {approved, signed(200, decisionBody("approved", 9001, "a1", late)), 200, "approved", []error{veriff.ErrSuperseded}},
		"another reason": {bytes.ReplaceAll(approved, []byte("9001"), []byte(`9102,"reasonCode":101`)),
			signed(200, bytes.ReplaceAll(approved, []byte("9001"), []byte(`9102,"reasonCode":102`))), 200, "approved", []error{veriff.ErrSuperseded}},
		"no time, and nothing at the API":        {decisionBody("expired", 9104, "a1", "null"), signed(200, fixture(t, "answers", "decision_pending.json")), 503, "", []error{veriff.ErrUnavailable}},
		"nothing announced, nothing there":       {decisionBody("submitted", 7002, "a1", "null"), signed(200, decisionBody("started", 7001, "a1", "null")), 200, "submitted", nil},
		"decided before the webhook came":        {decisionBody("submitted", 7002, "a1", "null"), signed(200, approved), 200, "approved", []error{veriff.ErrSuperseded}},
		"an attempt that is not named":           {approved, signed(200, decisionBody("approved", 9001, "", early)), 200, "approved", nil},
		"an end without a time, API behind":      {decisionBody("abandoned", 9104, "a2", "null"), signed(200, decisionBody("resubmission_requested", 9103, "a1", early)), 503, "", []error{veriff.ErrUnavailable}},
		"declined without a time, API behind":    {decisionBody("declined", 9102, "a2", "null"), signed(200, decisionBody("resubmission_requested", 9103, "a1", early)), 503, "", []error{veriff.ErrUnavailable}},
		"declined without a time, expired since": {decisionBody("declined", 9102, "a2", "null"), signed(200, decisionBody("expired", 9104, "a2", "null")), 200, "expired", []error{veriff.ErrSuperseded}},
		"the same, rounded":                      {decisionBody("approved", 9001, "a1", `"2026-03-02T10:00:00.476608Z"`), signed(200, decisionBody("approved", 9001, "a1", `"2026-03-02T10:00:00.477Z"`)), 200, "approved", nil},
		"another status alone":                   {approved, signed(200, decisionBody("declined", 9001, "a1", early)), 200, "declined", []error{veriff.ErrSuperseded}},
		"another code alone":                     {approved, signed(200, decisionBody("approved", 9102, "a1", early)), 200, "approved", []error{veriff.ErrSuperseded}},
		"submitted, and nothing at the API":      {decisionBody("submitted", 7002, "a1", "null"), signed(200, fixture(t, "answers", "decision_pending.json")), 200, "submitted", nil},
		"a new attempt under way":                {approved, signed(200, decisionBody("submitted", 7002, "a2", late)), 503, "", []error{veriff.ErrUnavailable}},
		"something unknown, no time":             {approved, signed(200, decisionBody("astral", 9500, "a1", "null")), 503, "", []error{veriff.ErrUnavailable}},
		"something unknown, later":               {approved, signed(200, decisionBody("astral", 9500, "a1", late)), 200, "astral", []error{veriff.ErrSuperseded}},
		"still preprocessed":                     {approved, signed(200, decisionBody("preprocessed", 0, "a1", "null")), 503, "", []error{veriff.ErrUnavailable}},
		"an API that is behind":                  {decisionBody("declined", 9102, "a2", late), signed(200, approved), 503, "", []error{veriff.ErrUnavailable}},
		"an API that has nothing":                {approved, signed(200, fixture(t, "answers", "decision_pending.json")), 503, "", []error{veriff.ErrUnavailable}},
		"an API that is down":                    {approved, httpmock.NewStringResponder(503, ""), 503, "", []error{veriff.ErrUnavailable}},
		"another session's decision":             {approved, signed(200, foreign), 503, "", []error{veriff.ErrForeign}},
		"a session nobody knows":                 {approved, httpmock.NewStringResponder(404, ""), 503, "", []error{veriff.ErrNotFound}},
		"deleted while it was open":              {decisionBody("abandoned", 9104, "a1", "null"), httpmock.NewStringResponder(404, ""), 200, "abandoned", []error{veriff.ErrNotFound}},
		"deleted before anybody came":            {decisionBody("expired", 9104, "a1", early), httpmock.NewStringResponder(404, "<html>"), 200, "expired", []error{veriff.ErrNotFound}},
		"deleted, by another code":               {decisionBody("abandoned", 9121, "a1", early), httpmock.NewStringResponder(404, ""), 200, "abandoned", []error{veriff.ErrNotFound}},
		"deleted, declined before":               {decisionBody("declined", 9102, "a1", early), httpmock.NewStringResponder(404, ""), 503, "", []error{veriff.ErrNotFound}},
		"deleted, to be resubmitted":             {decisionBody("resubmission_requested", 9103, "a1", early), httpmock.NewStringResponder(404, ""), 503, "", []error{veriff.ErrNotFound}},
		"deleted, half an approval":              {decisionBody("approved", 9104, "a1", early), httpmock.NewStringResponder(404, ""), 503, "", []error{veriff.ErrNotFound}},
		"deleted, something unknown":             {decisionBody("astral", 9104, "a1", early), httpmock.NewStringResponder(404, ""), 503, "", []error{veriff.ErrNotFound}},
		"expired, the API is down":               {decisionBody("expired", 9104, "a1", early), httpmock.NewStringResponder(503, ""), 503, "", []error{veriff.ErrUnavailable}},
		"expired, not ours to ask":               {decisionBody("expired", 9104, "a1", early), httpmock.NewStringResponder(403, ""), 503, "", []error{veriff.ErrForbidden}},
		"a forged answer":                        {approved, withHeader(200, approved, "X-HMAC-SIGNATURE", hmacHex("wrong", approved)), 503, "", []error{veriff.ErrSignature}},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, mocked(http.MethodGet, decisionURL, test.api))
			got := deliver(t, post(t, test.webhook), nil, veriff.ConfirmWith(client))
			assert.Equal(t, test.status, got.status)
			if test.gets == "" {
				assert.Empty(t, got.called)
				reason := "unconfirmed"
				if slices.Contains(test.confirm, error(veriff.ErrNotFound)) {
					reason = "notfound"
				}
				assert.Contains(t, got.log, "reason="+reason+" ")
			} else {
				require.Len(t, got.called, 1)
				assert.Equal(t, test.gets, got.called[0].(*veriff.Decision).Status)
			}

			webhook, err := parse(t, test.webhook)
			require.NoError(t, err)
			confirmed, err := client.Confirm(t.Context(), webhook.(*veriff.Decision))
			assertKinds(t, err, test.confirm...)
			assert.Equal(t, len(test.confirm) == 0, err == nil)
			assert.Equal(t, len(test.confirm) == 0, confirmed != nil)
		})
	}
	_, err := newClient(t, httpmock.NewMockTransport()).Confirm(t.Context(), nil)
	require.ErrorIs(t, err, veriff.ErrInvalidRequest)
}

// Screenings and full auto decisions are asked for as well.
func TestConfirmationOfOtherKinds(t *testing.T) {
	screening := fixture(t, "webhooks", "watchlist.json")
	fullAuto := fixture(t, "webhooks", "fullauto.json")
	data := func(screening []byte) []byte {
		return slices.Concat([]byte(`{"status":"success","data":`), screening, []byte("}"))
	}
	at := func(createdAt string) []byte {
		return fmt.Appendf(nil, `{"checkType":"updated_result","sessionId":%q,"matchStatus":"no_match","createdAt":%s}`, sessionID, createdAt)
	}
	const early, late = `"2026-03-02T10:00:00.000Z"`, `"2026-03-02T11:00:00.000Z"`
	hit := bytes.ReplaceAll(at(late), []byte("no_match"), []byte("possible_match"))
	for name, test := range map[string]struct {
		webhook []byte
		path    string
		api     httpmock.Responder
		status  int
		gets    string // what the callback gets: its matchStatus or decision
	}{
		"screening":                  {at(early), "watchlist-screening", signed(200, data(at(early))), 200, "no_match"},
		"an old one, of no match":    {at(early), "watchlist-screening", signed(200, data(hit)), 200, "possible_match"},
		"rounded":                    {at(`"2026-03-02T10:00:00.000999Z"`), "watchlist-screening", signed(200, data(at(early))), 200, "no_match"},
		"an API that is behind":      {hit, "watchlist-screening", signed(200, data(at(early))), 503, ""},
		"an API that gives no time":  {hit, "watchlist-screening", signed(200, data(at("null"))), 503, ""},
		"no time in either":          {at("null"), "watchlist-screening", signed(200, data(at("null"))), 200, "no_match"},
		"an API that has nothing":    {at(early), "watchlist-screening", signed(200, data([]byte("null"))), 503, ""},
		"an API that is down":        {at(early), "watchlist-screening", httpmock.NewStringResponder(503, ""), 503, ""},
		"nobody knows the session":   {at(early), "watchlist-screening", httpmock.NewStringResponder(404, ""), 503, ""},
		"the fixture":                {screening, "watchlist-screening", signed(200, data(screening)), 200, "no_match"},
		"full auto":                  {fullAuto, "decision/fullauto", signed(200, fixture(t, "answers", "fullauto.json")), 200, "approved"},
		"full auto, declined since":  {fullAuto, "decision/fullauto", signed(200, bytes.ReplaceAll(fixture(t, "answers", "fullauto.json"), []byte(`"approved"`), []byte(`"declined"`))), 200, "declined"},
		"full auto, nothing yet":     {fullAuto, "decision/fullauto", signed(200, []byte(`{"status":"success","data":null}`)), 503, ""},
		"full auto, a forged answer": {fullAuto, "decision/fullauto", withHeader(200, fullAuto, "X-HMAC-SIGNATURE", hmacHex("wrong", nil)), 503, ""},
		"full auto, session deleted": {fullAuto, "decision/fullauto", httpmock.NewStringResponder(404, ""), 503, ""},
		"full auto, another attempt": {fullAuto, "decision/fullauto", signed(200, bytes.ReplaceAll(fixture(t, "answers", "fullauto.json"), []byte(`"9a8b7c6d`), []byte(`"00000000`))), 503, ""},
		"full auto, no attempt told": {bytes.ReplaceAll(fullAuto, []byte(`"attemptId"`), []byte(`"attempt"`)), "decision/fullauto", signed(200, fixture(t, "answers", "fullauto.json")), 200, "approved"},
		"a second behind":            {at(`"2026-03-02T10:00:01.000Z"`), "watchlist-screening", signed(200, data(at(early))), 503, ""},
		"full auto, names nothing":   {fullAuto, "decision/fullauto", signed(200, []byte(`{"status":"success","decision":"declined","decisionScore":0}`)), 200, "declined"},
		"screening, names nothing":   {at(early), "watchlist-screening", signed(200, data([]byte(`{"matchStatus":"possible_match","createdAt":`+late+`}`))), 200, "possible_match"},
		"full auto, another session": {fullAuto, "decision/fullauto", signed(200, bytes.ReplaceAll(fixture(t, "answers", "fullauto.json"), []byte(sessionID), []byte(otherID))), 503, ""},
	} {
		t.Run(name, func(t *testing.T) {
			mock := httpmock.NewMockTransport()
			mock.RegisterResponder(http.MethodGet, "=~/v1/sessions/"+sessionID+"/"+test.path+`(\?.*)?$`, test.api)
			got := deliver(t, post(t, test.webhook), nil, veriff.ConfirmWith(newClient(t, mock)))
			assert.Equal(t, test.status, got.status, got.log)
			assert.Equal(t, 1, mock.GetTotalCallCount())
			if test.gets == "" {
				assert.Empty(t, got.called)
				return
			}
			require.Len(t, got.called, 1)
			switch webhook := got.called[0].(type) {
			case *veriff.WatchlistScreening:
				assert.Equal(t, sessionID, webhook.SessionID)
				assert.Equal(t, veriff.MatchStatus(test.gets), webhook.MatchStatus)
			case *veriff.FullAutoDecision:
				assert.Equal(t, sessionID, webhook.SessionID)
				assert.Equal(t, veriff.Text(test.gets), webhook.Decision)
			default:
				t.Errorf("%T", webhook)
			}
		})
	}
}

func TestWhatIsNotConfirmed(t *testing.T) {
	for want, body := range map[veriff.Webhook][]byte{
		&veriff.Event{}:          fixture(t, "webhooks", "event_submitted.json"),
		&veriff.UnknownWebhook{}: []byte(`{"kind":"aura"}`),
	} {
		mock := httpmock.NewMockTransport()
		got := deliver(t, post(t, body), nil, veriff.ConfirmWith(newClient(t, mock)))
		assert.Equal(t, http.StatusOK, got.status)
		require.Len(t, got.called, 1)
		assert.IsType(t, want, got.called[0])
		assert.Zero(t, mock.GetTotalCallCount())
	}
}
