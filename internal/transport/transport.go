// Package transport carries one operation of a vendor's API: it builds the
// request, sends it, sends it again where that is safe, bounds what comes back
// and says what went wrong in a fixed vocabulary.
//
// A call that is not [Call.Repeatable] is sent a second time only on positive
// proof that the first one never had a connection. Redirects are not followed
// and cookies are not kept, because credentials travel in custom headers.
// Nothing here prints or logs a URL, an id, a header or a body.
package transport

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"time"
)

// A Client sends calls to one base URL. It is immutable and safe for any
// number of goroutines.
type Client struct {
	base           string
	roundTripper   http.RoundTripper
	logger         *slog.Logger
	maxAttempts    int
	attemptTimeout time.Duration
	userAgent      string
	decoder        Decoder
}

// New makes a client of c. Of the http.Client in c only the RoundTripper and
// the Timeout count, the latter for each attempt.
func New(c Config) (*Client, error) {
	if c.baseURL == "" {
		return nil, errors.New("base URL is missing")
	}
	client := &Client{
		base:           c.baseURL,
		logger:         c.logger,
		maxAttempts:    cmp.Or(c.maxAttempts, defaultMaxAttempts),
		attemptTimeout: cmp.Or(c.attemptTimeout, defaultAttemptTimeout),
		userAgent:      product,
	}
	if client.logger == nil {
		client.logger = slog.New(slog.DiscardHandler)
	}
	if c.application != "" {
		client.userAgent = c.application + " " + product
	}
	if c.httpClient == nil {
		client.roundTripper = defaultRoundTripper(c.tls13)
		return client, nil
	}
	client.roundTripper = c.httpClient.Transport
	switch {
	case client.roundTripper != nil:
	case c.tls13:
		client.roundTripper = defaultRoundTripper(c.tls13) // http.DefaultTransport takes TLS 1.2
	default:
		client.roundTripper = http.DefaultTransport
	}
	if t := c.httpClient.Timeout; t > 0 {
		client.attemptTimeout = min(client.attemptTimeout, t)
	}
	return client, nil
}

// Logger is never nil.
func (c *Client) Logger() *slog.Logger { return c.logger }

// Do sends call and returns the answer if its status is 2xx. Every other end
// is an *[Error]. What a call streams, in either direction, is not touched any
// more when Do has returned.
func (c *Client) Do(ctx context.Context, call *Call) (*Answer, error) {
	target, err := call.target(ctx, c.base)
	if err != nil {
		return nil, &Error{Op: call.Op, Class: ClassInvalidRequest, Err: err}
	}
	if ended(ctx) {
		return nil, canceled(ctx, &Error{Op: call.Op})
	}
	for attempt := 1; ; attempt++ {
		answer, failed, again := c.attempt(ctx, call, target, attempt)
		if failed == nil {
			return answer, nil
		}
		if !again || attempt == c.maxAttempts {
			return nil, failed
		}
		switch pause(ctx, backoff(attempt, failed.RetryAfter)) {
		case deadlineTooSoon:
			return nil, failed
		case interrupted:
			return nil, canceled(ctx, failed)
		}
	}
}

