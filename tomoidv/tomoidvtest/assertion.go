package tomoidvtest

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"time"
)

// A usedJTI is one that a client must not use again.
type usedJTI struct{ clientID, jti string }

// judgeAssertion finds the client that an assertion proves, under the lock. The
// assertion is used up.
func (s *Server) judgeAssertion(compact string) (*client, *refusal) {
	j, err := parseJWT(compact)
	if err != nil {
		return nil, notProven("client_assertion " + err.Error())
	}
	if no := s.judgeAssertionHeader(j.header); no != nil {
		return nil, no
	}
	known := s.clients[text(j.claims["sub"])]
	switch {
	case known == nil:
		return nil, notProven("sub is no client id of this environment")
	case !j.verify(known.key):
		return nil, notProven("the signature does not match the client's key, or is not 64 bytes of R and S")
	}
	if no := s.judgeClaims(known, j.claims); no != nil {
		return nil, no
	}
	return known, nil
}

func (s *Server) judgeAssertionHeader(header map[string]any) *refusal {
	for name := range header {
		if name != "alg" && name != "typ" && (name != "kid" || !s.settings.keyIDs) {
			return notProven("the header has more than alg and typ")
		}
	}
	switch {
	case header["alg"] != "ES256":
		return notProven("alg is not ES256")
	case header["typ"] != "JWT":
		return notProven("typ is not JWT")
	}
	return nil
}

// judgeClaims judges what a known client signed.
func (s *Server) judgeClaims(c *client, claims map[string]any) *refusal {
	known := []string{"iss", "sub", "aud", "iat", "exp", "jti"}
	for name := range claims {
		if !slices.Contains(known, name) && !s.settings.unknownProperties {
			return notProven("there are claims besides iss, sub, aud, iat, exp and jti")
		}
	}
	audience := s.settings.audience
	if audience == "" {
		audience = s.URL + tokenPath
	}
	iat, isIAT := seconds(claims["iat"])
	exp, isEXP := seconds(claims["exp"])
	jti := text(claims["jti"])
	now, tolerance := s.clock.Now(), s.settings.tolerance
	switch {
	case claims["iss"] != c.id:
		return notProven("iss is not the client id")
	case claims["aud"] != audience:
		return notProven("aud is not the address of the token endpoint, as one string")
	case !isIAT:
		return notProven("iat is not a number of seconds")
	case !isEXP:
		return notProven("exp is not a number of seconds")
	case iat.After(now.Add(tolerance)):
		return notProven("iat is in the future")
	case !exp.After(iat):
		return notProven("exp is not after iat")
	case exp.Sub(iat) > s.settings.assertionLife:
		return notProven("exp is too long after iat")
	case !now.Before(exp.Add(tolerance)):
		return notProven("exp is over")
	case !isUUID4(jti):
		return notProven("jti is not a random UUID")
	}
	maps.DeleteFunc(s.used, func(_ usedJTI, over time.Time) bool { return !now.Before(over) })
	use := usedJTI{c.id, jti}
	if _, again := s.used[use]; again && !s.settings.jtiReuse {
		return notProven("jti was used before")
	}
	s.used[use] = exp.Add(tolerance)
	return nil
}

func notProven(description string) *refusal { return oauthError("invalid_client", description) }

// seconds is a NumericDate in whole seconds.
func seconds(v any) (t time.Time, ok bool) {
	number, ok := v.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	n, err := number.Int64()
	if err != nil || n <= 0 || n > 1<<53 {
		return time.Time{}, false
	}
	return time.Unix(n, 0), true
}

func isUUID4(s string) bool {
	match, _ := regexp.MatchString(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$`, s)
	return match
}
