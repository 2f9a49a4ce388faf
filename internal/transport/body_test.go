package transport_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// watched counts what is read of a body and whether it is closed.
type watched struct {
	io.Reader
	read   int
	closed bool
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.read += n
	return n, err
}

func (w *watched) Close() error {
	w.closed = true
	return nil
}

// endless never stops.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestBodyBounds(t *testing.T) {
	const success, fault, drain = 8 << 20, 64 << 10, 64 << 10
	zeros := func(n int64) io.Reader { return io.LimitReader(endless{}, n) }
	for name, tc := range map[string]struct {
		status  int
		body    io.Reader
		length  int64
		want    string // of the error
		cause   error
		kept    int // of the body
		maxRead int
	}{
		"success at the bound":        {status: 200, body: zeros(success), length: success, kept: success, maxRead: success},
		"success at it, no length":    {status: 200, body: zeros(success), length: -1, kept: success, maxRead: success},
		"success past the bound":      {status: 200, body: zeros(success + 1), length: -1, want: "status 200: invalid answer: body too large", cause: transport.ErrTooLarge, maxRead: success + 1},
		"endless success":             {status: 200, body: endless{}, length: -1, want: "status 200: invalid answer: body too large", cause: transport.ErrTooLarge, maxRead: success + 1},
		"announced past the bound":    {status: 200, body: endless{}, length: success + 1, want: "status 200: invalid answer: body too large", cause: transport.ErrTooLarge},
		"fault at the bound":          {status: 404, body: zeros(fault), length: fault, want: "status 404: not found", kept: fault, maxRead: fault},
		"fault past the bound":        {status: 404, body: zeros(fault + 9), length: -1, want: "status 404: not found", kept: fault, maxRead: fault + 9},
		"endless fault":               {status: 500, body: endless{}, length: -1, want: "status 500: unavailable", kept: fault, maxRead: fault + drain},
		"fault announced as endless":  {status: 404, body: zeros(fault), length: 1 << 60, want: "status 404: not found", kept: fault, maxRead: fault},
		"switched protocols":          {status: 101, body: endless{}, length: -1, want: "status 101: invalid answer"},
		"success shorter than said":   {status: 200, body: zeros(5), length: 6, want: "status 200: unavailable: cut off", cause: io.ErrUnexpectedEOF, maxRead: 5},
		"empty but announced":         {status: 200, body: zeros(0), length: 6, want: "status 200: unavailable: cut off", cause: io.ErrUnexpectedEOF},
		"success cut off":             {status: 200, body: io.MultiReader(zeros(5), broken{io.ErrUnexpectedEOF}), length: -1, want: "status 200: unavailable: cut off", cause: io.ErrUnexpectedEOF, maxRead: 5},
		"success that broke":          {status: 200, body: io.MultiReader(zeros(5), broken{errBroken}), length: -1, want: "status 200: unavailable: connection failed", cause: errBroken, maxRead: 5},
		"fault cut off":               {status: 404, body: io.MultiReader(zeros(5), broken{io.ErrUnexpectedEOF}), length: -1, want: "status 404: not found", kept: 5, maxRead: 5},
		"fault shorter than said":     {status: 404, body: zeros(5), length: 6, want: "status 404: not found", kept: 5, maxRead: 5},
		"success, length not set":     {status: 200, body: zeros(5), kept: 5, maxRead: 5},
		"success longer than claimed": {status: 200, body: zeros(7), length: 6, kept: 7, maxRead: 7},
	} {
		t.Run(name, func(t *testing.T) {
			body := &watched{Reader: tc.body}
			client := inMemory(t, func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: tc.status, ContentLength: tc.length, Body: body}, nil
			})
			answer, err := client.Do(t.Context(), once())
			assert.True(t, body.closed)
			assert.LessOrEqual(t, body.read, tc.maxRead)
			if tc.want == "" {
				require.NoError(t, err)
				assert.Len(t, answer.Body, tc.kept)
				return
			}
			failed := failure(t, answer, err)
			assert.EqualError(t, failed, "Create: "+tc.want)
			assert.Len(t, failed.Answer.Body, tc.kept)
			assert.Equal(t, 1, failed.Attempts)
			assert.Equal(t, tc.cause != nil || tc.status >= 500 || tc.status < 200, failed.Unconfirmed)
			if tc.cause != nil {
				assert.ErrorIs(t, failed, tc.cause)
			}
		})
	}
}

var errBroken = errors.New("broken")

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestTooLargeIsNotAskedForAgain(t *testing.T) {
	client := inMemory(t, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, ContentLength: 9 << 20, Body: io.NopCloser(endless{})}, nil
	})
	failed := do(t.Context(), t, client, again())
	assert.Equal(t, 1, failed.Attempts)
	assert.Equal(t, transport.ClassInvalidAnswer, failed.Class)
	assert.False(t, failed.Unconfirmed)
}

func TestCutOffIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		client := inMemory(t, func(*http.Request) (*http.Response, error) {
			resp := respond(200, `{"n":1}`)
			if n++; n == 1 {
				resp.ContentLength = 100
			}
			return resp, nil
		})
		answer, err := client.Do(t.Context(), again())
		require.NoError(t, err)
		assert.Equal(t, 2, answer.Attempts)
		assert.Equal(t, `{"n":1}`, string(answer.Body))
	})
}

func TestRoundTrippersThatBreakTheRules(t *testing.T) {
	body := &watched{Reader: strings.NewReader("x")}
	for name, tc := range map[string]struct {
		resp *http.Response
		err  error
		want string
	}{
		"neither answer nor error": {want: "Create: unavailable: no answer"},
		"answer and error":         {resp: &http.Response{StatusCode: 200, Body: body}, err: errBroken, want: "Create: unavailable: connection failed"},
		"error and no body":        {resp: &http.Response{StatusCode: 200}, err: errBroken, want: "Create: unavailable: connection failed"},
		"no body, fault":           {resp: &http.Response{StatusCode: 404}, want: "Create: status 404: not found"},
		"no body but a length":     {resp: &http.Response{StatusCode: 200, ContentLength: 5}, want: "Create: status 200: unavailable: cut off"},
		"no status":                {resp: &http.Response{}, want: "Create: status 0: invalid answer"},
	} {
		t.Run(name, func(t *testing.T) {
			client := inMemory(t, func(*http.Request) (*http.Response, error) { return tc.resp, tc.err })
			assert.EqualError(t, do(t.Context(), t, client, once()), tc.want)
		})
	}
	assert.True(t, body.closed)

	client := inMemory(t, func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, nil })
	answer, err := client.Do(t.Context(), once())
	require.NoError(t, err)
	assert.Nil(t, answer.Body)
	assert.Empty(t, answer.Header.Get("Date"))
}

func TestHeadHasALengthAndNoBody(t *testing.T) {
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, ContentLength: 5, Body: http.NoBody, Request: r}, nil
	})
	answer, err := client.Do(t.Context(), &transport.Call{Op: "Op", Method: http.MethodHead, Route: "/v1"})
	require.NoError(t, err)
	assert.Nil(t, answer.Body)
}

func TestBodyIsNotShared(t *testing.T) {
	sent := []byte(`{"n":1}`)
	client := inMemory(t, func(r *http.Request) (*http.Response, error) {
		got, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		clear(got)
		return respond(200, ""), nil
	})
	_, err := client.Do(t.Context(), &transport.Call{Op: "Op", Method: http.MethodPost, Route: "/v1", Body: sent})
	require.NoError(t, err)
	assert.True(t, bytes.Equal([]byte(`{"n":1}`), sent))
}
