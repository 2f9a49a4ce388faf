package iamporttest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport/iamporttest"
)

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

func TestCredentials(t *testing.T) {
	a, b := start(t), start(t)
	for name, pair := range map[string]struct{ a, b, form string }{
		"key":     {a.APIKey, b.APIKey, `^\d{16}$`},
		"secret":  {a.APISecret, b.APISecret, `^[0-9A-Z]{78}$`},
		"user":    {a.UserCode, b.UserCode, `^imp\d{8}$`},
		"channel": {a.ChannelKey, b.ChannelKey, `^channel-key-[0-9a-f-]{36}$`},
		"KCP":     {a.ChannelKeyOf(iamporttest.KCP), a.ChannelKey, `^channel-key-[0-9a-f-]{36}$`},
		"URL":     {a.URL, b.URL, `^http://127\.0\.0\.1:\d+$`},
	} {
		assert.Regexp(t, pair.form, pair.a, name)
		assert.NotEqual(t, pair.a, pair.b, name)
	}
	assert.Equal(t, a.ChannelKey, a.ChannelKeyOf(iamporttest.Danal))
	assert.Empty(t, a.ChannelKeyOf("nobody"))
}

func TestFixedCredentials(t *testing.T) {
	a, again := start(t, iamporttest.WithFixedCredentials("qa")), start(t, iamporttest.WithFixedCredentials("qa"))
	other := start(t, iamporttest.WithFixedCredentials("dev"))
	assert.Equal(t, a.APIKey, again.APIKey)
	assert.NotEqual(t, a.APIKey, other.APIKey)
	assert.Equal(t, a.APISecret, again.APISecret)
	assert.NotEqual(t, a.APISecret, other.APISecret)
	assert.Equal(t, a.UserCode, again.UserCode)
	assert.NotEqual(t, a.UserCode, other.UserCode)
	assert.Equal(t, a.ChannelKey, again.ChannelKey)
	assert.NotEqual(t, a.ChannelKey, other.ChannelKey)
	assert.Equal(t, a.ChannelKeyOf(iamporttest.KCP), again.ChannelKeyOf(iamporttest.KCP))
	assert.NotEqual(t, a.ChannelKeyOf(iamporttest.KCP), other.ChannelKeyOf(iamporttest.KCP))
	assert.NotEmpty(t, bearer(t, a), "they are good")
}

func TestAddressThatIsTaken(t *testing.T) {
	first := start(t)
	_, err := iamporttest.Start(iamporttest.WithAddress(strings.TrimPrefix(first.URL, "http://")))
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	require.ErrorContains(t, err, "iamporttest: ")
}

func TestAddressWithoutListener(t *testing.T) {
	_, err := iamporttest.Start(iamporttest.WithoutListener(), iamporttest.WithAddress("127.0.0.1:0"))
	require.EqualError(t, err, "iamporttest: WithoutListener and WithAddress contradict each other")
}

func TestServerForATest(t *testing.T) {
	w := &witness{TB: t}
	srv := iamporttest.NewServer(w)
	impUID, err := srv.Certify(iamporttest.Attempt{}, mirae())
	require.NoError(t, err)
	require.Empty(t, w.errors)

	require.Error(t, srv.Pass(impUID, mirae()))
	require.Error(t, srv.Fail("imp_1", "", ""))
	require.Error(t, srv.Inject(iamporttest.Truncate().Times(0)))
	_, err = srv.OTPCode(impUID)
	require.Error(t, err)
	assert.Equal(t, []string{
		"iamporttest: the certification is certified already",
		"iamporttest: there is no such certification",
		"iamporttest: a fault must happen at least once",
		"iamporttest: nobody was sent a code",
	}, w.errors)

	require.Len(t, w.cleanups, 1)
	w.cleanups[0]()
	_, err = try(t, http.DefaultClient, "GET", srv.URL, "")
	assert.Error(t, err)
}

func TestFaultThatDoesNotFitFailsTheTest(t *testing.T) {
	w := &witness{TB: t}
	srv := iamporttest.NewServer(w)
	defer srv.Close()
	require.NoError(t, srv.Inject(iamporttest.AnotherCertification().On(iamporttest.CertificationRoute)))
	assert.Equal(t, http.StatusInternalServerError, get(t, srv, "imp_1").status, "there is nothing to answer about")
	assert.Equal(t, []string{"iamporttest: the fault does not fit: the answer has no response"}, w.errors)
}

func TestServerThatCannotStart(t *testing.T) {
	for name, opt := range map[string]iamporttest.Option{
		"short tier":      iamporttest.WithTier("ab"),
		"tier with signs": iamporttest.WithTier("a-b"),
		"unknown gateway": iamporttest.WithMID("nobody", "A1"),
		"empty MID":       iamporttest.WithMID(iamporttest.Danal, ""),
		"no life":         iamporttest.WithOTPLife(0),
		"no tries":        iamporttest.WithOTPTries(0),
		"far address":     iamporttest.WithAddress("192.0.2.1:8402"),
		"no port":         iamporttest.WithAddress("127.0.0.1"),
		"nameless":        iamporttest.WithFixedCredentials(""),
		"success":         iamporttest.WithGatewayRefusalStatus(200),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := iamporttest.Start(opt)
			require.ErrorContains(t, err, "iamporttest: With")

			w := &witness{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				iamporttest.NewServer(w, opt)
			}()
			<-done
			assert.True(t, w.fatal)
			assert.Len(t, w.errors, 1)
		})
	}
}

