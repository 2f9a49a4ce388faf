package veriff

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"time"
)

const (
	// callbackTimeout bounds the confirming call and the callback together.
	callbackTimeout = time.Minute
	// bodyTimeout bounds the reading of a body where the server has no limit.
	bodyTimeout = 30 * time.Second
)

// A HandlerOption changes what [NewWebhookHandler] makes.
type HandlerOption interface {
	applyToHandler(*webhookHandler) error
}

type handlerOption func(*webhookHandler) error

func (o handlerOption) applyToHandler(h *webhookHandler) error { return o(h) }

// ConfirmWith makes the handler ask the API before it calls back: the callback
// then gets the decision, the full auto decision or the watchlist screening as
// it stands now, instead of the one in the webhook. That is what protects
// against a genuine old webhook that somebody sends again, and against webhooks
// that arrive late or in the wrong order. While the API cannot be reached, or
// does not show what was announced yet, the answer is 503 and Veriff delivers
// again. Events, and webhooks of an unknown kind, are handed on as they came.
//
// A session that was deleted at Veriff cannot be confirmed any more. Deleting
// one that was open makes Veriff announce it as expired or abandoned, and that
// is handed on as it came: it admits nobody, and the person needs a new session
// in any case. Whatever else a webhook announces about a session that the API
// does not know is answered 503, and never handed on: it may as well be the
// client's base URL that is wrong, which a week of deliveries gives time to see.
func ConfirmWith(client *Client) HandlerOption {
	return handlerOption(func(h *webhookHandler) error {
		if client == nil {
			return errors.New("veriff: ConfirmWith: the client is nil")
		}
		if err := client.made("ConfirmWith"); err != nil {
			return err
		}
		h.client = client
		return nil
	})
}

// WithDeduper makes the handler call back once for each webhook however often
// Veriff delivers it, as far as the deduper remembers. A webhook that is being
// handled elsewhere is answered 503, as is every one while the deduper fails.
//
// With [ConfirmWith] the key is that of the decision confirmed, not of the one
// announced: a late webhook about an old decision then leads to what holds now,
// once, and an old key never swallows a newer decision.
func WithDeduper(deduper Deduper) HandlerOption {
	return handlerOption(func(h *webhookHandler) error {
		if deduper == nil {
			return errors.New("veriff: WithDeduper: the deduper is nil")
		}
		h.deduper = deduper
		return nil
	})
}

type webhookHandler struct {
	verifier *Verifier
	callback func(context.Context, Webhook) error
	client   *Client
	deduper  Deduper
}

// NewWebhookHandler returns a handler to put where the Customer Portal's
// webhook URLs point. It answers 200 once callback has returned nil, and 500
// when it returned an error or panicked, which makes Veriff deliver again,
// about hourly for a week. A webhook may come more than once, at the same time
// and in any order, so callback must bear repetition; see [WithDeduper] and
// [Decision.Supersedes].
//
// What is refused never reaches callback, and is told no reason: 405 for
// another method than POST, 413 over 1 MiB, 401 for a wrong API key or
// signature, 400 for what cannot be read. The reason is logged in one word,
// through the verifier's logger. A panic is logged by its type and the
// functions that it came through, never by its value, which may be personal
// data; without a logger it goes to slog's default, since nobody else tells
// of it.
//
// The context that callback gets survives the sender hanging up, and ends
// after a minute. How long Veriff waits for an answer is not documented; third
// parties say 5 seconds. What takes longer belongs into a queue.
// Without [ConfirmWith] a decision is as old as the webhook.
func NewWebhookHandler(verifier *Verifier, callback func(context.Context, Webhook) error, options ...HandlerOption) (http.Handler, error) {
	if verifier == nil {
		return nil, errors.New("veriff: NewWebhookHandler: the verifier is nil")
	}
	if len(verifier.secrets) == 0 {
		return nil, errors.New("veriff: NewWebhookHandler: the verifier was not made by NewVerifier")
	}
	if callback == nil {
		return nil, errors.New("veriff: NewWebhookHandler: the callback is nil")
	}
	h := &webhookHandler{verifier: verifier, callback: callback}
	for _, option := range options {
		if option == nil {
			return nil, errors.New("veriff: an option is nil")
		}
		if err := option.applyToHandler(h); err != nil {
			return nil, err
		}
	}
	if h.client != nil && subtle.ConstantTimeCompare(h.client.apiKey.Bytes(), verifier.apiKey.Bytes()) != 1 {
		return nil, errors.New("veriff: ConfirmWith: the client has another API key than the verifier")
	}
	return h, nil
}

