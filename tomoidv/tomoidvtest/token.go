package tomoidvtest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

const (
	tokenPath     = "/v1/oauth2/token"
	grantType     = "client_credentials"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	onlyScope     = "idv.read"
)

// An accessToken is one that was issued.
type accessToken struct {
	client  *client
	over    time.Time // the first moment in which it is refused
	revoked bool
}

// token is POST /v1/oauth2/token.
func (s *Server) token(c *call) (any, *refusal) {
	form, no := s.tokenForm(c)
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known, no := s.judgeAssertion(form["client_assertion"])
	if no != nil {
		no.status = s.settings.invalidClientStatus
		return nil, no
	}
	now := s.clock.Now()
	life := s.settings.tokenLife
	issued := signJWT(s.issuer, map[string]any{
		"iss":   s.URL,
		"sub":   known.id,
		"scope": onlyScope,
		"iat":   now.Unix(),
		"exp":   now.Add(life).Unix(),
		"jti":   fake.NewUUID(),
	})
	s.tokens[issued] = &accessToken{client: known, over: now.Add(life)}
	return map[string]any{
		"access_token": issued,
		"token_type":   "Bearer",
		"expires_in":   int64(life / time.Second),
		"scope":        onlyScope,
	}, nil
}

// tokenForm is the form, in which everything but the assertion is right. A
// field without a value counts as left out, as in RFC 6749 section 3.2.
func (s *Server) tokenForm(c *call) (map[string]string, *refusal) {
	if len(c.request.Header.Values("Authorization")) > 0 {
		return nil, oauthError("invalid_request", "the client proves itself with client_assertion alone, not with Authorization")
	}
	if c.mediaType() != "application/x-www-form-urlencoded" {
		return nil, oauthError("invalid_request", "the body is not application/x-www-form-urlencoded")
	}
	values, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, oauthError("invalid_request", "the body is not a form")
	}
	form := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch name {
		case "grant_type", "client_assertion_type", "client_assertion", "scope", "resource":
		default:
			if !s.settings.unknownProperties {
				return nil, oauthError("invalid_request", "a field is not documented")
			}
		}
		if len(values[name]) > 1 {
			return nil, oauthError("invalid_request", "a field is given twice")
		}
		form[name] = values[name][0]
	}
	for _, name := range []string{"grant_type", "client_assertion_type", "client_assertion"} {
		if form[name] == "" {
			return nil, oauthError("invalid_request", name+" is missing")
		}
	}
	switch resource := form["resource"]; {
	case form["grant_type"] != grantType:
		return nil, oauthError("unsupported_grant_type", "grant_type is not "+grantType)
	case form["client_assertion_type"] != assertionType:
		return nil, oauthError("invalid_request", "client_assertion_type is not "+assertionType)
	case form["scope"] != "" && form["scope"] != onlyScope:
		return nil, oauthError("invalid_scope", "scope is not "+onlyScope)
	case resource != "" && resource != "https://api.tomopayment.com/v1/idv" && resource != s.URL+"/v1/idv":
		return nil, oauthError("invalid_target", "resource is not the API")
	}
	return form, nil
}

// authorize finds the client whose access token came with the request.
func (s *Server) authorize(c *call) *refusal {
	values := c.request.Header.Values("Authorization")
	no := &refusal{status: s.settings.tokenRefusalStatus, code: "invalid_token", message: "invalid Authorization"}
	if len(values) != 1 {
		return no
	}
	scheme, presented, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[presented]
	if t == nil || t.revoked || !s.clock.Now().Before(t.over) {
		return no
	}
	c.client = t.client
	return nil
}

// RevokeTokens refuses every access token that was issued so far. To refuse
// those to come as well, inject Status.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		t.revoked = true
	}
}

// TokenCalls is how many calls to the token endpoint came in, refused ones and
// those that a fault befell too.
func (s *Server) TokenCalls() int {
	calls := 0
	for _, r := range s.recorder.Requests() {
		if r.Method == http.MethodPost && r.Path == tokenPath {
			calls++
		}
	}
	return calls
}
