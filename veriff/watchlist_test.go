package veriff_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

func watchlist(tb testing.TB, body []byte, options ...veriff.Option) (*veriff.WatchlistScreening, error) {
	mock := mocked(http.MethodGet, sessionURL+"/watchlist-screening", signed(http.StatusOK, body))
	return newClient(tb, mock, options...).WatchlistScreening(tb.Context(), sessionID)
}

func TestWatchlistScreeningHoldsEveryField(t *testing.T) {
	body := fixture(t, "answers", "watchlist.json")
	screening, err := watchlist(t, body)
	require.NoError(t, err)
	assertHolds(t, member(t, body, "data"), screening)

	assert.Equal(t, veriff.MatchStatusPossibleMatch, screening.MatchStatus)
	assert.Equal(t, veriff.CheckTypeInitialResult, screening.CheckType)
	require.Len(t, screening.Hits, 1)
	listings := screening.Hits[0].Listings
	for name, listed := range map[string][]veriff.Listing{
		"Warnings of Nowhere": listings.Warnings, "Sanctions of Nowhere": listings.Sanctions, "Fitness of Nowhere": listings.FitnessProbity,
		"PEPs of Nowhere": listings.PEP, "News of Nowhere": listings.AdverseMedia,
	} {
		require.Len(t, listed, 1, name)
		assert.Equal(t, veriff.Text(name), listed[0].SourceName)
	}
}

// Veriff's own sample mixes sourceName and source_name; numbers and booleans
// may be strings. It is the same screening.
func TestWatchlistScreeningInOtherSpellings(t *testing.T) {
	decode := func(name string) *veriff.WatchlistScreening {
		webhook, err := parse(t, fixture(t, "webhooks", name))
		require.NoError(t, err)
		return webhook.(*veriff.WatchlistScreening)
	}
	usual, other := decode("watchlist_possible_match.json"), decode("watchlist_other_spellings.json")
	for _, listed := range [][]veriff.Listing{
		usual.Hits[0].Listings.Warnings, usual.Hits[0].Listings.Sanctions, usual.Hits[0].Listings.FitnessProbity,
		usual.Hits[0].Listings.PEP, usual.Hits[0].Listings.AdverseMedia,
	} {
		require.NotEmpty(t, listed[0].Date)
		listed[0].Date = "" // null in the other one
	}
	want, err := json.Marshal(usual)
	require.NoError(t, err)
	assertHolds(t, string(want), other)
}

func TestListingSpellings(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want veriff.Listing
	}{
		"usual":      {`{"sourceName":"a","sourceUrl":"b","date":2019}`, veriff.Listing{SourceName: "a", SourceURL: "b", Date: "2019"}},
		"underscore": {`{"source_name":"a","source_url":"b"}`, veriff.Listing{SourceName: "a", SourceURL: "b"}},
		"both":       {`{"sourceName":"a","source_name":"c","source_url":"d","sourceUrl":"b"}`, veriff.Listing{SourceName: "a", SourceURL: "b"}},
		"one null":   {`{"sourceName":null,"source_name":"c"}`, veriff.Listing{SourceName: "c"}},
		"null":       {`null`, veriff.Listing{}},
	} {
		got := veriff.Listing{SourceName: "stale"}
		require.NoError(t, json.Unmarshal([]byte(test.body), &got), name)
		assert.Equal(t, test.want, got, name)
	}
	require.Error(t, json.Unmarshal([]byte(`"x"`), new(veriff.Listing)))
}

func TestUnknownWatchlistValuesAreLogged(t *testing.T) {
	body := []byte(`{"status":"success","data":{"matchStatus":"true_match","checkType":"third"}}`)
	var log bytes.Buffer
	screening, err := watchlist(t, body, veriff.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	require.NoError(t, err)
	assert.False(t, screening.MatchStatus.Known())
	assert.Contains(t, log.String(), "field=matchStatus")
	assert.Contains(t, log.String(), "field=checkType")
	assert.NotContains(t, log.String(), "true_match")
}
