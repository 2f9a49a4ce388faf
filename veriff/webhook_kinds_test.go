package veriff_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

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
			id := begin(t, client).ID
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
