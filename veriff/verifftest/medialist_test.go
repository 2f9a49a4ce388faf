package verifftest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// lists are the ids of the media in an answer, by the name of their list.
func lists(t *testing.T, a answer) map[string][]string {
	t.Helper()
	require.Equal(t, 200, a.status, a.body)
	found := make(map[string][]string)
	for name, list := range a.object(t) {
		items, _ := list.([]any)
		for _, item := range items {
			found[name] = append(found[name], item.(map[string]any)["id"].(string))
		}
	}
	return found
}

func add(t *testing.T, srv *verifftest.Server, id string, m verifftest.Media) (mediaID string) {
	t.Helper()
	mediaID, err := srv.AddMedia(id, m)
	require.NoError(t, err)
	return mediaID
}

func TestMediaList(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	const none = `{"images":[],"nfcDocuments":[],"status":"success","videos":[]}`
	assert.Equal(t, none, ask(t, srv, "GET", "/sessions/"+id+"/media", id).body)

	photo := uploaded(t, srv, id, image("face", jpegFile))["id"].(string)
	video := add(t, srv, id, verifftest.Media{
		Kind: verifftest.VideoMedia, Context: "face", Content: []byte("\x00\x00\x00\x18ftypmp42    "), Duration: 2500 * time.Millisecond,
	})
	chip := add(t, srv, id, verifftest.Media{
		Kind: verifftest.NFCMedia, Context: "document-front", Name: "dg1", MimeType: "application/x-nfc", Content: []byte("\x61\x01a"),
	})
	item := func(id, name, context, mimeType string, size float64) map[string]any {
		return map[string]any{
			"id": id, "name": name, "context": context, "sessionId": srv.Sessions()[0].ID, "size": size, "mimetype": mimeType,
			"timestamp": nil, "url": srv.URL + "/v1/media/" + id,
		}
	}
	filmed := item(video, "face.mp4", "face", "video/mp4", 16)
	filmed["duration"] = 2.5
	want := map[string]any{
		"status":       "success",
		"images":       []any{item(photo, "face.jpg", "face", "image/jpeg", float64(len(jpegFile)))},
		"videos":       []any{filmed},
		"nfcDocuments": []any{item(chip, "dg1", "document-front", "application/x-nfc", 3)},
	}
	assert.Equal(t, want, ask(t, srv, "GET", "/sessions/"+id+"/media", id).object(t))
	attempt := srv.Sessions()[0].AttemptID
	assert.Equal(t, want, ask(t, srv, "GET", "/attempts/"+attempt+"/media", attempt).object(t))

	assert.Equal(t, "401 1818", ask(t, srv, "GET", "/attempts/"+attempt+"/media", id).refused(t), "signed over the session's id")
	assert.Equal(t, "404", ask(t, srv, "GET", "/attempts/"+id+"/media", id).refused(t), "a session is no attempt")
	assert.Equal(t, "404", ask(t, srv, "GET", "/sessions/"+attempt+"/media", attempt).refused(t))
}

func TestMediaOfAttempts(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	first := srv.Sessions()[0].AttemptID
	one := uploaded(t, srv, id, image("face", jpegFile))["id"].(string)
	require.NoError(t, srv.Submit(id))
	require.NoError(t, srv.RequestResubmission(id, 202, ""))
	second := srv.Sessions()[0].AttemptID
	two := uploaded(t, srv, id, image("face", pngFile))["id"].(string)

	assert.Equal(t, map[string][]string{"images": {one}}, lists(t, ask(t, srv, "GET", "/attempts/"+first+"/media", first)))
	assert.Equal(t, map[string][]string{"images": {two}}, lists(t, ask(t, srv, "GET", "/attempts/"+second+"/media", second)))
	assert.Equal(t, map[string][]string{"images": {one, two}}, lists(t, ask(t, srv, "GET", "/sessions/"+id+"/media", id)))
}

