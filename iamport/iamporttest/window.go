package iamporttest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// windowPath is where iamport.js posts what the page said to it.
const windowPath = "/v1/window"

// An opening is what iamport.js posts.
type opening struct {
	attempt Attempt
	hint    Person
	target  string // origin of the page that waits for a popup; empty without one
	carrier bool   // is one that Danal knows
}

// openWindow is a call to IMP.certification: it begins, or tells what is wrong
// with the parameters.
func (s *Server) openWindow(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		s.render(w, pageData{State: "refused", Alert: "The parameters could not be read."})
		return
	}
	address := ""
	o, no := s.judgeWindow(r.PostForm)
	if no == nil {
		address, no = s.beginWindow(o)
	}
	if no != nil {
		data := pageData{State: "refused", Alert: no.message}
		if o.target != "" {
			data.Popup = &popup{State: "ended", Target: o.target, RSP: string(fake.EncodeJSON(rsp{
				MerchantUID: orNull(o.attempt.MerchantUID),
				ErrorMsg:    no.message,
			}))}
		}
		s.render(w, data)
		return
	}
	seeOther(w, address)
}

// beginWindow begins a certification and tells where the person goes.
func (s *Server) beginWindow(o opening) (address string, no *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings.uniqueMerchantUID && s.isUsed(o.attempt.MerchantUID) {
		return "", usedMerchantUID()
	}
	x := s.begin(o.attempt, o.hint)
	x.target = o.target
	if !o.carrier {
		_ = x.fails("9010", "통신사 정보가 올바르지 않습니다.") // it has just begun
		return s.end(x), nil
	}
	return hostedPath + x.token, nil
}

// judgeWindow judges what the page said to iamport.js. What it says about the
// target and the merchant_uid holds also for a refusal.
func (s *Server) judgeWindow(form url.Values) (opening, *refusal) {
	o := opening{carrier: true}
	redirect := form.Get("mode") == "redirect"
	if !redirect {
		o.target = messageTarget(form.Get("origin"))
	}
	v, err := fake.DecodeJSON([]byte(form.Get("param")))
	object, ok := v.(map[string]any)
	if err != nil || !ok {
		return o, wrong("param")
	}
	p := params(object)
	o.attempt.MerchantUID = p.text("merchant_uid")
	o.attempt.Tier = form.Get("tier")
	o.attempt.Origin = form.Get("page")
	no := s.judgeNames(p, "channelKey", "pg", "merchant_uid", "min_age", "name", "phone", "carrier", "company",
		"m_redirect_url", "popup")
	if no == nil {
		no = p.judgeTexts("channelKey", "pg", "merchant_uid", "name", "phone", "carrier", "company", "m_redirect_url")
	}
	if no == nil {
		o.attempt.MinAge, no = p.minAge()
	}
	if no == nil {
		o.attempt.Gateway, no = s.judgeWindowGateway(p)
	}
	address := p.text("m_redirect_url")
	_, hasPopup := p["popup"]
	_, popupIsFlag := p["popup"].(bool)
	switch {
	case form.Get("user_code") != s.UserCode:
		return o, invalid("등록되지 않은 가맹점 식별코드입니다.")
	case o.attempt.Tier != "" && !s.hasTier(o.attempt.Tier):
		return o, invalid("등록되지 않은 하위 상점입니다.")
	case no != nil:
		return o, no
	case hasPopup && !popupIsFlag:
		return o, wrong("popup")
	case redirect && address == "":
		return o, missing("m_redirect_url")
	case address != "" && !isWebURL(address):
		return o, wrong("m_redirect_url")
	}
	if redirect {
		o.attempt.RedirectURL = address
	}
	if carrier := p.text("carrier"); o.attempt.Gateway == Danal {
		o.carrier = slices.Contains([]string{"", "SKT", "KTF", "LGT", "MVNO"}, carrier)
		o.hint = Person{Name: p.text("name"), Phone: onlyDigits(p.text("phone"))}
		switch carrier {
		case "SKT", "LGT":
			o.hint.Carrier = carrier
		case "KTF":
			o.hint.Carrier = "KT"
		}
	}
	return o, nil
}

// judgeWindowGateway tells the gateway: Danal if the page names none.
func (s *Server) judgeWindowGateway(p params) (Gateway, *refusal) {
	gateway, ok := Danal, true
	if pg := p.text("pg"); pg != "" {
		if gateway, ok = s.judgePG(pg); !ok {
			return "", wrong("pg")
		}
	}
	if key := p.text("channelKey"); key != "" {
		if gateway, ok = s.channel(key); !ok {
			return "", wrong("channelKey")
		}
	}
	return gateway, nil
}

// minAge is the parameter min_age, 0 if it is not there.
func (p params) minAge() (int, *refusal) {
	v, there := p["min_age"]
	if !there {
		return 0, nil
	}
	number, _ := v.(json.Number)
	years, err := number.Int64()
	if err != nil || years < 0 || years > 200 {
		return 0, wrong("min_age")
	}
	return int(years), nil
}

// messageTarget is to whom a popup's messages go: the page's origin, or, when
// it has none, as a file, whoever opened the popup.
func messageTarget(origin string) string {
	if match, _ := regexp.MatchString(`^https?://[0-9A-Za-z.:[\]-]+$`, origin); match {
		return origin
	}
	return "*"
}

// sentence makes one of a problem's words.
func sentence(problem string) string {
	return strings.ToUpper(problem[:1]) + problem[1:] + "."
}
