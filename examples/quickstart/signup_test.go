package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kyckit/kyckit-go/iamport"
)

// A vendor verifies everyone, or nobody.
type vendor struct {
	err    error
	impUID string // that it was asked about last
	expect *iamport.Expectation
}

func (v *vendor) VerifyCertification(_ context.Context, impUID string, expect *iamport.Expectation) (*iamport.Certification, error) {
	v.impUID, v.expect = impUID, expect
	if v.err != nil {
		return nil, v.err
	}
	return &iamport.Certification{ImpUID: impUID}, nil
}

// answer is the status with which the handler answers about an attempt.
func answer(t *testing.T, handler http.HandlerFunc, merchantUID, query string) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+query, nil)
	r.SetPathValue("attempt", merchantUID)
	w := httptest.NewRecorder()
	handler(w, r)
	return w.Code
}

func TestSignupExpects(t *testing.T) {
	iamportVendor := &vendor{}
	s := &signup{iamport: iamportVendor, applicants: map[string]*applicant{}}
	merchantUID := s.start("account-1")
	another := s.start("account-2")
	assert.Equal(t, http.StatusOK, answer(t, s.back, merchantUID, "?imp_uid=imp_1&success=true&merchant_uid="+another))
	assert.Equal(t, "imp_1", iamportVendor.impUID)
	assert.Equal(t, &iamport.Expectation{
		MerchantUID: merchantUID, NotBefore: s.applicant(merchantUID).startedAt, MinimumAge: 19,
	}, iamportVendor.expect)
	assert.False(t, iamportVendor.expect.NotBefore.IsZero())
	assert.NotNil(t, s.applicant(merchantUID).person)
	assert.Nil(t, s.applicant(another).person)
}

func TestSignupAnswers(t *testing.T) {
	const passed = "?imp_uid=imp_1&merchant_uid=a1&success=true"
	for name, test := range map[string]struct {
		merchantUID, query string
		err                error
		status             int
		asked, certified   bool
	}{
		"certified":           {"a1", passed, nil, http.StatusOK, true, true},
		"nobody's attempt":    {"a2", passed, nil, http.StatusNotFound, false, false},
		"nothing said":        {"a1", "", nil, http.StatusBadRequest, false, false},
		"a path for an id":    {"a1", "?imp_uid=../users&success=true", nil, http.StatusBadRequest, false, false},
		"a failure":           {"a1", "?imp_uid=imp_1&success=false", nil, http.StatusOK, false, false},
		"too young":           {"a1", passed, iamport.ErrUnderage, http.StatusForbidden, true, false},
		"somebody else":       {"a1", passed, iamport.ErrMerchantUID, http.StatusForbidden, true, false},
		"made up":             {"a1", passed, iamport.ErrNotFound, http.StatusForbidden, true, false},
		"no answer":           {"a1", passed, iamport.ErrUnavailable, http.StatusServiceUnavailable, true, false},
		"too many questions":  {"a1", passed, iamport.ErrRateLimited, http.StatusServiceUnavailable, true, false},
		"refused credentials": {"a1", passed, iamport.ErrUnauthorized, http.StatusServiceUnavailable, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			iamportVendor := &vendor{err: test.err}
			s := &signup{iamport: iamportVendor, applicants: map[string]*applicant{"a1": {account: "account-1"}}}
			assert.Equal(t, test.status, answer(t, s.back, test.merchantUID, test.query))
			assert.Equal(t, test.asked, iamportVendor.expect != nil)
			assert.Equal(t, test.certified, s.applicant("a1").person != nil)
			assert.ErrorIs(t, s.applicant("a1").refused, test.err)
		})
	}
}

func TestSignupUsesAnAttemptUpOnce(t *testing.T) {
	s := &signup{iamport: &vendor{}, applicants: map[string]*applicant{"a1": {account: "account-1"}}}
	assert.Equal(t, http.StatusOK, answer(t, s.back, "a1", "?imp_uid=imp_1&success=true"))
	assert.Equal(t, http.StatusConflict, answer(t, s.back, "a1", "?imp_uid=imp_2&success=true"))
	a := s.applicant("a1")
	assert.Equal(t, "imp_1", a.person.ImpUID)
	assert.Same(t, errUsedUp, a.refused)
}

func TestSignupPage(t *testing.T) {
	s := &signup{url: "https://signup.example", applicants: map[string]*applicant{"a1": {account: "account-1"}}}
	assert.Equal(t, http.StatusInternalServerError, answer(t, s.page, "a1", ""), "no UserCode")
	s.launch.UserCode = "imp00000000"
	assert.Equal(t, http.StatusOK, answer(t, s.page, "a1", ""))
	assert.Equal(t, http.StatusNotFound, answer(t, s.page, "a2", ""))
	assert.Empty(t, s.launch.Params.MerchantUID, "what is the same for everyone stays so")
}
