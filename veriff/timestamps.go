package veriff

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A TimestampList is every timestamp of one session. Legacy.
type TimestampList struct {
	Timestamps []Timestamp `json:"timestamps"`

	meta Meta
}

// Meta tells how the list reached this program.
func (l *TimestampList) Meta() Meta { return l.meta }

// A Timestamp is Guardtime's proof of when Veriff received a media file.
// Legacy: it is in document 003, and Veriff's current reference has neither of
// the two endpoints, and null where media had one.
type Timestamp struct {
	ID string `json:"id"`
	// URL is where Guardtime shows it; only lists have it. This package never
	// goes there.
	URL string `json:"url,omitzero"`
	// Context says of what it is.
	Context Text `json:"context,omitzero"`
	// Signature is Guardtime's; only [Client.Timestamp] has it and DataHash. It
	// is not checked here.
	Signature Text     `json:"signature,omitzero"`
	DataHash  DataHash `json:"dataHash,omitzero"`

	meta Meta
}

// DataHash is the hash of the file that a timestamp is about.
type DataHash struct {
	Algorithm string `json:"algorithm,omitzero"` // "SHA-256"
	// Value is in hex or base64; which of them is not established.
	Value string `json:"value,omitzero"`
}

// Meta tells how the timestamp reached this program. Within a list it is empty.
func (t *Timestamp) Meta() Meta { return t.meta }

// MatchesSHA256 tells whether the timestamp is about the bytes whose SHA-256 is
// sum, such as those of a download. A timestamp that was made with another
// algorithm, or whose hash cannot be read, is an error and no match.
func (t *Timestamp) MatchesSHA256(sum []byte) (bool, error) {
	if len(sum) != sha256.Size {
		return false, errors.New("veriff: the sum to compare with is not a SHA-256")
	}
	if algorithm := strings.ToUpper(t.DataHash.Algorithm); algorithm != "SHA-256" && algorithm != "SHA256" {
		return false, errors.New("veriff: the timestamp's hash is not a SHA-256")
	}
	stamped, err := hex.DecodeString(t.DataHash.Value)
	if err != nil {
		stamped, err = base64.StdEncoding.DecodeString(t.DataHash.Value)
	}
	if err != nil || len(stamped) != sha256.Size {
		return false, errors.New("veriff: the timestamp's hash cannot be read")
	}
	return bytes.Equal(stamped, sum), nil
}

// Timestamps lists the timestamps of a session's media. The answer does not
// name the session: not even its signature ties it to the one asked about.
// Legacy.
//
// Source: GET /v1/sessions/{id}/timestamps, document 003.
func (c *Client) Timestamps(ctx context.Context, sessionID string) (*TimestampList, error) {
	call := &transport.Call{
		Op: "Timestamps", Method: http.MethodGet, Route: "/v1/sessions/{id}/timestamps", Args: []string{sessionID},
	}
	var got struct {
		status
		Timestamps part[[]Timestamp] `json:"timestamps"`
	}
	meta, err := c.ask(ctx, call, "session id", &got, func() error {
		if err := got.status.check(); err != nil {
			return err
		}
		if err := got.Timestamps.check("timestamps"); err != nil {
			return err
		}
		for _, timestamp := range *got.Timestamps.value {
			if err := transport.CheckID("a timestamp's id", timestamp.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &TimestampList{Timestamps: *got.Timestamps.value, meta: meta}, nil
}

// Timestamp asks for one timestamp with its signature and hash. An answer about
// another timestamp is [ErrForeign]. Legacy.
//
// Source: GET /v1/timestamps/{id}, document 003.
func (c *Client) Timestamp(ctx context.Context, timestampID string) (*Timestamp, error) {
	call := &transport.Call{
		Op: "Timestamp", Method: http.MethodGet, Route: "/v1/timestamps/{id}", Args: []string{timestampID},
	}
	var got struct {
		status
		Timestamp part[Timestamp] `json:"timestamp"`
	}
	meta, err := c.ask(ctx, call, "timestamp id", &got, func() error {
		if err := got.status.check(); err != nil {
			return err
		}
		if err := got.Timestamp.check("timestamp"); err != nil {
			return err
		}
		if got.Timestamp.value.ID != timestampID {
			return foreign("its id is not the one asked for")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	timestamp := got.Timestamp.value
	timestamp.meta = meta
	return timestamp, nil
}
