package verifftest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestWatchlistScreening(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	id := created(t, srv, person)
	screening := func() map[string]any {
		a := ask(t, srv, "GET", "/sessions/"+id+"/watchlist-screening", id)
		require.Equal(t, 200, a.status, a.body)
		data, _ := a.object(t)["data"].(map[string]any)
		return data
	}
	assert.Nil(t, screening())

	require.NoError(t, srv.Screen(id, nil))
	want := map[string]any{
		"checkType": "initial_result", "sessionId": id, "attemptId": srv.Sessions()[0].AttemptID, "vendorData": "attempt-1",
		"endUserId": "8e4f7cd8-7a19-4d7d-971f-a076407ee03c", "matchStatus": "no_match", "monitorStatus": nil,
		"searchTerm": map[string]any{
			"name": "Mirae Hong", "year": 1990.0, "lists": []any{}, "countries": []any{}, "exactMatch": false,
			"matchThreshold": nil, "excludeDeceased": false,
		},
		"totalHits": 0.0, "createdAt": "2026-01-31T12:00:00.000Z", "hits": []any{},
	}
	assert.Equal(t, want, screening())

	require.NoError(t, srv.Screen(id, map[string]any{
		"hits":       []map[string]any{{"matchedName": "Mirae Hong"}, {"matchedName": "M. Hong"}},
		"searchTerm": map[string]any{"countries": []string{"KR"}},
	}))
	found := screening()
	assert.Equal(t, "updated_result", found["checkType"])
	assert.Equal(t, "possible_match", found["matchStatus"])
	assert.Equal(t, 2.0, found["totalHits"])
	assert.Len(t, found["hits"], 2)
	assert.Equal(t, []any{"KR"}, found["searchTerm"].(map[string]any)["countries"])

	require.NoError(t, srv.Screen(id, map[string]any{"matchStatus": "unheard_of", "totalHits": "7"}))
	assert.Equal(t, "unheard_of", screening()["matchStatus"])
	assert.Equal(t, "7", screening()["totalHits"])

	webhooks := srv.Webhooks()
	require.Len(t, webhooks, 3)
	assert.Equal(t, verifftest.WatchlistWebhook, webhooks[1].Kind)
	assert.Equal(t, id, webhooks[1].SessionID)
	assert.Equal(t, found, message(t, webhooks[1]), "the same, beside nothing")

	assert.ErrorContains(t, srv.Screen("unknown", nil), "no such session")
	assert.ErrorContains(t, srv.Screen(id, map[string]any{"a": func() {}}), "no JSON form")
	other := "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
	assert.Equal(t, "404", ask(t, srv, "GET", "/sessions/"+other+"/watchlist-screening", other).refused(t))
}

func TestScreeningOfNobody(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	require.NoError(t, srv.Screen(id, nil))
	term := message(t, srv.Webhooks()[0])["searchTerm"].(map[string]any)
	assert.Equal(t, "", term["name"])
	assert.Nil(t, term["year"])
}
