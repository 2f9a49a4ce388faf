package verifftest_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const person = `{"vendorData":"attempt-1","endUserId":"8e4f7cd8-7a19-4d7d-971f-a076407ee03c",
	"person":{"firstName":"Mirae","lastName":"Hong","gender":"FEMALE","dateOfBirth":"1990-01-31","idNumber":"7"},
	"document":{"type":"PASSPORT","country":"KR","number":"M1234567"}}`

// message is the JSON object of a webhook.
func message(t *testing.T, w verifftest.Webhook) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal(w.Body, &m))
	return m
}

func status(t *testing.T, srv *verifftest.Server, id string) string {
	t.Helper()
	for _, s := range srv.Sessions() {
		if s.ID == id {
			return s.Status
		}
	}
	require.Fail(t, "no such session")
	return ""
}

func TestNothingDecidedYet(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	const pending = `{"status":"success","technicalData":{"ip":null},"verification":null}`
	assert.Equal(t, pending, decision(t, srv, id).body)
	require.NoError(t, srv.Open(id))
	assert.Equal(t, pending, decision(t, srv, id).body)
	require.NoError(t, srv.Submit(id))
	assert.Equal(t, pending, decision(t, srv, id).body)
}

func TestApproval(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	id := created(t, srv, person)
	srv.Advance(time.Minute)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{FirstName: "미래", Nationality: "KR", Document: verifftest.Document{ValidUntil: "2030-01-31"}}))

	v := decided(t, srv, id)
	assert.Equal(t, map[string]any{
		"id": id, "attemptId": srv.Sessions()[0].AttemptID, "vendorData": "attempt-1",
		"endUserId": "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "status": "approved", "code": 9001.0, "reason": nil, "reasonCode": nil,
		"decisionTime": "2026-01-31T12:01:00.000Z", "acceptanceTime": "2026-01-31T12:00:00.000Z",
		"person": map[string]any{
			"firstName": "미래", "lastName": "Hong", "dateOfBirth": "1990-01-31", "idNumber": "7", "gender": "F", "nationality": "KR",
			"fullName": nil, "placeOfBirth": nil, "yearOfBirth": nil, "addresses": nil, "occupation": nil, "employer": nil,
			"foreignerStatus": nil, "extraNames": nil, "title": nil, "ifeIdentifier": nil, "ineIdentifier": nil, "electorNumber": nil,
			"eyeColor": nil, "hairColor": nil, "height": nil, "weight": nil, "citizenship": nil, "pepSanctionMatch": nil,
		},
		"document": map[string]any{
			"number": "M1234567", "type": "PASSPORT", "country": "KR", "validFrom": nil, "validUntil": "2030-01-31",
			"state": nil, "remarks": nil, "placeOfIssue": nil, "firstIssue": nil, "issueNumber": nil, "issuedBy": nil,
			"nfcValidated": nil, "residencePermitType": nil, "portraitIsVisible": nil, "signatureIsVisible": nil,
			"ineIdentifier": nil, "specimen": nil,
		},
		"additionalVerifiedData": map[string]any{}, "riskScore": nil, "riskLabels": []any{}, "biometricAuthentication": nil,
		"comments": []any{}, "highRisk": nil,
	}, v)
	assert.Contains(t, decision(t, srv, id).body, `"technicalData":{"ip":"203.0.113.7"}`)
	assert.Equal(t, "approved", status(t, srv, id))
}

func TestDecisionIsWhatTheWebhookBrings(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	webhooks := srv.Webhooks()
	require.Len(t, webhooks, 3)
	assert.Equal(t, decision(t, srv, id).body, string(webhooks[2].Body))
}

func TestEvents(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	assert.Empty(t, srv.Webhooks(), "a new session is no news")
	require.NoError(t, srv.Submit(id))
	webhooks := srv.Webhooks()
	require.Len(t, webhooks, 2, "who submits has arrived")
	for i, want := range []map[string]any{{"code": 7001.0, "action": "started"}, {"code": 7002.0, "action": "submitted"}} {
		want["id"], want["attemptId"], want["feature"] = id, srv.Sessions()[0].AttemptID, "selfid"
		want["vendorData"], want["endUserId"] = "attempt-1", "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
		assert.Equal(t, want, message(t, webhooks[i]))
		assert.Equal(t, verifftest.EventWebhook, webhooks[i].Kind)
		assert.Equal(t, id, webhooks[i].SessionID)
	}
}

