package verifftest

import (
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// downloadMedia is GET /v1/media/{id}.
func (s *Server) downloadMedia(c *call) (*fake.Answer, *refusal) {
	m := s.findMedia(func(m *Media) bool { return m.ID == c.id })
	if m == nil {
		return nil, notFound()
	}
	a := fake.NewAnswer(http.StatusOK, m.MimeType, m.Content)
	a.Chunked = true
	return a, nil
}
