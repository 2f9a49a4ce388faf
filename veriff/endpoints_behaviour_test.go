package veriff_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// begin creates a session.
func begin(tb testing.TB, client *veriff.Client) *veriff.Session {
	tb.Helper()
	session, err := client.CreateSession(tb.Context(), &veriff.CreateSessionRequest{
		VendorData: "attempt-1", Person: veriff.SessionPerson{FirstName: "Mirae", LastName: "Hong", DateOfBirth: "1990-02-28"},
	})
	require.NoError(tb, err)
	return session
}

func addPhoto(tb testing.TB, srv *verifftest.Server, id string) {
	tb.Helper()
	_, err := srv.AddMedia(id, verifftest.Media{Context: "document-front", Content: []byte("\xff\xd8\xff synthetic photo")})
	require.NoError(tb, err)
}

func TestSubmissionThroughTheAPI(t *testing.T) {
	for name, test := range map[string]struct {
		client []veriff.Option
		server []verifftest.Option
	}{
		"today": {},
		"document 003": {
			[]veriff.Option{veriff.WithLegacyAPI()}, []verifftest.Option{verifftest.WithTimestampRequired()},
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, test.server...)
			client := connect(t, srv, test.client...)
			session := begin(t, client)
			_, err := client.SubmitSession(t.Context(), session.ID)
			assertKinds(t, err, veriff.ErrInvalidRequest, veriff.ErrConflict)

			addPhoto(t, srv, session.ID)
			submitted, err := client.SubmitSession(t.Context(), session.ID)
			require.NoError(t, err)
			assert.Equal(t, veriff.StatusSubmitted, submitted.Status)
			assert.Equal(t, session.ID, submitted.ID)
			assert.Equal(t, session.URL, submitted.URL)
			assert.True(t, submitted.Meta().Signed())

			_, err = client.SubmitSession(t.Context(), session.ID)
			assertKinds(t, err, veriff.ErrInvalidRequest, veriff.ErrConflict)
			var failed *veriff.Error
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, veriff.ErrorCodeInvalidTransition, failed.Code)
			assert.Equal(t, 1, failed.Attempts, "somebody else did it")

			require.NoError(t, srv.Approve(session.ID, verifftest.Person{}))
			attempts, err := client.Attempts(t.Context(), session.ID)
			require.NoError(t, err)
			require.Len(t, attempts.Attempts, 1)
			assert.Equal(t, veriff.StatusApproved, attempts.Attempts[0].Status)
		})
	}
}

// The first PATCH and the first DELETE do their work, and nobody hears of it;
// the second find it done, and the error says how many there were.
func TestLostAnswersToWorkThatIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := verifftest.NewServer(t, verifftest.WithoutListener(), verifftest.WithSessionDeletion())
		client := connect(t, srv, veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}), veriff.WithMaxAttempts(3))
		session := begin(t, client)
		addPhoto(t, srv, session.ID)

		require.NoError(t, srv.Inject(verifftest.ResetAfter().On(verifftest.SubmitSessionRoute)))
		_, err := client.SubmitSession(t.Context(), session.ID)
		assertKinds(t, err, veriff.ErrInvalidRequest, veriff.ErrConflict)
		var failed *veriff.Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, 2, failed.Attempts)
		attempts, err := client.Attempts(t.Context(), session.ID)
		require.NoError(t, err)
		assert.Equal(t, veriff.StatusSubmitted, attempts.Attempts[0].Status, "it was our own doing")

		require.NoError(t, srv.Decline(session.ID, 102, ""))
		require.NoError(t, srv.Inject(verifftest.ResetAfter().On(verifftest.DeleteSessionRoute)))
		_, err = client.DeleteSession(t.Context(), session.ID)
		assertKinds(t, err, veriff.ErrNotFound)
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, 2, failed.Attempts)
		assert.Empty(t, srv.Sessions())
	})
}

