package verifftest

import (
	"net/http"
	"slices"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// attempts is GET /v1/sessions/{id}/attempts: the latest first, as in document
// 003's sample.
func (s *Server) attempts(c *call) (*fake.Answer, *refusal) {
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		list := []any{}
		for _, a := range slices.Backward(x.attempts) {
			list = append(list, map[string]any{"id": a.id, "status": a.status})
		}
		return success(http.StatusOK, map[string]any{"verifications": list}), nil
	})
}
