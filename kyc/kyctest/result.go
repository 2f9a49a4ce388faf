package kyctest

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// statuses are those that a check can come to.
func statuses() []kyc.Status {
	return []kyc.Status{
		kyc.StatusApproved, kyc.StatusDeclined, kyc.StatusReview, kyc.StatusResubmit,
		kyc.StatusExpired, kyc.StatusAbandoned, kyc.StatusCanceled, kyc.StatusUnknown,
	}
}

func pending(s *suite) {
	check := s.start()
	for range 2 {
		result := s.wants(s.provider, check, kyc.StatusPending, "before anybody finished")
		if !result.DecidedAt.IsZero() || result.Person != (kyc.Person{}) || len(result.Keys) > 0 {
			s.Error("a pending result says when it was decided, or about whom")
		}
	}
}

func outcomes(s *suite) {
	for i, status := range statuses() {
		if s.Outcomes[status] == nil {
			s.absent("the provider does not reach the status %v", status)
			continue
		}
		check := s.decided(s.start(), status, people()[i%len(people())])
		s.wants(s.provider, check, status, "after the outcome "+status.String())
	}
}

func persons(s *suite) {
	for _, person := range people() {
		result := s.ask(s.provider, s.approved(person))
		s.isAbout(result, person)
	}
}

// isAbout fails the test unless the result names person, and in no other way.
func (s *suite) isAbout(result *kyc.Result, person kyc.Person) {
	s.Helper()
	got := result.Person
	for _, field := range []struct{ name, got, sent string }{
		{"FullName", got.FullName, person.FullName},
		{"GivenName", got.GivenName, person.GivenName},
		{"FamilyName", got.FamilyName, person.FamilyName},
		{"BirthDate", string(got.BirthDate), string(person.BirthDate)},
	} {
		if field.got != "" && field.got != field.sent {
			s.Errorf("%s of %s is told as %q", field.name, person.FullName, field.got)
		}
	}
	if got.FullName == "" && got.FamilyName == "" && got.BirthDate == "" {
		s.Errorf("of %s, neither the name nor the birth date is told", person.FullName)
	}
}

func wholeResults(s *suite) {
	before := time.Now().Round(0)
	check := s.start()
	s.isWhole(s.ask(s.provider, check), check, before)
	for _, status := range statuses() {
		if s.Outcomes[status] == nil {
			continue
		}
		check := s.decided(s.start(), status, people()[0])
		result := s.ask(s.provider, check)
		s.isWhole(result, check, before)
		evidence := result.Evidence
		if hash, err := hex.DecodeString(evidence.SHA256); err != nil || len(hash) != 32 || strings.ToLower(evidence.SHA256) != evidence.SHA256 {
			s.Errorf("%v: Evidence.SHA256 is %q", status, evidence.SHA256)
		}
		if !evidence.Signature.Known() || evidence.FetchedAt.IsZero() {
			s.Errorf("%v: the Evidence does not tell when the answer came, or whether it was signed", status)
		}
		if result.Vendor == nil {
			s.Errorf("%v: there is no Vendor", status)
		}
	}
}

// isWhole is for a result that was asked for after before.
func (s *suite) isWhole(r *kyc.Result, check *kyc.Check, before time.Time) {
	s.Helper()
	if r.CheckID != check.ID || r.Provider != s.provider.Name() {
		s.Errorf("%v: the result has not the check's id and provider", r.Status)
	}
	if at := r.Evidence.FetchedAt; !at.IsZero() && (at.Before(before) || at.After(time.Now())) {
		s.Errorf("%v: Evidence.FetchedAt is %v, and it was asked after %v", r.Status, at, before)
	}
	if env := r.Evidence.Environment; env != "" && !env.Known() {
		s.Errorf("%v: Evidence.Environment is %q", r.Status, env)
	}
	for i, key := range r.Keys {
		if key.Kind == "" || strings.TrimSpace(key.Value) == "" || slices.Contains(r.Keys[:i], key) {
			s.Errorf("%v: a key has no kind or no value, or is there twice", r.Status)
		}
	}
	for _, finding := range r.Findings {
		if finding.Kind == "" || finding.Outcome == "" {
			s.Errorf("%v: a finding says nothing", r.Status)
		}
	}
	stored, err := json.Marshal(r)
	if err != nil {
		s.Fatalf("%v: the result cannot be stored: %v", r.Status, err)
	}
	var back kyc.Result
	if err := json.Unmarshal(stored, &back); err != nil {
		s.Fatalf("%v: the result cannot be read back: %v", r.Status, err)
	}
	if again, err := json.Marshal(back); err != nil || string(again) != string(stored) {
		s.Errorf("%v: read back from storage, the result is another", r.Status)
	}
	if back.DecidedAt != r.DecidedAt || back.Evidence.FetchedAt != r.Evidence.FetchedAt {
		s.Errorf("%v: a time is not in UTC, or has a monotonic clock, and is another when read back from storage", r.Status)
	}
	if back.Person != r.Person || back.Document != r.Document {
		s.Errorf("%v: read back from storage, the result says something else", r.Status)
	}
}

