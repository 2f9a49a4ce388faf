package kyctest

import (
	"regexp"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// word is what kychttp takes, and a column of 32 characters holds.
var word = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

func stableName(s *suite) {
	name := s.provider.Name()
	if !word.MatchString(name) {
		s.Errorf("Name is %q", name)
	}
	if again, other := s.provider.Name(), s.NewProvider().Name(); again != name || other != name {
		s.Errorf("Name is %q, then %q, and another provider's is %q", name, again, other)
	}
}

func wholeCheck(s *suite) {
	req := request()
	before := time.Now()
	check, err := s.provider.Start(s.Context(), req)
	after := time.Now()
	if err != nil || check == nil {
		s.Fatalf("Start: %v, %v", check, err)
	}
	if err := check.Validate(s.provider.Name()); err != nil {
		s.Errorf("the check is not valid: %v", err)
	}
	if check.Reference != req.Reference || check.ReturnURL != req.ReturnURL {
		s.Error("the check does not have the request's Reference and ReturnURL")
	}
	if check.StartedAt.Before(before.Round(0)) || check.StartedAt.After(after.Round(0)) {
		s.Errorf("StartedAt is %v, and Start was called from %v to %v", check.StartedAt, before, after)
	}
	if check.VendorIDClaimed {
		s.Error("VendorIDClaimed is set, and nobody has claimed anything")
	}
	if _, ok := s.provider.(kyc.Launcher); !ok && check.URL == "" {
		s.Error("the person has nowhere to go: there is no URL, and the provider is no Launcher")
	}
	if stored := s.stored(check); *stored != *check {
		s.Error("read back from storage, the check is another")
	}
	if _, err := s.provider.Start(s.Context(), wholeRequest()); err != nil {
		s.Errorf("with all hints, Start fails: %v", err)
	}
}

// wholeRequest has every hint. A provider leaves out what its vendor does not
// take.
func wholeRequest() *kyc.StartRequest {
	req := request()
	req.Hints = kyc.Hints{
		FullName: "Hong (洪) 미래", GivenName: "미래 Mirae", FamilyName: "Hong (洪)", BirthDate: "1977-07-07",
		Email: "mirae@mail.example", Phone: "+82 10-0000-0000", Country: "KR",
		DocumentType: kyc.DocumentPassport, Language: "ko-KR",
	}
	return req
}

func checkIDs(s *suite) {
	req := request()
	req.CheckID = kyc.NewCheckID()
	check, err := s.provider.Start(s.Context(), req)
	if err != nil || check == nil {
		s.Fatalf("Start: %v, %v", check, err)
	}
	if check.ID != req.CheckID {
		s.Error("Start does not use the request's CheckID")
	}
	seen := map[string]bool{check.ID: true}
	for range 3 {
		check := s.start()
		if !kyc.IsCheckID(check.ID) {
			s.Error("the id is not one from kyc.NewCheckID")
		}
		if seen[check.ID] {
			s.Error("two checks have one id")
		}
		seen[check.ID] = true
	}
}

func wrongRequests(s *suite) {
	for field, spoil := range map[string]func(*kyc.StartRequest){
		"CheckID":            func(r *kyc.StartRequest) { r.CheckID = "user-42" },
		"Reference":          func(r *kyc.StartRequest) { r.Reference = strings.Repeat("a", 257) },
		"ReturnURL":          func(r *kyc.StartRequest) { r.ReturnURL = "http://shop.example/" },
		"Hints.FullName":     func(r *kyc.StartRequest) { r.Hints.FullName = "a\nb" },
		"Hints.GivenName":    func(r *kyc.StartRequest) { r.Hints.GivenName = "\xff" },
		"Hints.FamilyName":   func(r *kyc.StartRequest) { r.Hints.FamilyName = "\x00" },
		"Hints.BirthDate":    func(r *kyc.StartRequest) { r.Hints.BirthDate = "1990-02-30" },
		"Hints.Email":        func(r *kyc.StartRequest) { r.Hints.Email = "mirae" },
		"Hints.Phone":        func(r *kyc.StartRequest) { r.Hints.Phone = "none" },
		"Hints.Country":      func(r *kyc.StartRequest) { r.Hints.Country = "Korea" },
		"Hints.DocumentType": func(r *kyc.StartRequest) { r.Hints.DocumentType = "library card" },
		"Hints.Language":     func(r *kyc.StartRequest) { r.Hints.Language = "한국어" },
	} {
		req := wholeRequest()
		spoil(req)
		s.refusesRequest(req, "with a wrong "+field)
	}
	s.refusesRequest(nil, "without a request")
}

func (s *suite) refusesRequest(req *kyc.StartRequest, what string) {
	s.Helper()
	s.sendsNothing("Start "+what, func() {
		check, err := s.provider.Start(s.Context(), req)
		s.refuses(err, kyc.ErrInvalidRequest, "Start "+what)
		s.nothing(check == nil, err, "Start "+what)
	})
}
