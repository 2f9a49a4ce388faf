package verifftest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// attempts are the statuses of a session's attempts, the latest first, and
// their ids.
func attempts(t *testing.T, srv *verifftest.Server, id string) (statuses, ids []string) {
	t.Helper()
	a := ask(t, srv, "GET", "/sessions/"+id+"/attempts", id)
	require.Equal(t, 200, a.status, a.body)
	for _, x := range a.object(t)["verifications"].([]any) {
		attempt := x.(map[string]any)
		assert.Len(t, attempt, 2)
		statuses = append(statuses, attempt["status"].(string))
		ids = append(ids, attempt["id"].(string))
	}
	return statuses, ids
}

func TestAttempts(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	first := srv.Sessions()[0].AttemptID
	check := func(want ...string) {
		t.Helper()
		got, _ := attempts(t, srv, id)
		assert.Equal(t, want, got)
	}
	check("created")
	require.NoError(t, srv.Open(id))
	check("started")
	require.NoError(t, srv.Submit(id))
	check("submitted")
	require.NoError(t, srv.RequestResubmission(id, 201, ""))
	check("created", "resubmission_requested")
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Review(id))
	check("review", "resubmission_requested")
	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	check("approved", "resubmission_requested")
	_, ids := attempts(t, srv, id)
	assert.Equal(t, []string{srv.Sessions()[0].AttemptID, first}, ids)
	assert.Equal(t, "404", ask(t, srv, "GET", "/sessions/"+first+"/attempts", first).refused(t))
}

func TestTheTenthResubmissionIsADecline(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	for i := range 9 {
		require.NoError(t, srv.Submit(id))
		require.NoError(t, srv.RequestResubmission(id, 201, ""))
		require.Equal(t, "resubmission_requested", status(t, srv, id), fmt.Sprint(i))
	}
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.RequestResubmission(id, 201, ""))
	v := decided(t, srv, id)
	assert.Equal(t, "declined", v["status"])
	assert.Equal(t, 9102.0, v["code"])
	assert.Equal(t, 539.0, v["reasonCode"])
	assert.Equal(t, "Resubmission limit", v["reason"])
	statuses, _ := attempts(t, srv, id)
	assert.Len(t, statuses, 10)
	assert.Equal(t, "declined", statuses[0])
	assert.Error(t, srv.Submit(id))
}
