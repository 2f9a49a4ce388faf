package fake_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

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
