package verifftest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// An operation is one of the API, with what a request for it has.
type operation struct {
	route verifftest.Route
	body  string
	id    string // in the path, empty for none
}

func everyOperation() []verifftest.Route {
	return []verifftest.Route{
		verifftest.CreateSessionRoute, verifftest.SubmitSessionRoute, verifftest.DeleteSessionRoute, verifftest.UploadMediaRoute,
		verifftest.SessionMediaRoute, verifftest.AttemptMediaRoute, verifftest.DownloadMediaRoute, verifftest.AttemptsRoute,
		verifftest.PersonRoute, verifftest.DecisionRoute, verifftest.FullAutoDecisionRoute, verifftest.WatchlistScreeningRoute,
		verifftest.CollectedDataRoute, verifftest.TimestampsRoute, verifftest.TimestampRoute,
	}
}

func startWithEverything(t *testing.T) *verifftest.Server {
	t.Helper()
	return start(t, verifftest.WithSessionDeletion(), verifftest.WithFullAuto(), verifftest.WithTimestamps())
}

// prepare makes a session for which route succeeds.
func prepare(t *testing.T, srv *verifftest.Server, route verifftest.Route) operation {
	t.Helper()
	id := created(t, srv, person)
	attempt := srv.Sessions()[len(srv.Sessions())-1].AttemptID
	photo := uploaded(t, srv, id, image("face", jpegFile))
	require.NoError(t, srv.Screen(id, nil))
	o := operation{route: route, id: id}
	switch route {
	case verifftest.CreateSessionRoute:
		return operation{route: route, body: `{"verification":{}}`}
	case verifftest.SubmitSessionRoute:
		o.body = submission
		return o
	case verifftest.UploadMediaRoute:
		o.body = image("face", pngFile)
		return o
	case verifftest.CollectedDataRoute:
		o.body = collected
		return o
	case verifftest.AttemptMediaRoute:
		o.id = attempt
	case verifftest.DownloadMediaRoute:
		o.id = photo["id"].(string)
	case verifftest.TimestampRoute:
		o.id = photo["timestamp"].(map[string]any)["id"].(string)
	}
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	return o
}

// do performs the operation with other headers than the right ones, if there
// are any.
func (o operation) do(t *testing.T, srv *verifftest.Server, headers ...string) answer {
	t.Helper()
	if len(headers) == 0 {
		headers = []string{"X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, o.signed())}
	}
	method, path, _ := strings.Cut(string(o.route), " ")
	path = strings.Replace(path, "{id}", o.id, 1)
	if o.route == verifftest.FullAutoDecisionRoute {
		path += "?version=1.0.0"
	}
	return send(t, inProcess(srv), method, srv.URL+path, o.body, headers...)
}

func (o operation) signed() string {
	if o.body != "" {
		return o.body
	}
	return o.id
}

func TestEveryOperationIsJudged(t *testing.T) {
	const unknown = "8e4f7cd8-7a19-4d7d-971f-a076407ee03c"
	for _, route := range everyOperation() {
		t.Run(string(route), func(t *testing.T) {
			srv := startWithEverything(t)
			o := prepare(t, srv, route)
			wrongHMAC, wrongSHA := "401 1818", "401 1813"
			if o.body != "" {
				wrongHMAC, wrongSHA = "401 1819", "401 1814"
			}
			assert.Equal(t, wrongHMAC, o.do(t, srv, "X-AUTH-CLIENT", srv.APIKey, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, "a")).refused(t))
			assert.Equal(t, wrongSHA, o.do(t, srv, "X-AUTH-CLIENT", srv.APIKey, "X-SIGNATURE", shaHex("a", srv.Secret)).refused(t))
			assert.Equal(t, "401 1801", o.do(t, srv, "X-HMAC-SIGNATURE", hmacHex(srv.Secret, o.signed())).refused(t))
			if o.id != "" {
				assert.Equal(t, "401 1815", o.do(t, srv, "X-AUTH-CLIENT", srv.APIKey).refused(t))
				for id, refused := range map[string]string{"abc": "400 1001", o.id + "a": "400 1002", unknown: "404"} {
					other := o
					other.id = id
					assert.Equal(t, refused, other.do(t, srv).refused(t), id)
				}
			}
			a := o.do(t, srv)
			require.Less(t, a.status, 300, a.body)
			assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
		})
	}
}

func TestEveryOperationFailsOnDemand(t *testing.T) {
	srv := startWithEverything(t)
	for _, route := range everyOperation() {
		require.NoError(t, srv.Inject(verifftest.Status(503, 0).On(route)), route)
	}
	for _, route := range everyOperation() {
		srv.ClearFaults()
		srv.Advance(24 * time.Hour) // or too many are deleted
		o := prepare(t, srv, route)
		require.NoError(t, srv.Inject(verifftest.Status(503, time.Second).On(route)))
		assert.Equal(t, "503", o.do(t, srv).refused(t), route)
		assert.Less(t, o.do(t, srv).status, 300, route)
	}
}