func (h *webhookHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	boundBody(w, r)
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, r, http.StatusMethodNotAllowed, "method")
		return
	}
	webhook, err := h.verifier.ParseRequest(r)
	if err != nil {
		status, reason := refusal(err)
		h.refuse(w, r, status, reason)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), callbackTimeout)
	defer cancel()
	if webhook, err = h.confirm(ctx, webhook); err != nil {
		reason := "unconfirmed"
		if errors.Is(err, ErrNotFound) {
			reason = "notfound"
		}
		h.refuse(w, r, http.StatusServiceUnavailable, reason)
		return
	}
	if status, reason := h.handle(ctx, webhook); status != http.StatusOK {
		h.refuse(w, r, status, reason)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// boundBody keeps a stranger who sends byte by byte from holding the request
// for good. It leaves alone a server that has a limit of its own, and does
// nothing where there is no connection. net/http lifts the limit itself once the
// body has been read to its end; otherwise it holds for what net/http reads after
// the answer.
func boundBody(w http.ResponseWriter, r *http.Request) {
	server, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	if ok && server.ReadTimeout <= 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
	}
}

// confirm gives what the API tells now for what a webhook announces.
func (h *webhookHandler) confirm(ctx context.Context, webhook Webhook) (Webhook, error) {
	if h.client == nil {
		return webhook, nil
	}
	switch announced := webhook.(type) {
	case *Decision:
		current, err := h.client.current(ctx, announced)
		if errors.Is(err, ErrNotFound) && announced.ranOut() {
			return announced, nil
		}
		return current, err
	case *FullAutoDecision:
		return h.client.currentFullAuto(ctx, announced)
	case *WatchlistScreening:
		return h.client.currentScreening(ctx, announced)
	}
	return webhook, nil
}

// handle has the callback handle a webhook unless it has. Whatever a deduper
// says, a callback that failed last is a failure.
func (h *webhookHandler) handle(ctx context.Context, webhook Webhook) (status int, reason string) {
	var failure error
	call := func(ctx context.Context) error {
		failure = h.guard(ctx, func() error { return h.callback(ctx, webhook) })
		return failure
	}
	var err error
	if h.deduper == nil {
		err = call(ctx)
	} else {
		err = h.guard(ctx, func() error { return h.deduper.Once(ctx, WebhookKey(webhook), call) })
	}
	switch {
	case failure == nil && err == nil:
		return http.StatusOK, ""
	case errors.Is(failure, ErrBusy), failure == nil && errors.Is(err, ErrBusy):
		return http.StatusServiceUnavailable, "busy"
	case failure == nil:
		return http.StatusServiceUnavailable, "deduper"
	case errors.Is(failure, errPanicked):
		return http.StatusInternalServerError, "panic"
	}
	return http.StatusInternalServerError, "callback"
}

func (h *webhookHandler) refuse(w http.ResponseWriter, r *http.Request, status int, reason string) {
	h.verifier.logger.WarnContext(r.Context(), "veriff: webhook not taken", "reason", reason, "status", status)
	w.WriteHeader(status)
}

func refusal(err error) (status int, reason string) {
	switch {
	case errors.Is(err, ErrAPIKey):
		return http.StatusUnauthorized, "apikey"
	case errors.Is(err, ErrSignature):
		return http.StatusUnauthorized, "signature"
	case errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge, "size"
	}
	return http.StatusBadRequest, "unreadable"
}
