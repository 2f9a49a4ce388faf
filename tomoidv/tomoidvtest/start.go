package tomoidvtest

import (
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// start is POST /v1/idv/start.
func (s *Server) start(c *call) (any, *refusal) {
	x := &attempt{client: c.client, status: statusOpen}
	body, no := s.object(c, map[string]judge{
		"user_id":              textInto(&x.userID),
		"country":              countryInto(&x.country),
		"email":                emailInto(&x.email),
		"kyc_policy":           later,
		"redirect_url_success": urlInto(&x.success),
		"redirect_url_fail":    urlInto(&x.failure),
		"callback_url":         urlInto(&x.callback),
		"webhook_url":          webURLInto(&x.webhook),
	})
	if no != nil {
		return nil, no
	}
	if policy, there := body["kyc_policy"]; there {
		if x.policy, no = s.judgePolicy("kyc_policy", x.country, policy); no != nil {
			return nil, no
		}
	}
	if x.country == "jp" && s.settings.digitUserIDs && x.userID != "" && !isDigits(x.userID) {
		return nil, wrong("user_id")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.HasPrefix(x.userID, ppidPrefix) && !s.isPPID(c.client, x.userID) {
		return nil, wrong("user_id")
	}
	if x.userID == "" {
		x.userID = fake.NewUUID()
	}
	x.started = s.clock.Now()
	x.token = signJWT(s.issuer, map[string]any{
		"iss": s.URL,
		"sub": x.userID,
		"aud": s.URL + hostedPath,
		"iat": x.started.Unix(),
		"exp": x.started.Add(s.settings.attemptLife).Truncate(time.Second).Unix(),
		"jti": fake.NewUUID(),
	})
	s.attempts = append(s.attempts, x)
	return map[string]any{"start_idv_uri": s.startURI(x)}, nil
}

func (s *Server) startURI(x *attempt) string {
	return s.URL + hostedPath + "?" + url.Values{"token": {x.token}, "key": {s.publicKey()}}.Encode()
}

// publicKey is what travels beside the tokens that the server signs.
func (s *Server) publicKey() string {
	return base64.RawURLEncoding.EncodeToString(fake.EncodeJSON(publicJWK(&s.issuer.PublicKey)))
}
