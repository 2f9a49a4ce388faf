package veriff

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A MediaFile is one photo, video or other piece of media that Veriff holds.
//
// Source: GET and POST /v1/sessions/{id}/media; document 003, the same.
type MediaFile struct {
	// ID is what DownloadMedia takes; a UUID.
	ID string `json:"id"`
	// Name is Veriff's, such as "document-back.jpg". Do not make a path of it:
	// see FileName.
	Name string `json:"name,omitzero"`
	// Context is empty for videos, and in document 003.
	Context MediaContext `json:"context,omitzero"`
	// SessionID is in lists of today's API only.
	SessionID string `json:"sessionId,omitzero"`
	// URL is data: it may name another host than the API's, and this package
	// never goes there. DownloadMedia finds the media by its ID.
	URL string `json:"url,omitzero"`
	// Size is in KB by document 003's lists, written as a string, and in bytes
	// by Veriff's pages of today. Download.Size is certain.
	Size Number `json:"size,omitzero"`
	// Duration of a video, in seconds.
	Duration Number `json:"duration,omitzero"`
	// MIMEType is such as "image/jpeg".
	MIMEType string `json:"mimetype,omitzero"`
	// Timestamp is deprecated, and zero today.
	Timestamp MediaTimestamp `json:"timestamp,omitzero"`

	meta Meta
}

// Meta tells how the answer of UploadMedia reached this program. A file in a
// list has none of its own.
func (f *MediaFile) Meta() Meta { return f.meta }

// FileName is a name to store the media under, made of its ID and the
// extension of its type, ".bin" for a type that this package does not know.
// Nothing of the vendor's text is in it: whatever of the ID is neither letter,
// digit nor hyphen is an underscore.
func (f MediaFile) FileName() string {
	name := strings.Map(func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
			return r
		}
		return '_'
	}, f.ID)
	if name == "" {
		name = "_"
	}
	kind, _, _ := strings.Cut(f.MIMEType, ";")
	return name + extension(strings.ToLower(strings.TrimSpace(kind)))
}

func extension(mimeType string) string {
	switch mimeType {
	case "image/jpeg", "image/jpg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/heif":
		return ".heif"
	case "image/heic":
		return ".heic"
	case "image/webp":
		return ".webp"
	case "application/pdf":
		return ".pdf"
	case "video/mp4":
		return ".mp4"
	case "video/webm":
		return ".webm"
	case "video/quicktime":
		return ".mov"
	case "application/json":
		return ".json"
	}
	return ".bin"
}

// A MediaTimestamp names the proof of time that Veriff once had made of a
// media file. What is not an object of these two texts is left to Meta.
type MediaTimestamp struct {
	ID  string `json:"id,omitzero"`
	URL string `json:"url,omitzero"`
}

// UnmarshalJSON takes any JSON value: nobody's media should be unreadable for
// the sake of its timestamp.
func (t *MediaTimestamp) UnmarshalJSON(data []byte) error {
	type object MediaTimestamp
	var got object
	if transport.Decode(data, &got) != nil {
		got = object{}
	}
	*t = MediaTimestamp(got)
	return nil
}

// A MediaList is the media of a session or of one attempt.
type MediaList struct {
	Images []MediaFile `json:"images,omitzero"`
	Videos []MediaFile `json:"videos,omitzero"`
	// NFCDocuments is the data read from documents' chips. Veriff's page shows
	// that the list is there, and not what is in it: Meta has all of it.
	NFCDocuments []MediaFile `json:"nfcDocuments,omitzero"`

	meta Meta
}

// Meta tells how the list reached this program.
func (l *MediaList) Meta() Meta { return l.meta }

// SessionMedia lists the media of all attempts of a session. A file of another
// session in it is [ErrForeign].
//
// Source: GET /v1/sessions/{id}/media.
func (c *Client) SessionMedia(ctx context.Context, sessionID string) (*MediaList, error) {
	call := &transport.Call{Op: "SessionMedia", Method: http.MethodGet, Route: "/v1/sessions/{id}/media", Args: []string{sessionID}}
	return c.mediaList(ctx, call, "session id", sessionID)
}

// AttemptMedia lists the media of one attempt, whose ID [Client.Attempts] and
// decisions tell. The answer does not name the attempt; where files name their
// session, that is the caller's to compare.
//
// Source: GET /v1/attempts/{id}/media.
func (c *Client) AttemptMedia(ctx context.Context, attemptID string) (*MediaList, error) {
	call := &transport.Call{Op: "AttemptMedia", Method: http.MethodGet, Route: "/v1/attempts/{id}/media", Args: []string{attemptID}}
	return c.mediaList(ctx, call, "attempt id", "")
}

// mediaList has the files' session checked unless sessionID is "".
func (c *Client) mediaList(ctx context.Context, call *transport.Call, idName, sessionID string) (*MediaList, error) {
	var got mediaListAnswer
	meta, err := c.ask(ctx, call, idName, &got, func() error { return got.check(sessionID) })
	if err != nil {
		return nil, err
	}
	list := got.list()
	list.meta = meta
	return list, nil
}

type mediaListAnswer struct {
	status
	Images       part[[]MediaFile] `json:"images"`
	Videos       part[[]MediaFile] `json:"videos"`
	NFCDocuments part[[]MediaFile] `json:"nfcDocuments"`
}

func (a *mediaListAnswer) list() *MediaList {
	return &MediaList{Images: a.Images.orZero(), Videos: a.Videos.orZero(), NFCDocuments: a.NFCDocuments.orZero()}
}

func (a *mediaListAnswer) check(sessionID string) error {
	if err := a.status.check(); err != nil {
		return err
	}
	if !a.Images.there && !a.Videos.there && !a.NFCDocuments.there {
		return errors.New("it has no list of media")
	}
	list := a.list()
	for _, file := range slices.Concat(list.Images, list.Videos, list.NFCDocuments) {
		if err := file.check(sessionID); err != nil {
			return err
		}
	}
	return nil
}

func (f *MediaFile) check(sessionID string) error {
	if err := transport.CheckID("a media id", f.ID); err != nil {
		return err
	}
	if f.SessionID != "" && sessionID != "" && f.SessionID != sessionID {
		return foreign("its media is of another session")
	}
	return nil
}
