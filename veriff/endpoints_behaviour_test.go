package veriff_test

import (
	"context"
	"crypto/sha256"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// startSession creates a session for Mirae Hong.
func startSession(t *testing.T, client *veriff.Client) (id string) {
	t.Helper()
	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{
		VendorData: "attempt-1", Person: veriff.SessionPerson{FirstName: "Mirae", LastName: "Hong", DateOfBirth: "1990-01-31"},
	})
	require.NoError(t, err)
	return session.ID
}

// photograph adds a photo to a session's attempt.
func photograph(srv *verifftest.Server, id string) {
	srv.AddMedia(id, verifftest.Media{Context: "face", Content: []byte("\xff\xd8\xff a photo")})
}

func TestSubmissionThroughTheAPI(t *testing.T) {
	for name, test := range map[string]struct {
		server []verifftest.Option
		client []veriff.Option
	}{
		"today":        {nil, []veriff.Option{veriff.WithSignedAnswersOnly()}},
		"document 003": {[]verifftest.Option{verifftest.WithTimestampRequired()}, []veriff.Option{veriff.WithLegacyAPI(), veriff.WithSignedAnswersOnly()}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, test.server...)
			client := connect(t, srv, test.client...)
			id := startSession(t, client)

			_, err := client.SubmitSession(t.Context(), id)
			require.ErrorIs(t, err, veriff.ErrConflict, "no photo yet")
			photograph(srv, id)
			session, err := client.SubmitSession(t.Context(), id)
			require.NoError(t, err)
			assert.Equal(t, veriff.StatusSubmitted, session.Status)
			assert.Equal(t, "attempt-1", session.VendorData)
			assert.Equal(t, veriff.Status("submitted"), veriff.Status(srv.Sessions()[0].Status))

			_, err = client.SubmitSession(t.Context(), id)
			require.ErrorIs(t, err, veriff.ErrConflict)
			var failed *veriff.Error
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, veriff.ErrorCodeInvalidTransition, failed.Code)
			_, err = client.SubmitSession(t.Context(), otherID)
			require.ErrorIs(t, err, veriff.ErrNotFound)

			srv.Approve(id, verifftest.Person{})
			decision, err := client.Decision(t.Context(), id)
			require.NoError(t, err)
			assert.True(t, decision.Approved())
		})
	}
}

func TestDeletionByTheRules(t *testing.T) {
	ctx := t.Context()
	off := verifftest.NewServer(t)
	client := connect(t, off)
	_, err := client.DeleteSession(ctx, startSession(t, client))
	require.ErrorIs(t, err, veriff.ErrForbidden, "off until it is asked for")
	assert.Len(t, off.Sessions(), 1)

	srv := verifftest.NewServer(t, verifftest.WithSessionDeletion())
	client = connect(t, srv)
	for range 5 {
		id := startSession(t, client)
		srv.Submit(id)
		_, err := client.DeleteSession(ctx, id)
		require.ErrorIs(t, err, veriff.ErrConflict, "not decided yet")
		srv.Approve(id, verifftest.Person{})
		deleted, err := client.DeleteSession(ctx, id)
		require.NoError(t, err)
		assert.Equal(t, id, deleted.ID)
		assert.True(t, deleted.Meta().Signed())
		for op, ask := range map[string]func() error{
			"Decision":           func() error { _, err := client.Decision(ctx, id); return err },
			"Person":             func() error { _, err := client.Person(ctx, id); return err },
			"Attempts":           func() error { _, err := client.Attempts(ctx, id); return err },
			"WatchlistScreening": func() error { _, err := client.WatchlistScreening(ctx, id); return err },
			"SubmitSession":      func() error { _, err := client.SubmitSession(ctx, id); return err },
			"DeleteSession":      func() error { _, err := client.DeleteSession(ctx, id); return err },
		} {
			assert.ErrorIs(t, ask(), veriff.ErrNotFound, op)
		}
	}
	id := startSession(t, client)
	_, err = client.DeleteSession(ctx, id)
	require.ErrorIs(t, err, veriff.ErrRateLimited, "the sixth within an hour")
	srv.Advance(time.Hour)
	_, err = client.DeleteSession(ctx, id)
	require.NoError(t, err)
}

