package fake_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/fake"
)

func TestRecorderKeepsWhatCame(t *testing.T) {
	var recorder fake.Recorder
	assert.Empty(t, recorder.Requests())

	r := httptest.NewRequest("POST", "/a/b?c=d", http.NoBody)
	r.Header.Set("X-One", "1")
	body := []byte("body")
	recorder.Record(r, body)
	r.Header.Set("X-One", "2")
	body[0] = 'x'

	want := fake.Request{Method: "POST", Path: "/a/b", Query: "c=d", Header: http.Header{"X-One": {"1"}}, Body: []byte("body")}
	got := recorder.Requests()
	require.Equal(t, []fake.Request{want}, got)

	got[0].Body[0] = 'x'
	got[0].Header.Set("X-One", "2")
	assert.Equal(t, []fake.Request{want}, recorder.Requests())
}

func TestRecorderReceives(t *testing.T) {
	const most = 1 << 20
	for name, c := range map[string]struct {
		size int
		ok   bool
	}{
		"nothing":  {0, true},
		"the most": {most, true},
		"too much": {most + 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			var recorder fake.Recorder
			sent := bytes.Repeat([]byte("a"), c.size)
			body, ok := recorder.Receive(httptest.NewRecorder(), httptest.NewRequest("POST", "/a", bytes.NewReader(sent)))
			require.Equal(t, c.ok, ok)
			if c.ok {
				assert.True(t, bytes.Equal(sent, body), "the body is whole")
			}
			requests := recorder.Requests()
			require.Len(t, requests, 1, "also what is refused is recorded")
			assert.Len(t, requests[0].Body, min(c.size, most))
		})
	}
}

func TestRecorderReceivesFiles(t *testing.T) {
	var recorder fake.Recorder
	receive := func(sent string) ([]byte, bool) {
		return recorder.ReceiveUpTo(3, httptest.NewRecorder(), httptest.NewRequest("POST", "/a", strings.NewReader(sent)))
	}
	body, ok := receive("abc")
	assert.True(t, ok)
	assert.Equal(t, "abc", string(body))
	_, ok = receive("abcd")
	assert.False(t, ok)
}

func TestRecorderEndsTheHandlerOfACallerWhoIsGone(t *testing.T) {
	var recorder fake.Recorder
	gone := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF))
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		recorder.Receive(httptest.NewRecorder(), httptest.NewRequest("POST", "/a", gone))
	})
	requests := recorder.Requests()
	require.Len(t, requests, 1)
	assert.Equal(t, "half", string(requests[0].Body))
}
