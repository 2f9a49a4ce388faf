package verifftest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// watchlistScreening is GET /v1/sessions/{id}/watchlist-screening.
func (s *Server) watchlistScreening(c *call) (*fake.Answer, *refusal) {
	return s.withSession(c.id, func(x *session) (*fake.Answer, *refusal) {
		var data any // null until somebody has searched
		if x.screening != nil {
			data = x.screening
		}
		return success(http.StatusOK, map[string]any{"data": data}), nil
	})
}

// Screen searches watchlists for a session's person, whatever the session's
// state, and announces what it found: nothing, with fields merged into it. With
// hits among the fields, matchStatus and totalHits follow from them unless they
// are among the fields too:
//
//	srv.Screen(id, map[string]any{"hits": []map[string]any{{"matchedName": "Mirae Hong"}}})
//
// Called again it is monitoring that found something else. The checkType is
// initial_result the first time, which is not established, and updated_result
// afterwards.
//
// The fields must have a JSON form.
func (s *Server) Screen(id string, fields map[string]any) error {
	plain, err := fake.PlainFields(fields)
	if err != nil {
		return s.fail(fmt.Errorf("verifftest: %w", err))
	}
	return s.fail(s.change(id, func(x *session) error {
		s.screen(x, plain)
		return nil
	}))
}

func (s *Server) screen(x *session, fields map[string]any) {
	checkType, matchStatus := "initial_result", "no_match"
	if x.screening != nil {
		checkType = "updated_result"
	}
	hits, _ := fields["hits"].([]any)
	if len(hits) > 0 {
		matchStatus = "possible_match"
	}
	var year any
	if born, _, isDate := strings.Cut(x.person.DateOfBirth, "-"); isDate {
		year = json.Number(born)
	}
	x.screening = map[string]any{
		"checkType":     checkType,
		"attemptId":     x.attempt().id,
		"sessionId":     x.id,
		"vendorData":    x.vendorData,
		"endUserId":     x.endUserID,
		"matchStatus":   matchStatus,
		"monitorStatus": nil,
		"searchTerm": map[string]any{
			"name":            strings.TrimSpace(x.person.FirstName + " " + x.person.LastName),
			"year":            year,
			"lists":           []any{},
			"countries":       []any{},
			"exactMatch":      false,
			"matchThreshold":  nil,
			"excludeDeceased": false,
		},
		"totalHits": json.Number(strconv.Itoa(len(hits))),
		"createdAt": s.timestamp(s.clock.Now()),
		"hits":      []any{},
	}
	fake.Merge(x.screening, fields)
	s.produce(WatchlistWebhook, x.id, fake.EncodeJSON(x.screening))
}