// An answer is lost after the vendor did what it was asked for. The client asks
// again, is refused, and the error shows that it was not the first attempt.
func TestLostAnswersToSubmissionAndDeletion(t *testing.T) {
	for name, test := range map[string]struct {
		route verifftest.Route
		call  func(ctx context.Context, client *veriff.Client, id string) error
		want  error
	}{
		"submission": {verifftest.SubmitSessionRoute, func(ctx context.Context, client *veriff.Client, id string) error {
			_, err := client.SubmitSession(ctx, id)
			return err
		}, veriff.ErrConflict},
		"deletion": {verifftest.DeleteSessionRoute, func(ctx context.Context, client *veriff.Client, id string) error {
			_, err := client.DeleteSession(ctx, id)
			return err
		}, veriff.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := verifftest.NewServer(t, verifftest.WithoutListener(), verifftest.WithSessionDeletion())
				client := connect(t, srv, veriff.WithMaxAttempts(3), veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
				id := startSession(t, client)
				photograph(srv, id)
				srv.Inject(verifftest.ResetAfter().On(test.route))
				err := test.call(t.Context(), client, id)
				require.ErrorIs(t, err, test.want)
				var failed *veriff.Error
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, 2, failed.Attempts)
			})
		})
	}
}

func TestAttemptsOverTheFake(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	id := startSession(t, client)
	for i := range 10 {
		srv.Submit(id)
		srv.RequestResubmission(id, 204, "")
		list, err := client.Attempts(t.Context(), id)
		require.NoError(t, err)
		if i < 9 {
			require.Len(t, list.Attempts, i+2)
			assert.Equal(t, veriff.StatusCreated, list.Attempts[0].Status)
			assert.Equal(t, veriff.StatusResubmissionRequested, list.Attempts[1].Status)
			continue
		}
		require.Len(t, list.Attempts, 10)
		assert.Equal(t, veriff.StatusDeclined, list.Attempts[0].Status)
		decision, err := client.Decision(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, veriff.CodeDeclined, decision.Code)
		assert.Equal(t, veriff.ReasonCode(539), decision.ReasonCode)
		assert.Equal(t, list.Attempts[0].ID, decision.AttemptID)
	}
}

func TestPersonOverTheFake(t *testing.T) {
	srv := verifftest.NewServer(t)
	client := connect(t, srv)
	id := startSession(t, client)
	_, err := client.Person(t.Context(), id)
	require.ErrorIs(t, err, veriff.ErrNotFound, "nobody yet")
	srv.ForcePerson(id, map[string]any{
		"citizenships": []any{map[string]any{"kind": "Main", "citizenship": "Korea"}},
		"pepSanctionMatches": []any{map[string]any{
			"numberOfMatches": 1, "date": "2018-11-28T17:13:28.154Z",
			"matches": []any{map[string]any{"name": "Mirae Hong", "nationality": "KR", "category": "PEP"}},
		}},
	})
	person, err := client.Person(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, "Mirae", person.FirstName)
	require.Len(t, person.Citizenships, 1)
	assert.Equal(t, veriff.Text("Korea"), person.Citizenships[0].Citizenship)
	require.Len(t, person.PEPSanctionMatches, 1)
	require.Len(t, person.PEPSanctionMatches[0].Matches, 1)
	assert.Equal(t, veriff.PEPCategory("PEP"), person.PEPSanctionMatches[0].Matches[0].Category)
}

func TestTimestampsOverTheFake(t *testing.T) {
	srv := verifftest.NewServer(t, verifftest.WithTimestamps())
	client := connect(t, srv, veriff.WithLegacyAPI())
	id := startSession(t, client)
	photograph(srv, id)
	list, err := client.Timestamps(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, list.Timestamps, 1)
	assert.Equal(t, veriff.Text("face"), list.Timestamps[0].Context)
	stamp, err := client.Timestamp(t.Context(), list.Timestamps[0].ID)
	require.NoError(t, err)
	for content, want := range map[string]bool{"\xff\xd8\xff a photo": true, "another": false} {
		sum := sha256.Sum256([]byte(content))
		same, err := stamp.MatchesSHA256(sum[:])
		require.NoError(t, err)
		assert.Equal(t, want, same)
	}
	_, err = client.Timestamp(t.Context(), otherID)
	require.ErrorIs(t, err, veriff.ErrNotFound)

	today := connect(t, verifftest.NewServer(t))
	_, err = today.Timestamps(t.Context(), startSession(t, today))
	require.ErrorIs(t, err, veriff.ErrNotFound, "not there any more")
}

func TestCollectedDataOverTheFake(t *testing.T) {
	for name, options := range map[string][]verifftest.Option{"200": nil, "201": {verifftest.WithCreatedStatus()}} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, options...)
			client := connect(t, srv)
			id := startSession(t, client)
			request := &veriff.CollectedDataRequest{
				ProviderName: "shop", Network: veriff.CollectedNetwork{IP: "203.0.113.7"},
				Device:  veriff.CollectedDevice{Fingerprint: "b"},
				Person:  veriff.CollectedPerson{Email: "a@a.invalid", PhoneNumber: "+82"},
				Browser: []byte(`{"name":"a"}`),
			}
			_, err := client.SendCollectedData(t.Context(), id, request)
			require.NoError(t, err)
			srv.Submit(id)
			_, err = client.SendCollectedData(t.Context(), id, request)
			require.ErrorIs(t, err, veriff.ErrConflict)
		})
	}
}

