package verifftest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func record(t *testing.T, srv *verifftest.Server, id string) map[string]any {
	t.Helper()
	a := ask(t, srv, "GET", "/sessions/"+id+"/person", id)
	require.Equal(t, 200, a.status, a.body)
	object, _ := a.object(t)["person"].(map[string]any)
	return object
}

func TestPersonRecord(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	assert.Equal(t, `{"person":null,"status":"success"}`, ask(t, srv, "GET", "/sessions/"+id+"/person", id).body)
	require.NoError(t, srv.Submit(id))
	assert.Nil(t, record(t, srv, id))
	require.NoError(t, srv.Approve(id, verifftest.Person{FirstName: "미래", Nationality: "KR"}))
	got := record(t, srv, id)
	assert.Regexp(t, uuid4, got["id"])
	assert.NotEqual(t, id, got["id"])
	assert.Equal(t, map[string]any{
		"id": got["id"], "firstName": "미래", "lastName": "Hong", "idCode": "7", "dateOfBirth": "1990-01-31", "gender": "F",
		"nationality": "KR", "placeOfBirth": nil, "citizenships": []any{}, "pepSanctionMatches": []any{},
	}, got)
	assert.Equal(t, "404", ask(t, srv, "GET", "/sessions/"+got["id"].(string)+"/person", got["id"].(string)).refused(t))
}

func TestForcedPerson(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	citizenships := []map[string]string{{"kind": "Main", "citizenship": "Korea"}}
	require.NoError(t, srv.ForcePerson(id, map[string]any{"citizenships": citizenships, "idCode": nil}))
	want := []any{map[string]any{"kind": "Main", "citizenship": "Korea"}}
	got := record(t, srv, id)
	assert.Equal(t, want, got["citizenships"])
	assert.Nil(t, got["idCode"])
	assert.Equal(t, "Mirae", got["firstName"])

	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{FirstName: "미래"}))
	assert.Equal(t, want, record(t, srv, id)["citizenships"], "also after the decision")
	assert.Equal(t, "미래", record(t, srv, id)["firstName"])
	assert.Equal(t, got["id"], record(t, srv, id)["id"])

	assert.ErrorContains(t, srv.ForcePerson("unknown", nil), "no such session")
	assert.ErrorContains(t, srv.ForcePerson(id, map[string]any{"a": func() {}}), "no JSON form")
}

func TestNobodyIsKnownWhenNobodyCame(t *testing.T) {
	srv := start(t)
	id := created(t, srv, person)
	require.NoError(t, srv.Expire(id))
	assert.Nil(t, record(t, srv, id))
}
