package veriffkyc_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
)

func TestLimits(t *testing.T) {
	person := func(birth any) map[string]any { return map[string]any{"person": map[string]any{"dateOfBirth": birth}} }
	of := func(country any) map[string]any {
		return map[string]any{"document": map[string]any{"country": country}}
	}
	both := func(birth, country any) map[string]any {
		return map[string]any{"person": person(birth)["person"], "document": of(country)["document"]}
	}
	adult := veriffkyc.Config{MinimumAge: 19}
	local := veriffkyc.Config{DocumentCountries: []string{"KR", "EE"}}
	strict := veriffkyc.Config{MinimumAge: 19, DocumentCountries: []string{"KR"}}
	const (
		young   = "under the minimum age of 19 years"
		ageless = "the age is not known"
		abroad  = "the document is of a country that is not taken"
		nowhere = "the document's country is not known"
	)
	for name, test := range map[string]struct {
		cfg    veriffkyc.Config
		fields map[string]any
		status kyc.Status
		reason string
	}{
		"no limits":                       {veriffkyc.Config{}, both("2020-01-01", "XX"), kyc.StatusApproved, ""},
		"of age":                          {adult, person("1990-03-01"), kyc.StatusApproved, ""},
		"of age on the day":               {adult, person("2007-06-15"), kyc.StatusApproved, ""},
		"of age on the next day":          {adult, person("2007-06-16"), kyc.StatusDeclined, young},
		"child":                           {adult, person("2020-01-01"), kyc.StatusDeclined, young},
		"no birth date":                   {adult, person(nil), kyc.StatusReview, ageless},
		"birth date that is partial":      {adult, person("1990-03"), kyc.StatusReview, ageless},
		"birth date that does not exist":  {adult, person("1990-02-30"), kyc.StatusReview, ageless},
		"birth date in the future":        {adult, person("2030-01-01"), kyc.StatusReview, ageless},
		"birth date that fills a column":  {adult, person("0001-01-01"), kyc.StatusReview, ageless},
		"year of birth alone":             {adult, map[string]any{"person": map[string]any{"yearOfBirth": "1950"}}, kyc.StatusReview, ageless},
		"no person":                       {adult, map[string]any{"person": nil}, kyc.StatusReview, ageless},
		"no time of decision":             {adult, map[string]any{"decisionTime": nil, "person": person("1990-03-01")["person"]}, kyc.StatusReview, ageless},
		"country that is taken":           {local, of("EE"), kyc.StatusApproved, ""},
		"country in lower case":           {local, of("ee"), kyc.StatusApproved, ""},
		"country that is not taken":       {local, of("US"), kyc.StatusDeclined, abroad},
		"no country":                      {local, of(nil), kyc.StatusReview, nowhere},
		"country in words":                {local, of("Estonia"), kyc.StatusReview, nowhere},
		"no document":                     {local, map[string]any{"document": nil}, kyc.StatusReview, nowhere},
		"both limits hold":                {strict, both("1990-03-01", "KR"), kyc.StatusApproved, ""},
		"too young, of a country taken":   {strict, both("2020-01-01", "KR"), kyc.StatusDeclined, young},
		"of age, of a country not taken":  {strict, both("1990-03-01", "US"), kyc.StatusDeclined, abroad},
		"age unknown, country not taken":  {strict, both(nil, "US"), kyc.StatusDeclined, abroad},
		"too young, country not known":    {strict, both("2020-01-01", nil), kyc.StatusDeclined, young},
		"neither age nor country known":   {strict, both(nil, nil), kyc.StatusReview, ageless},
		"age known, country not known":    {strict, both("1990-03-01", nil), kyc.StatusReview, nowhere},
		"age unknown, of a country taken": {strict, both(nil, "KR"), kyc.StatusReview, ageless},
		"a reason of Veriff's own":        {adult, map[string]any{"person": person(nil)["person"], "reason": "Well done"}, kyc.StatusReview, ageless},
	} {
		t.Run(name, func(t *testing.T) {
			result := forced(t, test.cfg, test.fields)
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.reason, result.Reason)
			assert.Equal(t, "approved", result.VendorStatus, "Veriff's own word stays")
			assert.Equal(t, "9001", result.VendorCode)
			assert.Empty(t, result.ReasonCode)
		})
	}
}