func TestOutcomes(t *testing.T) {
	const known = `known`
	for name, c := range map[string]struct {
		decide     func(srv *verifftest.Server, id string) error
		status     string
		code       float64
		reasonCode any
		reason     any
		nobody     bool
	}{
		"declined": {
			decide: func(srv *verifftest.Server, id string) error { return srv.Decline(id, 102, known) },
			status: "declined", code: 9102, reasonCode: 102.0, reason: known,
		},
		"declined without words": {
			decide: func(srv *verifftest.Server, id string) error { return srv.Decline(id, 106, "") },
			status: "declined", code: 9102, reasonCode: 106.0, reason: "Known fraud",
		},
		"declined for nothing": {
			decide: func(srv *verifftest.Server, id string) error { return srv.Decline(id, 0, "") },
			status: "declined", code: 9102,
		},
		"declined for something new": {
			decide: func(srv *verifftest.Server, id string) error { return srv.Decline(id, 999, "") },
			status: "declined", code: 9102, reasonCode: 999.0,
		},
		"resubmission": {
			decide: func(srv *verifftest.Server, id string) error { return srv.RequestResubmission(id, 201, "") },
			status: "resubmission_requested", code: 9103, reasonCode: 201.0, reason: "Video and/or photos missing",
		},
		"review": {decide: (*verifftest.Server).Review, status: "review", code: 9121},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			id := created(t, srv, person)
			require.NoError(t, srv.Submit(id))
			require.NoError(t, c.decide(srv, id))
			v := decided(t, srv, id)
			assert.Equal(t, c.status, v["status"])
			assert.Equal(t, c.code, v["code"])
			assert.Equal(t, c.reasonCode, v["reasonCode"])
			assert.Equal(t, c.reason, v["reason"])
			assert.Equal(t, "Mirae", v["person"].(map[string]any)["firstName"])
			assert.Equal(t, c.status, status(t, srv, id))
		})
	}
}

func TestNobodyCame(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	require.NoError(t, srv.Expire(id))
	v := decided(t, srv, id)
	assert.Equal(t, "expired", v["status"])
	assert.Equal(t, 9104.0, v["code"])
	assert.Nil(t, v["person"])
	assert.Nil(t, v["document"])
}

func TestSomebodyLeft(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	require.NoError(t, srv.Open(id))
	require.NoError(t, srv.Abandon(id))
	v := decided(t, srv, id)
	assert.Equal(t, "abandoned", v["status"])
	assert.Equal(t, 9104.0, v["code"])
	assert.Nil(t, v["person"])
}

