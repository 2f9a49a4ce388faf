package kyctest

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/kyckit/kyckit-go/kyc"
)

// patience is how long a provider may take for what it should do at once. Only
// one that breaks a rule is waited for.
const patience = 10 * time.Second

// A rule is a part of the contract, in its name, with what tests it.
type rule struct {
	name  string
	check func(*suite)
}

func (r rule) run(t testing.TB, newHarness func(testing.TB, *slog.Logger) *Harness) {
	s := &suite{TB: t, newHarness: newHarness, log: new(buffer)}
	s.Harness = s.another()
	s.provider = s.NewProvider()
	r.check(s)
}

// A suite is what one rule is tested with.
type suite struct {
	testing.TB
	*Harness
	provider   kyc.Provider
	newHarness func(testing.TB, *slog.Logger) *Harness
	log        *buffer
}

// another is a harness with a vendor of its own.
func (s *suite) another() *Harness {
	s.Helper()
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := s.newHarness(s.TB, log)
	if h == nil {
		s.Fatal("there is no harness")
	}
	h.complete(s.TB)
	return h
}

// absent says what is not tested, and why.
func (s *suite) absent(format string, args ...any) {
	s.Helper()
	s.Logf("not exercised: "+format, args...)
}

func request() *kyc.StartRequest {
	return &kyc.StartRequest{Reference: "user-42", ReturnURL: "https://shop.example/back?account=42"}
}

// People whose names are in Hangul, in Latin letters and in several scripts.
func people() []kyc.Person {
	return []kyc.Person{
		{FullName: "홍미래", GivenName: "미래", FamilyName: "홍", BirthDate: "1990-03-01"},
		{FullName: "Mirae O'Neil-García", GivenName: "Mirae", FamilyName: "O'Neil-García", BirthDate: "1985-12-31"},
		{FullName: "Hong (洪) 미래", GivenName: "미래 Mirae", FamilyName: "Hong (洪)", BirthDate: "1977-07-07"},
	}
}

// start is a check that was just begun.
func (s *suite) start() *kyc.Check {
	s.Helper()
	check, err := s.provider.Start(s.Context(), request())
	if err != nil || check == nil {
		s.Fatalf("Start: %v, %v", check, err)
	}
	return check
}

// decided is check after an outcome, with what the browser or a webhook brought.
func (s *suite) decided(check *kyc.Check, status kyc.Status, person kyc.Person) *kyc.Check {
	s.Helper()
	s.Outcomes[status](check, person)
	return s.noticed(check)
}

// approved is a check of person that the vendor approved.
func (s *suite) approved(person kyc.Person) *kyc.Check {
	s.Helper()
	return s.decided(s.start(), kyc.StatusApproved, person)
}

// noticed is check with one notice applied, if the provider has any.
func (s *suite) noticed(check *kyc.Check) *kyc.Check {
	s.Helper()
	switch {
	case s.Return != nil:
		return s.apply(check, s.parseReturn(check))
	case s.Webhook != nil:
		return s.apply(check, s.parseWebhook(check))
	}
	return check
}

func (s *suite) parseReturn(check *kyc.Check) *kyc.Notice {
	s.Helper()
	notice, err := kyc.ParseReturn(s.provider, s.Return(check))
	return s.notice("ParseReturn", notice, err)
}

func (s *suite) parseWebhook(check *kyc.Check) *kyc.Notice {
	s.Helper()
	notice, err := kyc.ParseWebhook(s.provider, s.Webhook(check))
	return s.notice("ParseWebhook", notice, err)
}

func (s *suite) notice(of string, notice *kyc.Notice, err error) *kyc.Notice {
	s.Helper()
	if err != nil || notice == nil {
		s.Fatalf("%s of what is genuine: %v, %v", of, notice, err)
	}
	return notice
}

func (s *suite) apply(check *kyc.Check, notice *kyc.Notice) *kyc.Check {
	s.Helper()
	applied, err := check.Apply(notice)
	if err != nil {
		s.Fatalf("the check does not take its own notice: %v", err)
	}
	return applied
}

// webhook is a genuine one, in parts.
func (s *suite) webhook(check *kyc.Check) (http.Header, []byte) {
	s.Helper()
	call := s.Webhook(check)
	body, err := io.ReadAll(call.Body)
	if err != nil {
		s.Fatal(err)
	}
	return call.Header, body
}

// ask is what provider answers about check.
func (s *suite) ask(provider kyc.Provider, check *kyc.Check) *kyc.Result {
	s.Helper()
	result, err := provider.Result(s.Context(), check)
	if err != nil || result == nil {
		s.Fatalf("Result: %v, %v", result, err)
	}
	return result
}

// wants fails the test unless provider tells the status of check.
func (s *suite) wants(provider kyc.Provider, check *kyc.Check, status kyc.Status, when string) *kyc.Result {
	s.Helper()
	result := s.ask(provider, check)
	if result.Status != status {
		s.Errorf("%s, Result is %v, not %v", when, result.Status, status)
	}
	return result
}

// refuses fails the test unless err is the portable error of that kind.
func (s *suite) refuses(err, kind error, what string) {
	s.Helper()
	var failed *kyc.Error
	switch {
	case !errors.Is(err, kind):
		s.Errorf("%s: the error is %v, not %v", what, err, kind)
	case !errors.As(err, &failed):
		s.Errorf("%s: the error is no *kyc.Error: %v", what, err)
	}
}

// nothing fails the test if a value came with an error.
func (s *suite) nothing(none bool, err error, what string) {
	s.Helper()
	if err != nil && !none {
		s.Errorf("%s gives something with its error", what)
	}
}

// sendsNothing fails the test if call sends the vendor anything.
func (s *suite) sendsNothing(what string, call func()) {
	s.Helper()
	before := s.Requests()
	call()
	if sent := s.Requests() - before; sent != 0 {
		s.Errorf("%s sends the vendor %d requests", what, sent)
	}
}

// A buffer is a log that any number of goroutines can write.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
