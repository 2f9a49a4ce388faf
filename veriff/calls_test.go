package veriff_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	attemptID   = "9a8b7c6d-1e2f-4a3b-8c4d-5e6f7a8b9c0d"
	timestampID = "6f7e2967-4953-4e35-9aed-4ba69f65db80"
)

// namedCall is a call about one id, with what is on the wire.
type namedCall struct {
	op       string
	id       string
	method   string
	path     string // below the base URL
	query    string
	route    string
	signs    string // the payload; "" is the body
	answer   string // in testdata/answers
	idAnswer string // an answer about another id, if one can be told
	null     string // an answer that has nothing yet, if that can be told
	call     func(*veriff.Client, context.Context, string) (any, veriff.Meta, error)
}

// namedCalls is every one there is.
var namedCalls = []namedCall{
	{
		op: "SubmitSession", id: sessionID, method: http.MethodPatch, path: "/v1/sessions/" + sessionID, route: "/v1/sessions/{id}",
		answer: "session_submitted.json", idAnswer: `{"status":"success","verification":{"id":"` + otherID + `"}}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.SubmitSession(ctx, id))
		},
	},
	{
		op: "DeleteSession", id: sessionID, method: http.MethodDelete, path: "/v1/sessions/" + sessionID, route: "/v1/sessions/{id}",
		signs: sessionID, answer: "session_deleted.json", idAnswer: `{"status":"success","verification":{"id":"` + otherID + `"}}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.DeleteSession(ctx, id))
		},
	},
	{
		op: "Decision", id: sessionID, method: http.MethodGet, path: "/v1/sessions/" + sessionID + "/decision", route: "/v1/sessions/{id}/decision",
		signs: sessionID, answer: "decision_approved.json", idAnswer: `{"status":"success","verification":{"id":"` + otherID + `"}}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.Decision(ctx, id))
		},
	},
	{
		op: "Person", id: sessionID, method: http.MethodGet, path: "/v1/sessions/" + sessionID + "/person", route: "/v1/sessions/{id}/person",
		signs: sessionID, answer: "person.json", null: `{"status":"success","person":null}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.Person(ctx, id))
		},
	},
	{
		op: "Attempts", id: sessionID, method: http.MethodGet, path: "/v1/sessions/" + sessionID + "/attempts", route: "/v1/sessions/{id}/attempts",
		signs: sessionID, answer: "attempts.json", null: `{"status":"success","verifications":null}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.Attempts(ctx, id))
		},
	},
	{
		op: "FullAutoDecision", id: sessionID, method: http.MethodGet, path: "/v1/sessions/" + sessionID + "/decision/fullauto", query: "version=1.0.0",
		route: "/v1/sessions/{id}/decision/fullauto", signs: sessionID, answer: "fullauto.json",
		idAnswer: `{"status":"success","sessionId":"` + otherID + `","decision":"approved","insights":[]}`, null: `{"status":"success","verification":null}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.FullAutoDecision(ctx, id))
		},
	},
	{
		op: "WatchlistScreening", id: sessionID, method: http.MethodGet, path: "/v1/sessions/" + sessionID + "/watchlist-screening",
		route: "/v1/sessions/{id}/watchlist-screening", signs: sessionID, answer: "watchlist.json",
		idAnswer: `{"status":"success","data":{"sessionId":"` + otherID + `","matchStatus":"no_match"}}`, null: `{"status":"success","data":null}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.WatchlistScreening(ctx, id))
		},
	},
	{
		op: "Timestamps", id: sessionID, method: http.MethodGet, path: "/v1/sessions/" + sessionID + "/timestamps", route: "/v1/sessions/{id}/timestamps",
		signs: sessionID, answer: "timestamps.json", null: `{"status":"success","timestamps":null}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.Timestamps(ctx, id))
		},
	},
	{
		op: "Timestamp", id: timestampID, method: http.MethodGet, path: "/v1/timestamps/" + timestampID, route: "/v1/timestamps/{id}",
		signs: timestampID, answer: "timestamp.json", idAnswer: `{"status":"success","timestamp":{"id":"` + otherID + `"}}`,
		null: `{"status":"success","timestamp":null}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.Timestamp(ctx, id))
		},
	},
	{
		op: "SessionMedia", id: sessionID, method: http.MethodGet, path: "/v1/sessions/" + sessionID + "/media", route: "/v1/sessions/{id}/media",
		signs: sessionID, answer: "media_list.json", idAnswer: `{"status":"success","images":[{"id":"a","sessionId":"` + otherID + `"}]}`,
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.SessionMedia(ctx, id))
		},
	},
	{
		op: "AttemptMedia", id: attemptID, method: http.MethodGet, path: "/v1/attempts/" + attemptID + "/media", route: "/v1/attempts/{id}/media",
		signs: attemptID, answer: "media_list.json",
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.AttemptMedia(ctx, id))
		},
	},
	{
		op: "SendCollectedData", id: sessionID, method: http.MethodPost, path: "/v1/sessions/" + sessionID + "/collected-data",
		route: "/v1/sessions/{id}/collected-data", answer: "collected_data.json",
		call: func(c *veriff.Client, ctx context.Context, id string) (any, veriff.Meta, error) {
			return result(c.SendCollectedData(ctx, id, collectedData()))
		},
	},
}

// result gives nil, and not a nil pointer in an interface, for a call that
// returned nothing.
func result[T any, P interface {
	*T
	Meta() veriff.Meta
}](got P, err error) (any, veriff.Meta, error) {
	if got == nil {
		return nil, veriff.Meta{}, err
	}
	return got, got.Meta(), err
}

func TestCallsOnTheWire(t *testing.T) {
	for _, c := range namedCalls {
		for scheme, options := range map[string][]veriff.Option{
			"X-HMAC-SIGNATURE": nil,
			"X-SIGNATURE":      {veriff.WithLegacyAPI()},
		} {
			t.Run(c.op+" "+scheme, func(t *testing.T) {
				sign := hmacHex
				if options != nil {
					sign = legacyHex
				}
				answer := fixture(t, "answers", c.answer)
				mock := httpmock.NewMockTransport()
				mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
					assert.Equal(t, c.method, r.Method)
					assert.Equal(t, baseURL+c.path, strings.TrimSuffix(r.URL.String(), "?"+c.query))
					assert.Equal(t, c.query, r.URL.RawQuery)
					assert.Equal(t, c.route, r.Pattern)
					assert.Equal(t, apiKey, r.Header.Get("X-AUTH-CLIENT"))
					payload := []byte(c.signs)
					if c.signs == "" {
						payload = requestBody(t, r)
						assert.NotEmpty(t, payload)
					} else {
						assert.Nil(t, r.Body)
					}
					assert.Equal(t, sign(sharedSecret, payload), r.Header.Get(scheme))
					assert.Equal(t, scheme == "X-HMAC-SIGNATURE", r.Header.Get("X-SIGNATURE") == "")
					return withHeader(http.StatusOK, answer, scheme, sign(sharedSecret, answer))(r)
				})
				got, meta, err := c.call(newClient(t, mock, options...), t.Context(), c.id)
				require.NoError(t, err)
				require.NotNil(t, got)
				assert.Equal(t, answer, meta.Raw())
				assert.True(t, meta.Signed())
				assert.Equal(t, 1, mock.GetTotalCallCount())
			})
		}
	}
}

func TestAnswersOfCallsThatAreRefused(t *testing.T) {
	for _, c := range namedCalls {
		ask := func(t *testing.T, responder httpmock.Responder, options ...veriff.Option) error {
			mock := httpmock.NewMockTransport()
			mock.RegisterNoResponder(responder)
			got, _, err := c.call(newClient(t, mock, options...), t.Context(), c.id)
			if err != nil {
				assert.Nil(t, got)
				var failed *veriff.Error
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, c.op, failed.Op)
			}
			return err
		}
		answer := fixture(t, "answers", c.answer)
		lost := []error{}
		if c.method == http.MethodPost {
			lost = []error{veriff.ErrUnconfirmed} // it may have been carried out
		}
		t.Run(c.op, func(t *testing.T) {
			assertKinds(t, ask(t, withHeader(http.StatusOK, answer, "X-HMAC-SIGNATURE", hmacHex("x", answer))), append(lost, veriff.ErrSignature)...)
			assertKinds(t, ask(t, withHeader(http.StatusOK, answer, "vrf-hmac-signature", hmacHex(sharedSecret, answer[1:]))), append(lost, veriff.ErrSignature)...)
			require.NoError(t, ask(t, withHeader(http.StatusOK, answer)), "unsigned, which is logged and told")
			assertKinds(t, ask(t, withHeader(http.StatusOK, answer), veriff.WithSignedAnswersOnly()), append(lost, veriff.ErrSignature)...)
			assertKinds(t, ask(t, withHeader(http.StatusOK, answer), veriff.WithSignedAnswersOnly(), veriff.WithLegacyAPI()), append(lost, veriff.ErrSignature)...)
			for _, body := range []string{
				"<html>", `{"status":"fail"}`, string(answer) + "{}", string(answer[:len(answer)/2]),
				`{"status":"success","status":"success"}`, "{\"status\":\"\xff\"}",
			} {
				assertKinds(t, ask(t, signed(http.StatusOK, []byte(body))), append(lost, veriff.ErrInvalidAnswer)...)
			}
			if c.op != "Decision" && c.op != "SendCollectedData" {
				for _, body := range []string{`{"status":"success"}`, `{}`, `[]`, ``, `null`} {
					err := ask(t, signed(http.StatusOK, []byte(body)))
					if !errors.Is(err, veriff.ErrForeign) { // what names no session is about another one
						assertKinds(t, err, veriff.ErrInvalidAnswer)
					}
				}
			}
			if c.idAnswer != "" {
				assertKinds(t, ask(t, signed(http.StatusOK, []byte(c.idAnswer))), veriff.ErrForeign)
			}
			if c.null != "" {
				assertKinds(t, ask(t, signed(http.StatusOK, []byte(c.null))), veriff.ErrNotFound)
			}
		})
	}
}

func TestCallsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	for _, c := range namedCalls {
		mock := httpmock.NewMockTransport()
		client := newClient(t, mock)
		for _, id := range []string{"", ".", "..", "a/b", `a\b`, "a\nb", "\xff", strings.Repeat("x", 257)} {
			_, _, err := c.call(client, t.Context(), id)
			assertKinds(t, err, veriff.ErrInvalidRequest)
			assert.ErrorContains(t, err, " id ", "%s %q", c.op, id)
		}
		for _, none := range []*veriff.Client{nil, {}} {
			_, _, err := c.call(none, t.Context(), c.id)
			assertKinds(t, err, veriff.ErrInvalidRequest)
		}
		assert.Zero(t, mock.GetTotalCallCount(), c.op)
	}
}

// An id is one element of the path, whatever is in it.
func TestIDsAreEscaped(t *testing.T) {
	const id = "a b?c#d%2e"
	for _, c := range namedCalls {
		mock := httpmock.NewMockTransport()
		mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, strings.Replace(c.path, c.id, "a%20b%3Fc%23d%252e", 1), r.URL.EscapedPath(), c.op)
			assert.Equal(t, c.query, r.URL.RawQuery, c.op)
			if c.signs != "" {
				assert.Equal(t, hmacHex(sharedSecret, []byte(id)), r.Header.Get("X-HMAC-SIGNATURE"), "unescaped")
			}
			return httpmock.NewStringResponse(http.StatusNotFound, ""), nil
		})
		_, _, err := c.call(newClient(t, mock), t.Context(), id)
		assertKinds(t, err, veriff.ErrNotFound)
	}
}

// All but the POST are sent again; the last answer counts the attempts.
func TestCallsAreRepeated(t *testing.T) {
	for _, c := range namedCalls {
		t.Run(c.op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				mock := httpmock.NewMockTransport()
				mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
					if sent++; sent == 1 {
						return nil, syscall.ECONNRESET // after it was carried out
					}
					return httpmock.NewBytesResponse(http.StatusBadRequest, fixture(t, "answers", "error_1304.json")), nil
				})
				_, _, err := c.call(newClient(t, mock, veriff.WithMaxAttempts(3)), t.Context(), c.id)
				var failed *veriff.Error
				require.ErrorAs(t, err, &failed)
				if c.method == http.MethodPost {
					assertKinds(t, err, veriff.ErrUnavailable, veriff.ErrUnconfirmed)
					assert.Equal(t, 1, failed.Attempts)
					return
				}
				assertKinds(t, err, veriff.ErrInvalidRequest, veriff.ErrConflict)
				assert.Equal(t, veriff.ErrorCodeInvalidTransition, failed.Code)
				assert.Equal(t, 2, failed.Attempts, "the caller sees that it may be its own doing")
			})
		})
	}
}

func TestCallsWithACanceledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range namedCalls {
		mock := httpmock.NewMockTransport()
		_, _, err := c.call(newClient(t, mock), ctx, c.id)
		require.ErrorIs(t, err, context.Canceled, c.op)
		assertKinds(t, err)
		assert.Zero(t, mock.GetTotalCallCount(), c.op)
	}
}

// Codes whose status no source tells are sentinels by themselves.
func TestCodesAreSentinelsWhateverTheStatus(t *testing.T) {
	unauthorized := map[veriff.ErrorCode]bool{1101: true, 1801: true, 1802: true, 1803: true, 1804: true, 1812: true, 1813: true, 1814: true, 1815: true, 1818: true, 1819: true}
	conflict := map[veriff.ErrorCode]bool{1003: true, 1304: true}
	rows := readTable(t, "error_codes.tsv")
	require.Len(t, rows, 37)
	for _, row := range rows {
		body := `{"status":"fail","code":"` + row["value"] + `"}`
		for status, kind := range map[int]error{http.StatusBadRequest: veriff.ErrInvalidRequest, http.StatusUnauthorized: veriff.ErrUnauthorized, http.StatusConflict: veriff.ErrConflict} {
			_, err := newClient(t, mocked(http.MethodGet, decisionURL, httpmock.NewStringResponder(status, body))).Decision(t.Context(), sessionID)
			var failed *veriff.Error
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, row["value"], fmt.Sprintf("%d", failed.Code))
			want := []error{kind}
			if unauthorized[failed.Code] {
				want = append(want, veriff.ErrUnauthorized)
			}
			if conflict[failed.Code] {
				want = append(want, veriff.ErrConflict)
			}
			assertKinds(t, err, want...)
			assert.Equal(t, 1, strings.Count(err.Error(), kind.Error()), "said once: %v", err)
		}
	}
}
