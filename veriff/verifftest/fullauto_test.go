package verifftest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func fullAuto(t *testing.T, srv *verifftest.Server, id, query string) answer {
	t.Helper()
	return ask(t, srv, "GET", "/sessions/"+id+"/decision/fullauto"+query, id)
}

func TestFullAutoNeedsAPlan(t *testing.T) {
	srv := start(t)
	id := approved(t, srv)
	assert.Equal(t, "404", fullAuto(t, srv, id, "?version=1.0.0").refused(t))
	assert.ErrorContains(t, srv.ForceFullAuto(id, nil), "needs WithFullAuto")
	for _, w := range srv.Webhooks() {
		assert.NotEqual(t, verifftest.FullAutoWebhook, w.Kind)
	}
}

func TestFullAutoDecision(t *testing.T) {
	srv := start(t, verifftest.WithFullAuto())
	id := created(t, srv, person)
	assert.Equal(t, `{"status":"success","verification":null}`, fullAuto(t, srv, id, "?version=1.0.0").body)
	first := srv.Sessions()[0].AttemptID
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.RequestResubmission(id, 201, ""))
	want := map[string]any{
		"id": id, "attemptId": first, "vendorData": "attempt-1", "endUserId": "8e4f7cd8-7a19-4d7d-971f-a076407ee03c",
		"decision": "resubmission_requested", "decisionScore": 0.0, "insights": []any{},
	}
	assert.Equal(t, want, fullAuto(t, srv, id, "?version=1.0.0").verification(t), "of the attempt that was judged")

	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	a := fullAuto(t, srv, id, "?version=1.0.0")
	want["attemptId"], want["decision"], want["decisionScore"] = srv.Sessions()[0].AttemptID, "approved", 1.0
	assert.Equal(t, want, a.verification(t))
	var kinds []verifftest.WebhookKind
	for _, w := range srv.Webhooks()[5:] {
		kinds = append(kinds, w.Kind)
	}
	assert.Equal(t, []verifftest.WebhookKind{verifftest.EventWebhook, verifftest.FullAutoWebhook, verifftest.DecisionWebhook}, kinds)
	assert.Equal(t, a.body, string(srv.Webhooks()[6].Body))

	for _, query := range []string{"", "?version=", "?version=1.0", "?version=1.0.0&version=1.0.0", "?Version=1.0.0"} {
		assert.Equal(t, "400 1104", fullAuto(t, srv, id, query).refused(t), query)
	}
	a = ask(t, srv, "GET", "/sessions/"+id+"/decision/fullauto?version=1.0.0", id+"?version=1.0.0")
	assert.Equal(t, "401 1818", a.refused(t), "the query is not signed")
	assert.Equal(t, "404", fullAuto(t, srv, first, "?version=1.0.0").refused(t))
}

func TestForcedFullAutoDecision(t *testing.T) {
	srv := start(t, verifftest.WithFullAutoInData())
	id := created(t, srv, person)
	require.NoError(t, srv.ForceFullAuto(id, map[string]any{
		"decision": "declined", "decisionScore": 0.12, "insights": []any{map[string]any{"label": "a", "result": "no"}},
	}))
	assert.Equal(t, "created", status(t, srv, id))
	a := fullAuto(t, srv, id, "?version=1.0.0")
	assert.Equal(t, map[string]any{
		"status": "success", "sessionId": id, "attemptId": srv.Sessions()[0].AttemptID, "vendorData": "attempt-1",
		"endUserId": "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "data": map[string]any{"verification": map[string]any{
			"decision": "declined", "decisionScore": 0.12, "insights": []any{map[string]any{"label": "a", "result": "no"}},
		}},
	}, a.object(t))
	require.Len(t, srv.Webhooks(), 1)
	assert.Equal(t, verifftest.FullAutoWebhook, srv.Webhooks()[0].Kind)
	assert.Equal(t, a.body, string(srv.Webhooks()[0].Body))
	require.NoError(t, srv.ForceDecision(id, map[string]any{"status": "unheard_of"}))
	assert.Contains(t, fullAuto(t, srv, id, "?version=1.0.0").body, `"decision":"unheard_of","decisionScore":0`)
	assert.ErrorContains(t, srv.ForceFullAuto("unknown", nil), "no such session")
	assert.ErrorContains(t, srv.ForceFullAuto(id, map[string]any{"a": func() {}}), "no JSON form")
}
