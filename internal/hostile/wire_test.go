package hostile_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// fixture reads a vendor's own fixture, without the white space in it.
func fixture(path ...string) string {
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		panic(err)
	}
	return b.String()
}

// A wire answers every request with one document, but those for a token.
type wire struct {
	status int
	body   []byte
	header func(body []byte) http.Header
	token  string // what answers a request whose path ends in path
	path   string
	// authorization is the header of the last request.
	authorization string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	w.authorization = r.Header.Get("Authorization")
	status, body := w.status, w.body
	if w.path != "" && strings.HasSuffix(r.URL.Path, w.path) {
		status, body = http.StatusOK, []byte(w.token)
	}
	header := http.Header{}
	if w.header != nil {
		header = w.header(body)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r}, nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// known hides a nil pointer's type, so that nothing is nothing.
func known[T any](got *T, err error) (any, error) {
	if got == nil {
		return nil, err
	}
	return got, err
}