// Every kind of webhook, and what the API says of the same thing.
func TestWebhooksOfEveryKind(t *testing.T) {
	for name, option := range map[string]verifftest.Option{
		"full auto in verification": verifftest.WithFullAuto(), "full auto in data": verifftest.WithFullAutoInData(),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			srv := verifftest.NewServer(t, option)
			client := connect(t, srv, veriff.WithSignedAnswersOnly())
			box := listen(t, srv, client)
			id := startSession(t, client)
			_, err := client.FullAutoDecision(ctx, id)
			require.ErrorIs(t, err, veriff.ErrNotFound)
			_, err = client.WatchlistScreening(ctx, id)
			require.ErrorIs(t, err, veriff.ErrNotFound)

			srv.Submit(id)
			srv.Approve(id, verifftest.Person{})
			srv.Screen(id, nil)
			screening, err := client.WatchlistScreening(ctx, id)
			require.NoError(t, err)
			assert.Equal(t, veriff.MatchStatusNoMatch, screening.MatchStatus)
			srv.Screen(id, map[string]any{"hits": []any{map[string]any{"matchedName": "Mirae Hong"}}})
			screening, err = client.WatchlistScreening(ctx, id)
			require.NoError(t, err)
			require.Len(t, screening.Hits, 1)
			machine, err := client.FullAutoDecision(ctx, id)
			require.NoError(t, err)
			srv.SendWebhook("user-defined-status", []byte(`{"sessionId": "x",  "new": [1]}`))

			var kinds []string
			for _, webhook := range box.webhooks {
				switch webhook := webhook.(type) {
				case *veriff.Event:
					kinds = append(kinds, string(webhook.Action))
				case *veriff.FullAutoDecision:
					kinds = append(kinds, "full auto "+string(webhook.Decision))
					assert.Equal(t, machine.DecisionScore, webhook.DecisionScore)
					assert.Equal(t, id, webhook.SessionID)
					assert.Equal(t, machine.AttemptID, webhook.AttemptID)
				case *veriff.Decision:
					kinds = append(kinds, "decision")
					assert.True(t, webhook.Approved())
				case *veriff.WatchlistScreening:
					kinds = append(kinds, "watchlist "+string(webhook.MatchStatus))
					assert.Equal(t, id, webhook.SessionID)
				case *veriff.UnknownWebhook:
					kinds = append(kinds, "unknown")
					assert.Equal(t, `{"sessionId": "x",  "new": [1]}`, string(webhook.Meta().Raw()), "with its bytes")
				}
			}
			assert.Equal(t, []string{
				"started", "submitted", "full auto approved", "decision", "watchlist no_match", "watchlist possible_match", "unknown",
			}, kinds)
			for _, webhook := range srv.Webhooks() {
				assert.True(t, webhook.Delivered(), webhook.Kind)
			}
		})
	}
}

// An answer about something else than was asked for is never a result.
func TestForeignAnswersOfEveryCall(t *testing.T) {
	for name, test := range map[string]struct {
		route verifftest.Route
		call  func(ctx context.Context, client *veriff.Client, id, timestampID string) error
	}{
		"SubmitSession": {verifftest.SubmitSessionRoute, func(ctx context.Context, client *veriff.Client, id, _ string) error {
			_, err := client.SubmitSession(ctx, id)
			return err
		}},
		"DeleteSession": {verifftest.DeleteSessionRoute, func(ctx context.Context, client *veriff.Client, id, _ string) error {
			_, err := client.DeleteSession(ctx, id)
			return err
		}},
		"FullAutoDecision": {verifftest.FullAutoDecisionRoute, func(ctx context.Context, client *veriff.Client, id, _ string) error {
			_, err := client.FullAutoDecision(ctx, id)
			return err
		}},
		"WatchlistScreening": {verifftest.WatchlistScreeningRoute, func(ctx context.Context, client *veriff.Client, id, _ string) error {
			_, err := client.WatchlistScreening(ctx, id)
			return err
		}},
		"Timestamp": {verifftest.TimestampRoute, func(ctx context.Context, client *veriff.Client, _, timestampID string) error {
			_, err := client.Timestamp(ctx, timestampID)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := verifftest.NewServer(t, verifftest.WithSessionDeletion(), verifftest.WithFullAuto(), verifftest.WithTimestamps())
			client := connect(t, srv)
			id := startSession(t, client)
			photograph(srv, id)
			srv.Screen(id, nil)
			srv.ForceFullAuto(id, nil)
			list, err := client.Timestamps(t.Context(), id)
			require.NoError(t, err)
			srv.Inject(verifftest.AnotherSession().On(test.route))
			err = test.call(t.Context(), client, id, list.Timestamps[0].ID)
			require.ErrorIs(t, err, veriff.ErrForeign)
		})
	}
}
