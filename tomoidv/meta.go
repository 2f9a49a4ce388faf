package tomoidv

import (
	"bytes"
	"fmt"
	"log/slog"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// Meta tells how a result reached this program. It is not part of the result's
// JSON: a result that was stored and read back has an empty one.
type Meta struct {
	body            secret.Box
	contractVersion string
	receivedAt      time.Time
}

func newMeta(got *transport.Answer) Meta {
	return Meta{body: secret.New(got.Body), contractVersion: got.Header.Get(versionHeader), receivedAt: got.ReceivedAt}
}

// Raw returns a copy of the bytes as received: the evidence to keep, and the
// place to find what is not typed here. It is personal data.
func (m Meta) Raw() []byte { return bytes.Clone(m.body.Bytes()) }

// ContractVersion is the contract that TomoIDV says it applied, "1.3" or
// "1.4", and "" if it did not say: with 1.3 only Result does.
func (m Meta) ContractVersion() string { return m.contractVersion }

// ReceivedAt is the local time at which the answer came.
func (m Meta) ReceivedAt() time.Time { return m.receivedAt }

// Format prints none of it.
func (m Meta) Format(f fmt.State, _ rune) { secret.Print(f, "tomoidv.Meta") }

// LogValue logs none of it.
func (m Meta) LogValue() slog.Value { return secret.LogValue("tomoidv.Meta") }
