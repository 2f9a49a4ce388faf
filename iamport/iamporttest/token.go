package iamporttest

import "net/http"

const (
	tokenLife      = 30 * 60 // seconds
	extensionStart = 60      // seconds before the end
	extension      = 5 * 60  // seconds
)

// A token is the merchant's access token. Its times are Unix seconds, as the
// vendor's are.
type token struct {
	text      string // empty before the first call
	expiredAt int64  // the first second in which it is refused
	extended  bool
	revoked   bool
}

// getToken is POST /users/getToken.
func (s *Server) getToken(c *call) (any, *refusal) {
	p, no := c.params()
	if no != nil {
		return nil, missing("imp_key", "imp_secret")
	}
	if no := s.judgeNames(p, "imp_key", "imp_secret"); no != nil {
		return nil, no
	}
	key, secret := p.text("imp_key"), p.text("imp_secret")
	switch {
	case key == "" || secret == "":
		return nil, missing("imp_key", "imp_secret")
	case key != s.APIKey || secret != s.APISecret:
		return nil, unauthorized("인증에 실패하였습니다. API키와 secret을 확인하세요.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now().Unix()
	s.renew(now)
	return map[string]any{"access_token": s.token.text, "now": now, "expired_at": s.token.expiredAt}, nil
}

// renew makes the token what getToken answers with at now.
func (s *Server) renew(now int64) {
	t := &s.token
	left := t.expiredAt - now
	switch {
	case t.text == "", left <= 0, t.revoked && !s.settings.sameToken:
		*t = token{text: newToken(), expiredAt: now + tokenLife}
	case left < extensionStart && !(t.extended && s.settings.singleExtension):
		t.extended = true
		if s.settings.extensionFromRequest {
			t.expiredAt = now
		}
		t.expiredAt += extension
	}
	t.revoked = false
}

// holds tells whether text is the token, and still good.
func (s *Server) holds(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.token
	return text != "" && text == t.text && !t.revoked && s.clock.Now().Unix() < t.expiredAt
}

// RevokeToken refuses the token that is in use until getToken was called again.
// To refuse tokens whatever getToken says, inject Status(401, 0).
func (s *Server) RevokeToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token.revoked = true
}

// TokenCalls is how many calls to getToken came in, refused ones and those that
// a fault befell too.
func (s *Server) TokenCalls() int {
	calls := 0
	for _, r := range s.recorder.Requests() {
		if r.Method == http.MethodPost && r.Path == "/users/getToken" {
			calls++
		}
	}
	return calls
}