func TestDeletion(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithSessionDeletion())
	client := connect(t, srv)
	box := listen(t, srv, client)

	opened := begin(t, client)
	require.NoError(t, srv.Open(opened.ID))
	submitted := begin(t, client)
	require.NoError(t, srv.Submit(submitted.ID))
	_, err := client.DeleteSession(t.Context(), submitted.ID)
	assertKinds(t, err, veriff.ErrInvalidRequest, veriff.ErrConflict)

	deleted, err := client.DeleteSession(t.Context(), opened.ID)
	require.NoError(t, err)
	assert.Equal(t, opened.ID, deleted.ID)
	_, err = client.Decision(t.Context(), opened.ID)
	assertKinds(t, err, veriff.ErrNotFound)
	require.Len(t, box.decisions(), 1)
	assert.Equal(t, veriff.StatusAbandoned, box.decisions()[0].Status)

	for range 4 {
		_, err := client.DeleteSession(t.Context(), begin(t, client).ID)
		require.NoError(t, err)
	}
	_, err = client.DeleteSession(t.Context(), begin(t, client).ID)
	assertKinds(t, err, veriff.ErrRateLimited)

	srv = verifftest.NewServer(t)
	client = connect(t, srv)
	_, err = client.DeleteSession(t.Context(), begin(t, client).ID)
	assertKinds(t, err, veriff.ErrForbidden)
}

func TestAttemptsOfAResubmission(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	session := begin(t, client)
	require.NoError(t, srv.Submit(session.ID))
	require.NoError(t, srv.RequestResubmission(session.ID, 204, ""))
	require.NoError(t, srv.Submit(session.ID))
	require.NoError(t, srv.Approve(session.ID, verifftest.Person{}))
	attempts, err := client.Attempts(t.Context(), session.ID)
	require.NoError(t, err)
	require.Len(t, attempts.Attempts, 2)
	assert.Equal(t, veriff.StatusApproved, attempts.Attempts[0].Status)
	assert.Equal(t, veriff.StatusResubmissionRequested, attempts.Attempts[1].Status)
	decision, err := client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	assert.Equal(t, decision.AttemptID, attempts.Attempts[0].ID)
}

// Veriff takes nine resubmissions; a tenth is a decline.
func TestTheTenthResubmissionDeclines(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	session := begin(t, client)
	for range 10 {
		require.NoError(t, srv.Submit(session.ID))
		require.NoError(t, srv.RequestResubmission(session.ID, 204, ""))
	}
	decision, err := client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	assert.Equal(t, veriff.StatusDeclined, decision.Status)
	assert.Equal(t, veriff.ReasonCode(539), decision.ReasonCode)
	attempts, err := client.Attempts(t.Context(), session.ID)
	require.NoError(t, err)
	require.Len(t, attempts.Attempts, 10)
	assert.Equal(t, decision.AttemptID, attempts.Attempts[0].ID)
}

func TestPersonOfASession(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	session := begin(t, client)
	_, err := client.Person(t.Context(), session.ID)
	assertKinds(t, err, veriff.ErrNotFound)

	require.NoError(t, srv.ForcePerson(session.ID, map[string]any{
		"citizenships": []any{map[string]any{"kind": "Main", "citizenship": "Korea"}},
		"pepSanctionMatches": []any{map[string]any{"numberOfMatches": 1, "date": "2018-11-28T17:13:28.154Z",
			"matches": []any{map[string]any{"name": "Hong Mi-rae", "nationality": "KR", "category": "SIP"}}}},
	}))
	person, err := client.Person(t.Context(), session.ID)
	require.NoError(t, err)
	assert.Equal(t, "Mirae", person.FirstName)
	assert.Equal(t, veriff.Date("1990-02-28"), person.DateOfBirth)
	assert.Equal(t, []veriff.Citizenship{{Kind: veriff.CitizenshipKindMain, Citizenship: "Korea"}}, person.Citizenships)
	require.Len(t, person.PEPSanctionMatches, 1)
	assert.Equal(t, veriff.PEPCategorySIP, person.PEPSanctionMatches[0].Matches[0].Category)
}

func TestScreeningOfASession(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	box := listen(t, srv, client)
	session := begin(t, client)
	_, err := client.WatchlistScreening(t.Context(), session.ID)
	assertKinds(t, err, veriff.ErrNotFound)

	require.NoError(t, srv.Screen(session.ID, nil))
	first, err := client.WatchlistScreening(t.Context(), session.ID)
	require.NoError(t, err)
	assert.Equal(t, veriff.MatchStatusNoMatch, first.MatchStatus)
	assert.Equal(t, session.ID, first.SessionID)

	require.NoError(t, srv.Screen(session.ID, map[string]any{"hits": []map[string]any{{
		"matchedName": "Mirae Hong", "listingsRelatedToMatch": map[string]any{"pep": []map[string]any{{"source_name": "PEPs of Nowhere"}}},
	}}}))
	second, err := client.WatchlistScreening(t.Context(), session.ID)
	require.NoError(t, err)
	assert.Equal(t, veriff.MatchStatusPossibleMatch, second.MatchStatus)
	assert.Equal(t, veriff.CheckTypeUpdatedResult, second.CheckType)
	require.Len(t, second.Hits, 1)
	assert.Equal(t, veriff.Text("PEPs of Nowhere"), second.Hits[0].Listings.PEP[0].SourceName)

	screenings := ofKind[*veriff.WatchlistScreening](box)
	require.Len(t, screenings, 2, "the webhooks say the same")
	for i, want := range []*veriff.WatchlistScreening{first, second} {
		assert.Equal(t, want.MatchStatus, screenings[i].MatchStatus)
		assert.Equal(t, want.Hits, screenings[i].Hits)
		assert.True(t, screenings[i].Meta().Signed())
	}
	assert.Empty(t, box.decisions())
}

