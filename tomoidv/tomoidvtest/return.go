package tomoidvtest

import (
	"net/url"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// returnLife is how long the token that a browser comes back with says that it
// is good.
const returnLife = 5 * time.Minute

// successURL is where the browser goes with the person's PPID, empty without
// anywhere to go.
func (s *Server) successURL(x *attempt) string {
	now := s.clock.Now()
	token := signJWT(s.issuer, map[string]any{
		"iss": s.URL,
		"sub": x.record.ppid,
		"aud": x.client.id,
		"iat": now.Unix(),
		"exp": now.Add(returnLife).Unix(),
		"jti": fake.NewUUID(),
	})
	return withQuery(s.destination(x, x.success), [][2]string{{"token", token}, {"key", s.publicKey()}})
}

// failURL is where the browser goes without one.
func (s *Server) failURL(x *attempt) string {
	return withQuery(s.destination(x, x.failure), s.settings.failParameters)
}

func (s *Server) destination(x *attempt, redirect string) string {
	if redirect == "" || s.settings.callbackFirst && x.callback != "" {
		return x.callback
	}
	return redirect
}

// withQuery adds pairs to the query of an address and leaves the rest of it as
// it is.
func withQuery(address string, pairs [][2]string) string {
	if address == "" || len(pairs) == 0 {
		return address
	}
	written := make([]string, 0, len(pairs))
	for _, p := range pairs {
		written = append(written, url.QueryEscape(p[0])+"="+url.QueryEscape(p[1]))
	}
	address, fragment, hasFragment := strings.Cut(address, "#")
	switch {
	case !strings.Contains(address, "?"):
		address += "?"
	case !strings.HasSuffix(address, "?") && !strings.HasSuffix(address, "&"):
		address += "&"
	}
	address += strings.Join(written, "&")
	if hasFragment {
		address += "#" + fragment
	}
	return address
}