func TestPhotosOfTheHostedFlow(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	require.NoError(t, srv.Submit(id))
	media := srv.Media(id)
	var kinds []string
	contents := make(map[string]bool)
	for _, m := range media {
		kinds = append(kinds, m.Context+" "+m.MimeType)
		contents[string(m.Content)] = true
	}
	assert.Equal(t, []string{"face image/jpeg", "document-front image/jpeg", "face video/mp4"}, kinds)
	assert.Len(t, contents, 3, "no two alike")

	require.NoError(t, srv.RequestResubmission(id, 202, ""))
	require.NoError(t, srv.Submit(id))
	assert.Len(t, srv.Media(id), 6)

	id = created(t, srv, `{}`)
	content := []byte(jpegFile)
	add(t, srv, id, verifftest.Media{Context: "face", Content: content})
	content[0] = 0
	require.NoError(t, srv.Submit(id))
	require.Len(t, srv.Media(id), 1, "only what the test gives, if it does")
	assert.Equal(t, jpegFile, string(srv.Media(id)[0].Content), "as it was given")
}

func TestImpossibleMedia(t *testing.T) {
	srv := start(t)
	id := created(t, srv, `{}`)
	for name, m := range map[string]verifftest.Media{
		"no content":        {Context: "face"},
		"unknown kind":      {Kind: 3, Content: []byte("a")},
		"negative kind":     {Kind: -1, Content: []byte("a")},
		"negative duration": {Kind: verifftest.VideoMedia, Content: []byte("a"), Duration: -1},
	} {
		_, err := srv.AddMedia(id, m)
		assert.ErrorContains(t, err, "AddMedia needs", name)
	}
	_, err := srv.AddMedia("unknown", verifftest.Media{Content: []byte("a")})
	assert.ErrorContains(t, err, "no such session")
	assert.Empty(t, srv.Media(id))
}

func TestMediaListOptions(t *testing.T) {
	fill := func(t *testing.T, srv *verifftest.Server) (id string, images, videos map[string]any, list map[string]any) {
		id = created(t, srv, `{}`)
		add(t, srv, id, verifftest.Media{Context: "face", Content: []byte(jpegFile)})
		add(t, srv, id, verifftest.Media{Kind: verifftest.VideoMedia, Context: "face", Content: make([]byte, 2001), Duration: 1500 * time.Millisecond})
		add(t, srv, id, verifftest.Media{Kind: verifftest.NFCMedia, Content: []byte("a")})
		list = ask(t, srv, "GET", "/sessions/"+id+"/media", id).object(t)
		return id, list["images"].([]any)[0].(map[string]any), list["videos"].([]any)[0].(map[string]any), list
	}
	t.Run("old lists", func(t *testing.T) {
		srv := start(t, verifftest.WithOldMediaLists())
		_, photo, video, list := fill(t, srv)
		assert.NotContains(t, list, "nfcDocuments")
		assert.Equal(t, map[string]any{
			"id": photo["id"], "name": "face.jpg", "url": photo["url"], "timestamp": nil, "size": "1", "mimetype": "image/jpeg",
		}, photo)
		assert.Equal(t, map[string]any{
			"id": video["id"], "name": "face.bin", "url": video["url"], "timestamp": nil, "size": "3", "duration": "1.5",
			"mimetype": "application/octet-stream",
		}, video)
	})
	t.Run("another host", func(t *testing.T) {
		srv := start(t, verifftest.WithMediaHost("https://magic.veriff.me"))
		id, photo, _, _ := fill(t, srv)
		assert.Equal(t, "https://magic.veriff.me/v1/media/"+photo["id"].(string), photo["url"])
		got := uploaded(t, srv, id, image("face", jpegFile))
		assert.Equal(t, "https://magic.veriff.me/v1/media/"+got["id"].(string), got["url"])
	})
	for _, host := range []string{"", "magic.veriff.me", "https://magic.veriff.me/v1", "ftp://magic.veriff.me", "https://", "%"} {
		_, err := verifftest.Start(verifftest.WithMediaHost(host))
		assert.ErrorContains(t, err, "WithMediaHost: an absolute", host)
	}
}
