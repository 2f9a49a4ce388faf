package tomoidvtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
)

// A recordingTB is a test that notes how it fails.
type recordingTB struct {
	testing.TB
	errors   []string
	cleanups []func()
}

func (r *recordingTB) Helper() {}
func (r *recordingTB) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recordingTB) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recordingTB) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

func TestNewServer(t *testing.T) {
	tb := &recordingTB{TB: t}
	srv := tomoidvtest.NewServer(tb)
	assert.True(t, strings.HasPrefix(srv.URL, "http://127.0.0.1:"), srv.URL)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	assert.Equal(t, http.StatusOK, send(t, client, "GET", srv.URL+healthPath, "").status)
	assert.Empty(t, tb.errors)

	require.Error(t, srv.Pass("nobody", hanako()))
	require.Error(t, srv.Inject(tomoidvtest.Oversize(0)))
	_, err := srv.ReturnURL("nobody")
	require.Error(t, err)
	require.Len(t, tb.errors, 3)
	assert.Equal(t, "tomoidvtest: no check was started for this user", tb.errors[0])

	require.Len(t, tb.cleanups, 1)
	tb.cleanups[0]()
	_, err = try(t, client, "GET", srv.URL+healthPath, "")
	require.Error(t, err)
	_, err = try(t, inProcess(srv), "GET", srv.URL+healthPath, "")
	require.Error(t, err)
	srv.Close()
}

func TestFixedCredentials(t *testing.T) {
	a, again := begin(t, tomoidvtest.WithFixedCredentials("qa")), begin(t, tomoidvtest.WithFixedCredentials("qa"))
	other := begin(t, tomoidvtest.WithFixedCredentials("dev"))
	assert.Equal(t, a.ClientID, again.ClientID)
	assert.NotEqual(t, a.ClientID, other.ClientID)
	assert.Equal(t, a.SecretKey, again.SecretKey)
	assert.NotEqual(t, a.SecretKey, other.SecretKey)
	authorized(t, a) // they are good
}

func TestAddressThatIsTaken(t *testing.T) {
	first := begin(t)
	_, err := tomoidvtest.Start(tomoidvtest.WithAddress(strings.TrimPrefix(first.URL, "http://")))
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.ErrorContains(t, err, "tomoidvtest: ")
}

func TestAddressWithoutListener(t *testing.T) {
	_, err := tomoidvtest.Start(tomoidvtest.WithoutListener(), tomoidvtest.WithAddress("127.0.0.1:0"))
	require.EqualError(t, err, "tomoidvtest: WithoutListener and WithAddress contradict each other")
}

func TestNewServerThatCannotStart(t *testing.T) {
	tb := &recordingTB{TB: t}
	assert.Panics(t, func() { tomoidvtest.NewServer(tb, tomoidvtest.WithTokenLife(0)) })
	require.Len(t, tb.errors, 1)
	assert.Contains(t, tb.errors[0], "the server does not start: tomoidvtest: WithTokenLife")
}

func TestOptionsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		opt  tomoidvtest.Option
		want string
	}{
		"far address":           {tomoidvtest.WithAddress("192.0.2.1:8403"), "WithAddress: the address must be a loopback IP"},
		"no port":               {tomoidvtest.WithAddress("127.0.0.1"), "WithAddress: the address must be a loopback IP"},
		"nameless":              {tomoidvtest.WithFixedCredentials(""), "WithFixedCredentials: the name must not be empty"},
		"environment":           {tomoidvtest.WithEnvironment("staging"), "WithEnvironment: the environment must be"},
		"audience":              {tomoidvtest.WithAudience(""), "WithAudience: the audience must not be empty"},
		"tolerance":             {tomoidvtest.WithClockTolerance(-1), "WithClockTolerance: the time must not be negative"},
		"assertion life":        {tomoidvtest.WithAssertionLife(0), "WithAssertionLife: the time must be positive"},
		"invalid_client status": {tomoidvtest.WithInvalidClientStatus(403), "WithInvalidClientStatus: the status must be 400 or 401"},
		"token life":            {tomoidvtest.WithTokenLife(1500 * time.Millisecond), "WithTokenLife: the time must be whole seconds"},
		"token life of nothing": {tomoidvtest.WithTokenLife(0), "WithTokenLife: the time must be whole seconds"},
		"refusal status":        {tomoidvtest.WithTokenRefusalStatus(200), "WithTokenRefusalStatus: the status must be 400 or 401"},
		"error form":            {tomoidvtest.WithErrorForm(3), "WithErrorForm: unknown form"},
		"error form below":      {tomoidvtest.WithErrorForm(-1), "WithErrorForm: unknown form"},
		"policy country":        {tomoidvtest.WithPolicy("JP", tomoidvtest.Policy{Preset: "basic"}), "WithPolicy: a country"},
		"policy":                {tomoidvtest.WithPolicy("jp", tomoidvtest.Policy{}), "WithPolicy: a country"},
		"attempt life":          {tomoidvtest.WithAttemptLife(0), "WithAttemptLife: the time must be positive"},
		"no result":             {tomoidvtest.WithNoResult(3), "WithNoResult: unknown way"},
		"unknown user":          {tomoidvtest.WithUnknownUser(-1), "WithUnknownUser: unknown way"},
		"result form":           {tomoidvtest.WithResultForm(3), "WithResultForm: unknown form"},
		"fail parameter":        {tomoidvtest.WithFailParameter("", "a"), "WithFailParameter: the name must not be empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tomoidvtest.Start(c.opt)
			require.ErrorContains(t, err, "tomoidvtest: "+c.want)
		})
	}
}

func TestCloseEndsWhatIsStalled(t *testing.T) {
	srv := begin(t)
	require.NoError(t, srv.Inject(tomoidvtest.Stall(nil)))
	ended := make(chan error)
	go func() {
		_, err := try(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, "POST", srv.URL+tokenPath, "")
		ended <- err
	}()
	require.Eventually(t, func() bool { return len(srv.Requests()) > 0 }, 5*time.Second, time.Millisecond)
	srv.Close()
	assert.Error(t, <-ended)
}

func TestRequests(t *testing.T) {
	srv := begin(t, tomoidvtest.WithoutListener())
	a := authorized(t, srv)
	a.begin(t, `{"user_id":"u"}`)
	a.post(t, "/v1/nothing?a=b", `{}`)
	requests := srv.Requests()
	require.Len(t, requests, 3)
	assert.Equal(t, tokenPath, requests[0].Path)
	assert.Equal(t, "POST", requests[1].Method)
	assert.JSONEq(t, `{"user_id":"u"}`, string(requests[1].Body))
	assert.Equal(t, "Bearer "+a.token, requests[1].Header.Get("Authorization"))
	assert.Equal(t, "a=b", requests[2].Query)
	requests[1].Header.Set("Authorization", "changed")
	assert.Equal(t, "Bearer "+a.token, srv.Requests()[1].Header.Get("Authorization"))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", srv.URL+healthPath, http.NoBody)
	require.NoError(t, err)
	resp, err := a.client.Do(req)
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	require.ErrorIs(t, err, context.Canceled)
}
