package tomoidvtest

import "net/http"

const versionHeader = "Tomo-Api-Version" // its canonical form in Go

// negotiate finds the contract that the request asks for.
func (s *Server) negotiate(c *call) *refusal {
	values := c.request.Header.Values(versionHeader)
	switch {
	case len(values) == 0 || s.settings.versionIgnored:
		return nil
	case len(values) == 1 && values[0] == "1.4":
		c.contract14 = true
		return nil
	}
	return oauthError("unsupported_api_version", "Tomo-API-Version must be 1.4, given once, or left out.")
}

// setVersion tells which contract applied.
func (s *Server) setVersion(header http.Header, c *call, e endpoint) {
	switch {
	case s.settings.versionIgnored:
	case c.contract14:
		header.Set(versionHeader, "1.4")
	default:
		header.Set("Vary", "Tomo-API-Version")
		if e.route == ResultRoute {
			header.Set(versionHeader, "1.3")
		}
	}
}
