package transport_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/internal/transport"
)

func TestPreparedBodyIsMadeForEachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		client := inMemory(t, func(r *http.Request) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			assert.Equal(t, int64(len(body)), r.ContentLength)
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			sent = append(sent, string(body))
			if len(sent) < 3 {
				return respond(http.StatusServiceUnavailable, ""), nil
			}
			return respond(http.StatusOK, ""), nil
		})
		made := 0
		call := &transport.Call{Op: "Token", Method: http.MethodPost, Route: "/token", Body: []byte("not this"), Repeatable: true,
			Prepare: func() ([]byte, error) {
				made++
				return fmt.Appendf(nil, "body %d", made), nil
			}}
		_, err := client.Do(t.Context(), call)
		require.NoError(t, err)
		assert.Equal(t, []string{"body 1", "body 2", "body 3"}, sent)
	})
}

func TestBodyThatCannotBeMade(t *testing.T) {
	client := inMemory(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return respond(http.StatusOK, ""), nil
	})
	failed := do(t.Context(), t, client, &transport.Call{Op: "Token", Method: http.MethodPost, Route: "/token", Repeatable: true,
		Prepare: func() ([]byte, error) { return nil, errors.New("hunter2") }})
	assert.EqualError(t, failed, "Token: invalid request: body cannot be made")
	assert.Equal(t, transport.ClassInvalidRequest, failed.Class)
	assert.False(t, failed.Unconfirmed)
}
