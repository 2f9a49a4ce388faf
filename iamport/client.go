package iamport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/token"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Client calls Iamport's API for one merchant, or for one of an agent's
// sub-merchants (see [Client.ForTier]). It is immutable and safe for any number
// of goroutines. Make it with [NewClient].
type Client struct {
	tier      string
	tokens    *token.Cache
	transport *transport.Client
}

// NewClient returns a client for the merchant with this REST API key and REST
// API secret, both shown in Iamport's admin console (imp_key and imp_secret in
// the documents). Nothing is sent before the first call, which also gets the
// access token.
func NewClient(apiKey, apiSecret string, options ...Option) (*Client, error) {
	err := secret.CheckCredential("API key", apiKey)
	if err == nil {
		err = secret.CheckCredential("API secret", apiSecret)
	}
	if err != nil {
		return nil, fmt.Errorf("iamport: %w", err)
	}
	var cfg config
	for _, option := range options {
		if option == nil {
			return nil, errors.New("iamport: an option is nil")
		}
		if err := option(&cfg); err != nil {
			return nil, fmt.Errorf("iamport: %w", err)
		}
	}
	if err := cfg.chooseHost(); err != nil {
		return nil, fmt.Errorf("iamport: %w", err)
	}
	exchange, err := transport.New(cfg.transport)
	if err != nil {
		return nil, fmt.Errorf("iamport: %w", err)
	}
	body, err := json.Marshal(map[string]string{"imp_key": apiKey, "imp_secret": apiSecret})
	if err != nil {
		return nil, errors.New("iamport: the credentials cannot be encoded")
	}
	keys := tokenRequest{transport: exchange, key: secret.FromString(apiKey), secret: secret.FromString(apiSecret), body: secret.New(body)}
	return &Client{
		transport: exchange,
		tokens: token.New(token.Config{
			Fetch:        keys.fetch,
			FetchTimeout: exchange.MaxDuration(),
			Margin:       refreshMargin,
			Shared:       token.Share(cfg.store, "iamport", cfg.transport.BaseURL(), apiKey+"\x00"+apiSecret, ""),
			Logger:       exchange.Logger(),
		}),
	}, nil
}

var errNotMade = errors.New("the client was not made by NewClient")

var tierCode = regexp.MustCompile(`^[A-Za-z0-9]{3}$`)

// ForTier returns a client for the sub-merchant with this code, three letters
// and digits, which sends it with every call but getToken as the Tier header. It
// shares the connections and the access token of c, whose credentials must be
// the agent's.
func (c *Client) ForTier(code string) (*Client, error) {
	if c == nil || c.transport == nil {
		return nil, fmt.Errorf("iamport: ForTier: %w", errNotMade)
	}
	if err := checkTier("tier", code); err != nil {
		return nil, fmt.Errorf("iamport: ForTier: %w", err)
	}
	return &Client{tier: code, tokens: c.tokens, transport: c.transport}, nil
}

func checkTier(name, code string) error {
	if !tierCode.MatchString(code) {
		return fmt.Errorf("%s is not a code of three letters and digits", name)
	}
	return nil
}

// Format prints no field, since behind them are the credentials.
func (c Client) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.Client") }

// LogValue logs no field.
func (c Client) LogValue() slog.Value { return secret.LogValue("iamport.Client") }

// send carries out call with the access token, takes the envelope off the
// answer, decodes what was in it into out and has check look at that.
func (c *Client) send(ctx context.Context, call *transport.Call, out any, check func() error) (Meta, error) {
	got, err := c.exchange(ctx, call)
	if err != nil {
		return Meta{}, err
	}
	if err := open(call, got, out); err != nil {
		return Meta{}, err
	}
	if err := check(); err != nil {
		kind := ErrInvalidAnswer
		if errors.As(err, new(foreign)) {
			kind = ErrForeign
		}
		return Meta{}, unusableAnswer(call, got, kind, err)
	}
	return newMeta(got), nil
}

// exchange carries out call with the access token, but does not look into the
// answer.
func (c *Client) exchange(ctx context.Context, call *transport.Call) (*transport.Answer, error) {
	switch {
	case c == nil || c.transport == nil:
		return nil, invalid(call.Op, errNotMade)
	case ctx == nil:
		return nil, invalid(call.Op, errors.New("context is nil"))
	}
	var got *transport.Answer
	begun := 0
	err := c.tokens.Do(ctx, func(ctx context.Context, token string) (err error) {
		call.Header = http.Header{"Authorization": {"Bearer " + token}}
		if c.tier != "" {
			call.Header.Set("Tier", c.tier)
		}
		if got, err = c.transport.Do(ctx, call); err != nil {
			failed := apiError(call.Op, err)
			begun += failed.Attempts
			failed.Attempts = begun
			return failed
		}
		got.Attempts += begun
		return nil
	}, refused)
	if err != nil {
		return nil, sendError(call.Op, begun, err)
	}
	return got, nil
}

// refused tells whether Iamport did not accept the access token; the call was
// then not carried out.
func refused(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	return ok && failed.StatusCode == http.StatusUnauthorized
}
