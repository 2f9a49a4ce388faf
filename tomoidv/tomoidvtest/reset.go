package tomoidvtest

import "slices"

// reset is POST /v1/idv/reset: what the user has done under one policy is
// forgotten, so that it can be done again.
func (s *Server) reset(c *call) (any, *refusal) {
	var userID, country string
	body, no := s.object(c, map[string]judge{
		"user_id":    textInto(&userID),
		"country":    countryInto(&country),
		"kyc_policy": later,
	}, "user_id", "country", "kyc_policy")
	if no != nil {
		return nil, no
	}
	policy, no := s.judgePolicy("kyc_policy", country, body["kyc_policy"])
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, _ := s.find(c.client, userID)
	found = slices.DeleteFunc(found, func(r *record) bool {
		return r.policyKey != policy.Key(country) || s.settings.finalApprovals && r.status == statusApproved
	})
	if len(found) == 0 {
		return map[string]any{"status": "not_resettable"}, nil
	}
	s.drop(func(r *record) bool { return slices.Contains(found, r) })
	return map[string]any{"status": "reset"}, nil
}
