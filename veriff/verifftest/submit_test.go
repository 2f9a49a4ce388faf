package verifftest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

const submission = `{"verification":{"status":"submitted"}}`

func submit(t *testing.T, srv *verifftest.Server, id, body string) answer {
	t.Helper()
	return tell(t, srv, "PATCH", "/sessions/"+id, body)
}

func TestSubmissionByAPI(t *testing.T) {
	srv := start(t)
	r := &receiver{status: 200}
	srv.DeliverTo(r)
	a := create(t, srv, `{"vendorData":"attempt-1"}`)
	session := a.verification(t)
	id := session["id"].(string)
	uploaded(t, srv, id, image("face", jpegFile))

	a = submit(t, srv, id, submission)
	require.Equal(t, http.StatusOK, a.status, a.body)
	session["status"] = "submitted"
	assert.Equal(t, session, a.verification(t), "as when it was created, but for the status")
	assert.Equal(t, "submitted", status(t, srv, id))
	require.Len(t, r.bodies(), 1, "delivered before the answer")
	event := message(t, srv.Webhooks()[0])
	assert.Equal(t, 7002.0, event["code"])
	assert.Equal(t, "submitted", event["action"])

	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	assert.Equal(t, "approved", decided(t, srv, id)["status"])
}

func TestRefusedSubmissions(t *testing.T) {
	srv := start(t)
	srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
	id := created(t, srv, `{}`)
	uploaded(t, srv, id, image("face", jpegFile))
	with := func(properties string) string { return `{"verification":{` + properties + `}}` }
	for name, c := range map[string]struct{ body, refused string }{
		"no body":                     {``, "400 1102"},
		"not JSON":                    {`submitted`, "400 1104"},
		"no verification":             {`{}`, "400 1102"},
		"verification is a string":    {`{"verification":"submitted"}`, "400 1102"},
		"no status":                   {with(``), "400 1102"},
		"status is null":              {with(`"status":null`), "400 1102"},
		"status beside it":            {`{"verification":{},"status":"submitted"}`, "400 1104"},
		"another status":              {with(`"status":"started"`), "400 1303"},
		"status of a decision":        {with(`"status":"approved"`), "400 1303"},
		"status in upper case":        {with(`"status":"SUBMITTED"`), "400 1303"},
		"status is a number":          {with(`"status":7002`), "400 1303"},
		"status is empty":             {with(`"status":""`), "400 1303"},
		"frontState":                  {with(`"status":"submitted","frontState":"submitted"`), "400 1104"},
		"frontState is null":          {with(`"status":"submitted","frontState":null`), "400 1104"},
		"timestamp of another format": {with(`"status":"submitted","timestamp":"today"`), "400 1202"},
		"timestamp over an hour old":  {with(`"status":"submitted","timestamp":"2026-01-31T10:59:59Z"`), "400 1201"},
		"unknown property":            {with(`"status":"submitted","vendorData":"a"`), "400 1104"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.refused, submit(t, srv, id, c.body).refused(t))
			assert.Equal(t, "created", status(t, srv, id))
			assert.Empty(t, srv.Webhooks())
		})
	}
	unknown := "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
	assert.Equal(t, "404", submit(t, srv, unknown, submission).refused(t))
	assert.Equal(t, 200, submit(t, srv, id, with(`"status":"submitted","frontState":"done","timestamp":"2026-01-31T12:00:00.000Z"`)).status)
}

func TestSubmissionNeedsASignatureOverTheBody(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	for signed, want := range map[string]string{id: "401 1819", "": "401 1819"} {
		a := send(t, inProcess(srv), "PATCH", srv.URL+sessions+"/"+id, submission,
			"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, signed))
		assert.Equal(t, want, a.refused(t))
	}
}

func TestWrongTransitions(t *testing.T) {
	t.Run("without photos", func(t *testing.T) {
		srv := start(t)
		id := created(t, srv, `{}`)
		assert.Equal(t, "400 1304", submit(t, srv, id, submission).refused(t))
		_, err := srv.AddMedia(id, verifftest.Media{Kind: verifftest.VideoMedia, Content: []byte("a")})
		require.NoError(t, err)
		assert.Equal(t, "400 1304", submit(t, srv, id, submission).refused(t), "a video is none")
		uploaded(t, srv, id, image("face", jpegFile))
		assert.Equal(t, 200, submit(t, srv, id, submission).status)
	})
	t.Run("again", func(t *testing.T) {
		srv := start(t)
		id := created(t, srv, `{}`)
		uploaded(t, srv, id, image("face", jpegFile))
		require.Equal(t, 200, submit(t, srv, id, submission).status)
		assert.Equal(t, "400 1304", submit(t, srv, id, submission).refused(t))
		assert.Len(t, srv.Webhooks(), 1)
	})
	for name, end := range map[string]func(*verifftest.Server, string) error{
		"approved": func(srv *verifftest.Server, id string) error { return srv.Approve(id, verifftest.Person{}) },
		"declined": func(srv *verifftest.Server, id string) error { return srv.Decline(id, 101, "") },
		"review":   (*verifftest.Server).Review,
	} {
		t.Run(name, func(t *testing.T) {
			srv := start(t)
			id := created(t, srv, `{}`)
			require.NoError(t, srv.Submit(id))
			require.NoError(t, end(srv, id))
			assert.Equal(t, "400 1304", submit(t, srv, id, submission).refused(t))
		})
	}
	t.Run("expired", func(t *testing.T) {
		srv := start(t)
		srv.SetTime(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC))
		id := created(t, srv, `{}`)
		uploaded(t, srv, id, image("face", jpegFile))
		srv.SetTime(time.Date(2026, 2, 7, 12, 0, 0, 0, time.UTC))
		assert.Equal(t, "400 1304", submit(t, srv, id, submission).refused(t))
		assert.Equal(t, "expired", status(t, srv, id))
	})
	t.Run("a new attempt needs new photos", func(t *testing.T) {
		srv := start(t)
		id := created(t, srv, `{}`)
		uploaded(t, srv, id, image("face", jpegFile))
		require.Equal(t, 200, submit(t, srv, id, submission).status)
		require.NoError(t, srv.RequestResubmission(id, 202, ""))
		assert.Equal(t, "400 1304", submit(t, srv, id, submission).refused(t))
		uploaded(t, srv, id, image("face", jpegFile))
		assert.Equal(t, 200, submit(t, srv, id, submission).status)
	})
}

func TestSubmissionOptions(t *testing.T) {
	t.Run("without photos", func(t *testing.T) {
		srv := start(t, verifftest.WithoutPhotos())
		id := created(t, srv, `{}`)
		assert.Equal(t, 200, submit(t, srv, id, submission).status)
		assert.Empty(t, srv.Media(id))
	})
	t.Run("everything that document 003 requires", func(t *testing.T) {
		srv := start(t, verifftest.WithTimestampRequired(), verifftest.WithoutPhotos())
		now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		id := created(t, srv, `{"timestamp":"`+now+`"}`)
		for _, body := range []string{
			submission,
			`{"verification":{"status":"submitted","frontState":"done"}}`,
			`{"verification":{"status":"submitted","timestamp":"` + now + `"}}`,
		} {
			assert.Equal(t, "400 1102", submit(t, srv, id, body).refused(t))
		}
		assert.Equal(t, 200, submit(t, srv, id, `{"verification":{"status":"submitted","frontState":"done","timestamp":"`+now+`"}}`).status)
	})
}
