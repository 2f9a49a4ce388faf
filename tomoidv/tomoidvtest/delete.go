package tomoidvtest

import "slices"

// deleteResult is POST /v1/idv/result/delete.
func (s *Server) deleteResult(c *call) (any, *refusal) {
	var userID string
	if _, no := s.object(c, map[string]judge{"user_id": textInto(&userID)}, "user_id"); no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.delete(c.client, userID), nil
}

// deleteResults is POST /v1/idv/result/bulk-delete.
func (s *Server) deleteResults(c *call) (any, *refusal) {
	var userIDs []string
	_, no := s.object(c, map[string]judge{"user_ids": func(name string, v any) *refusal {
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			return wrong(name)
		}
		for _, e := range list {
			if text(e) == "" {
				return wrong(name)
			}
			userIDs = append(userIDs, text(e))
		}
		return nil
	}}, "user_ids")
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	results := []any{}
	for _, userID := range userIDs {
		results = append(results, s.delete(c.client, userID))
	}
	return map[string]any{"results": results}, nil
}

// delete forgets all that is known of a person.
func (s *Server) delete(c *client, userID string) map[string]any {
	found, _ := s.find(c, userID)
	if !s.isPPID(c, userID) && !s.settings.deleteByUserID || len(found) == 0 {
		return map[string]any{"status": "not_deletable"}
	}
	s.drop(func(r *record) bool { return slices.Contains(found, r) })
	return map[string]any{"status": "deleted"}
}
