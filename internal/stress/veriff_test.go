package stress_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// veriffState is a session that is decided and one that is not.
type veriffState struct {
	decided, attempt, media, timestamp string
	decision                           *veriff.Decision
	open                               string
}

var photo = []byte("\xff\xd8\xff synthetic photo, " + strings.Repeat("no more than a few thousand bytes of it, ", 100))

func theVeriff(legacy, signedOnly bool) *vendor {
	use := func(do func(context.Context, *veriff.Client, veriffState) error) func(*testing.T, *world) func(context.Context, any) error {
		return func(_ *testing.T, w *world) func(context.Context, any) error {
			return func(ctx context.Context, client any) error {
				return do(ctx, client.(*veriff.Client), w.state.(veriffState))
			}
		}
	}
	return &vendor{
		name:    "veriff",
		client:  reflect.TypeFor[*veriff.Client](),
		offline: []string{"Format", "LogValue"},
		sentinels: map[class]error{
			invalidRequest: veriff.ErrInvalidRequest, unauthorized: veriff.ErrUnauthorized, forbidden: veriff.ErrForbidden,
			notFound: veriff.ErrNotFound, conflict: veriff.ErrConflict, rateLimited: veriff.ErrRateLimited,
			unavailable: veriff.ErrUnavailable, invalidAnswer: veriff.ErrInvalidAnswer, tooLarge: veriff.ErrTooLarge,
			unconfirmed: veriff.ErrUnconfirmed, wrongSignature: veriff.ErrSignature,
		},
		signs: true, legacy: legacy, signedOnly: signedOnly,
		open: func(t *testing.T) *world { return openVeriff(t, legacy, signedOnly) },
		calls: map[string]call{
			"CreateSession": {route: string(verifftest.CreateSessionRoute), once: true, prepare: use(func(ctx context.Context, c *veriff.Client, _ veriffState) error {
				_, err := c.CreateSession(ctx, &veriff.CreateSessionRequest{VendorData: "attempt-0816"})
				return err
			})},
			"SubmitSession": {route: string(verifftest.SubmitSessionRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.SubmitSession(ctx, s.open)
				return err
			})},
			"DeleteSession": {route: string(verifftest.DeleteSessionRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.DeleteSession(ctx, s.decided)
				return err
			})},
			"UploadMedia": {route: string(verifftest.UploadMediaRoute), once: true, prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.UploadMedia(ctx, s.open, &veriff.MediaUpload{Context: veriff.Face, Content: bytes.NewReader(photo)})
				return err
			})},
			"SessionMedia": {route: string(verifftest.SessionMediaRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.SessionMedia(ctx, s.decided)
				return err
			})},
			"AttemptMedia": {route: string(verifftest.AttemptMediaRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.AttemptMedia(ctx, s.attempt)
				return err
			})},
			"DownloadMedia": {route: string(verifftest.DownloadMediaRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.DownloadMedia(ctx, s.media, io.Discard)
				return err
			})},
			"DownloadMediaFile": {route: string(verifftest.DownloadMediaRoute), prepare: func(t *testing.T, w *world) func(context.Context, any) error {
				dir := t.TempDir()
				return func(ctx context.Context, client any) error {
					_, err := client.(*veriff.Client).DownloadMediaFile(ctx, w.state.(veriffState).media, filepath.Join(dir, "photo"))
					left, failed := os.ReadDir(dir)
					assert.NoError(t, failed)
					if err != nil {
						assert.Empty(t, left, "files that are left")
					}
					return err
				}
			}},
			"Attempts": {route: string(verifftest.AttemptsRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.Attempts(ctx, s.decided)
				return err
			})},
			"Person": {route: string(verifftest.PersonRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.Person(ctx, s.decided)
				return err
			})},
			"Decision": {route: string(verifftest.DecisionRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.Decision(ctx, s.decided)
				return err
			})},
			"Confirm": {route: string(verifftest.DecisionRoute), op: "Decision", prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.Confirm(ctx, s.decision)
				return err
			})},
			"FullAutoDecision": {route: string(verifftest.FullAutoDecisionRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.FullAutoDecision(ctx, s.decided)
				return err
			})},
			"WatchlistScreening": {route: string(verifftest.WatchlistScreeningRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.WatchlistScreening(ctx, s.decided)
				return err
			})},
			"SendCollectedData": {route: string(verifftest.CollectedDataRoute), once: true, prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.SendCollectedData(ctx, s.open, &veriff.CollectedDataRequest{
					ProviderName: "shop", Network: veriff.CollectedNetwork{IP: "192.0.2.1"}, Device: veriff.CollectedDevice{Fingerprint: "f-1"},
				})
				return err
			})},
			"Timestamps": {route: string(verifftest.TimestampsRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.Timestamps(ctx, s.decided)
				return err
			})},
			"Timestamp": {route: string(verifftest.TimestampRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.Timestamp(ctx, s.timestamp)
				return err
			})},
			"Do": {route: string(verifftest.DecisionRoute), prepare: use(func(ctx context.Context, c *veriff.Client, s veriffState) error {
				_, err := c.Do(ctx, &veriff.Call{Method: http.MethodGet, Route: "/v1/sessions/{id}/decision", Args: []string{s.decided}})
				return err
			})},
			"Do once": {route: string(verifftest.CreateSessionRoute), once: true, prepare: use(func(ctx context.Context, c *veriff.Client, _ veriffState) error {
				_, err := c.Do(ctx, &veriff.Call{Method: http.MethodPost, Route: "/v1/sessions", Body: []byte(`{"verification":{}}`)})
				return err
			})},
		},
	}
}

