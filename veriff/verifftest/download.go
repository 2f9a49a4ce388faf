package verifftest

import (
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// downloadMedia is GET /v1/media/{id}.
func (s *Server) downloadMedia(c *call) (*fake.Answer, *refusal) {
	s.sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		for _, m := range x.media() {
			if m.ID == c.id {
				a := fake.NewAnswer(http.StatusOK, m.MimeType, m.Content)
				a.Chunked = true
				return a, nil
			}
		}
	}
	return nil, notFound()
}