func TestResubmissionIsANewAttempt(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	url, first := srv.Sessions()[0].URL, srv.Sessions()[0].AttemptID
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.RequestResubmission(id, 204, ""))
	assert.Equal(t, first, decided(t, srv, id)["attemptId"], "the decision is about the attempt that it judged")
	second := srv.Sessions()[0].AttemptID
	assert.NotEqual(t, first, second)
	assert.Equal(t, url, srv.Sessions()[0].URL)

	require.NoError(t, srv.Submit(id))
	assert.Equal(t, "resubmission_requested", decided(t, srv, id)["status"], "the last decision stands")
	require.NoError(t, srv.Review(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	assert.Equal(t, second, decided(t, srv, id)["attemptId"])

	var attempts []any
	for _, w := range srv.Webhooks() {
		m := message(t, w)
		if v, ok := m["verification"].(map[string]any); ok {
			m = v
		}
		attempts = append(attempts, m["attemptId"])
	}
	assert.Equal(t, []any{first, first, first, second, second, second, second}, attempts)
}

func TestImpossibleChanges(t *testing.T) {
	actions := map[string]func(*verifftest.Server, string) error{
		"open":     (*verifftest.Server).Open,
		"submit":   (*verifftest.Server).Submit,
		"approve":  func(srv *verifftest.Server, id string) error { return srv.Approve(id, verifftest.Person{}) },
		"decline":  func(srv *verifftest.Server, id string) error { return srv.Decline(id, 101, "") },
		"resubmit": func(srv *verifftest.Server, id string) error { return srv.RequestResubmission(id, 201, "") },
		"review":   (*verifftest.Server).Review,
		"expire":   (*verifftest.Server).Expire,
		"abandon":  (*verifftest.Server).Abandon,
	}
	for name, c := range map[string]struct {
		way     []string
		allowed []string
	}{
		"created":                {nil, []string{"open", "submit", "expire"}},
		"started":                {[]string{"open"}, []string{"submit", "abandon"}},
		"submitted":              {[]string{"submit"}, []string{"approve", "decline", "resubmit", "review"}},
		"review":                 {[]string{"submit", "review"}, []string{"approve", "decline", "resubmit"}},
		"resubmission_requested": {[]string{"submit", "resubmit"}, []string{"open", "submit", "abandon"}},
		"approved":               {[]string{"submit", "approve"}, nil},
		"declined":               {[]string{"submit", "decline"}, nil},
		"expired":                {[]string{"expire"}, nil},
		"abandoned":              {[]string{"open", "abandon"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, verifftest.WithoutListener())
			for action, do := range actions {
				id := created(t, srv, person)
				for _, step := range c.way {
					require.NoError(t, actions[step](srv, id))
				}
				require.Equal(t, name, status(t, srv, id))
				before := len(srv.Webhooks())
				err := do(srv, id)
				if contains(c.allowed, action) {
					assert.NoError(t, err, action)
					assert.Greater(t, len(srv.Webhooks()), before, action)
					continue
				}
				assert.ErrorContains(t, err, "a session that is "+name+" cannot be", action)
				assert.Equal(t, name, status(t, srv, id), action)
				assert.Len(t, srv.Webhooks(), before, action)
			}
		})
	}
	t.Run("of no session", func(t *testing.T) {
		srv := start(t)
		for action, do := range actions {
			assert.ErrorContains(t, do(srv, "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"), "no such session", action)
		}
		assert.ErrorContains(t, srv.ForceDecision("", nil), "no such session")
	})
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestForcedDecision(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	fields := map[string]any{
		"status": "declined", "code": 9001, "reasonCode": "one", "riskScore": struct {
			Score float64 `json:"score"`
		}{0.97},
		"person":     map[string]any{"extraNames": "Kim", "firstName": nil},
		"newMember":  []string{"a"},
		"vendorData": nil,
	}
	require.NoError(t, srv.ForceDecision(id, fields))
	v := decided(t, srv, id)
	assert.Equal(t, "declined", v["status"])
	assert.Equal(t, 9001.0, v["code"])
	assert.Equal(t, "one", v["reasonCode"])
	assert.Equal(t, map[string]any{"score": 0.97}, v["riskScore"])
	assert.Equal(t, []any{"a"}, v["newMember"])
	assert.Nil(t, v["vendorData"])
	assert.Equal(t, "Kim", v["person"].(map[string]any)["extraNames"])
	assert.Nil(t, v["person"].(map[string]any)["firstName"])
	assert.Equal(t, "Hong", v["person"].(map[string]any)["lastName"])
	assert.Equal(t, "declined", status(t, srv, id))
	assert.Len(t, srv.Webhooks(), 1)

	require.NoError(t, srv.ForceDecision(id, map[string]any{"status": "unheard_of", "id": "another"}))
	assert.Equal(t, "unheard_of", status(t, srv, id))
	assert.Equal(t, "another", decided(t, srv, id)["id"])

	require.NoError(t, srv.ForceDecision(id, nil))
	assert.Equal(t, "approved", decided(t, srv, id)["status"])

	assert.ErrorContains(t, srv.ForceDecision(id, map[string]any{"a": func() {}}), "no JSON form")
}

func TestDecisionOptions(t *testing.T) {
	srv := start(t, verifftest.WithMicroseconds(), verifftest.WithNestedTechnicalData(), verifftest.WithStringReasonCodes())
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 123456789, time.UTC))
	id := created(t, srv, person)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Decline(id, 101, ""))
	v := decided(t, srv, id)
	assert.Equal(t, "2026-01-31T12:00:00.123456Z", v["decisionTime"])
	assert.Equal(t, "2026-01-31T12:00:00.123456Z", v["acceptanceTime"])
	assert.Equal(t, "101", v["reasonCode"])
	assert.Equal(t, map[string]any{"ip": "203.0.113.7"}, v["technicalData"])
	var top map[string]any
	require.NoError(t, json.Unmarshal([]byte(decision(t, srv, id).body), &top))
	assert.NotContains(t, top, "technicalData")
}

func TestDecisionTimesGrow(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	var times []string
	for range 3 {
		id := created(t, srv, `{}`)
		require.NoError(t, srv.Submit(id))
		require.NoError(t, srv.Approve(id, verifftest.Person{}))
		times = append(times, decided(t, srv, id)["decisionTime"].(string))
		srv.Advance(-time.Second)
	}
	assert.Equal(t, []string{"2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00.001Z", "2026-01-31T12:00:00.002Z"}, times)
}

