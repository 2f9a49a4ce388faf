package fake_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// newServer is a server that knows /a and /b/, and one path at which it waits
// until the request is given up.
func newServer(clock *fake.Clock, entered chan<- struct{}) *fake.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/a", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a") })
	mux.HandleFunc("/b/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "b") })
	mux.HandleFunc("/wait", func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	nothing := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }
	mux.HandleFunc("/", nothing)
	return fake.NewServer(clock, mux, nothing)
}

func TestServerServesPathsAsTheyAre(t *testing.T) {
	var clock fake.Clock
	clock.Set(time.Date(2026, 1, 31, 9, 0, 0, 0, time.FixedZone("", 9*3600)))
	s := newServer(&clock, nil)
	defer s.Close()
	client := &http.Client{Transport: s.RoundTripper("https://a.invalid")}
	for path, want := range map[string]int{
		"/a":      http.StatusOK,
		"/b/":     http.StatusOK,
		"/b/c":    http.StatusOK,
		"/c":      http.StatusNotFound,
		"//a":     http.StatusNotFound,
		"/b/../a": http.StatusNotFound,
		"/./a":    http.StatusNotFound,
	} {
		t.Run(path, func(t *testing.T) {
			resp, err := client.Get("https://a.invalid" + path)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, want, resp.StatusCode)
			assert.Equal(t, path, resp.Request.URL.Path, "nobody is redirected")
			assert.Equal(t, "Sat, 31 Jan 2026 00:00:00 GMT", resp.Header.Get("Date"))
		})
	}
	_, err := client.Get("https://b.invalid/a")
	assert.ErrorContains(t, err, "not served in this process")
}

func TestServerEndsWhatWaitsWhenItIsClosed(t *testing.T) {
	for name, listening := range map[string]bool{"over a listener": true, "in this process": false} {
		t.Run(name, func(t *testing.T) {
			entered, ended := make(chan struct{}), make(chan error)
			s := newServer(new(fake.Clock), entered)
			base, client := "http://a.invalid", &http.Client{Transport: s.RoundTripper("http://a.invalid")}
			if listening {
				var err error
				base, err = s.Listen("")
				require.NoError(t, err)
				s.Serve()
				client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			}
			get := func(path string) error {
				resp, err := client.Get(base + path)
				if err == nil {
					_ = resp.Body.Close()
				}
				return err
			}
			require.NoError(t, get("/a"))
			go func() { ended <- get("/wait") }()
			<-entered
			require.NoError(t, s.Context().Err())
			s.Close()
			require.Error(t, <-ended)
			require.Error(t, s.Context().Err())
			require.Error(t, get("/a"), "it serves no more")
			if listening {
				_, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
				require.Error(t, err, "nobody listens")
			}
			s.Close()
		})
	}
}