// On the birthday a person is of age once the day has begun everywhere.
func TestMinimumAgeInTheLastZone(t *testing.T) {
	for name, test := range map[string]struct {
		decided time.Time
		status  kyc.Status
	}{
		"the day has not begun in the last zone": {noon.Add(-time.Millisecond), kyc.StatusDeclined},
		"it has":                                 {noon, kyc.StatusApproved},
	} {
		t.Run(name, func(t *testing.T) {
			result := forced(t, veriffkyc.Config{MinimumAge: 19}, map[string]any{
				"decisionTime": test.decided.Format(time.RFC3339Nano),
				"person":       map[string]any{"dateOfBirth": "2007-06-15"},
			})
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.decided, result.DecidedAt)
		})
	}
}

// A decision from the future makes nobody older.
func TestMinimumAgeByAWrongClock(t *testing.T) {
	child := time.Now().AddDate(-10, 0, 0).Format(time.DateOnly)
	result := forced(t, veriffkyc.Config{MinimumAge: 18}, map[string]any{
		"decisionTime": time.Now().AddDate(20, 0, 0).Format(time.RFC3339), "person": map[string]any{"dateOfBirth": child},
	})
	assert.Equal(t, kyc.StatusDeclined, result.Status)
}

// Who was born on 29 February is a year older on 1 March of a common year, once
// that has begun everywhere.
func TestMinimumAgeOnALeapDay(t *testing.T) {
	for decided, want := range map[string]kyc.Status{
		"2025-02-28T12:00:00Z": kyc.StatusDeclined,
		"2025-03-01T00:00:00Z": kyc.StatusDeclined,
		"2025-03-01T11:59:59Z": kyc.StatusDeclined,
		"2025-03-01T12:00:00Z": kyc.StatusApproved,
	} {
		result := forced(t, veriffkyc.Config{MinimumAge: 17}, map[string]any{
			"decisionTime": decided, "person": map[string]any{"dateOfBirth": "2008-02-29"},
		})
		assert.Equal(t, want, result.Status, decided)
	}
}

// A limit takes approvals away and gives none.
func TestLimitsLeaveOtherStatusesAlone(t *testing.T) {
	cfg := veriffkyc.Config{MinimumAge: 19, DocumentCountries: []string{"KR"}}
	for name, test := range map[string]struct {
		fields map[string]any
		status kyc.Status
		reason string
		code   string
	}{
		"declined":    {map[string]any{"status": "declined", "code": 9102, "reason": "Known fraud", "reasonCode": 106}, kyc.StatusDeclined, "Known fraud", "106"},
		"resubmit":    {map[string]any{"status": "resubmission_requested", "code": 9103, "reasonCode": 204}, kyc.StatusResubmit, "poor image quality", "204"},
		"unknown":     {map[string]any{"status": "frozen", "code": 9999}, kyc.StatusUnknown, "", ""},
		"nearly":      {map[string]any{"status": "approved", "code": 9102}, kyc.StatusUnknown, "", ""},
		"under way":   {map[string]any{"status": "submitted", "code": 7002}, kyc.StatusPending, "", ""},
		"abandoned":   {map[string]any{"status": "abandoned", "code": 9104}, kyc.StatusAbandoned, "", ""},
		"in a review": {map[string]any{"status": "review", "code": 9121}, kyc.StatusReview, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.fields["person"] = map[string]any{"dateOfBirth": "2020-01-01"}
			result := forced(t, cfg, test.fields)
			assert.Equal(t, test.status, result.Status)
			assert.Equal(t, test.reason, result.Reason)
			assert.Equal(t, test.code, result.ReasonCode)
		})
	}
}

// A limit that comes later refuses who was approved before.
func TestRaisedLimitSupersedes(t *testing.T) {
	srv := newServer(t)
	before := newProvider(t, srv, veriffkyc.Config{})
	after := newProvider(t, srv, veriffkyc.Config{MinimumAge: 19})
	check := start(t, before)
	require.NoError(t, srv.ForceDecision(check.VendorID, map[string]any{"person": map[string]any{"dateOfBirth": "2020-01-01"}}))
	approved, declined := ask(t, before, check), ask(t, after, check)
	require.Equal(t, kyc.StatusApproved, approved.Status)
	require.Equal(t, kyc.StatusDeclined, declined.Status)
	declined.Evidence.FetchedAt = approved.Evidence.FetchedAt.Add(time.Second)
	assert.True(t, declined.Supersedes(approved))
}