// attempt is one exchange. It gives either an answer or an error, and tells
// whether the call may be sent again after it.
func (c *Client) attempt(ctx context.Context, call *Call, target string, number int) (_ *Answer, failed *Error, again bool) {
	start := time.Now()
	attemptCtx, silence, cancel := c.bound(ctx, call)
	defer cancel()

	proof := proof{stop: cancel}
	if call.Repeatable { // and nothing else depends on it
		attemptCtx = httptrace.WithClientTrace(attemptCtx, proof.onlyOnce())
	} else {
		attemptCtx = httptrace.WithClientTrace(attemptCtx, proof.trace())
	}
	req, err := call.request(attemptCtx, target, c.userAgent)
	if err != nil {
		return nil, &Error{Op: call.Op, Class: ClassInvalidRequest, Err: err}, false
	}
	answer, err := c.exchange(req, call, silence)
	if answer != nil {
		answer.Attempts = number
	}
	failed = &Error{Op: call.Op, Answer: answer, Attempts: number}
	switch {
	case err == nil && answer.ok():
		failed = nil
	case err == nil:
		failed.Class = classOf(answer.StatusCode)
		failed.RetryAfter = retryAfter(answer)
		failed.ClockSkew = clockSkew(answer)
		failed.Unconfirmed = !call.Repeatable && (answer.StatusCode >= 500 || failed.Class == ClassInvalidAnswer)
		again = call.Repeatable && passing(answer.StatusCode)
	default:
		sent := answer != nil || call.Repeatable || !proof.neverSent(err)
		local, isLocal := errors.AsType[*localError](err)
		failed.Unconfirmed = !call.Repeatable && sent && !(isLocal && local.partial)
		switch {
		case ended(ctx):
			failed = canceled(ctx, failed)
		case isLocal:
			failed.Class, failed.Err = ClassLocal, local
		case unusable(err):
			failed.Class, failed.Err = ClassInvalidAnswer, err
		case proof.stopped.Load():
			failed.Class, failed.Err = ClassUnavailable, errStream
			again = call.Repeatable
		default:
			failed.Class, failed.Err = ClassUnavailable, own(attemptCtx, err)
			again = (call.Repeatable || !sent) && (answer == nil || answer.Size == 0)
		}
	}
	c.log(ctx, call, number, time.Since(start), answer, failed)
	return answer, failed, again
}

// exchange sends the request of call and reads the answer. With an error the
// answer has no body; it is nil if not even a status came.
func (c *Client) exchange(req *http.Request, call *Call, silence *silence) (answer *Answer, err error) {
	if upload := newUpload(call, silence); upload != nil {
		upload.attach(req)
		defer func() {
			if failed := upload.end(answer); failed != nil {
				err = failed
			}
		}()
	}
	resp, err := c.roundTripper.RoundTrip(req)
	silence.restart()
	if resp != nil && resp.Body == nil {
		resp.Body = http.NoBody
	}
	switch {
	case err != nil && resp != nil:
		_ = resp.Body.Close()
		return nil, err
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, errNoAnswer
	}
	answer = &Answer{StatusCode: resp.StatusCode, Header: resp.Header, ReceivedAt: time.Now(), decoder: &c.decoder}
	if call.Sink != nil && answer.ok() {
		return answer, answer.receive(resp, call, silence)
	}
	answer.Body, err = readBody(resp, answer.ok())
	return answer, err
}

func (c *Client) log(ctx context.Context, call *Call, attempt int, took time.Duration, answer *Answer, failed *Error) {
	if !c.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := make([]slog.Attr, 0, 7)
	attrs = append(attrs,
		slog.String("op", call.Op), slog.String("method", call.Method), slog.String("route", call.Route),
		slog.Int("attempt", attempt), slog.Duration("duration", took))
	if answer != nil {
		attrs = append(attrs, slog.Int("status", answer.StatusCode))
	}
	if failed != nil && failed.Err != nil {
		attrs = append(attrs, slog.String("error", word(failed.Err)))
	}
	c.logger.LogAttrs(ctx, slog.LevelDebug, "api attempt", attrs...)
}

// defaultRoundTripper is a client's own, so that closing or tuning somebody
// else's connections does not touch it. It talks to one host, for which
// net/http would keep only two idle connections.
func defaultRoundTripper(tls13 bool) http.RoundTripper {
	shared, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		shared = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: 100,
			IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second}
	}
	t := shared.Clone()
	t.MaxIdleConnsPerHost = t.MaxIdleConns
	if tls13 {
		if t.TLSClientConfig == nil {
			t.TLSClientConfig = &tls.Config{}
		}
		t.TLSClientConfig.MinVersion = tls.VersionTLS13
	}
	return t
}
