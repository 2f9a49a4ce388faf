package veriff_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fuzztest"
	"github.com/kyckit/kyckit-go/veriff"
)

func personRecord(tb testing.TB, body []byte) (*veriff.PersonRecord, error) {
	mock := mocked(http.MethodGet, sessionURL+"/person", signed(http.StatusOK, body))
	return newClient(tb, mock).Person(tb.Context(), sessionID)
}

// member gives what an answer holds under a key, as JSON.
func member(tb testing.TB, body []byte, name string) string {
	tb.Helper()
	var answer map[string]json.RawMessage
	require.NoError(tb, json.Unmarshal(body, &answer))
	require.NotEmpty(tb, answer[name])
	return string(answer[name])
}

// assertHolds asserts that storing got gives back every field of want.
func assertHolds(tb testing.TB, want string, got any) {
	tb.Helper()
	stored, err := json.Marshal(got)
	require.NoError(tb, err)
	assert.JSONEq(tb, want, string(stored))
}

func TestPersonHoldsEveryField(t *testing.T) {
	body := fixture(t, "answers", "person.json")
	person, err := personRecord(t, body)
	require.NoError(t, err)
	assertHolds(t, member(t, body, "person"), person)

	assert.Equal(t, "미래", person.FirstName)
	assert.Equal(t, veriff.GenderF, person.Gender)
	require.Len(t, person.Citizenships, 2)
	assert.Equal(t, veriff.CitizenshipKindMain, person.Citizenships[0].Kind)
	assert.Equal(t, veriff.Text("Estonia"), person.Citizenships[1].Citizenship)
	require.Len(t, person.PEPSanctionMatches, 1)
	search := person.PEPSanctionMatches[0]
	number, ok := search.NumberOfMatches.Float64()
	assert.True(t, ok)
	assert.InDelta(t, 2, number, 0)
	assert.True(t, search.Date.Equal(time.Date(2018, 11, 28, 17, 13, 28, 154e6, time.UTC)))
	require.Len(t, search.Matches, 2)
	assert.Equal(t, veriff.PEPCategoryPEP, search.Matches[0].Category)
	assert.Equal(t, veriff.PEPCategorySIP, search.Matches[1].Category)
}

func TestPersonInOtherShapes(t *testing.T) {
	person, err := personRecord(t, []byte(`{"status":"success","person":{"id":"x","firstName":null,"gender":null,"idCode":9002281234567,
		"citizenships":["EE",null,{"kind":"Honorary","citizenship":null}],
		"pepSanctionMatches":[{"numberOfMatches":"2","date":"","matches":["Hong Mi-rae",{"name":null,"category":"RCA"}]}]}}`))
	require.NoError(t, err)
	assert.Equal(t, veriff.Text("9002281234567"), person.IDCode, "a number as it was written")
	assert.Equal(t, []veriff.Citizenship{{Citizenship: "EE"}, {}, {Kind: "Honorary"}}, person.Citizenships)
	assert.False(t, person.Citizenships[2].Kind.Known())
	require.Len(t, person.PEPSanctionMatches, 1)
	assert.Equal(t, veriff.Number("2"), person.PEPSanctionMatches[0].NumberOfMatches)
	assert.Equal(t, []veriff.PEPMatch{{Name: "Hong Mi-rae"}, {Category: "RCA"}}, person.PEPSanctionMatches[0].Matches)
	fuzztest.Stable(t, person, new(veriff.PersonRecord))

	for _, body := range []string{`"citizenships":"EE"`, `"citizenships":[["EE"]]`, `"pepSanctionMatches":[{"matches":[[]]}]`, `"pepSanctionMatches":[{"date":"soon"}]`} {
		_, err := personRecord(t, []byte(`{"status":"success","person":{`+body+`}}`))
		assertKinds(t, err, veriff.ErrInvalidAnswer)
	}
}