// What each answer is about, for the faults that change it.
func TestFaultsInEveryAnswer(t *testing.T) {
	for _, c := range []struct {
		route   verifftest.Route
		subject string // that gets members, empty for none
		named   string // what tells the id of the session or timestamp, empty for none
	}{
		{verifftest.CreateSessionRoute, "verification", "verification.id"},
		{verifftest.SubmitSessionRoute, "verification", "verification.id"},
		{verifftest.DeleteSessionRoute, "verification", "verification.id"},
		{verifftest.DecisionRoute, "verification", "verification.id"},
		{verifftest.FullAutoDecisionRoute, "verification", "verification.id"},
		{verifftest.UploadMediaRoute, "image", ""},
		{verifftest.PersonRoute, "person", ""},
		{verifftest.WatchlistScreeningRoute, "data", "data.sessionId"},
		{verifftest.TimestampRoute, "timestamp", "timestamp.id"},
		{verifftest.SessionMediaRoute, "images", "images.sessionId"},
		{verifftest.AttemptMediaRoute, "images", "images.sessionId"},
		{verifftest.AttemptsRoute, "", ""},
		{verifftest.TimestampsRoute, "", ""},
		{verifftest.CollectedDataRoute, "", ""},
		{verifftest.DownloadMediaRoute, "", ""},
	} {
		t.Run(string(c.route), func(t *testing.T) {
			srv := startWithEverything(t)
			o := prepare(t, srv, c.route)
			plain := func(a answer, name string) map[string]any {
				require.Less(t, a.status, 300, a.body)
				assert.Equal(t, hmacHex(srv.Secret, a.body), a.header.Get("X-HMAC-SIGNATURE"))
				switch v := a.object(t)[name].(type) {
				case []any:
					return v[0].(map[string]any)
				case map[string]any:
					return v
				}
				require.Fail(t, "no object", a.body)
				return nil
			}
			require.NoError(t, srv.Inject(verifftest.ExtraMembers(`"a":1`).On(c.route)))
			a := o.do(t, srv)
			if c.subject == "" {
				assert.Equal(t, http.StatusInternalServerError, a.status)
			} else {
				assert.Equal(t, 1.0, plain(a, c.subject)["a"])
			}

			o = prepare(t, srv, c.route)
			require.NoError(t, srv.Inject(verifftest.AnotherSession().On(c.route)))
			a = o.do(t, srv)
			if c.named == "" {
				assert.Equal(t, http.StatusInternalServerError, a.status)
				return
			}
			subject, member, _ := strings.Cut(c.named, ".")
			id := plain(a, subject)[member]
			assert.Regexp(t, uuid4, id)
			assert.NotEqual(t, o.id, id)
			for _, s := range srv.Sessions() {
				assert.NotEqual(t, s.ID, id)
			}
		})
	}
}

func TestManyCallsAtOnce(t *testing.T) {
	srv := start(t, verifftest.WithSessionDeletion(), verifftest.WithFullAuto(), verifftest.WithTimestamps(), verifftest.WithoutListener())
	r := &receiver{status: 200}
	srv.DeliverTo(r)
	id := created(t, srv, person)
	attempt := srv.Sessions()[0].AttemptID
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			other := created(t, srv, person)
			for _, x := range []string{id, other} {
				a := upload(t, srv, x, image("face", jpegFile))
				assert.Contains(t, []int{200, 409}, a.status)
				for _, path := range []string{"/media", "/attempts", "/person", "/decision", "/decision/fullauto?version=1.0.0", "/watchlist-screening", "/timestamps"} {
					assert.Equal(t, 200, ask(t, srv, "GET", "/sessions/"+x+path, x).status, path)
				}
				assert.Equal(t, 200, ask(t, srv, "GET", "/attempts/"+attempt+"/media", attempt).status)
				for _, m := range srv.Media(x) {
					assert.Equal(t, string(m.Content), download(t, srv, m.ID).body)
				}
				_ = srv.Screen(x, nil)
				_ = srv.ForcePerson(x, nil)
				_ = submit(t, srv, x, submission)
				_ = srv.Approve(x, verifftest.Person{})
			}
			_ = remove(t, srv, other)
		})
	}
	group.Wait()
	assert.Equal(t, "approved", status(t, srv, id), "one of them was first")
	assert.Len(t, srv.Sessions(), 1+3, "five were deleted")
	assert.Len(t, r.bodies(), len(srv.Webhooks()))
}
