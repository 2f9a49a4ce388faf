package verifftest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func remove(t *testing.T, srv *verifftest.Server, id string) answer {
	t.Helper()
	return ask(t, srv, "DELETE", "/sessions/"+id, id)
}

func TestDeletionIsOffUntilItIsAskedFor(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	assert.Equal(t, "403", remove(t, srv, id).refused(t))
	assert.Equal(t, "created", status(t, srv, id))
}

func TestDeletion(t *testing.T) {
	never := func(*verifftest.Server, string) error { return nil }
	submitted := func(then func(*verifftest.Server, string) error) func(*verifftest.Server, string) error {
		return func(srv *verifftest.Server, id string) error {
			if err := srv.Submit(id); err != nil {
				return err
			}
			return then(srv, id)
		}
	}
	for name, c := range map[string]struct {
		way       func(*verifftest.Server, string) error
		ending    string // that a webhook tells, empty for none
		forbidden bool
	}{
		"created":   {way: never, ending: "expired"},
		"started":   {way: (*verifftest.Server).Open, ending: "abandoned"},
		"submitted": {way: submitted(never), forbidden: true},
		"review":    {way: submitted((*verifftest.Server).Review), forbidden: true},
		"resubmission_requested": {
			way:    submitted(func(srv *verifftest.Server, id string) error { return srv.RequestResubmission(id, 201, "") }),
			ending: "abandoned",
		},
		"approved": {way: submitted(func(srv *verifftest.Server, id string) error { return srv.Approve(id, verifftest.Person{}) })},
		"declined": {way: submitted(func(srv *verifftest.Server, id string) error { return srv.Decline(id, 101, "") })},
		"expired":  {way: (*verifftest.Server).Expire},
		"abandoned": {way: func(srv *verifftest.Server, id string) error {
			if err := srv.Open(id); err != nil {
				return err
			}
			return srv.Abandon(id)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t, verifftest.WithSessionDeletion())
			id, other := created(t, srv, `{}`), created(t, srv, `{}`)
			require.NoError(t, c.way(srv, id))
			require.Equal(t, name, status(t, srv, id))
			known, mediaID := srv.Sessions()[0], add(t, srv, id, verifftest.Media{Content: []byte(jpegFile)})
			before := len(srv.Webhooks())

			a := remove(t, srv, id)
			if c.forbidden {
				assert.Equal(t, "400", a.refused(t))
				assert.Equal(t, "Session is not in a completed status.", a.object(t)["message"])
				assert.Equal(t, name, status(t, srv, id))
				return
			}
			require.Equal(t, 200, a.status, a.body)
			assert.Equal(t, `{"status":"success","verification":{"id":"`+id+`"}}`, a.body)
			require.Len(t, srv.Sessions(), 1)
			assert.Equal(t, other, srv.Sessions()[0].ID)
			assert.Equal(t, "404", download(t, srv, mediaID).refused(t))
			for _, path := range []string{"/decision", "/media", "/person", "/attempts", "/watchlist-screening"} {
				assert.Equal(t, "404", ask(t, srv, "GET", "/sessions/"+id+path, id).refused(t), path)
			}
			assert.Equal(t, "404", ask(t, srv, "GET", "/attempts/"+known.AttemptID+"/media", known.AttemptID).refused(t))
			assert.Equal(t, "404", upload(t, srv, id, image("face", jpegFile)).refused(t))
			assert.Equal(t, "404", submit(t, srv, id, submission).refused(t))
			assert.Equal(t, "404", remove(t, srv, id).refused(t))
			assert.Equal(t, 404, send(t, inProcess(srv), "GET", known.URL, "").status)

			if c.ending == "" {
				assert.Len(t, srv.Webhooks(), before)
				return
			}
			require.Len(t, srv.Webhooks(), before+1)
			last := srv.Webhooks()[before]
			assert.Equal(t, verifftest.DecisionWebhook, last.Kind)
			v := message(t, last)["verification"].(map[string]any)
			assert.Equal(t, c.ending, v["status"])
			assert.Equal(t, 9104.0, v["code"])
		})
	}
}

func TestDeletionNeedsASignatureOverTheID(t *testing.T) {
	srv := start(t, verifftest.WithSessionDeletion())
	id := created(t, srv, `{}`)
	for name, c := range map[string]struct{ header, value, refused string }{
		"none":                   {"X-Nothing", "", "401 1815"},
		"HMAC of nothing":        {"X-HMAC-SIGNATURE", hmacHex(srv.Secret, ""), "401 1818"},
		"SHA256 of nothing":      {"X-SIGNATURE", shaHex("", srv.Secret), "401 1813"},
		"HMAC of another's body": {"X-HMAC-SIGNATURE", hmacHex(srv.Secret, "{}"), "401 1818"},
	} {
		a := send(t, inProcess(srv), "DELETE", srv.URL+sessions+"/"+id, "", "X-AUTH-CLIENT", srv.APIKey, c.header, c.value)
		assert.Equal(t, c.refused, a.refused(t), name)
	}
	assert.Len(t, srv.Sessions(), 1)
}

func TestDeletionLimits(t *testing.T) {
	srv := start(t, verifftest.WithSessionDeletion())
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	srv.SetTime(at)
	try := func() string {
		a := remove(t, srv, created(t, srv, `{}`))
		if a.status == 200 {
			return ""
		}
		return a.refused(t)
	}
	for i := range 5 {
		assert.Empty(t, try(), "number %d of the hour", i)
	}
	assert.Equal(t, "429", try())
	srv.SetTime(at.Add(time.Hour - time.Second))
	assert.Equal(t, "429", try())
	srv.SetTime(at.Add(time.Hour))
	for i := range 5 {
		assert.Empty(t, try(), "number %d of the next", i)
	}
	srv.SetTime(at.Add(2 * time.Hour))
	assert.Equal(t, "429", try(), "number 11 of the day")
	srv.SetTime(at.Add(24*time.Hour - time.Second))
	assert.Equal(t, "429", try())
	srv.SetTime(at.Add(24 * time.Hour))
	assert.Empty(t, try())
	assert.Equal(t, "404", remove(t, srv, "8e4f7cd8-7a19-4d7d-971f-a076407ee03c").refused(t), "what is refused does not count")
}

func TestDeletionDelay(t *testing.T) {
	srv := start(t, verifftest.WithDeletionDelay(12*time.Hour))
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	srv.SetTime(at)
	id := created(t, srv, `{}`)
	require.Equal(t, 200, remove(t, srv, id).status)
	assert.Equal(t, "404", remove(t, srv, id).refused(t))
	srv.SetTime(at.Add(12*time.Hour - time.Second))
	assert.Equal(t, "expired", decided(t, srv, id)["status"])
	srv.SetTime(at.Add(12 * time.Hour))
	assert.Equal(t, "404", decision(t, srv, id).refused(t))
	assert.Empty(t, srv.Sessions())

	for _, d := range []time.Duration{-1, 12*time.Hour + 1} {
		_, err := verifftest.Start(verifftest.WithDeletionDelay(d))
		assert.EqualError(t, err, "verifftest: WithDeletionDelay: from 0 to 12 hours", fmt.Sprint(d))
	}
}
