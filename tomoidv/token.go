package tomoidv

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-querystring/query"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	opToken    = "getToken"
	tokenRoute = "/v1/oauth2/token"

	grantType     = "client_credentials"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

	refreshMargin = time.Minute
	// maxLifetime keeps an absurd expires_in from overflowing.
	maxLifetime = 24 * time.Hour
)

// tokenRequest asks POST /v1/oauth2/token: document 002, and RFC 6749, section
// 4.4, with RFC 7523, section 2.2.
type tokenRequest struct {
	transport *transport.Client
	assertion assertion
	header    http.Header
	scope     string
	resource  string
	hint      string // which console the credentials must be of
}

type tokenForm struct {
	GrantType           string `url:"grant_type"`
	ClientAssertionType string `url:"client_assertion_type"`
	ClientAssertion     string `url:"client_assertion"`
	Scope               string `url:"scope,omitempty"`
	Resource            string `url:"resource,omitempty"`
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope"`
}

// fetch gives the token and how long it lives. Each attempt has an assertion
// of its own, because the server may refuse one that it has seen.
func (t tokenRequest) fetch(ctx context.Context) (string, time.Duration, error) {
	var last secret.Box
	header := t.header.Clone()
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	call := &transport.Call{
		Op: opToken, Method: http.MethodPost, Route: tokenRoute, Header: header, Repeatable: true,
		Prepare: func() ([]byte, error) {
			signed, err := t.assertion.sign(time.Now())
			if err != nil {
				return nil, err
			}
			last = secret.FromString(signed)
			return t.form(signed)
		},
	}
	got, err := t.transport.Do(ctx, call)
	if err != nil {
		return "", 0, t.explain(apiError(opToken, err).withoutEcho(string(last.Bytes())))
	}
	var answer tokenAnswer
	if err = got.Decode(got.Body, &answer); err == nil {
		err = answer.check()
	}
	if err != nil {
		return "", 0, unusableAnswer(call, got, ErrInvalidAnswer, err)
	}
	return answer.AccessToken, time.Duration(min(answer.ExpiresIn, int64(maxLifetime/time.Second))) * time.Second, nil
}

func (t tokenRequest) form(signed string) ([]byte, error) {
	values, err := query.Values(tokenForm{
		GrantType: grantType, ClientAssertionType: assertionType, ClientAssertion: signed,
		Scope: t.scope, Resource: t.resource,
	})
	if err != nil {
		return nil, err
	}
	return []byte(values.Encode()), nil
}

// explain adds what most often is the matter when a client is not known.
func (t tokenRequest) explain(err *Error) *Error {
	if errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrUnauthorizedClient) {
		err.detail = t.hint
	}
	return err
}

func (a tokenAnswer) check() error {
	switch {
	case a.AccessToken == "":
		return errors.New("its access_token is missing or empty")
	case !strings.EqualFold(a.TokenType, "Bearer"):
		return errors.New("its token_type is not Bearer")
	case a.ExpiresIn <= 0:
		return errors.New("its expires_in is missing or not positive")
	}
	return nil
}
