package iamport

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/internal/secret"
	"github.com/kyckit/kyckit-go/internal/transport"
)

// Meta tells how a result reached this program. It is not part of the result's
// JSON: a result that was stored and read back has an empty one.
type Meta struct {
	body       secret.Box
	date       time.Time
	receivedAt time.Time
}

func newMeta(got *transport.Answer) Meta {
	date, err := http.ParseTime(got.Header.Get("Date"))
	if err != nil {
		date = time.Time{}
	}
	return Meta{body: secret.New(got.Body), date: date, receivedAt: got.ReceivedAt}
}

// Raw returns a copy of the bytes as received, envelope included: the evidence
// to keep, and the place to find what is not typed here. It is personal data.
func (m Meta) Raw() []byte { return bytes.Clone(m.body.Bytes()) }

// ReceivedAt is the local time at which the answer came.
func (m Meta) ReceivedAt() time.Time { return m.receivedAt }

// Date is when Iamport answered by its own clock, in whole seconds: the
// answer's Date header. It is zero if there was none that can be read.
func (m Meta) Date() time.Time { return m.date }

// now is the time by which an answer's certification is judged. Without a Date
// there is only the local clock.
func (m Meta) now() time.Time {
	if m.date.IsZero() {
		return m.receivedAt
	}
	return m.date
}

// Format prints none of it.
func (m Meta) Format(f fmt.State, _ rune) { secret.Print(f, "iamport.Meta") }

// LogValue logs none of it.
func (m Meta) LogValue() slog.Value { return secret.LogValue("iamport.Meta") }