func ofKind[T veriff.Webhook](box *mailbox) []T {
	box.mu.Lock()
	defer box.mu.Unlock()
	var out []T
	for _, webhook := range box.webhooks {
		if webhook, ok := webhook.(T); ok {
			out = append(out, webhook)
		}
	}
	return out
}

func TestFullAutoDecisionOfASession(t *testing.T) {
	for name, option := range map[string]verifftest.Option{"verification": verifftest.WithFullAuto(), "data": verifftest.WithFullAutoInData()} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, option)
			client := connect(t, srv)
			box := listen(t, srv, client)
			session := begin(t, client)
			_, err := client.FullAutoDecision(t.Context(), session.ID)
			assertKinds(t, err, veriff.ErrNotFound)

			require.NoError(t, srv.ForceFullAuto(session.ID, map[string]any{"insights": []any{map[string]any{"label": "x"}}}))
			found, err := client.FullAutoDecision(t.Context(), session.ID)
			require.NoError(t, err)
			assert.Equal(t, session.ID, found.SessionID)
			assert.Equal(t, "attempt-1", found.VendorData)
			assert.Equal(t, veriff.Text("approved"), found.Decision)
			assert.Equal(t, veriff.Number("1"), found.DecisionScore)
			assert.JSONEq(t, `[{"label":"x"}]`, string(found.Insights))

			announced := ofKind[*veriff.FullAutoDecision](box)
			require.Len(t, announced, 1)
			assert.Equal(t, session.ID, announced[0].SessionID)
			assert.Equal(t, found.Decision, announced[0].Decision)
			assert.Empty(t, box.decisions(), "it is no decision")
			decision, err := client.Decision(t.Context(), session.ID)
			require.NoError(t, err)
			assert.True(t, decision.Pending(), "and decides nothing")
		})
	}
}

func TestTimestampsOfASession(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithTimestamps())
	client := connect(t, srv, veriff.WithLegacyAPI())
	session := begin(t, client)
	addPhoto(t, srv, session.ID)
	list, err := client.Timestamps(t.Context(), session.ID)
	require.NoError(t, err)
	require.Len(t, list.Timestamps, 1)
	assert.Equal(t, veriff.Text("document-front"), list.Timestamps[0].Context)
	media, err := client.SessionMedia(t.Context(), session.ID)
	require.NoError(t, err)
	assert.Equal(t, list.Timestamps[0].ID, media.Images[0].Timestamp.ID)
	timestamp, err := client.Timestamp(t.Context(), media.Images[0].Timestamp.ID)
	require.NoError(t, err)
	download, err := client.DownloadMedia(t.Context(), media.Images[0].ID, io.Discard)
	require.NoError(t, err)
	matches, err := timestamp.MatchesSHA256(download.SHA256)
	require.NoError(t, err)
	assert.True(t, matches)
	other := sha256.Sum256([]byte("another file"))
	matches, err = timestamp.MatchesSHA256(other[:])
	require.NoError(t, err)
	assert.False(t, matches)

	srv = verifftest.NewServer(t)
	client = connect(t, srv)
	_, err = client.Timestamps(t.Context(), begin(t, client).ID)
	assertKinds(t, err, veriff.ErrNotFound)
}

func TestCollectedDataOfASession(t *testing.T) {
	for name, options := range map[string][]verifftest.Option{"200": nil, "201": {verifftest.WithCreatedStatus()}} {
		srv := verifftest.NewServer(t, options...)
		client := connect(t, srv)
		session := begin(t, client)
		_, err := client.SendCollectedData(t.Context(), session.ID, collectedData())
		require.NoError(t, err, name)
		require.NoError(t, srv.Submit(session.ID))
		_, err = client.SendCollectedData(t.Context(), session.ID, collectedData())
		assertKinds(t, err, veriff.ErrConflict)
	}
}

