package stress_test

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

const tomoUser = "attempt-0815"

var tomoPolicy = tomoidv.GovernmentID("id_card", tomoidv.OwnerVerified("document_secret"))

func theTomoIDV() *vendor {
	use := func(do func(context.Context, *tomoidv.Client, tomoidv.PPID) error) func(*testing.T, *world) func(context.Context, any) error {
		return func(_ *testing.T, w *world) func(context.Context, any) error {
			return func(ctx context.Context, client any) error {
				return do(ctx, client.(*tomoidv.Client), w.state.(tomoidv.PPID))
			}
		}
	}
	return &vendor{
		name:    "tomoidv",
		client:  reflect.TypeFor[*tomoidv.Client](),
		offline: []string{"Format", "LogValue"},
		token:   string(tomoidvtest.TokenRoute),
		sentinels: map[class]error{
			invalidRequest: tomoidv.ErrInvalidRequest, unauthorized: tomoidv.ErrUnauthorized, forbidden: tomoidv.ErrForbidden,
			notFound: tomoidv.ErrNotFound, conflict: tomoidv.ErrConflict, rateLimited: tomoidv.ErrRateLimited,
			unavailable: tomoidv.ErrUnavailable, invalidAnswer: tomoidv.ErrInvalidAnswer, tooLarge: tomoidv.ErrTooLarge,
			unconfirmed: tomoidv.ErrUnconfirmed,
		},
		open: func(t *testing.T) *world {
			srv := tomoidvtest.NewServer(t, tomoidvtest.WithoutListener())
			connect := func(rt http.RoundTripper, base string, logger *slog.Logger) (any, error) {
				return tomoidv.NewClient(srv.ClientID, srv.SecretKey, tomoidv.WithBaseURL(base), tomoidv.WithContractVersion("1.4"), tomoidv.WithAudience(srv.URL+"/v1/oauth2/token"),
					tomoidv.WithHTTPClient(&http.Client{Transport: rt}), tomoidv.WithLogger(logger))
			}
			clean, err := connect(srv.RoundTripper(), srv.URL, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			_, err = clean.(*tomoidv.Client).Start(t.Context(), &tomoidv.StartRequest{UserID: tomoUser, Country: "jp", Policy: tomoPolicy})
			require.NoError(t, err)
			require.NoError(t, srv.Pass(tomoUser, tomoidvtest.Person{FullName: "Hanako Sato", GivenName: "Hanako", FamilyName: "Sato", DateOfBirth: "1990-01-31", Sex: "F"}))
			result, err := clean.(*tomoidv.Client).Result(t.Context(), &tomoidv.ResultRequest{UserID: tomoUser})
			require.NoError(t, err)
			return &world{
				fake: srv, state: result.UserID, connect: connect, clean: clean, revoke: srv.RevokeTokens,
				secrets: []string{srv.ClientID, srv.SecretKey, tomoUser, string(result.UserID), "Hanako"},
				warm: func(ctx context.Context, client any) error {
					_, err := client.(*tomoidv.Client).Start(ctx, &tomoidv.StartRequest{UserID: "another-attempt"})
					return err
				},
			}
		},
		calls: map[string]call{
			"Health": {route: string(tomoidvtest.HealthRoute), anonymous: true, prepare: use(func(ctx context.Context, c *tomoidv.Client, _ tomoidv.PPID) error {
				_, err := c.Health(ctx)
				return err
			})},
			"Start": {route: string(tomoidvtest.StartRoute), once: true, prepare: use(func(ctx context.Context, c *tomoidv.Client, _ tomoidv.PPID) error {
				_, err := c.Start(ctx, &tomoidv.StartRequest{UserID: "attempt-0816", Country: "jp", Policy: tomoPolicy})
				return err
			})},
			"Result": {route: string(tomoidvtest.ResultRoute), prepare: use(func(ctx context.Context, c *tomoidv.Client, _ tomoidv.PPID) error {
				_, err := c.Result(ctx, &tomoidv.ResultRequest{UserID: tomoUser, Country: "jp", Policy: tomoPolicy})
				return err
			})},
			"Reset": {route: string(tomoidvtest.ResetRoute), once: true, prepare: use(func(ctx context.Context, c *tomoidv.Client, _ tomoidv.PPID) error {
				_, err := c.Reset(ctx, &tomoidv.ResetRequest{UserID: tomoUser, Country: "jp", Policy: tomoPolicy})
				return err
			})},
			"DeleteResult": {route: string(tomoidvtest.DeleteResultRoute), once: true, prepare: use(func(ctx context.Context, c *tomoidv.Client, ppid tomoidv.PPID) error {
				_, err := c.DeleteResult(ctx, ppid)
				return err
			})},
			"DeleteResults": {route: string(tomoidvtest.DeleteResultsRoute), once: true, prepare: use(func(ctx context.Context, c *tomoidv.Client, ppid tomoidv.PPID) error {
				_, err := c.DeleteResults(ctx, []tomoidv.PPID{ppid, "ppid.bm9ib2R5"})
				return err
			})},
			"KYC": {route: string(tomoidvtest.KYCRoute), prepare: use(func(ctx context.Context, c *tomoidv.Client, _ tomoidv.PPID) error {
				_, err := c.KYC(ctx, &tomoidv.KYCRequest{UserID: tomoUser, Country: "jp"})
				return err
			})},
			"Do": {route: string(tomoidvtest.HealthRoute), prepare: use(func(ctx context.Context, c *tomoidv.Client, _ tomoidv.PPID) error {
				_, err := c.Do(ctx, &tomoidv.Call{Method: http.MethodGet, Route: "/v1/idv/health"})
				return err
			})},
			"Do once": {route: string(tomoidvtest.DeleteResultRoute), once: true, prepare: use(func(ctx context.Context, c *tomoidv.Client, ppid tomoidv.PPID) error {
				_, err := c.Do(ctx, &tomoidv.Call{Method: http.MethodPost, Route: "/v1/idv/result/delete", Body: []byte(`{"user_id":"` + string(ppid) + `"}`)})
				return err
			})},
		},
	}
}
