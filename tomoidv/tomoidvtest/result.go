package tomoidvtest

import "slices"

// result is POST /v1/idv/result.
func (s *Server) result(c *call) (any, *refusal) {
	var userID, country, key string
	body, no := s.object(c, map[string]judge{
		"user_id": textInto(&userID),
		"country": countryInto(&country),
		"policy":  later, // not kyc_policy, as everywhere else
	}, "user_id")
	if no != nil {
		return nil, no
	}
	if v, there := body["policy"]; there {
		policy, no := s.judgePolicy("policy", country, v)
		if no != nil {
			return nil, no
		}
		key = policy.Key(country)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, known := s.find(c.client, userID)
	found = slices.DeleteFunc(s.visible(found, c.contract14), func(r *record) bool {
		return country != "" && r.country != country || key != "" && r.policyKey != key
	})
	if len(found) == 0 {
		if no := s.absent(known, EmptyResults); no != nil {
			return nil, no
		}
	}
	answer := make(map[string]any)
	if c.contract14 {
		answer["user_id"] = userID
		if n := len(found); n > 0 && !s.settings.sentUserID {
			answer["user_id"] = found[n-1].ppid
		}
	}
	single := s.settings.resultForm == SingleWhenOne || s.settings.resultForm == SingleWhenAsked && key != ""
	if single && len(found) == 1 {
		answer["result"] = found[0].body(c.contract14)
		return answer, nil
	}
	results := []any{}
	for _, r := range found {
		results = append(results, r.body(c.contract14))
	}
	answer["results"] = results
	return answer, nil
}

// kyc is POST /v1/idv/kyc/get: the latest result in a country.
func (s *Server) kyc(c *call) (any, *refusal) {
	var userID, country string
	_, no := s.object(c, map[string]judge{
		"user_id": textInto(&userID),
		"country": countryInto(&country),
	}, "user_id", "country")
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, known := s.find(c.client, userID)
	for _, r := range slices.Backward(s.visible(found, false)) {
		if r.country == country {
			return r.body(false)["result"], nil
		}
	}
	return nil, s.absent(known, BadRequest)
}

// absent refuses as the settings have it where nothing was found. Empty stands
// for EmptyResults, which refuses nothing.
func (s *Server) absent(known bool, empty Absence) *refusal {
	way, message := s.settings.noResult, "no result"
	if !known {
		way, message = s.settings.unknownUser, "unknown user"
	}
	if way == EmptyResults {
		way = empty
	}
	switch way {
	case NotFound:
		return notFound(message)
	case BadRequest:
		return invalid(message)
	}
	return nil
}
