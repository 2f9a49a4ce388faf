package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
)

const (
	maxBody      = 8 << 20
	maxErrorBody = 64 << 10
	maxDrain     = 64 << 10
)

// ErrTooLarge is the cause when the body of a success passed its bound: the
// call's MaxSink, or 8 MiB of what is held.
var ErrTooLarge = errors.New("body too large")

// Answer is what the vendor said.
type Answer struct {
	StatusCode int
	Header     http.Header
	// Body is complete for a success, nil if there was none or a Sink got it.
	// For any other status it is what fitted into 64 KiB.
	Body []byte
	// Size is how many bytes the call's Sink has got.
	Size int64
	// Attempts counts how often the call was begun.
	Attempts int
	// ReceivedAt is when the header had come, on the local clock.
	ReceivedAt time.Time

	decoder *Decoder // the client's
}

// Decode is [Decode] for the body or a part of it.
func (a *Answer) Decode(data []byte, v any) error { return a.decoder.Decode(data, v) }

// Format keeps headers and the body out of every verb.
func (a Answer) Format(f fmt.State, _ rune) { secret.Print(f, "Answer") }

// LogValue keeps them out of logs.
func (a Answer) LogValue() slog.Value { return secret.LogValue("Answer") }

func (a *Answer) ok() bool { return a.StatusCode >= 200 && a.StatusCode <= 299 }

// readBody reads and closes the body of resp. A success is read whole or not
// at all; of anything else, whose status says enough, it takes what it gets,
// and so a connection that dies in an error body is no second error.
func readBody(resp *http.Response, success bool) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	if success {
		return readWhole(resp)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil // the body is the connection, and has no end
	}
	body, _ := readUpTo(resp, maxErrorBody)
	if len(body) == maxErrorBody {
		_, _ = io.CopyN(io.Discard, resp.Body, maxDrain) // to the end if it is near: the connection can be used again
	}
	return body, nil
}

func readWhole(resp *http.Response) ([]byte, error) {
	if resp.ContentLength > maxBody {
		return nil, ErrTooLarge
	}
	body, err := readUpTo(resp, maxBody+1)
	switch {
	case err != nil:
		return nil, err
	case len(body) > maxBody:
		return nil, ErrTooLarge
	case int64(len(body)) < resp.ContentLength && !head(resp):
		return nil, io.ErrUnexpectedEOF // net/http says so itself, other RoundTrippers may not
	case len(body) == 0:
		return nil, nil
	}
	return body, nil
}

func readUpTo(resp *http.Response, limit int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(resp.ContentLength, 0), maxDrain)) + bytes.MinRead)
	_, err := b.ReadFrom(io.LimitReader(resp.Body, limit))
	return b.Bytes(), err
}

// head says whether resp announces a length that never comes.
func head(resp *http.Response) bool {
	return resp.Request != nil && resp.Request.Method == http.MethodHead
}
