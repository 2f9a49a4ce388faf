package veriff_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

// received gives decisions that came as webhooks, one after the other.
func received(t *testing.T, bodies ...[]byte) []*veriff.Decision {
	t.Helper()
	var out []*veriff.Decision
	for _, body := range bodies {
		webhook, err := parse(t, body)
		require.NoError(t, err)
		decision := webhook.(*veriff.Decision)
		for len(out) > 0 && !decision.Meta().ReceivedAt().After(out[len(out)-1].Meta().ReceivedAt()) {
			webhook, err = parse(t, body) // the clock has not moved
			require.NoError(t, err)
			decision = webhook.(*veriff.Decision)
		}
		out = append(out, decision)
	}
	return out
}

// A day ahead is still a time; beyond it a clock is wrong. From a second on two
// times are two.
func TestSupersedesByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		decided := func(status veriff.Status, code veriff.DecisionCode, at time.Time) *veriff.Decision {
			return &veriff.Decision{ID: sessionID, Status: status, Code: code, DecisionTime: veriff.Time{Time: at}}
		}
		old := decided(veriff.StatusApproved, veriff.CodeApproved, time.Now())
		assert.True(t, decided(veriff.StatusDeclined, veriff.CodeDeclined, time.Now().Add(24*time.Hour)).Supersedes(old))
		assert.False(t, decided(veriff.StatusDeclined, veriff.CodeDeclined, time.Now().Add(24*time.Hour+1)).Supersedes(old))
		assert.False(t, decided(old.Status, old.Code, time.Now().Add(time.Second-1)).Supersedes(old), "the same, in other digits")
		assert.True(t, decided(old.Status, old.Code, time.Now().Add(time.Second)).Supersedes(old))
	})
}

