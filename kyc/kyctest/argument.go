package kyctest

import (
	"bytes"
	"maps"
	"slices"

	"github.com/kyckit/kyckit-go/kyc"
)

func arguments(s *suite) {
	req := wholeRequest()
	check, err := s.provider.Start(s.Context(), req)
	if err != nil || check == nil {
		s.Fatalf("Start: %v, %v", check, err)
	}
	if *req != *wholeRequest() {
		s.Error("Start changes the request")
	}
	kept := *check
	*req = kyc.StartRequest{Reference: "another", CheckID: kyc.NewCheckID()}
	if *check != kept {
		s.Error("the check changes with the request")
	}
	*check = kyc.Check{} // it is the caller's
	given := kept
	s.wants(s.provider, &kept, kyc.StatusPending, "after the caller changed the check that Start gave")
	if kept != given {
		s.Error("Result changes a check that is pending")
	}

	check = s.decided(&kept, kyc.StatusApproved, people()[0])
	given = *check
	first := s.wants(s.provider, check, kyc.StatusApproved, "after an approval")
	if *check != given {
		s.Error("Result changes the check")
	}
	foreign := *check
	foreign.ID = kyc.NewCheckID()
	given = foreign
	_, _ = s.provider.Result(s.Context(), &foreign)
	if foreign != given {
		s.Error("Result changes a check that is not the vendor's")
	}
	given = *check
	person, keys, findings := first.Person, slices.Clone(first.Keys), slices.Clone(first.Findings)
	*first = kyc.Result{Keys: first.Keys, Findings: first.Findings}
	for i := range first.Keys {
		first.Keys[i].Value = "another"
	}
	for i := range first.Findings {
		first.Findings[i].Outcome = "another"
	}
	again := s.ask(s.provider, check)
	if again.Person != person || !slices.Equal(again.Keys, keys) || !slices.Equal(again.Findings, findings) {
		s.Error("a result changes with the one that a caller got before")
	}
	if launcher, ok := s.provider.(kyc.Launcher); ok {
		if _, err := launcher.Launch(check); err != nil || *check != given {
			s.Errorf("Launch fails, or changes the check: %v", err)
		}
	}
	if s.Webhook != nil {
		header, body := s.webhook(check)
		givenHeader, givenBody := header.Clone(), bytes.Clone(body)
		notice, err := s.provider.(kyc.WebhookParser).ParseWebhook(header, body)
		s.notice("ParseWebhook", notice, err)
		if !bytes.Equal(body, givenBody) || !maps.EqualFunc(header, givenHeader, slices.Equal) {
			s.Error("ParseWebhook changes its arguments")
		}
		before := *notice
		clear(body)
		if *notice != before {
			s.Error("the notice changes with the body")
		}
	}
	if eraser, ok := s.provider.(kyc.Eraser); ok {
		if _, err := eraser.Erase(s.Context(), check); err != nil || *check != given {
			s.Errorf("Erase fails, or changes the check: %v", err)
		}
	}
}
