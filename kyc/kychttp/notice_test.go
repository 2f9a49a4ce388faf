package kychttp_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/kyc"
)

// A speechless provider says by nil that a request is about nothing.
type speechless struct{ *vendor }

func (speechless) ParseReturn(*http.Request) (*kyc.Notice, error)        { return nil, nil }
func (speechless) ParseWebhook(http.Header, []byte) (*kyc.Notice, error) { return nil, nil }

func TestProviderThatGivesNoNotice(t *testing.T) {
	v := newVendor("desk")
	s := newSite(t, []kyc.Provider{speechless{v}})
	b := s.browser("user-42")
	id := b.begin("desk")
	v.decide(id, kyc.StatusApproved, noon)
	assert.Equal(t, http.StatusOK, s.webhook("desk", id))
	assert.Zero(t, v.calls())
	assert.Equal(t, http.StatusSeeOther, b.get(returnTo("desk", id)).code)
	assert.Equal(t, []kyc.Status{kyc.StatusApproved}, s.acted(), "the path names the check")
	assert.False(t, s.log.has("kychttp: panic"))
}
