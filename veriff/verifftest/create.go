package verifftest

import (
	"crypto/rand"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// createSession is POST /v1/sessions.
func (s *Server) createSession(c *call) (int, any, *refusal) {
	request, no := s.judgeCreate(c)
	if no != nil {
		return 0, nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	created := &session{
		id:         fake.NewUUID(),
		token:      rand.Text() + rand.Text(),
		attemptID:  fake.NewUUID(),
		status:     statusCreated,
		created:    s.clock.Now(),
		callback:   text(request["callback"]),
		vendorData: request["vendorData"],
		endUserID:  request["endUserId"],
		person:     requestedPerson(request),
	}
	s.sessions = append(s.sessions, created)
	verification := map[string]any{
		"id":           created.id,
		"url":          s.URL + hostedPath + created.token,
		"sessionToken": created.token,
	}
	if s.settings.oldCreateReply {
		verification["baseUrl"] = s.URL
	} else {
		verification["host"] = s.URL
		verification["status"] = created.status
		verification["vendorData"] = created.vendorData
		verification["endUserId"] = created.endUserID
	}
	return http.StatusCreated, map[string]any{"status": "success", "verification": verification}, nil
}

// text is v if it is a string, else empty.
func text(v any) string {
	t, _ := v.(string)
	return t
}
