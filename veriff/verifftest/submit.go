package verifftest

import (
	"net/http"
	"slices"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// submitByAPI is PATCH /v1/sessions/{id}.
func (s *Server) submitByAPI(c *call) (*fake.Answer, *refusal) {
	if no := s.judgeSubmit(c); no != nil {
		return nil, no
	}
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		if !x.isOpen() {
			return nil, noTransition("a session that is " + x.status)
		}
		if !s.settings.noPhotosNeeded && !slices.ContainsFunc(x.attempt().media, (*Media).isImage) {
			return nil, noTransition("a session without photos")
		}
		s.submitAttempt(x)
		verification := s.verification(x)
		verification["status"] = statusSubmitted // whatever is decided already
		return success(http.StatusOK, map[string]any{"verification": verification}), nil
	})
}

func noTransition(of string) *refusal {
	return invalid("1304", "Cannot transition to the status submitted: "+of+".")
}

func (s *Server) judgeSubmit(c *call) *refusal {
	request, no := s.judgeEnvelope(c, "verification", missing())
	switch {
	case no != nil:
		return no
	case request["status"] == nil:
		return missing()
	case s.settings.timestampRequired && (request["frontState"] == nil || request["timestamp"] == nil):
		return missing()
	}
	return s.judgeObject("verification", request, func(name string, v any) *refusal {
		switch name {
		case "status":
			if v != statusSubmitted {
				return invalid("1303", "Status is invalid.")
			}
			return nil
		case "frontState":
			return judgeEnum(name, v, "done")
		case "timestamp":
			return s.judgeTimestamp(v)
		}
		return s.unknown(name)
	})
}