func TestClose(t *testing.T) {
	srv := start(t)
	require.NoError(t, srv.Inject(iamporttest.Stall(nil), iamporttest.StallBody(nil)))

	ended := make(chan error, 2)
	for _, transport := range []http.RoundTripper{&http.Transport{}, srv.RoundTripper()} {
		go func() {
			_, err := try(t, &http.Client{Transport: transport}, "POST", srv.URL+"/users/getToken", credentials(srv))
			ended <- err
		}()
	}
	require.Eventually(t, func() bool { return srv.TokenCalls() == 2 }, 5*time.Second, time.Millisecond)
	srv.Close()
	srv.Close()
	require.Error(t, <-ended)
	require.Error(t, <-ended)

	_, err := try(t, inProcess(srv), "GET", srv.URL, "")
	require.ErrorContains(t, err, "connection reset")
	assert.Eventually(t, func() bool { return len(leftovers()) == 0 }, 5*time.Second, time.Millisecond)
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
	_, err := try(t, inProcess(srv), "GET", "https://api.iamport.kr/users/getToken", "")
	assert.ErrorContains(t, err, "not served in this process")
}

func TestPathsThatAreNotServed(t *testing.T) {
	srv := start(t)
	for _, target := range []string{
		"GET /users/getToken", "POST /certifications/imp_1", "GET /certifications", "GET /certifications/", "GET /payments/imp_1",
		"GET /certifications/imp_1/", "POST /certifications/otp/request/", "GET /certifications/a/../b", "PUT /certifications/imp_1",
		"GET //certifications/imp_1", "GET /certifications/otp/confirm/imp_1", "GET /js/other.js", "GET /js/iamport.payment-1",
	} {
		method, path, _ := strings.Cut(target, " ")
		call(t, srv, method, path, "").refused(t, http.StatusNotFound, "Not Found")
	}
}

func TestBodyThatIsTooLarge(t *testing.T) {
	srv := start(t)
	a := send(t, inProcess(srv), "POST", srv.URL+"/users/getToken", strings.Repeat(" ", 1<<20+1))
	a.refused(t, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
}

func TestRequests(t *testing.T) {
	srv := start(t)
	send(t, inProcess(srv), "POST", srv.URL+"/users/getToken?a=b", `{"imp_key":"1"}`, "X-Mine", "yes")
	send(t, inProcess(srv), "GET", srv.URL+"/v1/iamport.js", "")
	requests := srv.Requests()
	require.Len(t, requests, 1, "a script is no request to the API")
	assert.Equal(t, "POST", requests[0].Method)
	assert.Equal(t, "/users/getToken", requests[0].Path)
	assert.Equal(t, "a=b", requests[0].Query)
	assert.Equal(t, "yes", requests[0].Header.Get("X-Mine"))
	assert.Equal(t, `{"imp_key":"1"}`, string(requests[0].Body))
}

func TestClock(t *testing.T) {
	t.Run("writes the Date", func(t *testing.T) {
		both(t, func(t *testing.T, srv *iamporttest.Server, client *http.Client) {
			srv.SetTime(noon())
			a := send(t, client, "GET", srv.URL+"/", "")
			assert.Equal(t, "Sun, 15 Jun 2025 03:00:00 GMT", a.header.Get("Date"))
			srv.Advance(time.Minute)
			a = send(t, client, "GET", srv.URL+"/", "")
			assert.Equal(t, "Sun, 15 Jun 2025 03:01:00 GMT", a.header.Get("Date"))
		})
	})
	t.Run("is skewed", func(t *testing.T) {
		srv := start(t, iamporttest.WithClockSkew(-time.Hour))
		now := getToken(t, srv).response(t)["now"].(float64)
		assert.InDelta(t, time.Now().Add(-time.Hour).Unix(), now, 60)
	})
}

func TestConcurrency(t *testing.T) {
	srv := start(t, iamporttest.WithoutListener())
	tokens, impUIDs := sync.Map{}, sync.Map{}
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			authorization := bearer(t, srv)
			tokens.Store(authorization, true)
			impUID, err := srv.Certify(iamporttest.Attempt{}, mirae())
			assert.NoError(t, err)
			impUIDs.Store(impUID, true)
			a := send(t, inProcess(srv), "DELETE", srv.URL+certifications+impUID, "", "Authorization", authorization)
			assert.Equal(t, impUID, a.response(t)["imp_uid"])
			requested := requestOTP(t, srv, otpParams(srv))
			code, err := srv.OTPCode(requested)
			assert.NoError(t, err)
			assert.Equal(t, http.StatusOK, confirm(t, srv, requested, code).status)
			srv.Advance(time.Microsecond)
			srv.Requests()
			srv.Certifications()
		})
	}
	group.Wait()
	length := func(m *sync.Map) (n int) {
		m.Range(func(any, any) bool { n++; return true })
		return n
	}
	assert.Equal(t, 1, length(&tokens))
	assert.Equal(t, 64, length(&impUIDs))
	assert.Len(t, srv.Certifications(), 64)
}
