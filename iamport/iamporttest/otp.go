package iamporttest

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// An otp is what is asked of a person who certifies without a browser: a code,
// or with KCP an approval in an app.
type otp struct {
	code     string // empty in an app
	sent     time.Time
	wrong    int
	approved bool // in the app
	person   Person
}

// requestOTP is POST /certifications/otp/request.
func (s *Server) requestOTP(c *call) (any, *refusal) {
	p, no := c.params("is_mvno")
	if no != nil {
		return nil, no
	}
	gateway, person, no := s.judgeOTPRequest(p)
	if no != nil {
		return nil, no
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	merchantUID := p.text("merchant_uid")
	if merchantUID != "" && s.find(func(x *certification) bool {
		bound := s.settings.uniqueMerchantUID || gateway == KCP && x.otp != nil && x.attempt.Gateway == KCP
		return bound && x.attempt.MerchantUID == merchantUID
	}) != nil {
		return nil, usedMerchantUID()
	}
	x := s.add(Attempt{MerchantUID: merchantUID, Gateway: gateway, Tier: c.tier})
	x.otp = &otp{sent: s.clock.Now(), person: person}
	if p.text("verification_method") != "APP" {
		x.otp.code = digits(6)
	}
	return map[string]any{"imp_uid": x.impUID}, nil
}

// OTPCode is the code that the person got, six digits. There is none for a
// certification in the window or in an app.
func (s *Server) OTPCode(impUID string) (string, error) {
	var code string
	err := s.change(impUID, func(x *certification) error {
		if x.otp == nil || x.otp.code == "" {
			return errors.New("iamporttest: nobody was sent a code")
		}
		code = x.otp.code
		return nil
	})
	return code, s.fail(err)
}

// ApproveInApp is the person's approval in the app, after which a certification
// that was requested with method APP can be confirmed.
func (s *Server) ApproveInApp(impUID string) error {
	return s.fail(s.change(impUID, func(x *certification) error {
		if x.otp == nil || x.otp.code != "" {
			return errors.New("iamporttest: nobody was asked to approve in an app")
		}
		if err := x.mustBeBegun(); err != nil {
			return err
		}
		x.otp.approved = true
		return nil
	}))
}

// judgeOTPRequest tells the gateway and the person of a request for a code.
func (s *Server) judgeOTPRequest(p params) (Gateway, Person, *refusal) {
	gateway, person := Gateway(""), Person{}
	no := s.judgeNames(p, "name", "phone", "birth", "gender_digit", "carrier", "is_mvno", "company", "merchant_uid",
		"pg", "channel_key", "verification_method", "bypass", "ip")
	if no == nil {
		no = p.judgeTexts("name", "phone", "birth", "gender_digit", "carrier", "company", "merchant_uid",
			"pg", "channel_key", "verification_method", "ip")
	}
	if no == nil {
		no = s.judgeRequired(p)
	}
	if no == nil {
		gateway, no = s.judgeOTPGateway(p)
	}
	if no == nil {
		person, no = s.judgeOTPPerson(p)
	}
	if no == nil {
		no = s.judgeOTPMethod(p, gateway)
	}
	return gateway, person, no
}

func (s *Server) judgeRequired(p params) *refusal {
	required := []string{"name", "phone", "birth", "gender_digit", "carrier"}
	if !s.settings.channelKeyOptional {
		required = append(required, "channel_key")
	}
	required = slices.DeleteFunc(required, func(name string) bool { return p.text(name) != "" })
	if len(required) > 0 {
		return missing(required...)
	}
	return nil
}

// judgeOTPGateway tells the gateway, by the channel key first.
func (s *Server) judgeOTPGateway(p params) (Gateway, *refusal) {
	gateway := Danal
	if pg := p.text("pg"); pg != "" {
		g, ok := s.judgePG(pg)
		if !ok {
			return "", wrong("pg")
		}
		gateway = g
	}
	key := p.text("channel_key")
	if key != "" {
		g, ok := s.channel(key)
		if !ok {
			return "", wrong("channel_key")
		}
		gateway = g
	}
	switch {
	case gateway != Danal && gateway != KCP:
		return "", invalid("OTP 본인인증을 지원하지 않는 PG사입니다.")
	case gateway == KCP && key == "":
		return "", missing("channel_key")
	}
	return gateway, nil
}

// judgePG tells the gateway that pg names, by itself or with the merchant's id.
func (s *Server) judgePG(pg string) (Gateway, bool) {
	name, mid, hasMID := strings.Cut(pg, ".")
	g := Gateway(name)
	return g, g.known() && (!hasMID || mid == s.mid(g))
}

// judgeOTPPerson tells whom the parameters describe.
func (s *Server) judgeOTPPerson(p params) (Person, *refusal) {
	phone, birth := onlyDigits(p.text("phone")), onlyDigits(p.text("birth"))
	if match, _ := regexp.MatchString(`^01[0-9]{8,9}$`, phone); !match {
		return Person{}, wrong("phone")
	}
	digit := p.text("gender_digit")
	if len(digit) != 1 || !strings.Contains("12345678", digit) {
		return Person{}, wrong("gender_digit")
	}
	century := "19"
	if strings.Contains("3478", digit) {
		century = "20"
	}
	born, err := time.Parse("20060102", century+birth)
	if err != nil || born.Format(time.DateOnly) > s.today().Format(time.DateOnly) {
		return Person{}, wrong("birth")
	}
	carrier := p.text("carrier")
	if !slices.Contains([]string{"SKT", "KT", "LGT"}, carrier) {
		return Person{}, wrong("carrier")
	}
	mvno, ok := p.flag("is_mvno")
	if !ok {
		return Person{}, wrong("is_mvno")
	}
	if mvno {
		carrier += "_MVNO"
	}
	gender := "female"
	if strings.Contains("1357", digit) {
		gender = "male"
	}
	return Person{
		Name:      p.text("name"),
		Birthday:  born.Format(time.DateOnly),
		Gender:    gender,
		Foreigner: digit >= "5",
		Phone:     phone,
		Carrier:   carrier,
	}, nil
}

// judgeOTPMethod judges what the gateways disagree on.
func (s *Server) judgeOTPMethod(p params, gateway Gateway) *refusal {
	bypass, hasBypass := p["bypass"]
	merchantUID, method, ip := p.text("merchant_uid"), p.text("verification_method"), p.text("ip")
	_, hasMethod := p["verification_method"]
	_, hasIP := p["ip"]
	switch {
	case hasMethod && method != "SMS" && (method != "APP" || gateway != KCP):
		return wrong("verification_method")
	case gateway != KCP && hasBypass:
		return wrong("bypass")
	case hasIP && !isIP(ip):
		return wrong("ip")
	case gateway != KCP:
		return nil
	}
	if match, _ := regexp.MatchString(`^[0-9A-Za-z]{0,40}$`, merchantUID); !match {
		return wrong("merchant_uid")
	}
	if s.settings.ipRequired && !hasIP {
		return missing("ip")
	}
	if !hasBypass {
		return missing("bypass")
	}
	return s.judgeBypass(bypass)
}

// judgeBypass judges KCP's own parameters: an object, or its JSON text.
func (s *Server) judgeBypass(v any) *refusal {
	if written, ok := v.(string); ok {
		decoded, err := fake.DecodeJSON([]byte(written))
		if err != nil {
			return wrong("bypass")
		}
		v = decoded
	}
	bypass, _ := v.(map[string]any)
	kcp, ok := bypass["kcpV2"].(map[string]any)
	if !ok {
		return wrong("bypass")
	}
	inner := params(kcp)
	switch {
	case s.judgeNames(bypass, "kcpV2") != nil,
		s.judgeNames(inner, "media_type", "web_siteid", "cp_sms_msg", "cp_callback") != nil,
		inner.judgeTexts("media_type", "web_siteid", "cp_sms_msg", "cp_callback") != nil:
		return wrong("bypass")
	case inner["media_type"] == nil:
		return missing("bypass.kcpV2.media_type")
	case !slices.Contains([]string{"MC01", "MC02"}, inner.text("media_type")):
		return wrong("bypass.kcpV2.media_type")
	case inner["cp_sms_msg"] != nil && !strings.Contains(inner.text("cp_sms_msg"), "[000000]"):
		return wrong("bypass.kcpV2.cp_sms_msg")
	}
	return nil
}

// flag is a parameter that is true or false, and false when it is not there.
func (p params) flag(name string) (value, ok bool) {
	v, there := p[name]
	value, ok = v.(bool)
	return value, ok || !there
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}
