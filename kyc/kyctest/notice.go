package kyctest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
)

func returns(s *suite) {
	if s.Return == nil {
		s.absent("the provider is no ReturnParser")
		return
	}
	theirs := s.tells(s.parseReturn)
	mine, stolen := s.start(), s.parseReturn(theirs)
	if stolen.Decided {
		s.Error("a browser's word announces an outcome")
	}
	for _, id := range []string{stolen.CheckID, mine.ID} { // as it is, and edited
		stolen.CheckID = id
		if applied, err := mine.Apply(stolen); err == nil {
			s.admitsNobody(s.provider, applied, theirs, "with another's return")
		}
	}
}

// tells fails the test unless the notices of an approved and of a declined check
// lead to its result, again when they are replayed. It returns the approved one.
func (s *suite) tells(parse func(*kyc.Check) *kyc.Notice) *kyc.Check {
	s.Helper()
	var approved *kyc.Check
	for _, status := range []kyc.Status{kyc.StatusApproved, kyc.StatusDeclined} {
		started := s.start()
		s.Outcomes[status](started, people()[0])
		var first *kyc.Notice
		for range 2 {
			notice := parse(started)
			if notice.CheckID != started.ID && (notice.CheckID != "" || notice.VendorID == "") {
				s.Errorf("the notice of a check that is %v does not name the check", status)
			}
			if first != nil && *notice != *first {
				s.Error("replayed, it is another notice")
			}
			first = notice
			check := s.apply(started, notice)
			if notice.Ahead(s.wants(s.provider, check, status, "with its notice")) {
				s.Errorf("the notice of a check that is %v is still ahead of the result", status)
			}
			if status == kyc.StatusApproved {
				approved = check
			}
		}
	}
	return approved
}

func emptyReturns(s *suite) {
	if s.Return == nil {
		s.absent("the provider is no ReturnParser")
		return
	}
	large := httptest.NewRequest(http.MethodPost, "/back", strings.NewReader(strings.Repeat("a=b&", 1<<19)))
	large.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for what, r := range map[string]*http.Request{
		"no query":        httptest.NewRequest(http.MethodGet, "/back", nil),
		"another query":   httptest.NewRequest(http.MethodGet, "/back?account=42", nil),
		"half a query":    httptest.NewRequest(http.MethodGet, "/back?%zz=1;2", nil),
		"an empty body":   httptest.NewRequest(http.MethodPost, "/back", nil),
		"an endless body": large,
	} {
		notice, err := kyc.ParseReturn(s.provider, r)
		s.refuses(err, kyc.ErrInvalidNotice, "ParseReturn of "+what)
		s.nothing(notice == nil, err, "ParseReturn of "+what)
	}
}

func webhooks(s *suite) {
	if s.Webhook == nil {
		s.absent("the provider is no WebhookParser")
		return
	}
	s.tells(s.parseWebhook)
}

func forgedWebhooks(s *suite) {
	if s.Webhook == nil {
		s.absent("the provider is no WebhookParser")
		return
	}
	check := s.start()
	s.Outcomes[kyc.StatusApproved](check, people()[0])
	header, body := s.webhook(check)
	for i := range body {
		tampered := bytes.Clone(body)
		tampered[i] ^= 1
		if !s.refusesWebhook(header, tampered, "with a bit changed") {
			break // one of them says it
		}
	}
	s.refusesWebhook(header, append(bytes.Clone(body), ' '), "with a space at its end")
	s.refusesWebhook(header, append([]byte(" "), body...), "with a space before it")
	s.refusesWebhook(header, body[:len(body)-1], "cut short")
	s.refusesWebhook(header, nil, "without a body")
	s.refusesWebhook(http.Header{}, body, "without a header")
	s.refusesWebhook(nil, nil, "without anything")

	needed := 0
	for name := range header {
		without := header.Clone()
		delete(without, name)
		if notice, err := s.provider.(kyc.WebhookParser).ParseWebhook(without, body); err != nil {
			s.refuses(err, kyc.ErrSignature, "a webhook without "+name)
			s.nothing(notice == nil, err, "a webhook without "+name)
			needed++
			short := header.Clone()
			short.Set(name, header.Get(name)[:min(4, len(header.Get(name))/2)])
			s.refusesWebhook(short, body, "with a part of "+name)
		}
	}
	if needed == 0 {
		s.Error("a webhook is taken without any of its header's fields, so none signs it")
	}

	other := s.sibling()
	theirs := other.start()
	other.Outcomes[kyc.StatusApproved](theirs, people()[0])
	header, body = other.webhook(theirs)
	s.refusesWebhook(header, body, "of another account")
}

func (s *suite) refusesWebhook(header http.Header, body []byte, what string) bool {
	s.Helper()
	notice, err := s.provider.(kyc.WebhookParser).ParseWebhook(header, body)
	s.refuses(err, kyc.ErrSignature, "a webhook "+what)
	s.nothing(notice == nil, err, "a webhook "+what)
	return is(err, kyc.ErrSignature)
}

func orders(s *suite) {
	parsers := map[string]func(*kyc.Check) *kyc.Notice{}
	if s.Return != nil {
		parsers["return"] = s.parseReturn
	}
	if s.Webhook != nil {
		parsers["webhook"] = s.parseWebhook
	}
	if len(parsers) < 2 {
		s.absent("the provider does not have both, returns and webhooks")
	}
	for _, order := range [][]string{
		{"return", "webhook"}, {"webhook", "return"},
		{"return", "return", "webhook"}, {"webhook", "webhook", "return", "webhook"},
	} {
		order = slices.DeleteFunc(order, func(name string) bool { return parsers[name] == nil })
		check := s.start()
		s.Outcomes[kyc.StatusApproved](check, people()[0])
		for i, name := range order {
			check = s.apply(check, parsers[name](check))
			result := s.wants(s.provider, check, kyc.StatusApproved, "after "+strings.Join(order[:i+1], " and "))
			s.isAbout(result, people()[0])
		}
	}
}
