package kyctest

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kyckit/kyckit-go/internal/secret/secrettest"
	"github.com/kyckit/kyckit-go/kyc"
)

// AssertNoLeak fails the test for each way in which v shows one of the markers:
// itself, behind a pointer, in a slice, in a map and in an exported field of a
// struct, under every verb of fmt and in slog's text, and itself in slog's JSON,
// as it is, quoted, in hex, in base64 or as a list of bytes. Markers are secrets
// or pieces of personal data, long enough to be nothing else.
func AssertNoLeak(t testing.TB, v any, markers ...string) {
	t.Helper()
	if v == nil || len(markers) == 0 {
		t.Error("AssertNoLeak has nothing to look for, or nowhere to look")
		return
	}
	secrettest.AssertHidden(t, v, markers...)
}

func leaks(s *suite) {
	person := kyc.Person{FullName: "표식 Marker-77310", GivenName: "Marker-77311", FamilyName: "Marker-77312", BirthDate: "1973-10-07"}
	req := request()
	req.Hints = kyc.Hints{FullName: person.FullName, GivenName: person.GivenName, FamilyName: person.FamilyName, BirthDate: person.BirthDate}
	check, err := s.provider.Start(s.Context(), req)
	if err != nil {
		s.Fatal(err)
	}
	check = s.decided(check, kyc.StatusApproved, person)
	result := s.wants(s.provider, check, kyc.StatusApproved, "after an approval")

	markers := append([]string{
		person.FullName, person.GivenName, person.FamilyName, string(person.BirthDate), check.ID,
	}, s.Secrets...)
	for _, key := range result.Keys {
		markers = append(markers, key.Value)
	}
	markers = append(markers, check.VendorID, check.URL)
	markers = slices.DeleteFunc(markers, func(s string) bool { return strings.TrimSpace(s) == "" })
	shown := func(v any) { s.Helper(); AssertNoLeak(s.TB, v, markers...) }
	// Errors of one type print alike: one is searched in every form, the others as
	// they come into a log.
	var printed strings.Builder
	types := map[reflect.Type]bool{}
	failed := func(err error) {
		s.Helper()
		if err == nil { // that it fails is another rule
			return
		}
		fmt.Fprintf(&printed, "%v\n%+v\n%#v\n%q\n", err, err, err, err)
		if !types[reflect.TypeOf(err)] {
			types[reflect.TypeOf(err)] = true
			shown(err)
		}
	}
	shown(s.provider)
	shown(*check)
	shown(*result)
	if s.Return != nil {
		shown(*s.parseReturn(check))
	}
	if s.Webhook != nil {
		shown(*s.parseWebhook(check))
		header, body := s.webhook(check)
		body[len(body)/2] ^= 1
		_, err := s.provider.(kyc.WebhookParser).ParseWebhook(header, body)
		failed(err)
	}

	foreign, wrong := *check, *check
	foreign.ID, wrong.Provider = kyc.NewCheckID(), person.FamilyName
	markers = append(markers, foreign.ID)
	for _, check := range []*kyc.Check{&foreign, &wrong} {
		_, err := s.provider.Result(s.Context(), check)
		failed(err)
	}
	req.Hints.BirthDate, req.Hints.FullName = kyc.Date(person.FamilyName), person.FullName+"\n"
	_, err = s.provider.Start(s.Context(), req)
	failed(err)
	for kind, fault := range s.Faults {
		fault()
		if kind == kyc.ErrUnconfirmed {
			_, err = s.provider.Start(s.Context(), request())
		} else {
			_, err = s.provider.Result(s.Context(), check)
		}
		failed(err)
	}

	for what, text := range map[string]string{"an error": printed.String(), "the log": s.log.String()} {
		for _, marker := range markers {
			if strings.Contains(text, marker) || strings.Contains(text, strings.Trim(strconv.QuoteToASCII(marker), `"`)) {
				s.Errorf("%s shows a marker: %s", what, marker)
			}
		}
	}
}