// What Do signs is what Veriff wants signed, whether there is a method or not.
func TestDoAtTheAPI(t *testing.T) {
	for name, options := range map[string][]veriff.Option{"HMAC": nil, "legacy": {veriff.WithLegacyAPI()}} {
		srv := verifftest.NewServer(t, verifftest.WithoutPhotos())
		client := connect(t, srv, options...)
		session := begin(t, client)
		for _, call := range []*veriff.Call{
			{Method: http.MethodGet, Route: "/v1/sessions/{id}/attempts", Args: []string{session.ID}},
			{Method: http.MethodPost, Route: "/v1/sessions", Body: []byte(`{"verification": {}}`)},
			{Method: http.MethodPatch, Route: "/v1/sessions/{id}", Args: []string{session.ID}, Body: []byte(`{"verification": {"status": "submitted"}}`)},
		} {
			answer, err := client.Do(t.Context(), call)
			require.NoError(t, err, "%s %s", name, call.Method)
			assert.True(t, answer.Meta().Signed())
			var got struct{ Status string }
			require.NoError(t, answer.Decode(&got))
			assert.Equal(t, "success", got.Status)
		}
		_, err := client.Do(t.Context(), &veriff.Call{
			Method: http.MethodGet, Route: "/v1/sessions/{id}/attempts", Args: []string{session.ID}, SignedID: otherID,
		})
		assertKinds(t, err, veriff.ErrUnauthorized)
	}
}

// An answer about another session, or with a member twice, is never used.
func TestAnswersOfAnotherSessionAtTheAPI(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithSessionDeletion(), verifftest.WithFullAuto(), verifftest.WithoutPhotos())
	client := connect(t, srv)
	session := begin(t, client)
	require.NoError(t, srv.Screen(session.ID, nil))
	require.NoError(t, srv.ForceFullAuto(session.ID, nil))
	calls := map[string]func() error{
		"FullAutoDecision":   func() error { _, err := client.FullAutoDecision(t.Context(), session.ID); return err },
		"WatchlistScreening": func() error { _, err := client.WatchlistScreening(t.Context(), session.ID); return err },
		"SubmitSession":      func() error { _, err := client.SubmitSession(t.Context(), session.ID); return err },
		"DeleteSession": func() error {
			_, err := client.DeleteSession(t.Context(), begin(t, client).ID)
			return err
		},
	}
	routes := map[string]verifftest.Route{
		"FullAutoDecision": verifftest.FullAutoDecisionRoute, "WatchlistScreening": verifftest.WatchlistScreeningRoute,
		"SubmitSession": verifftest.SubmitSessionRoute, "DeleteSession": verifftest.DeleteSessionRoute,
	}
	for name, call := range calls {
		require.NoError(t, srv.Inject(verifftest.AnotherSession().On(routes[name])))
		err := call()
		require.ErrorIs(t, err, veriff.ErrForeign, name)
	}
	for _, name := range []string{"FullAutoDecision", "WatchlistScreening"} {
		require.NoError(t, srv.Inject(verifftest.ExtraMembers(`"Decision":"declined","decision":"approved","matchStatus":"no_match"`)))
		assertKinds(t, calls[name](), veriff.ErrInvalidAnswer)
	}
}

// A webhook of a screening may be late; the newest one is what the API says.
func TestScreeningsOutOfOrder(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	session := begin(t, client)
	srv.SetTime(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	require.NoError(t, srv.Screen(session.ID, map[string]any{"hits": []map[string]any{{"matchedName": "x"}}}))
	srv.Advance(time.Hour)
	require.NoError(t, srv.Screen(session.ID, nil))
	webhooks := srv.Webhooks()
	late := webhooks[len(webhooks)-2]
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret)
	require.NoError(t, err)
	webhook, err := verifier.Parse(late.Header, bytes.Clone(late.Body))
	require.NoError(t, err)
	old := webhook.(*veriff.WatchlistScreening)
	now, err := client.WatchlistScreening(t.Context(), old.SessionID)
	require.NoError(t, err)
	assert.True(t, old.CreatedAt.Before(now.CreatedAt.Time))
	assert.Equal(t, veriff.MatchStatusNoMatch, now.MatchStatus)
}
