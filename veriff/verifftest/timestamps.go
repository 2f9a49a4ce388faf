package verifftest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// timestampList is GET /v1/sessions/{id}/timestamps.
func (s *Server) timestampList(c *call) (*fake.Answer, *refusal) {
	if !s.settings.timestamps {
		return nil, notFound()
	}
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		list := []any{}
		for _, m := range x.media() {
			list = append(list, map[string]any{"id": m.timestampID, "url": s.timestampURL(m), "context": m.Context})
		}
		return success(http.StatusOK, map[string]any{"timestamps": list}), nil
	})
}

// timestampOf is GET /v1/timestamps/{id}.
func (s *Server) timestampOf(c *call) (*fake.Answer, *refusal) {
	if !s.settings.timestamps {
		return nil, notFound()
	}
	m := s.findMedia(func(m *Media) bool { return m.timestampID == c.id })
	if m == nil {
		return nil, notFound()
	}
	hash := sha256.Sum256(m.Content)
	return success(http.StatusOK, map[string]any{"timestamp": map[string]any{
		"id":        m.timestampID,
		"context":   m.Context,
		"signature": base64.StdEncoding.EncodeToString([]byte("not Guardtime's")),
		"dataHash":  map[string]any{"algorithm": "SHA-256", "value": hex.EncodeToString(hash[:])},
	}}), nil
}
