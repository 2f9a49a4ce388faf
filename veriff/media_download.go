package veriff

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// maxMedia is far above what Veriff keeps of a session: minutes of video.
const maxMedia = 1 << 30

// A Download tells what was downloaded.
type Download struct {
	// Size is in bytes.
	Size int64
	// SHA256 is the hash of those bytes, as [Timestamp.MatchesSHA256] takes it.
	SHA256 []byte
	// ContentType is as Veriff states it, such as "image/jpeg" or "video/mp4".
	ContentType string
	// Signed tells whether the answer came with a signature, which then held.
	// Whether Veriff signs media today is not established; document 003 says
	// that it does.
	Signed bool
}

var (
	errNotWhole = errors.New("the status is not that of a whole file")
	errNotMedia = errors.New("it is a web page, not media")
)

// DownloadMedia writes the media of this ID to w as it comes, at most 1 GiB, or
// [ErrTooLarge]. Only when it returns without an error is what was written the
// media, whole and, where it was signed, verified: the signature covers all of
// it, and can be checked at the end alone. An answer that nothing ends but its
// connection counts as cut off, and a web page is [ErrInvalidAnswer]. With
// [WithSignedAnswersOnly] nothing is written of an answer that has no signature.
// Once a byte was written there is no other attempt. An error of w is in the
// error's chain.
//
// The request goes to the client's base URL, whatever MediaFile.URL says.
//
// Source: GET /v1/media/{id}.
func (c *Client) DownloadMedia(ctx context.Context, mediaID string, w io.Writer) (*Download, error) {
	const op = "DownloadMedia"
	if err := c.checkMedia(op, mediaID); err != nil {
		return nil, err
	}
	if w == nil {
		return nil, invalid(op, errors.New("the writer is nil"))
	}
	return c.download(ctx, op, mediaID, w)
}

func (c *Client) checkMedia(op, mediaID string) error {
	if err := c.made(op); err != nil {
		return err
	}
	if err := transport.CheckID("media id", mediaID); err != nil {
		return invalid(op, err)
	}
	return nil
}

func (c *Client) download(ctx context.Context, op, mediaID string, w io.Writer) (*Download, error) {
	sum := sha256.New()
	var check *answerCheck
	call := &transport.Call{
		Op: op, Method: http.MethodGet, Route: "/v1/media/{id}", Args: []string{mediaID}, Repeatable: true, MaxSink: maxMedia,
	}
	call.Sink = func(answer *transport.Answer) (io.Writer, error) {
		if answer.StatusCode != http.StatusOK {
			return nil, errNotWhole // such as 206, which is a part that nobody asked for
		}
		if page, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); page == "text/html" {
			return nil, errNotMedia // but a proxy's or a portal's, which would be kept as evidence
		}
		check = c.scheme.check(c.secret, answer.Header)
		if !check.signed && c.signedOnly {
			return nil, errNoSignature
		}
		return io.MultiWriter(w, sum, check), nil
	}
	c.authorise(call, c.scheme.sign(c.secret, []byte(mediaID)))
	call.Header.Set("Accept", "*/*")
	got, err := c.transport.Do(ctx, call)
	if err != nil {
		failed := apiError(op, err)
		switch {
		case errors.Is(err, errNoSignature):
			failed.kinds, failed.detail = []error{ErrSignature}, errNoSignature.Error()
		case errors.Is(err, errNotWhole):
			failed.detail = errNotWhole.Error()
		case errors.Is(err, errNotMedia):
			failed.detail = errNotMedia.Error()
		}
		return nil, failed
	}
	signed, err := check.end()
	if err != nil {
		return nil, unusableAnswer(call, got, ErrSignature, err)
	}
	if got.Size == 0 {
		return nil, unusableAnswer(call, got, ErrInvalidAnswer, errors.New("it is empty"))
	}
	c.warnUnsigned(ctx, call, signed)
	return &Download{
		Size: got.Size, SHA256: sum.Sum(nil), ContentType: got.Header.Get("Content-Type"), Signed: signed,
	}, nil
}