func TestSevenDays(t *testing.T) {
	const week = 7 * 24 * time.Hour
	for name, c := range map[string]struct {
		before  func(*testing.T, *verifftest.Server, string)
		ends    string
		already int // webhooks
	}{
		"created":   {func(*testing.T, *verifftest.Server, string) {}, "expired", 0},
		"started":   {func(t *testing.T, srv *verifftest.Server, id string) { require.NoError(t, srv.Open(id)) }, "abandoned", 1},
		"submitted": {func(t *testing.T, srv *verifftest.Server, id string) { require.NoError(t, srv.Submit(id)) }, "submitted", 2},
		"resubmission requested": {func(t *testing.T, srv *verifftest.Server, id string) {
			require.NoError(t, srv.Submit(id))
			require.NoError(t, srv.RequestResubmission(id, 201, ""))
		}, "abandoned", 3},
		"declined": {func(t *testing.T, srv *verifftest.Server, id string) {
			require.NoError(t, srv.Submit(id))
			require.NoError(t, srv.Decline(id, 101, ""))
		}, "declined", 3},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
			var received []string
			srv.DeliverTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				var m struct{ Verification struct{ Status string } }
				assert.NoError(t, json.NewDecoder(r.Body).Decode(&m))
				received = append(received, m.Verification.Status)
			}), verifftest.DecisionWebhook)
			id := created(t, srv, person)
			c.before(t, srv, id)
			before := status(t, srv, id)
			received = nil

			srv.Advance(week - time.Second)
			assert.Equal(t, before, status(t, srv, id))
			srv.Advance(time.Second)
			assert.Equal(t, c.ends, status(t, srv, id))
			if c.ends == before {
				assert.Empty(t, received)
				assert.Len(t, srv.Webhooks(), c.already)
				return
			}
			assert.Equal(t, []string{c.ends}, received)
			assert.Equal(t, c.ends, decided(t, srv, id)["status"])
			srv.Advance(week)
			assert.Len(t, received, 1, "once")
			assert.Error(t, srv.Submit(id))
		})
	}
}

// Time that passes on its own ends sessions as time that is moved does.
func TestSevenDaysPass(t *testing.T) {
	for name, look := range map[string]func(*testing.T, *verifftest.Server, string){
		"then the decision is asked for": func(t *testing.T, srv *verifftest.Server, id string) {
			assert.Equal(t, "expired", decided(t, srv, id)["status"])
		},
		"then somebody comes": func(t *testing.T, srv *verifftest.Server, id string) {
			assert.ErrorContains(t, srv.Open(id), "a session that is expired cannot be opened")
		},
		"then the page is opened": func(t *testing.T, srv *verifftest.Server, _ string) {
			a := send(t, inProcess(srv), "GET", srv.Sessions()[0].URL, "")
			assert.Contains(t, a.body, "Nothing is to be done here")
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				srv := start(t, verifftest.WithoutListener())
				id := created(t, srv, person)
				<-time.After(7 * 24 * time.Hour)
				look(t, srv, id)
				assert.Equal(t, "expired", status(t, srv, id))
				assert.Len(t, srv.Webhooks(), 1)
			})
		})
	}
}

func TestDateFollowsTheClock(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC))
	assert.Equal(t, "Sat, 29 Feb 2020 12:00:00 GMT", create(t, srv, `{}`).header.Get("Date"))
}

func TestManyAtOnce(t *testing.T) {
	srv := start(t)
	var received sync.Map
	srv.DeliverTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m struct{ Verification struct{ ID string } }
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&m))
		received.Store(m.Verification.ID, true)
	}), verifftest.DecisionWebhook)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			id := created(t, srv, person)
			assert.NoError(t, srv.Open(id))
			assert.NoError(t, srv.Submit(id))
			if i%2 == 0 {
				assert.NoError(t, srv.Approve(id, verifftest.Person{}))
			} else {
				assert.NoError(t, srv.Decline(id, 101, ""))
			}
			assert.NotNil(t, decided(t, srv, id))
			srv.Sessions()
			srv.Requests()
			srv.Redeliver()
			_, ok := received.Load(id)
			assert.True(t, ok, "delivered before the call returned")
		})
	}
	all.Wait()
	assert.Len(t, srv.Webhooks(), 48)
}
