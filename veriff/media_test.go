package veriff_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/veriff"
)

const (
	imageID = "39388f8d-c6d6-4e9b-92c6-6978b2e8d664"
	videoID = "ebbf6434-3bf1-4020-8ac3-1ef51a25c673"

	sessionMediaURL = sessionsURL + "/" + sessionID + "/media"
	attemptMediaURL = baseURL + "/v1/attempts/" + attemptID + "/media"
)

// mediaLists are the two ways to ask for a list.
var mediaLists = map[string]struct {
	url string
	id  string // that is signed
	ask func(context.Context, *veriff.Client) (*veriff.MediaList, error)
}{
	"SessionMedia": {sessionMediaURL, sessionID, func(ctx context.Context, c *veriff.Client) (*veriff.MediaList, error) {
		return c.SessionMedia(ctx, sessionID)
	}},
	"AttemptMedia": {attemptMediaURL, attemptID, func(ctx context.Context, c *veriff.Client) (*veriff.MediaList, error) {
		return c.AttemptMedia(ctx, attemptID)
	}},
}

func TestMediaLists(t *testing.T) {
	body := fixture(t, "answers", "media_list.json")
	for name, list := range mediaLists {
		mock := mocked(http.MethodGet, list.url, func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, hmacHex(sharedSecret, []byte(list.id)), r.Header.Get("X-HMAC-SIGNATURE"), name)
			return signed(http.StatusOK, body)(r)
		})
		got, err := list.ask(t.Context(), newClient(t, mock))
		require.NoError(t, err, name)
		assert.Equal(t, []veriff.MediaFile{{
			ID: imageID, Name: "document-front-pre.jpg", Context: veriff.DocumentFrontPre, SessionID: sessionID,
			URL: "https://media.veriff.example/v1/media/" + imageID, Size: "52268", MIMEType: "image/jpeg",
		}}, got.Images)
		assert.Equal(t, []veriff.MediaFile{{
			ID: videoID, Name: "document-and-face.mp4", Context: veriff.DocumentAndFace, SessionID: sessionID,
			URL: "https://media.veriff.example/v1/media/" + videoID, Size: "1048576", Duration: "4.52", MIMEType: "video/mp4",
		}}, got.Videos)
		assert.Equal(t, []veriff.MediaFile{{
			ID: "0f1e2d3c-4b5a-4697-8877-665544332211", SessionID: sessionID, Size: "2048", MIMEType: "application/json",
		}}, got.NFCDocuments)
		assert.True(t, got.Meta().Signed())
		assert.Equal(t, body, got.Meta().Raw())
	}
}

func TestMediaListOfDocument003(t *testing.T) {
	body := fixture(t, "answers", "media_list_document003.json")
	for name, list := range mediaLists {
		got, err := list.ask(t.Context(), newClient(t, mocked(http.MethodGet, list.url, signed(http.StatusOK, body))))
		require.NoError(t, err, name)
		stamped := func(id string) veriff.MediaTimestamp {
			return veriff.MediaTimestamp{ID: id, URL: "https://media.veriff.example/v1/timestamps/" + id}
		}
		assert.Equal(t, []veriff.MediaFile{{
			ID: imageID, Name: "document-back.jpg", URL: "https://media.veriff.example/v1/media/" + imageID,
			Size: "52", MIMEType: "image/jpeg", Timestamp: stamped("fe7fab32-cb78-4b8d-bd65-33e7da6ac2c9"),
		}}, got.Images, name)
		assert.Equal(t, []veriff.MediaFile{{
			ID: videoID, Name: "video.mp4", URL: "https://media.veriff.example/v1/media/" + videoID,
			Size: "1024", Duration: "12", MIMEType: "video/mp4", Timestamp: stamped(timestampID),
		}}, got.Videos, name)
		assert.Nil(t, got.NFCDocuments, name)
		seconds, ok := got.Videos[0].Duration.Float64()
		assert.True(t, ok)
		assert.InDelta(t, 12, seconds, 0)
	}
}

func TestMediaListRoundTrips(t *testing.T) {
	for _, name := range []string{"media_list.json", "media_list_document003.json"} {
		var list, again veriff.MediaList
		require.NoError(t, json.Unmarshal(fixture(t, "answers", name), &list))
		stored, err := json.Marshal(list)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(stored, &again))
		assert.Equal(t, list, again, name)
		assert.Contains(t, string(stored), videoID, "storage keeps it")
	}
}

func TestMediaTimestampInAnyShape(t *testing.T) {
	for text, want := range map[string]veriff.MediaTimestamp{
		`null`:                       {},
		`"2019-10-29T06:30:25.597Z"`: {},
		`1572330625`:                 {},
		`[]`:                         {},
		`{}`:                         {},
		`{"id":1,"url":"u"}`:         {},
		`{"id":null,"url":"u"}`:      {URL: "u"},
		`{"id":"i","url":"u","x":1}`: {ID: "i", URL: "u"},
	} {
		file := veriff.MediaFile{Timestamp: veriff.MediaTimestamp{ID: "stale"}}
		require.NoError(t, json.Unmarshal([]byte(`{"timestamp":`+text+`}`), &file), text)
		assert.Equal(t, want, file.Timestamp, text)
	}
}

