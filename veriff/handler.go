package veriff

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"time"
)

// callbackTimeout bounds the confirming call and the callback together.
const callbackTimeout = time.Minute

// A HandlerOption changes what [NewWebhookHandler] makes.
type HandlerOption interface {
	applyToHandler(*webhookHandler) error
}

type handlerOption func(*webhookHandler) error

func (o handlerOption) applyToHandler(h *webhookHandler) error { return o(h) }

// ConfirmWith makes the handler ask the API before it calls back: the callback
// then gets the decision as it stands now, instead of the one in the webhook.
// That is what protects against a genuine old webhook that somebody sends
// again, and against webhooks that arrive late or in the wrong order. While
// the API cannot be reached, or does not show the decision yet, the answer is
// 503 and Veriff delivers again. Events are handed on as they came.
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

type webhookHandler struct {
	verifier *Verifier
	callback func(context.Context, Webhook) error
	client   *Client
}

// NewWebhookHandler returns a handler to put where the Customer Portal's
// webhook URLs point. It answers 200 once callback has returned nil, and 500
// when it returned an error, which makes Veriff deliver again, about hourly
// for a week. A webhook may come more than once and in any order, so callback
// must bear repetition.
//
// What is refused never reaches callback, and is told no reason: 405 for
// another method than POST, 413 over 1 MiB, 401 for a wrong API key or
// signature, 400 for what cannot be read. The reason is logged in one word,
// through the verifier's logger.
//
// The context that callback gets survives the sender hanging up, and ends
// after a minute. Without [ConfirmWith] a decision is as old as the webhook.
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
	if decision, ok := webhook.(*Decision); ok && h.client != nil {
		if webhook, err = h.client.current(ctx, decision); err != nil {
			h.refuse(w, r, http.StatusServiceUnavailable, "unconfirmed")
			return
		}
	}
	if err := h.callback(ctx, webhook); err != nil {
		h.refuse(w, r, http.StatusInternalServerError, "callback")
		return
	}
	w.WriteHeader(http.StatusOK)
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
