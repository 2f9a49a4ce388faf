package verifftest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// inBubble runs a test for which time passes as fast as it can.
func inBubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

// A witness is a test that only notes what happens to it.
type witness struct {
	testing.TB

	errors   []string
	fatal    bool
	cleanups []func()
}

func (w *witness) Helper()                   {}
func (w *witness) Cleanup(f func())          { w.cleanups = append(w.cleanups, f) }
func (w *witness) Errorf(f string, a ...any) { w.errors = append(w.errors, fmt.Sprintf(f, a...)) }
func (w *witness) Fatalf(f string, a ...any) {
	w.Errorf(f, a...)
	w.fatal = true
	runtime.Goexit()
}

func TestFixedCredentials(t *testing.T) {
	a, again := start(t, verifftest.WithFixedCredentials("qa")), start(t, verifftest.WithFixedCredentials("qa"))
	other := start(t, verifftest.WithFixedCredentials("dev"))
	assert.Equal(t, a.APIKey, again.APIKey)
	assert.NotEqual(t, a.APIKey, other.APIKey)
	assert.Equal(t, a.Secret, again.Secret)
	assert.NotEqual(t, a.Secret, other.Secret)
	assert.NotEmpty(t, created(t, a, `{}`), "they are good")
}

func TestAddressThatIsTaken(t *testing.T) {
	first := start(t)
	_, err := verifftest.Start(verifftest.WithAddress(strings.TrimPrefix(first.URL, "http://")))
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.ErrorContains(t, err, "verifftest: ")
}

func TestAddressWithoutListener(t *testing.T) {
	_, err := verifftest.Start(verifftest.WithoutListener(), verifftest.WithAddress("127.0.0.1:0"))
	require.EqualError(t, err, "verifftest: WithoutListener and WithAddress contradict each other")
}

func TestServerForATest(t *testing.T) {
	w := &witness{TB: t}
	srv := verifftest.NewServer(w)
	id := created(t, srv, `{}`)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Approve(id, verifftest.Person{}))
	require.Empty(t, w.errors)

	require.Error(t, srv.Submit(id))
	require.Error(t, srv.Open("unknown"))
	require.Error(t, srv.Inject(verifftest.Truncate().Times(0)))
	require.Error(t, srv.DeliverToURL("nowhere"))
	assert.Equal(t, []string{
		"verifftest: a session that is approved cannot be submitted",
		"verifftest: there is no such session",
		"verifftest: a fault must happen at least once",
		"verifftest: webhooks go to an absolute http or https URL",
	}, w.errors)

	require.Len(t, w.cleanups, 1)
	w.cleanups[0]()
	_, err := try(t, http.DefaultClient, "GET", srv.URL, "")
	assert.Error(t, err)
}

func TestFaultThatDoesNotFitFailsTheTest(t *testing.T) {
	w := &witness{TB: t}
	srv := verifftest.NewServer(w)
	defer srv.Close()
	id := created(t, srv, `{}`)
	require.NoError(t, srv.Inject(verifftest.AnotherSession()))
	assert.Equal(t, http.StatusInternalServerError, decision(t, srv, id).status, "nothing is decided")
	assert.Equal(t, []string{"verifftest: the fault does not fit: the answer is about nothing"}, w.errors)
}

func TestServerThatCannotStart(t *testing.T) {
	for name, opt := range map[string]verifftest.Option{
		"unknown headers":  verifftest.WithHeaders(verifftest.HeaderFamily(7)),
		"negative headers": verifftest.WithHeaders(verifftest.HeaderFamily(-1)),
		"far address":      verifftest.WithAddress("192.0.2.1:8401"),
		"no port":          verifftest.WithAddress("127.0.0.1"),
		"nameless":         verifftest.WithFixedCredentials(""),
		"no time":          verifftest.WithWebhookTimeout(0),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verifftest.Start(opt)
			require.ErrorContains(t, err, "verifftest: With")

			w := &witness{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				verifftest.NewServer(w, opt)
			}()
			<-done
			assert.True(t, w.fatal)
			assert.Len(t, w.errors, 1)
		})
	}
}

func TestClose(t *testing.T) {
	srv := start(t)
	receiver := start(t) // any server that answers
	require.NoError(t, srv.DeliverToURL(receiver.URL))
	id := created(t, srv, `{}`)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.Inject(verifftest.Stall(nil), verifftest.StallBody(nil)))

	ended := make(chan error, 2)
	for _, transport := range []http.RoundTripper{&http.Transport{}, srv.RoundTripper()} {
		go func() {
			_, err := try(t, &http.Client{Transport: transport}, "POST", srv.URL+sessions, `{"verification":{}}`, "X-AUTH-CLIENT", srv.APIKey)
			ended <- err
		}()
	}
	require.Eventually(t, func() bool { return len(srv.Requests()) == 3 }, 5*time.Second, time.Millisecond)
	srv.Close()
	srv.Close()
	assert.Error(t, <-ended)
	assert.Error(t, <-ended)

	_, err := try(t, inProcess(srv), "GET", srv.URL, "")
	assert.ErrorContains(t, err, "connection reset")
	assert.Eventually(t, func() bool { return !slices.ContainsFunc(leftovers(), isKeptConnection) }, 5*time.Second, time.Millisecond,
		"no connection to the receiver is kept")
	receiver.Close()
	assert.Eventually(t, func() bool { return len(leftovers()) == 0 }, 5*time.Second, time.Millisecond)
}

func isKeptConnection(stack []byte) bool {
	return bytes.Contains(stack, []byte("net/http.(*persistConn)"))
}

// leftovers are the goroutines that belong to a server.
func leftovers() [][]byte {
	stacks := make([]byte, 4<<20)
	var left [][]byte
	for stack := range bytes.SplitSeq(stacks[:runtime.Stack(stacks, true)], []byte("\n\n")) {
		for _, sign := range []string{"internal/fake.", "net/http.(*conn)", "net/http.(*persistConn)", "net/http.(*Server)"} {
			if bytes.Contains(stack, []byte(sign)) {
				left = append(left, stack)
				break
			}
		}
	}
	return left
}

func TestOtherHostsAreNotServed(t *testing.T) {
	srv := start(t)
	_, err := try(t, inProcess(srv), "GET", "https://stationapi.veriff.com/v1/sessions", "")
	assert.ErrorContains(t, err, "not served in this process")
}
