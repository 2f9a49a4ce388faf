package verifftest

import (
	"crypto/rand"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// createSession is POST /v1/sessions.
func (s *Server) createSession(c *call) (*fake.Answer, *refusal) {
	request, no := s.judgeCreate(c)
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	created := &session{
		id:         fake.NewUUID(),
		token:      rand.Text() + rand.Text(),
		status:     statusCreated,
		created:    s.clock.Now(),
		callback:   text(request["callback"]),
		vendorData: request["vendorData"],
		endUserID:  request["endUserId"],
		person:     requestedPerson(request),
		personID:   fake.NewUUID(),
	}
	created.newAttempt()
	s.sessions = append(s.sessions, created)
	verification := s.verification(created)
	if s.settings.oldCreateReply {
		verification = map[string]any{
			"id":           created.id,
			"url":          s.hostedURL(created),
			"sessionToken": created.token,
			"baseUrl":      s.URL,
		}
	}
	return success(http.StatusCreated, map[string]any{"verification": verification}), nil
}

// verification is what the answers to a new and to a submitted session tell of
// it.
func (s *Server) verification(x *session) map[string]any {
	return map[string]any{
		"id":           x.id,
		"url":          s.hostedURL(x),
		"vendorData":   x.vendorData,
		"endUserId":    x.endUserID,
		"host":         s.URL,
		"status":       x.status,
		"sessionToken": x.token,
	}
}

// text is v if it is a string, else empty.
func text(v any) string {
	t, _ := v.(string)
	return t
}
