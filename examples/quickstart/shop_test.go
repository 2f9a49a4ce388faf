package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff"
)

func newShop() *shop {
	return &shop{attempts: map[string]*attempt{
		"starting": {account: "account-1"}, // Start has not answered yet
		"started":  {account: "account-2", check: &kyc.Check{ID: "started", VendorID: "session-2"}},
	}}
}

func TestShopHearsOfItsOwnSessionsOnly(t *testing.T) {
	for name, test := range map[string]struct {
		checkID, sessionID string
		heard              bool
	}{
		"its own":                        {"started", "session-2", true},
		"a session of somebody else":     {"started", "session-9", false},
		"a session without a check":      {"", "session-2", false},
		"a check that nobody began":      {"unheard", "session-2", false},
		"a check whose session is to be": {"starting", "session-1", false},
		"no session at all":              {"starting", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop()
			decision := &veriff.Decision{ID: test.sessionID, VendorData: test.checkID, Status: veriff.StatusApproved, Code: veriff.CodeApproved}
			require.NoError(t, s.onWebhook(t.Context(), decision))
			require.NoError(t, s.onWebhook(t.Context(), &veriff.Event{ID: test.sessionID, VendorData: test.checkID, Action: veriff.EventActionStarted}))
			require.NoError(t, s.onWebhook(t.Context(), &veriff.UnknownWebhook{}))
			a := s.attempt(test.checkID)
			if test.heard {
				assert.Equal(t, []string{"approved (9001)", "started"}, a.heard)
				assert.Same(t, decision, a.latest)
			} else {
				assert.Empty(t, a.heard)
				assert.Nil(t, a.latest)
			}
		})
	}
}

func TestShopBelievesNoBrowser(t *testing.T) {
	s := newShop()
	s.provider = unreachable{}
	for checkID, status := range map[string]int{
		"started":  http.StatusServiceUnavailable, // the vendor cannot be asked
		"starting": http.StatusNotFound,
		"unheard":  http.StatusNotFound,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/back/"+checkID, nil)
		r.SetPathValue("check", checkID)
		w := httptest.NewRecorder()
		s.back(w, r)
		assert.Equal(t, status, w.Code, checkID)
		assert.Nil(t, s.attempt(checkID).result)
	}
}

// unreachable is a provider whose vendor does not answer.
type unreachable struct{ kyc.Provider }

func (unreachable) Result(context.Context, *kyc.Check) (*kyc.Result, error) {
	return nil, kyc.ErrUnavailable
}