func openVeriff(t *testing.T, legacy, signedOnly bool) *world {
	var options []veriff.Option
	if legacy {
		options = append(options, veriff.WithLegacyAPI())
	}
	if signedOnly {
		options = append(options, veriff.WithSignedAnswersOnly())
	}
	srv := verifftest.NewServer(t, verifftest.WithoutListener(), verifftest.WithSessionDeletion(), verifftest.WithTimestamps(), verifftest.WithFullAuto())
	connect := func(rt http.RoundTripper, base string, logger *slog.Logger) (any, error) {
		return veriff.NewClient(srv.APIKey, srv.Secret, append(options[:len(options):len(options)],
			veriff.WithBaseURL(base), veriff.WithHTTPClient(&http.Client{Transport: rt}), veriff.WithLogger(logger))...)
	}
	clean, err := connect(srv.RoundTripper(), srv.URL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	client := clean.(*veriff.Client)
	session, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{
		VendorData: "attempt-0815", Person: veriff.SessionPerson{FirstName: "Mirae", LastName: "Hong"},
	})
	require.NoError(t, err)
	media, err := srv.AddMedia(session.ID, verifftest.Media{Context: "document-front", Content: photo})
	require.NoError(t, err)
	require.NoError(t, srv.Submit(session.ID))
	require.NoError(t, srv.Approve(session.ID, verifftest.Person{}))
	require.NoError(t, srv.Screen(session.ID, nil))
	require.NoError(t, srv.ForcePerson(session.ID, nil))
	state := veriffState{decided: session.ID, media: media}
	state.decision, err = client.Decision(t.Context(), session.ID)
	require.NoError(t, err)
	state.attempt = state.decision.AttemptID
	stamps, err := client.Timestamps(t.Context(), session.ID)
	require.NoError(t, err)
	state.timestamp = stamps.Timestamps[0].ID
	another, err := client.CreateSession(t.Context(), &veriff.CreateSessionRequest{})
	require.NoError(t, err)
	state.open = another.ID
	_, err = srv.AddMedia(another.ID, verifftest.Media{Context: "document-front", Content: photo})
	require.NoError(t, err)
	return &world{
		fake: srv, state: state, connect: connect, clean: clean, secret: srv.Secret,
		secrets: []string{srv.APIKey, srv.Secret, session.ID, another.ID, media, state.attempt, state.timestamp, "attempt-081", "Mirae"},
		warm: func(ctx context.Context, client any) error {
			_, err := client.(*veriff.Client).Decision(ctx, session.ID)
			return err
		},
	}
}
