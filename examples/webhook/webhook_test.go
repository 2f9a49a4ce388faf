package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestDemonstration(t *testing.T) {
	var out strings.Builder
	require.NoError(t, demonstrate(t.Context(), &out), "%s", &out)
	rest := out.String()
	for _, line := range []string{
		`  an approval +200`,
		`  the same for another session, signature kept +401`,
		`  the same, signed with another secret +401`,
		`  is alice admitted\? +true`,
		`  the old approval, genuine, is sent once more +200`,
		`  is alice admitted\? +false`,
		`    \| level=WARN msg="a decision about no session of ours"`,
		`  is alice admitted\? +false`,
		`  an approval while the API is down +503`,
		`  is bob admitted\? +false`,
		`  is bob admitted\? +true`,
		`To the function:`,
		`  an approval, altered +401`,
		`  the same again, in base64 +200`,
		`  is carol admitted\? +true`,
	} {
		found := regexp.MustCompile(`(?m)^` + line + `$`).FindStringIndex(rest)
		require.NotNil(t, found, "%s\nis not, or not in this place, in\n%s", line, &out)
		rest = rest[found[1]:]
	}
	for _, account := range []string{"alice", "carol"} {
		assert.Equal(t, 1, strings.Count(out.String(), "msg=admit account="+account), "once, however often it is delivered")
	}
	assert.NotRegexp(t, `Alice|Bob|Carol|[0-9a-f]{8}-`, out.String(), "no name of a person, no id")
}

func TestDemonstrationFails(t *testing.T) {
	d := &demonstration{app: &application{}, out: io.Discard}
	d.expect("an approval", http.StatusOK, http.StatusAccepted)
	d.admits("alice", true)
	assert.Len(t, d.failed, 2)
}

func start(t *testing.T) (*verifftest.Server, *application) {
	t.Helper()
	srv := verifftest.NewServer(t)
	app, err := newApplication(srv.APIKey, srv.Secret, srv.URL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return srv, app
}

// decided is a session of account-1 and its approval, which nobody has got yet.
func decided(t *testing.T) (*verifftest.Server, *application, string, verifftest.Webhook) {
	t.Helper()
	srv, app := start(t)
	_, err := app.start(t.Context(), "account-1")
	require.NoError(t, err)
	id := srv.Sessions()[0].ID
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{FirstName: "Mirae"}))
	return srv, app, id, lastOf(srv)
}

func lastOf(srv *verifftest.Server) verifftest.Webhook {
	all := srv.Webhooks()
	return all[len(all)-1]
}

func TestFunction(t *testing.T) {
	for name, test := range map[string]struct {
		change   func(*testing.T, *verifftest.Server, string, *verifftest.Webhook)
		base64   bool
		status   int
		admitted bool
	}{
		"approval":           {status: http.StatusOK, admitted: true},
		"approval in base64": {base64: true, status: http.StatusOK, admitted: true},
		"another key": {change: func(_ *testing.T, srv *verifftest.Server, _ string, w *verifftest.Webhook) {
			*w = w.SignedWith("8e4f7cd8-7a19-4d7d-971f-a076407ee03c", srv.Secret, false)
		}, status: http.StatusUnauthorized},
		"no header": {change: func(_ *testing.T, _ *verifftest.Server, _ string, w *verifftest.Webhook) {
			w.Header = nil
		}, status: http.StatusUnauthorized},
		"genuine and unreadable": {change: func(_ *testing.T, srv *verifftest.Server, _ string, w *verifftest.Webhook) {
			w.Body = []byte("[")
			*w = w.SignedWith(srv.APIKey, srv.Secret, false)
		}, status: http.StatusBadRequest},
		"of a kind unheard of": {change: func(_ *testing.T, srv *verifftest.Server, _ string, w *verifftest.Webhook) {
			w.Body = []byte(`{"approved":true}`)
			*w = w.SignedWith(srv.APIKey, srv.Secret, false)
		}, status: http.StatusOK},
		"of before": {change: func(t *testing.T, srv *verifftest.Server, id string, _ *verifftest.Webhook) {
			require.NoError(t, srv.ForceDecision(id, map[string]any{"status": "declined", "code": 9102}))
		}, status: http.StatusOK},
		"API down": {change: func(t *testing.T, srv *verifftest.Server, _ string, _ *verifftest.Webhook) {
			require.NoError(t, srv.Inject(verifftest.Status(http.StatusBadRequest, 0).On(verifftest.DecisionRoute)))
		}, status: http.StatusServiceUnavailable},
		"event": {change: func(_ *testing.T, srv *verifftest.Server, _ string, w *verifftest.Webhook) {
			*w = srv.Webhooks()[0]
		}, status: http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			srv, app, id, webhook := decided(t)
			if test.change != nil {
				test.change(t, srv, id, &webhook)
			}
			d := &demonstration{fake: srv, app: app}
			assert.Equal(t, test.status, d.call(t.Context(), webhook, test.base64))
			assert.Empty(t, d.failed)
			assert.Equal(t, test.admitted, app.admitted("account-1"))
		})
	}
}

