package iamporttest

import (
	"maps"
	"slices"
	"strconv"
)

// getCertification is GET /certifications/{imp_uid}.
func (s *Server) getCertification(c *call) (any, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.visible(c)
	if x == nil {
		return nil, noCertification()
	}
	return s.answer(x), nil
}

// deleteCertification is DELETE /certifications/{imp_uid}. It answers with what
// was there.
func (s *Server) deleteCertification(c *call) (any, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.visible(c)
	if x == nil {
		return nil, noCertification()
	}
	s.certifications = slices.DeleteFunc(s.certifications, func(y *certification) bool { return y == x })
	return s.answer(x), nil
}

// visible is the certification that a call names, nil if there is none for its
// tier.
func (s *Server) visible(c *call) *certification {
	return s.find(func(x *certification) bool {
		all := c.tier == "" && s.settings.agentSeesTiers
		return x.impUID == c.impUID && (all || x.attempt.Tier == c.tier)
	})
}

// answer is a certification as the API tells it.
func (s *Server) answer(x *certification) map[string]any {
	p, gateway := x.person, x.attempt.Gateway
	certified := x.status == statusCertified
	answer := map[string]any{
		"imp_uid":        x.impUID,
		"merchant_uid":   x.attempt.MerchantUID,
		"pg_tid":         orNull(x.pgTID),
		"pg_provider":    gateway,
		"name":           orNull(p.Name),
		"gender":         orNull(p.Gender),
		"birth":          0,
		"birthday":       orNull(p.Birthday),
		"foreigner":      false,
		"foreigner_v2":   nil,
		"certified":      certified,
		"certified_at":   x.certifiedAt,
		"unique_key":     nil,
		"unique_in_site": nil,
		"origin":         x.origin,
	}
	if p.Birthday != "" {
		answer["birth"] = seoulMidnight(p.born())
	}
	if p.Name != "" {
		answer["unique_key"] = p.ci()
		answer["unique_in_site"] = p.di(s.mid(gateway))
		if gateway == Danal && s.settings.foreigner {
			answer["foreigner"], answer["foreigner_v2"] = p.Foreigner, p.Foreigner
		}
	}
	if gateway == InicisUnified {
		answer["unique_in_site"] = nil
		if s.settings.noCI && p.Name != "" {
			answer["unique_key"] = ""
		}
	}
	s.tellPhone(answer, "phone", p.Phone, gateway != Inicis)
	s.tellPhone(answer, "carrier", p.Carrier, gateway == Danal || gateway == KCP)
	if s.settings.noBirth {
		delete(answer, "birth")
	}
	if s.settings.noBirthday {
		delete(answer, "birthday")
	}
	if s.settings.stringCertifiedAt {
		answer["certified_at"] = strconv.FormatInt(x.certifiedAt, 10)
	}
	maps.Copy(answer, x.fields)
	return answer
}

// tellPhone tells the phone or the carrier, if the contract and the gateway
// have it.
func (s *Server) tellPhone(answer map[string]any, name, value string, has bool) {
	switch {
	case s.settings.phone && has && value != "":
		answer[name] = value
	case s.settings.nullPhone:
		answer[name] = nil
	}
}
