package verifftest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

func TestTimestamps(t *testing.T) {
	srv := start(t, verifftest.WithTimestamps(), verifftest.WithMediaHost("https://magic.veriff.me"))
	id := created(t, srv, `{}`)
	assert.Equal(t, `{"status":"success","timestamps":[]}`, ask(t, srv, "GET", "/sessions/"+id+"/timestamps", id).body)
	got := uploaded(t, srv, id, image("document-back", pngFile))
	stamp, ok := got["timestamp"].(map[string]any)
	require.True(t, ok)
	stampID := stamp["id"].(string)
	assert.Regexp(t, uuid4, stampID)
	assert.NotEqual(t, got["id"], stampID)
	url := "https://magic.veriff.me/v1/timestamps/" + stampID
	assert.Equal(t, map[string]any{"id": stampID, "url": url}, stamp)
	list := ask(t, srv, "GET", "/sessions/"+id+"/media", id).object(t)["images"].([]any)
	assert.Equal(t, stamp, list[0].(map[string]any)["timestamp"])

	assert.Equal(t, map[string]any{
		"status": "success", "timestamps": []any{map[string]any{"id": stampID, "url": url, "context": "document-back"}},
	}, ask(t, srv, "GET", "/sessions/"+id+"/timestamps", id).object(t))
	one := ask(t, srv, "GET", "/timestamps/"+stampID, stampID).object(t)["timestamp"].(map[string]any)
	hash := sha256.Sum256([]byte(pngFile))
	assert.Equal(t, map[string]any{
		"id": stampID, "context": "document-back", "signature": one["signature"],
		"dataHash": map[string]any{"algorithm": "SHA-256", "value": hex.EncodeToString(hash[:])},
	}, one)
	assert.NotEmpty(t, one["signature"])

	assert.Equal(t, "401 1818", ask(t, srv, "GET", "/timestamps/"+stampID, id).refused(t))
	assert.Equal(t, "404", ask(t, srv, "GET", "/timestamps/"+id, id).refused(t))
	assert.Equal(t, "404", ask(t, srv, "GET", "/sessions/"+stampID+"/timestamps", stampID).refused(t))
}

func TestTimestampsAreNotThereToday(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	uploaded(t, srv, id, image("face", pngFile))
	assert.Equal(t, "404", ask(t, srv, "GET", "/sessions/"+id+"/timestamps", id).refused(t))
	assert.Equal(t, "404", ask(t, srv, "GET", "/timestamps/"+id, id).refused(t))
}
