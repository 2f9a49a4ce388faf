package iamporttest

import (
	"net/http"
	"slices"
	"strings"
)

// authorize looks at the token, unless the endpoint needs none, then at the
// Tier.
func (s *Server) authorize(c *call, e endpoint) *refusal {
	if !e.open && !s.holds(s.presentedToken(c.request.Header)) {
		return unauthorized("Unauthorized")
	}
	switch tiers := c.request.Header.Values("Tier"); {
	case len(tiers) == 0:
		return nil
	case len(tiers) == 1 && s.hasTier(tiers[0]):
		c.tier = tiers[0]
		return nil
	default:
		return unauthorized("등록되지 않은 하위 상점입니다.")
	}
}

func (s *Server) hasTier(code string) bool { return slices.Contains(s.settings.tiers, code) }

// presentedToken is the token in the headers, empty if there is not exactly
// one. Authorization wins.
func (s *Server) presentedToken(header http.Header) string {
	values := header.Values("Authorization")
	if len(values) == 0 {
		if values = header.Values("X-ImpTokenHeader"); len(values) != 1 || s.settings.bearerOnly {
			return ""
		}
		return values[0]
	}
	if len(values) > 1 {
		return ""
	}
	scheme, token, found := strings.Cut(values[0], " ")
	switch {
	case found && strings.EqualFold(scheme, "Bearer"):
		return token
	case s.settings.bearerOnly:
		return ""
	}
	return values[0]
}
