package tomoidv

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/token"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Client calls TomoIDV's API for one client of the console. It is immutable
// and safe for any number of goroutines. Make it with [NewClient].
type Client struct {
	contractVersion string
	tokens          *token.Cache
	transport       *transport.Client
}

// NewClient returns a client with the credentials that TomoIDV's console
// issued, for production unless [WithSandbox]. The secret key is the base64 of
// a private JWK of the curve P-256, in either alphabet, padded or not, or the
// JWK itself; white space around it does not matter. Nothing is sent before the
// first call, which also gets the access token.
func NewClient(clientID, secretKey string, options ...Option) (*Client, error) {
	client, err := newClient(clientID, secretKey, options)
	if err != nil {
		return nil, fmt.Errorf("tomoidv: %w", err)
	}
	return client, nil
}

func newClient(clientID, secretKeyText string, options []Option) (*Client, error) {
	if err := secret.CheckCredential("client ID", clientID); err != nil {
		return nil, err
	}
	if !utf8.ValidString(clientID) {
		return nil, errors.New("client ID is not valid UTF-8")
	}
	key, err := parseSecretKey(secretKeyText)
	if err != nil {
		return nil, err
	}
	var cfg config
	cfg.transport.SetMinTLS13()
	for _, option := range options {
		if option == nil {
			return nil, errors.New("an option is nil")
		}
		if err := option(&cfg); err != nil {
			return nil, err
		}
	}
	hint, err := cfg.chooseHost()
	if err != nil {
		return nil, err
	}
	exchange, err := transport.New(cfg.transport)
	if err != nil {
		return nil, err
	}
	client := &Client{contractVersion: cfg.contractVersion, transport: exchange}
	request := tokenRequest{
		transport: exchange,
		assertion: assertion{
			clientID: clientID,
			audience: cmp.Or(cfg.audience, cfg.transport.BaseURL()+tokenRoute),
			keyID:    cfg.keyID,
			lifetime: cmp.Or(cfg.assertionLifetime, defaultAssertionLifetime),
			key:      key,
		},
		header:   client.header(),
		scope:    cfg.scope,
		resource: cfg.resource,
		hint:     hint,
	}
	client.tokens = token.New(token.Config{
		Fetch:        request.fetch,
		FetchTimeout: exchange.MaxDuration(),
		Margin:       refreshMargin,
		// A token for other scopes or another resource is another token.
		Shared: token.Share(cfg.store, "tomoidv", cfg.transport.BaseURL(), clientID+"\x00"+key.credential(), cfg.scope+"\x00"+cfg.resource),
		Logger: exchange.Logger(),
	})
	return client, nil
}

// Format prints no field, since behind them are the credentials.
func (c Client) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Client") }

// LogValue logs no field.
func (c Client) LogValue() slog.Value { return secret.LogValue("tomoidv.Client") }

var errNotMade = errors.New("the client was not made by NewClient")

const versionHeader = "Tomo-API-Version"

// header is what every request has: nothing, unless a contract is asked for.
func (c *Client) header() http.Header {
	if c.contractVersion == "" {
		return http.Header{}
	}
	return http.Header{http.CanonicalHeaderKey(versionHeader): {c.contractVersion}}
}

// made refuses what would panic: a Client that NewClient has not made, and a nil
// context.
func (c *Client) made(ctx context.Context, op string) error {
	switch {
	case c == nil || c.transport == nil:
		return invalid(op, errNotMade)
	case ctx == nil:
		return invalid(op, errors.New("context is nil"))
	}
	return nil
}

// post carries out call with the access token and request as its body, decodes
// the answer into out and has check look at that.
func (c *Client) post(ctx context.Context, call *transport.Call, request, out any, check func() error) (Meta, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return Meta{}, invalid(call.Op, errors.New("the request cannot be encoded"))
	}
	call.Method, call.Body = http.MethodPost, body
	got, err := c.exchange(ctx, call)
	if err != nil {
		return Meta{}, err
	}
	return open(call, got, out, check)
}

// exchange carries out call with the access token, but does not look into the
// answer.
func (c *Client) exchange(ctx context.Context, call *transport.Call) (*transport.Answer, error) {
	if err := c.made(ctx, call.Op); err != nil {
		return nil, err
	}
	var got *transport.Answer
	begun := 0
	err := c.tokens.Do(ctx, func(ctx context.Context, accessToken string) (err error) {
		call.Header = c.header()
		call.Header.Set("Authorization", "Bearer "+accessToken)
		if got, err = c.transport.Do(ctx, call); err != nil {
			failed := apiError(call.Op, err).withoutEcho(accessToken)
			begun += failed.Attempts
			failed.Attempts = begun
			if failed.StatusCode == http.StatusBadRequest && !refused(failed) {
				c.tokens.Doubt(accessToken) // the contract has 400 for a bad token as well
			}
			return failed
		}
		got.Attempts += begun
		return nil
	}, refused)
	if err != nil {
		return nil, callError(call.Op, begun, err)
	}
	return got, nil
}

// open decodes an answer into out and has check look at it.
func open(call *transport.Call, got *transport.Answer, out any, check func() error) (Meta, error) {
	err := got.Decode(got.Body, out)
	if err == nil {
		err = check()
	}
	if err != nil {
		kind := ErrInvalidAnswer
		if errors.As(err, new(foreign)) {
			kind = ErrForeign
		}
		return Meta{}, unusableAnswer(call, got, kind, err)
	}
	return newMeta(got), nil
}

// refused tells whether TomoIDV did not accept the access token; the call was
// then not carried out.
func refused(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	return ok && (failed.StatusCode == http.StatusUnauthorized || failed.Code == CodeInvalidToken)
}
