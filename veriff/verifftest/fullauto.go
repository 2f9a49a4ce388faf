package verifftest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// fullAutoVersion is the one that every client in use asks for.
const fullAutoVersion = "1.0.0"

// fullAutoDecision is GET /v1/sessions/{id}/decision/fullauto?version=1.0.0.
func (s *Server) fullAutoDecision(c *call) (*fake.Answer, *refusal) {
	if !s.settings.fullAuto {
		return nil, notFound()
	}
	if !slices.Equal(c.request.URL.Query()["version"], []string{fullAutoVersion}) {
		return nil, invalidParameter("version")
	}
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		if x.fullAuto == nil {
			return success(http.StatusOK, map[string]any{"verification": nil}), nil
		}
		return newAnswer(http.StatusOK, fake.EncodeJSON(x.fullAuto)), nil
	})
}

// ForceFullAuto makes a full auto decision, whatever the session's state, and
// announces it: decision "approved", decisionScore 1 and no insights, with
// fields merged into them. It needs WithFullAuto.
//
// The fields must have a JSON form.
func (s *Server) ForceFullAuto(id string, fields map[string]any) error {
	if !s.settings.fullAuto {
		return s.fail(errors.New("verifftest: ForceFullAuto needs WithFullAuto"))
	}
	plain, err := fake.PlainFields(fields)
	if err != nil {
		return s.fail(fmt.Errorf("verifftest: %w", err))
	}
	return s.fail(s.change(id, func(x *session) error {
		s.decideFullAuto(x, statusApproved, plain)
		return nil
	}))
}

func (s *Server) decideFullAuto(x *session, status string, fields map[string]any) {
	score := 0
	if status == statusApproved {
		score = 1
	}
	decided := map[string]any{"decision": status, "decisionScore": score, "insights": []any{}}
	fake.Merge(decided, fields)
	about := map[string]any{"attemptId": x.attempt().id, "vendorData": x.vendorData, "endUserId": x.endUserID}
	if s.settings.fullAutoInData {
		about["sessionId"] = x.id
		about["data"] = map[string]any{"verification": decided}
	} else {
		about["id"] = x.id
		maps.Copy(about, decided)
		about = map[string]any{"verification": about}
	}
	about["status"] = "success"
	x.fullAuto = about
	s.produce(FullAutoWebhook, x.id, fake.EncodeJSON(about))
}
