package iamporttest

import (
	"regexp"
)

// confirmOTP is POST /certifications/otp/confirm/{imp_uid}.
func (s *Server) confirmOTP(c *call) (any, *refusal) {
	p, no := c.params()
	if no == nil {
		no = s.judgeNames(p, "otp", "imp_uid")
	}
	if no == nil {
		no = p.judgeTexts("otp", "imp_uid")
	}
	if no != nil {
		return nil, no
	}
	if id, there := p["imp_uid"]; there && id != c.impUID {
		return nil, wrong("imp_uid")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.visible(c)
	if x == nil || x.otp == nil {
		return nil, noCertification()
	}
	if x.status == statusCertified {
		return nil, invalid("이미 인증이 완료되었습니다.")
	}
	if no := s.confirm(x, p); no != nil {
		return nil, no
	}
	s.certify(x, x.otp.person)
	return s.answer(x), nil
}

// confirm judges the code, or the approval in the app.
func (s *Server) confirm(x *certification, p params) *refusal {
	code := p.text("otp")
	_, hasCode := p["otp"]
	inApp := x.otp.code == ""
	match, _ := regexp.MatchString(`^[0-9]{6}$`, code)
	switch {
	case inApp && hasCode:
		return wrong("otp")
	case !inApp && code == "":
		return missing("otp")
	case !inApp && !match:
		return wrong("otp")
	case x.status != statusBegun:
		return s.gatewayRefusal("인증 시도 횟수를 초과하였습니다.")
	case s.clock.Now().Sub(x.otp.sent) >= s.settings.otpLife:
		return s.gatewayRefusal("인증 유효시간이 만료되었습니다.")
	case inApp && !x.otp.approved:
		return s.gatewayRefusal("앱 인증이 완료되지 않았습니다.")
	case code != x.otp.code:
		if x.otp.wrong++; x.otp.wrong == s.settings.otpTries {
			x.status = statusFailed
		}
		return s.gatewayRefusal("인증번호가 일치하지 않습니다.")
	}
	return nil
}

func (s *Server) gatewayRefusal(message string) *refusal {
	return &refusal{s.settings.gatewayRefusalStatus, message}
}