func TestMediaListsThatAreRefused(t *testing.T) {
	file := func(members string) string {
		return `{"status":"success","images":[],"videos":[{"id":"` + videoID + `"},{` + members + `}]}`
	}
	for name, test := range map[string]struct {
		body        string
		want        error
		sessionOnly bool
	}{
		"no list":         {body: `{"status":"success"}`, want: veriff.ErrInvalidAnswer},
		"failed":          {body: `{"status":"fail","images":[]}`, want: veriff.ErrInvalidAnswer},
		"not a list":      {body: `{"status":"success","images":{}}`, want: veriff.ErrInvalidAnswer},
		"no id":           {body: file(`"name":"x"`), want: veriff.ErrInvalidAnswer},
		"an id of dots":   {body: file(`"id":".."`), want: veriff.ErrInvalidAnswer},
		"an id as a path": {body: file(`"id":"../../etc"`), want: veriff.ErrInvalidAnswer},
		"a twin":          {body: file(`"id":"a","ID":"b"`), want: veriff.ErrInvalidAnswer},
		"HTML":            {body: `<html>`, want: veriff.ErrInvalidAnswer},
		"another session": {body: file(`"id":"a","sessionId":"` + otherID + `"`), want: veriff.ErrForeign, sessionOnly: true},
	} {
		for how, list := range mediaLists {
			mock := mocked(http.MethodGet, list.url, signed(http.StatusOK, []byte(test.body)))
			got, err := list.ask(t.Context(), newClient(t, mock))
			if test.sessionOnly && how == "AttemptMedia" {
				assert.NoError(t, err, "%s: an attempt's session is not known", name)
				continue
			}
			assert.Nil(t, got, name)
			require.ErrorIs(t, err, test.want, "%s: %s", how, name)
		}
	}
}

func TestMediaListsThatAreEmpty(t *testing.T) {
	for _, body := range []string{`{"status":"success","images":[],"videos":[]}`, `{"status":"success","images":null}`, `{"status":"success","nfcDocuments":[]}`} {
		for name, list := range mediaLists {
			got, err := list.ask(t.Context(), newClient(t, mocked(http.MethodGet, list.url, signed(http.StatusOK, []byte(body)))))
			require.NoError(t, err, "%s: %s", name, body)
			assert.Empty(t, got.Images)
			assert.Empty(t, got.Videos)
			assert.Empty(t, got.NFCDocuments)
		}
	}
}

func TestMediaListErrors(t *testing.T) {
	for name, list := range mediaLists {
		_, err := list.ask(t.Context(), newClient(t, mocked(http.MethodGet, list.url, withHeader(http.StatusNotFound, nil))))
		require.ErrorIs(t, err, veriff.ErrNotFound)
		assert.ErrorContains(t, err, "veriff: "+name+": 404 not found")
	}
	client := newClient(t, nil)
	_, err := client.SessionMedia(t.Context(), "a/b")
	require.ErrorIs(t, err, veriff.ErrInvalidRequest)
	assert.ErrorContains(t, err, "session id has a slash")
	_, err = client.AttemptMedia(t.Context(), "")
	require.ErrorIs(t, err, veriff.ErrInvalidRequest)
	assert.ErrorContains(t, err, "attempt id is empty")
}

func TestFileName(t *testing.T) {
	for mimeType, extension := range map[string]string{
		"image/jpeg": ".jpg", "image/jpg": ".jpg", "image/png": ".png", "image/heif": ".heif", "image/heic": ".heic",
		"image/webp": ".webp", "application/pdf": ".pdf", "video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov",
		"application/json": ".json",

		" Image/JPEG ; charset=binary": ".jpg",
		"":                             ".bin",
		"text/html":                    ".bin",
		"image/svg+xml":                ".bin",
		"image/../../x.sh":             ".bin",
	} {
		file := veriff.MediaFile{ID: videoID, Name: "../evil.sh", MIMEType: mimeType}
		assert.Equal(t, videoID+extension, file.FileName(), mimeType)
	}
	for id, want := range map[string]string{
		"":              "_.bin",
		"..":            "__.bin",
		"../../etc":     "______etc.bin",
		`C:\x`:          "C__x.bin",
		"a\x00b":        "a_b.bin",
		"한글":            "__.bin",
		"aB9-_":         "aB9-_.bin",
		"/absolute.exe": "_absolute_exe.bin",
	} {
		assert.Equal(t, want, veriff.MediaFile{ID: id}.FileName(), "%q", id)
	}
	assert.Equal(t, "___.bin", veriff.MediaFile{ID: "\xff\xfe/"}.FileName(), "not UTF-8")
}