func TestSupersedes(t *testing.T) {
	const (
		none  = "null"
		early = `"2026-03-02T10:00:00.000Z"`
		late  = `"2026-03-02T11:00:00.000Z"`
	)
	ahead := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(`"2006-01-02T15:04:05.000Z"`) }
	d := decisionBody
	// What came first and what came after it, and which one replaces the other.
	for name, test := range map[string]struct {
		first, second []byte
		later, back   bool // second.Supersedes(first), first.Supersedes(second)
	}{
		"decided after pending":           {d("submitted", 0, "a1", none), d("approved", 9001, "a1", early), true, false},
		"decided, overtaken by pending":   {d("approved", 9001, "a1", early), d("submitted", 0, "a1", none), false, true},
		"pending with a time":             {d("approved", 9001, "a1", early), d("submitted", 7002, "a2", late), false, true},
		"pending after pending":           {d("started", 0, "a1", none), d("submitted", 0, "a1", none), false, false},
		"resubmission, then approved":     {d("resubmission_requested", 9103, "a1", early), d("approved", 9001, "a2", late), true, false},
		"approved, then a late one":       {d("approved", 9001, "a2", late), d("resubmission_requested", 9103, "a1", early), false, true},
		"declined since":                  {d("approved", 9001, "a1", early), d("declined", 9102, "a1", late), true, false},
		"approved since":                  {d("declined", 9102, "a1", early), d("approved", 9001, "a1", late), true, false},
		"a late approval":                 {d("declined", 9102, "a1", late), d("approved", 9001, "a1", early), false, true},
		"approved again later":            {d("approved", 9001, "a1", early), d("approved", 9001, "a1", late), true, false},
		"the same again":                  {d("approved", 9001, "a1", early), d("approved", 9001, "a1", early), false, false},
		"the same, rounded":               {d("approved", 9001, "a1", early), d("approved", 9001, "a1", `"2026-03-02T10:00:00.4Z"`), false, false},
		"the same, attempt not named":     {d("approved", 9001, "a1", early), d("approved", 9001, "", early), false, false},
		"other outcome at that time":      {d("approved", 9001, "a1", early), d("declined", 9102, "a1", early), true, false},
		"other attempt at that time":      {d("approved", 9001, "a1", early), d("approved", 9001, "a2", early), true, false},
		"within the second, earlier":      {d("declined", 9102, "a1", `"2026-03-02T10:00:00.2Z"`), d("approved", 9001, "a1", early), false, true},
		"expired without a time":          {d("resubmission_requested", 9103, "a1", early), d("expired", 9104, "a1", none), true, false},
		"abandoned as 9121, no time":      {d("resubmission_requested", 9103, "a1", early), d("abandoned", 9121, "a1", none), true, false},
		"overtaken by its end, no time":   {d("expired", 9104, "a1", none), d("resubmission_requested", 9103, "a1", early), false, true},
		"expired with a time, late":       {d("approved", 9001, "a1", late), d("expired", 9104, "a1", early), false, true},
		"declined without a time":         {d("approved", 9001, "a1", early), d("declined", 9102, "a1", none), true, false},
		"declined, the other has no time": {d("approved", 9001, "a1", none), d("declined", 9102, "a1", early), true, false},
		"no times, the same":              {d("declined", 9102, "a1", none), d("declined", 9102, "a1", none), false, false},
		"no times, another outcome":       {d("review", 9121, "a1", none), d("declined", 9102, "a1", none), true, false},
		"unknown, later":                  {d("approved", 9001, "a1", early), d("revoked", 9500, "a1", late), true, false},
		"unknown, no time":                {d("approved", 9001, "a1", early), d("revoked", 9500, "a1", none), false, true},
		"half an approval, later":         {d("approved", 9001, "a1", early), d("approved", 9102, "a1", late), true, false},
		"half an approval, no time":       {d("declined", 9102, "a1", early), d("declined", 9001, "a1", none), false, true},
		"declined, half a day ahead":      {d("approved", 9001, "a1", late), d("declined", 9102, "a1", ahead(12*time.Hour)), true, false},
		"an approval half a day ahead":    {d("approved", 9001, "a1", ahead(12*time.Hour)), d("declined", 9102, "a1", late), false, true},
		"declined after a wrong clock":    {d("approved", 9001, "a1", ahead(25*time.Hour)), d("declined", 9102, "a1", late), true, false},
		"overtaken by a wrong clock":      {d("approved", 9001, "a1", `"9999-12-31T00:00:00Z"`), d("declined", 9102, "a1", late), true, false},
		"expired after a wrong clock":     {d("approved", 9001, "a1", `"9999-12-31T00:00:00Z"`), d("expired", 9104, "a1", none), true, false},
		"unknown by a wrong clock":        {d("approved", 9001, "a1", early), d("revoked", 9500, "a1", `"9999-12-31T00:00:00Z"`), true, false},
		"half an approval, wrong clock":   {d("declined", 9102, "a1", early), d("declined", 9001, "a1", `"9999-12-31T00:00:00Z"`), true, false},
		"approved with a reason, no time": {d("declined", 9102, "a1", early),
			bytes.ReplaceAll(d("approved", 9001, "a1", none), []byte("9001"), []byte(`9001,"reasonCode":106`)), false, true},
		"approved by its status alone": {d("declined", 9102, "a1", early), d("approved", 9102, "a1", none), false, true},
		"another session": {d("declined", 9102, "a1", early),
			[]byte(`{"status":"success","verification":{"id":"` + otherID + `","status":"approved","code":9001,"decisionTime":` + late + `}}`), false, false},
		"another session, pending": {d("started", 0, "a1", none),
			[]byte(`{"status":"success","verification":{"id":"` + otherID + `","status":"approved","code":9001,"decisionTime":` + late + `}}`), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			both := received(t, test.first, test.second)
			assert.Equal(t, test.later, both[1].Supersedes(both[0]))
			assert.Equal(t, test.back, both[0].Supersedes(both[1]))
			for _, decision := range both {
				assert.False(t, decision.Supersedes(decision))
				assert.True(t, decision.Supersedes(nil))
				assert.False(t, new(veriff.Decision).Supersedes(decision))
			}
			// Whoever stores JSON has stored what came first.
			stored, err := json.Marshal(both[0])
			require.NoError(t, err)
			var read veriff.Decision
			require.NoError(t, json.Unmarshal(stored, &read))
			assert.Equal(t, test.later, both[1].Supersedes(&read))
		})
	}
	// What the API answers before it has decided names no session.
	undecided := new(veriff.Decision)
	approved := received(t, d("approved", 9001, "a1", early))[0]
	assert.True(t, approved.Supersedes(undecided))
	assert.False(t, undecided.Supersedes(undecided))
	unknown := received(t, d("revoked", 9500, "a1", none))[0]
	assert.False(t, unknown.Supersedes(undecided))

	var nothing *veriff.Decision
	assert.False(t, nothing.Supersedes(nil))
	assert.False(t, nothing.Supersedes(new(veriff.Decision)))
	nobody := &veriff.Decision{Status: veriff.StatusApproved, Code: veriff.CodeApproved, DecisionTime: approved.DecisionTime}
	assert.False(t, nobody.Supersedes(&veriff.Decision{Status: veriff.StatusDeclined, DecisionTime: veriff.Time{Time: time.Unix(1, 0)}}),
		"decisions about no session are not of the same one")
}

// Whatever arrives in whatever order, no two decisions replace each other.
func TestSupersedesIsAnOrder(t *testing.T) {
	var bodies [][]byte
	for _, kind := range []struct {
		status veriff.Status
		code   veriff.DecisionCode
	}{
		{"submitted", 0}, {"approved", 9001}, {"approved", 9102}, {"declined", 9102}, {"resubmission_requested", 9103},
		{"review", 9121}, {"expired", 9104}, {"abandoned", 9121}, {"revoked", 9500},
	} {
		for _, at := range []string{"null", `"2026-03-02T10:00:00Z"`, `"2026-03-02T11:00:00Z"`, `"9999-12-31T00:00:00Z"`} {
			bodies = append(bodies, decisionBody(kind.status, kind.code, "a1", at))
		}
	}
	all := received(t, append(bodies, bodies...)...)
	for _, a := range all {
		for _, b := range all {
			if a.Supersedes(b) && b.Supersedes(a) {
				t.Errorf("%v at %v and %v at %v replace each other", a, a.DecisionTime, b, b.DecisionTime)
			}
			if a.Pending() && a.Supersedes(b) {
				t.Errorf("%v takes back %v", a, b)
			}
		}
	}
}