func TestFunctionWithoutBase64(t *testing.T) {
	_, app := start(t)
	answer, err := app.function(t.Context(), request{Body: "{}", IsBase64Encoded: true})
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, answer.StatusCode)
}

func TestDeliveredTwiceIsHandledOnce(t *testing.T) {
	srv := verifftest.NewServer(t)
	var log strings.Builder
	app, err := newApplication(srv.APIKey, srv.Secret, srv.URL, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	handler, err := app.handler()
	require.NoError(t, err)
	srv.DeliverTo(atPath{handler})
	session, err := app.client.CreateSession(t.Context(), &veriff.CreateSessionRequest{}) // and does not store it
	require.NoError(t, err)
	require.NoError(t, srv.Submit(session.ID))
	require.NoError(t, srv.Approve(session.ID, verifftest.Person{}))
	status, err := srv.Deliver(lastOf(srv))
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, 1, strings.Count(log.String(), "no session of ours"))
}

// atPath is a handler where Veriff was told that it is.
type atPath struct{ http.Handler }

func (h atPath) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.URL.Path = webhookPath
	h.Handler.ServeHTTP(w, r)
}

func TestServerAnswersGetAndOtherPathsWithNothing(t *testing.T) {
	_, app := start(t)
	handler, err := app.handler()
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, handler) }()
	for path, status := range map[string]int{webhookPath: http.StatusMethodNotAllowed, "/": http.StatusNotFound} {
		answer, err := http.Get("http://" + listener.Addr().String() + path)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, status, answer.StatusCode, path)
	}
	cancel()
	require.NoError(t, <-served)
}

func TestWhatHasComeIsAnsweredBeforeTheEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	came, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(came)
		<-release
	})
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, handler) }()
	answered := make(chan int, 1)
	go func() {
		answer, err := http.Post("http://"+listener.Addr().String(), "application/json", strings.NewReader("{}"))
		if err != nil {
			answered <- 0
			return
		}
		_ = answer.Body.Close()
		answered <- answer.StatusCode
	}()
	<-came
	cancel()
	for { // until nobody else gets in
		connection, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			break
		}
		_ = connection.Close()
	}
	assert.Empty(t, served)
	close(release)
	assert.Equal(t, http.StatusOK, <-answered)
	assert.NoError(t, <-served)
}

func environment(srv *verifftest.Server, but string) func(string) string {
	return func(name string) string {
		if name == but {
			return ""
		}
		return map[string]string{"VERIFF_API_KEY": srv.APIKey, "VERIFF_SHARED_SECRET": srv.Secret, "VERIFF_BASE_URL": srv.URL}[name]
	}
}

func TestLive(t *testing.T) {
	srv := verifftest.NewServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- live(ctx, in, "127.0.0.1:0", environment(srv, ""))
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	next := func() string {
		require.True(t, lines.Scan(), lines.Err())
		return lines.Text()
	}
	address, ok := strings.CutPrefix(next(), "Webhooks: ")
	require.True(t, ok)
	id := srv.Sessions()[0].ID
	assert.Equal(t, "The person's page, for nobody else: "+srv.Sessions()[0].URL, next())
	go func() { // which ends when its webhooks are answered
		_ = srv.DeliverToURL(address)
		_ = srv.Submit(id)
		_ = srv.Approve(id, verifftest.Person{FirstName: "Mirae"})
	}()
	assert.Contains(t, next(), "msg=admit account=account-1")
	cancel()
	assert.False(t, lines.Scan())
	assert.NoError(t, <-ended)
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	srv := verifftest.NewServer(t)
	for _, name := range []string{"VERIFF_API_KEY", "VERIFF_SHARED_SECRET", "VERIFF_BASE_URL"} {
		err := live(t.Context(), io.Discard, "127.0.0.1:0", environment(srv, name))
		assert.EqualError(t, err, "not set in the environment: "+name+" (or try -fake)")
	}
	assert.Empty(t, srv.Requests())
}

func TestPortInUseCreatesNoSession(t *testing.T) {
	srv := verifftest.NewServer(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	require.Error(t, live(t.Context(), io.Discard, listener.Addr().String(), environment(srv, "")))
	assert.Empty(t, srv.Sessions())
}
