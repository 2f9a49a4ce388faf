package kyc

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// A Notice is what a browser on its way back, or a webhook, is worth: it says
// which check to ask about, never how it ended. Find the stored check by one
// of its ids, Apply the notice, and ask Result.
type Notice struct {
	// CheckID is the Check's ID, empty where the vendor does not say it.
	CheckID string
	// VendorID is the vendor's own id, empty where the vendor does not say it.
	VendorID string

	// Decided tells that the vendor announced an outcome, never which, and
	// DecidedAt when that was, by its clock; zero where it does not say. They
	// serve to see whether Result is behind (see Ahead), and nothing else.
	Decided   bool
	DecidedAt time.Time
}

// announcedPrecision is how far apart two times of one decision may be: a
// webhook and an answer can be written with different digits of a second.
const announcedPrecision = time.Second

// Ahead tells whether the notice announced an outcome that r, the best result
// so far, does not show yet: answer the webhook with 503, so that the vendor
// delivers it again, and ask again later. A nil r shows nothing.
func (n *Notice) Ahead(r *Result) bool {
	switch {
	case n == nil || !n.Decided:
		return false
	case r == nil || r.Status == StatusPending:
		return true
	case n.DecidedAt.IsZero() || r.DecidedAt.IsZero():
		return false
	}
	return r.DecidedAt.Before(n.DecidedAt.Add(-announcedPrecision))
}

// A ReturnParser is a Provider whose vendor sends the browser back with
// something to read.
type ReturnParser interface {
	// ParseReturn reads the request that brought the browser back. Anyone can
	// make such a request: what it gives is a claim. Whatever cannot be read
	// is ErrInvalidNotice.
	ParseReturn(r *http.Request) (*Notice, error)
}

// A WebhookParser is a Provider whose vendor calls the application.
type WebhookParser interface {
	// ParseWebhook verifies the signature over the body as received and only
	// then reads it. It returns ErrSignature, or ErrInvalidNotice for a
	// genuine body that cannot be read. A genuine webhook that is about no
	// check is an empty Notice: answer 200 and forget it.
	ParseWebhook(header http.Header, body []byte) (*Notice, error)
}

const maxBody = 1 << 20

// ParseReturn asks p's ReturnParser. A body is cut off with an error after
// 1 MiB. It returns ErrUnsupported when p has none: then the application's own
// return path says which check it is.
func ParseReturn(p Provider, r *http.Request) (*Notice, error) {
	const op = "parse return"
	parser, err := optional[ReturnParser](p, op)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, invalid(p.Name(), op, "request is nil")
	}
	if r.Body != nil {
		r = r.WithContext(r.Context())
		r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	}
	return parser.ParseReturn(r)
}

// ParseWebhook reads the request's body, at most 1 MiB, and asks p's
// WebhookParser. It returns ErrInvalidNotice for a body that is larger or
// breaks off, and ErrUnsupported when p has no WebhookParser.
func ParseWebhook(p Provider, r *http.Request) (*Notice, error) {
	const op = "parse webhook"
	parser, err := optional[WebhookParser](p, op)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, invalid(p.Name(), op, "request is nil")
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1)); err != nil {
			return nil, &Error{Provider: p.Name(), Op: op, Kind: ErrInvalidNotice, Err: err}
		}
	}
	if len(body) > maxBody {
		return nil, &Error{Provider: p.Name(), Op: op, Kind: ErrInvalidNotice, Err: errors.New("body is over 1 MiB")}
	}
	return parser.ParseWebhook(r.Header, body)
}