// stored is check after it went through JSON.
func (s *suite) stored(check *kyc.Check) *kyc.Check {
	s.Helper()
	out, err := json.Marshal(check)
	if err != nil {
		s.Fatalf("the check cannot be stored: %v", err)
	}
	back := new(kyc.Check)
	if err := json.Unmarshal(out, back); err != nil {
		s.Fatalf("the check cannot be read back: %v", err)
	}
	return back
}

func resumed(s *suite) {
	check := s.start()
	s.wants(s.NewProvider(), s.stored(check), kyc.StatusPending, "in another process")
	check = s.decided(s.stored(check), kyc.StatusApproved, people()[0])
	result := s.wants(s.NewProvider(), s.stored(check), kyc.StatusApproved, "in another process")
	s.isAbout(result, people()[0])
}

func repeated(s *suite) {
	check := s.start()
	for range 3 {
		s.wants(s.provider, check, kyc.StatusPending, "asked again")
	}
	check = s.decided(check, kyc.StatusApproved, people()[0])
	first := s.wants(s.provider, check, kyc.StatusApproved, "after an approval")
	for range 3 {
		again := s.wants(s.provider, check, kyc.StatusApproved, "asked again")
		if again.Supersedes(first) {
			s.Error("the same result supersedes itself when asked again")
		}
		if again.Person != first.Person || !slices.Equal(again.Keys, first.Keys) {
			s.Error("asked again, the result is about somebody else")
		}
	}
}

func resubmitted(s *suite) {
	if s.Outcomes[kyc.StatusResubmit] == nil {
		s.absent("the provider does not reach the status %v", kyc.StatusResubmit)
		return
	}
	check := s.decided(s.start(), kyc.StatusResubmit, people()[0])
	first := s.wants(s.provider, check, kyc.StatusResubmit, "after a resubmission was asked for")
	if first.Status.Final() {
		s.Error("a resubmission is final")
	}
	check = s.decided(check, kyc.StatusApproved, people()[0])
	second := s.wants(s.provider, check, kyc.StatusApproved, "after the second attempt")
	if first.Attempt == second.Attempt && first.Attempt != "" {
		s.Error("two attempts have one name")
	}
	s.supersedes(second, first)
}

func overruled(s *suite) {
	if s.Overrule == nil {
		s.absent("the vendor takes no approval back")
		return
	}
	check := s.approved(people()[0])
	first := s.wants(s.provider, check, kyc.StatusApproved, "after an approval")
	s.Overrule(check)
	second := s.ask(s.provider, check)
	if second.Status == kyc.StatusApproved {
		s.Fatal("what the vendor took back is approved")
	}
	s.supersedes(second, first)
	// An old notice brings nothing back.
	for range 2 {
		if again := s.ask(s.provider, s.noticed(check)); again.Status != second.Status {
			s.Errorf("after a notice, Result is %v, not %v", again.Status, second.Status)
		}
	}
}

func (s *suite) supersedes(later, earlier *kyc.Result) {
	s.Helper()
	if !later.Supersedes(earlier) {
		s.Errorf("%v does not supersede the earlier %v", later.Status, earlier.Status)
	}
	if earlier.Supersedes(later) {
		s.Errorf("%v supersedes the later %v", earlier.Status, later.Status)
	}
}
