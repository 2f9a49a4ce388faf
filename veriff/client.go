package veriff

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// A Client calls Veriff's API for one integration. It is immutable and safe
// for any number of goroutines. Make it with [NewClient].
type Client struct {
	apiKey        secret.Box
	secret        secret.Box
	scheme        scheme
	signedOnly    bool
	maxVendorData int // characters
	transport     *transport.Client
}

// NewClient returns a client for the integration with this API key and shared
// secret, both shown in Veriff's Customer Portal. [WithBaseURL] is required,
// since the base URL belongs to the integration as well; only [WithLegacyAPI]
// has a host of its own. Nothing is sent before the first call.
func NewClient(apiKey, sharedSecret string, options ...Option) (*Client, error) {
	if err := checkCredentials(apiKey, sharedSecret); err != nil {
		return nil, err
	}
	var cfg clientConfig
	for _, option := range options {
		if option == nil {
			return nil, errors.New("veriff: an option is nil")
		}
		if err := option.applyToClient(&cfg); err != nil {
			return nil, fmt.Errorf("veriff: %w", err)
		}
	}
	client := &Client{
		apiKey:        secret.FromString(apiKey),
		secret:        secret.FromString(sharedSecret),
		signedOnly:    cfg.signedOnly,
		maxVendorData: maxVendorData,
	}
	if cfg.legacy {
		client.scheme = schemeLegacy
		client.maxVendorData = maxLegacyVendorData
	}
	if cfg.transport.BaseURL() == "" {
		if !cfg.legacy {
			return nil, errors.New("veriff: no base URL: pass WithBaseURL with the one that the Customer Portal shows for the integration")
		}
		if err := cfg.transport.SetBaseURL(legacyBaseURL); err != nil {
			return nil, fmt.Errorf("veriff: %w", err)
		}
	}
	var err error
	if client.transport, err = transport.New(cfg.transport); err != nil {
		return nil, fmt.Errorf("veriff: %w", err)
	}
	return client, nil
}

// Format prints no field, since among them are the credentials.
func (c Client) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Client") }

// LogValue logs no field.
func (c Client) LogValue() slog.Value { return secret.LogValue("veriff.Client") }

func checkCredentials(apiKey, sharedSecret string) error {
	err := secret.CheckCredential("API key", apiKey)
	if err == nil {
		err = secret.CheckCredential("shared secret", sharedSecret)
	}
	if err != nil {
		return fmt.Errorf("veriff: %w", err)
	}
	return nil
}

// made refuses a Client that NewClient has not made.
func (c *Client) made(op string) error {
	if c == nil || c.transport == nil {
		return invalid(op, errors.New("the client was not made by NewClient"))
	}
	return nil
}

// ask carries out a call without a body, signed over the one id that its path
// names. It can always be sent again: it reads, or it deletes.
func (c *Client) ask(ctx context.Context, call *transport.Call, idName string, out any, check func() error) (Meta, error) {
	if err := c.made(call.Op); err != nil {
		return Meta{}, err
	}
	id := call.Args[0]
	if err := transport.CheckID(idName, id); err != nil {
		return Meta{}, invalid(call.Op, err)
	}
	call.Repeatable = true
	return c.send(ctx, call, []byte(id), out, check)
}

// send carries out call, signed over payload unless that is nil, checks the
// answer's signature, decodes the answer into out and has check look at it.
func (c *Client) send(ctx context.Context, call *transport.Call, payload []byte, out any, check func() error) (Meta, error) {
	got, signed, err := c.exchange(ctx, call, payload)
	if err != nil {
		return Meta{}, err
	}
	return read(call, got, signed, out, check)
}

// read decodes an answer into out and has check look at it.
func read(call *transport.Call, got *transport.Answer, signed bool, out any, check func() error) (Meta, error) {
	err := got.Decode(got.Body, out)
	if err == nil {
		err = check()
	}
	if err != nil {
		kind := ErrInvalidAnswer
		switch {
		case errors.As(err, new(foreign)):
			kind = ErrForeign
		case errors.As(err, new(missing)):
			kind = ErrNotFound
		}
		return Meta{}, unusableAnswer(call, got, kind, err)
	}
	return newMeta(got, signed), nil
}

// exchange carries out call, signed over payload unless that is nil, and checks
// the answer's signature, but does not look into the answer.
func (c *Client) exchange(ctx context.Context, call *transport.Call, payload []byte) (got *transport.Answer, signed bool, err error) {
	signature := ""
	if payload != nil {
		signature = c.scheme.sign(c.secret, payload)
	}
	c.authorise(call, signature)
	return c.do(ctx, call)
}

// authorise sets the headers of call. "" is no signature.
func (c *Client) authorise(call *transport.Call, signature string) {
	call.Header = http.Header{headerAuthClient: {string(c.apiKey.Bytes())}}
	if c.scheme == schemeLegacy {
		call.Header.Set("Content-Type", "application/json") // which document 003 wants with every request
	}
	if signature != "" {
		call.Header.Set(c.scheme.header(), signature)
	}
}

// do carries out a call that is authorised, and checks the answer's signature.
func (c *Client) do(ctx context.Context, call *transport.Call) (got *transport.Answer, signed bool, err error) {
	if got, err = c.transport.Do(ctx, call); err != nil {
		return nil, false, apiError(call.Op, err)
	}
	signed, err = c.scheme.checkAnswer(c.secret, got.Header, got.Body)
	if err == nil && !signed && c.signedOnly {
		err = errNoSignature
	}
	if err != nil {
		return nil, false, unusableAnswer(call, got, ErrSignature, err)
	}
	c.warnUnsigned(ctx, call, signed)
	return got, signed, nil
}

func (c *Client) warnUnsigned(ctx context.Context, call *transport.Call, signed bool) {
	if !signed {
		c.transport.Logger().WarnContext(ctx, "veriff: unsigned answer", "op", call.Op, "route", call.Route)
	}
}

// status is what every JSON answer of the API and every decision webhook says
// beside its payload.
type status struct {
	Status string `json:"status"`
}

func (s status) check() error {
	if s.Status != "success" {
		return errors.New(`its status is not "success"`)
	}
	return nil
}

// part is a member of an answer of which it matters whether it was null, which
// means that Veriff has nothing to tell yet, or was not there at all.
type part[T any] struct {
	there bool
	value *T
}

func (p *part[T]) UnmarshalJSON(data []byte) error {
	p.there = true
	return transport.Decode(data, &p.value)
}

// orZero gives the member, or the zero value where there is none.
func (p *part[T]) orZero() T {
	if p.value == nil {
		return *new(T)
	}
	return *p.value
}

func (p *part[T]) check(name string) error {
	switch {
	case !p.there:
		return errors.New("it has no " + name)
	case p.value == nil:
		return missing("its " + name + " is null")
	}
	return nil
}
