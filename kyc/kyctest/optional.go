package kyctest

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kyckit/kyckit-go/kyc"
)

func launches(s *suite) {
	launcher, ok := s.provider.(kyc.Launcher)
	if !ok {
		s.absent("the provider is no Launcher")
		return
	}
	var pages []string
	for range 2 {
		check := s.start()
		s.sendsNothing("Launch", func() {
			page, err := launcher.Launch(check)
			if err != nil || strings.TrimSpace(string(page)) == "" {
				s.Errorf("Launch: %q, %v", page, err)
			}
			pages = append(pages, string(page))
		})
	}
	if pages[0] == pages[1] {
		s.Error("two checks have one launch page")
	}
	const script = `"'><script>kyctest()</script>`
	hostile := s.start()
	hostile.Reference, hostile.ReturnURL = script, hostile.ReturnURL+script
	if hostile.URL != "" {
		hostile.URL += "?" + script
	}
	if page, err := launcher.Launch(hostile); err == nil && strings.Contains(string(page), script) {
		s.Error("a launch page does not escape what the check holds")
	}
}

func erasures(s *suite) {
	eraser, ok := s.provider.(kyc.Eraser)
	if !ok {
		s.absent("the provider is no Eraser")
		return
	}
	theirs, mine := s.approved(people()[1]), s.approved(people()[0])
	for what, edited := range mixed(s.start(), theirs) {
		if edited.ID != theirs.ID {
			_, _ = eraser.Erase(s.Context(), edited)
			s.wants(s.provider, theirs, kyc.StatusApproved, "after Erase of a check "+what)
		}
	}
	erased, err := kyc.Erase(s.Context(), s.provider, mine)
	if err != nil || !erased.Known() {
		s.Errorf("Erase: %q, %v", erased, err)
	}
	if erased == kyc.ErasureDeleted {
		result, err := s.provider.Result(s.Context(), mine)
		if err == nil && (result.Status == kyc.StatusApproved || result.Person != (kyc.Person{})) {
			s.Error("what was deleted is still told")
		}
	}
	if again, err := eraser.Erase(s.Context(), mine); err == nil && !again.Known() {
		s.Errorf("Erase again: %q", again)
	}
	s.wants(s.provider, theirs, kyc.StatusApproved, "after another was erased")
}

func unsupported(s *suite) {
	check := s.start()
	_, returns := s.provider.(kyc.ReturnParser)
	_, webhooks := s.provider.(kyc.WebhookParser)
	_, launches := s.provider.(kyc.Launcher)
	_, erases := s.provider.(kyc.Eraser)
	for _, capability := range []struct {
		name string
		has  bool
		use  func() error
	}{
		{"ReturnParser", returns, func() error {
			_, err := kyc.ParseReturn(s.provider, httptest.NewRequest(http.MethodGet, "/back", nil))
			return err
		}},
		{"WebhookParser", webhooks, func() error {
			_, err := kyc.ParseWebhook(s.provider, httptest.NewRequest(http.MethodPost, "/webhook", nil))
			return err
		}},
		{"Launcher", launches, func() error {
			_, err := kyc.Launch(s.provider, check)
			return err
		}},
		{"Eraser", erases, func() error {
			_, err := kyc.Erase(s.Context(), s.provider, check)
			return err
		}},
	} {
		if !capability.has {
			s.absent("the provider is no %s", capability.name)
			s.sendsNothing("what the provider does not have", func() {
				s.refuses(capability.use(), kyc.ErrUnsupported, "the function for a "+capability.name)
			})
		} else if is(capability.use(), kyc.ErrUnsupported) {
			s.Errorf("the provider is a %s, and says that this is unsupported", capability.name)
		}
	}
}
