package veriff

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A MediaUpload is one photo or PDF for a session whose person does not use
// Veriff's pages. Veriff advises several for each context, with a long side of
// at most 1,920 pixels.
//
// Source: POST /v1/sessions/{id}/media. The shape of an upload of NFC data is
// not established: send it through [Client.Do].
type MediaUpload struct {
	// Context says what it shows. One without a constant is sent as it is.
	Context MediaContext
	// Content is the file itself, such as an *os.File or a *bytes.Reader: JPEG,
	// PNG, HEIF, HEIC or WebP of at most 24 MB when encoded in base64, which is
	// 18 MB of file, or PDF of at most 20 MB. All of it is sent, wherever its
	// offset stands. It is read twice and never held, and must not change
	// meanwhile.
	Content interface {
		io.ReaderAt
		io.Seeker
	}
	// Timestamp is when the upload was made. Legacy; WithLegacyAPI sets it when
	// it is zero.
	Timestamp Time
}

// Validate names the first field that Veriff would refuse. It reads the
// beginning of the content.
func (u *MediaUpload) Validate() error {
	_, err := u.check()
	return err
}

// check is Validate, and tells the size of the content.
func (u *MediaUpload) check() (size int64, err error) {
	switch {
	case u == nil:
		return 0, errors.New("request is nil")
	case u.Context == "":
		return 0, errors.New("the Context is empty")
	case !utf8.ValidString(string(u.Context)):
		return 0, errors.New("the Context is not valid UTF-8")
	case strings.ContainsFunc(string(u.Context), unicode.IsControl):
		return 0, errors.New("the Context holds a control character")
	case u.Content == nil:
		return 0, errors.New("the Content is nil")
	}
	if size, err = contentSize(u.Content); err != nil {
		return 0, err
	}
	return size, checkContent(u.Content, size)
}

// UploadMedia adds one photo or PDF to a session that is not submitted yet;
// after that Veriff answers [ErrConflict]. It is signed in a first pass over
// the content and sent in a second one. Uploading again adds the image a second
// time, so it is never sent again once it may have arrived: an error that is
// [ErrUnconfirmed] means that Veriff may have it, which SessionMedia tells. A
// content that changes between the passes is [ErrInvalidRequest], and Veriff
// does not get all of it. The content is not read any more when UploadMedia has
// returned.
//
// Source: POST /v1/sessions/{id}/media.
func (c *Client) UploadMedia(ctx context.Context, sessionID string, upload *MediaUpload) (*MediaFile, error) {
	const op = "UploadMedia"
	if err := c.made(op); err != nil {
		return nil, err
	}
	if err := transport.CheckID("session id", sessionID); err != nil {
		return nil, invalid(op, err)
	}
	size, err := upload.check()
	if err != nil {
		return nil, invalid(op, err)
	}
	image := *upload
	if c.scheme == schemeLegacy && image.Timestamp.IsZero() {
		image.Timestamp = legacyTimestamp()
	}
	body, err := newMediaBody(&image, size)
	if err != nil {
		return nil, invalid(op, err)
	}
	signature, err := body.sign(c.scheme, c.secret)
	if err != nil {
		return nil, invalid(op, err)
	}
	call := &transport.Call{
		Op: op, Method: http.MethodPost, Route: "/v1/sessions/{id}/media", Args: []string{sessionID},
		Stream: body.stream, StreamLength: body.len(),
	}
	c.authorise(call, hex.EncodeToString(signature))
	got, signed, err := c.do(ctx, call)
	if err != nil {
		return nil, contentFailed(err)
	}
	var answer uploadAnswer
	meta, err := read(call, got, signed, &answer, func() error { return answer.check(sessionID) })
	if err != nil {
		return nil, err
	}
	answer.Image.meta = meta
	return answer.Image, nil
}

// contentFailed has an error say that it was the caller's content.
func contentFailed(err error) error {
	var failed *Error
	var content *contentError
	if errors.As(err, &failed) && errors.As(err, &content) {
		failed.kinds = append(failed.kinds, ErrInvalidRequest)
		failed.detail = content.what
	}
	return err
}

type uploadAnswer struct {
	status
	Image *MediaFile `json:"image"`
}

func (a *uploadAnswer) check(sessionID string) error {
	if err := a.status.check(); err != nil {
		return err
	}
	if a.Image == nil {
		return errors.New("it names no image")
	}
	return a.Image.check(sessionID)
}
