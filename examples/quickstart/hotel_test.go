package main

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
)

// A passportOffice gives everyone the same answer.
type passportOffice struct {
	records []tomoidv.Record
	err     error
	started *tomoidv.StartRequest  // the latest
	asked   *tomoidv.ResultRequest // the latest
}

func (o *passportOffice) Start(_ context.Context, req *tomoidv.StartRequest) (*tomoidv.Started, error) {
	o.started = req
	if o.err != nil {
		return nil, o.err
	}
	return &tomoidv.Started{URL: "https://tomoidv.example/idv"}, nil
}

func (o *passportOffice) Result(_ context.Context, req *tomoidv.ResultRequest) (*tomoidv.Result, error) {
	o.asked = req
	if o.err != nil {
		return nil, o.err
	}
	return &tomoidv.Result{UserID: "ppid.c3ludGhldGlj", Records: o.records}, nil
}

func newHotel(office *passportOffice) *hotel {
	return &hotel{
		url: "https://hotel.example", tomoidv: office, country: "jp",
		policy: tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)),
		guests: map[string]*guest{"a1": {account: "account-1"}},
	}
}

func aRecord(key tomoidv.PolicyKey, status tomoidv.Status) tomoidv.Record {
	return tomoidv.Record{PolicyKey: key, Country: "jp", KYC: tomoidv.StandardResult{Status: status}}
}

func TestHotelStarts(t *testing.T) {
	office := &passportOffice{}
	h := newHotel(office)
	userID, url, err := h.start(t.Context(), "account-2")
	require.NoError(t, err)
	assert.Equal(t, "https://tomoidv.example/idv", url)
	back := "https://hotel.example/back/" + userID
	assert.Equal(t, &tomoidv.StartRequest{
		UserID: userID, Country: "jp", Policy: h.policy, RedirectURLSuccess: back, RedirectURLFail: back,
	}, office.started)
	assert.Equal(t, guest{account: "account-2"}, h.guest(userID))

	again, _, err := h.start(t.Context(), "account-2")
	require.NoError(t, err)
	assert.NotEqual(t, userID, again, "each attempt has its own")

	office.err = tomoidv.ErrUnconfirmed
	_, url, err = h.start(t.Context(), "account-3")
	require.ErrorIs(t, err, tomoidv.ErrUnconfirmed)
	assert.Empty(t, url)
	assert.Equal(t, "account-3", h.guest(office.started.UserID).account, "it is stored first")
}

func TestHotelAsksAboutThePath(t *testing.T) {
	office := &passportOffice{records: []tomoidv.Record{aRecord(policyKey, tomoidv.StatusApproved)}}
	h := newHotel(office)
	assert.Equal(t, http.StatusOK, answer(t, h.back, "a1", "?token=e30.eyJzdWIiOiJwcGlkLkIifQ.A&key=A&user_id=a2"))
	assert.Equal(t, &tomoidv.ResultRequest{UserID: "a1", Country: "jp", Policy: h.policy}, office.asked)
	assert.Equal(t, tomoidv.PPID("ppid.c3ludGhldGlj"), h.guest("a1").ppid)
}

func TestHotelAnswers(t *testing.T) {
	approved := aRecord(policyKey, tomoidv.StatusApproved)
	weak := aRecord(weakPolicyKey, tomoidv.StatusApproved)
	rejected := aRecord(policyKey, tomoidv.StatusRejected)
	abroad := approved
	abroad.Country = "kr"
	for name, test := range map[string]struct {
		userID  string
		records []tomoidv.Record
		err     error
		status  int
		refused error
	}{
		"approved":                  {"a1", []tomoidv.Record{approved}, nil, http.StatusOK, nil},
		"beside a weaker one":       {"a1", []tomoidv.Record{weak, approved}, nil, http.StatusOK, nil},
		"another's approval":        {"a1", []tomoidv.Record{approved, rejected}, nil, http.StatusForbidden, errSeveral},
		"two approvals":             {"a1", []tomoidv.Record{approved, weak, approved}, nil, http.StatusForbidden, errSeveral},
		"no record":                 {"a1", nil, nil, http.StatusOK, errUndecided},
		"under review":              {"a1", []tomoidv.Record{aRecord(policyKey, tomoidv.StatusPendingReview)}, nil, http.StatusOK, errUndecided},
		"rejected":                  {"a1", []tomoidv.Record{rejected}, nil, http.StatusForbidden, errNotApproved},
		"expired":                   {"a1", []tomoidv.Record{aRecord(policyKey, tomoidv.StatusExpired)}, nil, http.StatusForbidden, errNotApproved},
		"an unknown status":         {"a1", []tomoidv.Record{aRecord(policyKey, "blessed")}, nil, http.StatusForbidden, errNotApproved},
		"no status":                 {"a1", []tomoidv.Record{aRecord(policyKey, "")}, nil, http.StatusForbidden, errNotApproved},
		"a weaker policy":           {"a1", []tomoidv.Record{weak}, nil, http.StatusForbidden, errOtherPolicy},
		"the default policy":        {"a1", []tomoidv.Record{aRecord("jp:default", tomoidv.StatusApproved)}, nil, http.StatusForbidden, errOtherPolicy},
		"another country":           {"a1", []tomoidv.Record{abroad}, nil, http.StatusForbidden, errOtherPolicy},
		"somebody else":             {"a1", nil, tomoidv.ErrForeign, http.StatusServiceUnavailable, tomoidv.ErrForeign},
		"no answer":                 {"a1", nil, tomoidv.ErrUnavailable, http.StatusServiceUnavailable, tomoidv.ErrUnavailable},
		"nobody's attempt":          {"a2", []tomoidv.Record{approved}, nil, http.StatusNotFound, nil},
		"somebody's PPID for an id": {"ppid.c3ludGhldGlj", []tomoidv.Record{approved}, nil, http.StatusNotFound, nil},
	} {
		t.Run(name, func(t *testing.T) {
			office := &passportOffice{records: test.records, err: test.err}
			h := newHotel(office)
			assert.Equal(t, test.status, answer(t, h.back, test.userID, "?token=A&key=A"))
			assert.Equal(t, test.status != http.StatusNotFound, office.asked != nil)
			g := h.guest("a1")
			assert.Equal(t, test.status == http.StatusOK && test.refused == nil, g.person != nil)
			assert.Equal(t, g.person != nil, g.ppid != "")
			assert.ErrorIs(t, g.refused, test.refused)
		})
	}
}

func TestHotelKeepsWhoWasVerified(t *testing.T) {
	office := &passportOffice{records: []tomoidv.Record{aRecord(policyKey, tomoidv.StatusApproved)}}
	h := newHotel(office)
	assert.Equal(t, http.StatusOK, answer(t, h.back, "a1", ""))
	office.err = errors.New("broken")
	assert.Equal(t, http.StatusServiceUnavailable, answer(t, h.back, "a1", ""))
	assert.NotNil(t, h.guest("a1").person)
}
