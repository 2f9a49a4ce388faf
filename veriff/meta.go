package veriff

import (
	"bytes"
	"fmt"
	"log/slog"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// Meta tells how a result reached this program: what was received, and how
// far it can be trusted. It is not part of the result's JSON.
type Meta struct {
	body       secret.Box
	signed     bool
	receivedAt time.Time
}

func newMeta(got *transport.Answer, signed bool) Meta {
	return Meta{body: secret.New(got.Body), signed: signed, receivedAt: got.ReceivedAt}
}

// Raw returns a copy of the bytes as received, envelope included: the evidence
// to keep, and the place to find what is not typed here. It is personal data.
func (m Meta) Raw() []byte { return bytes.Clone(m.body.Bytes()) }

// Signed tells whether the bytes came with a signature that held. One that
// does not hold is an error, never a result.
func (m Meta) Signed() bool { return m.signed }

// ReceivedAt is the local time at which the bytes had arrived.
func (m Meta) ReceivedAt() time.Time { return m.receivedAt }

// Format prints none of it.
func (m Meta) Format(f fmt.State, _ rune) { secret.Print(f, "veriff.Meta") }

// LogValue logs none of it.
func (m Meta) LogValue() slog.Value { return secret.LogValue("veriff.Meta") }
