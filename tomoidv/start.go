package tomoidv

import (
	"context"
	"errors"
	"net/url"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// A StartRequest says whom to verify, how, and where to send the person
// afterwards. TomoIDV requires none of it. Source: POST /v1/idv/start.
type StartRequest struct {
	// UserID is the application's own id for this attempt. Make it unguessable
	// and fresh for each attempt: a result is bound to an attempt by nothing
	// else, and with a UserID of earlier attempts, or with none, anybody's
	// earlier result passes for this one's. A PPID is taken as well. Japan's
	// provider wanted digits only.
	UserID string `json:"user_id,omitzero"`
	// Country is required with a Policy.
	Country Country `json:"country,omitzero"`
	// Email is for the US, UK and Canada, where the person is asked for it
	// otherwise.
	Email string `json:"email,omitzero"`
	// Policy is the country's default if zero.
	Policy Policy `json:"kyc_policy,omitzero"`
	// RedirectURLSuccess and RedirectURLFail are where the browser goes
	// afterwards: absolute URLs of any scheme. Nothing in what comes back is to
	// be trusted, so put the attempt's own id into their path.
	RedirectURLSuccess string `json:"redirect_url_success,omitzero"`
	RedirectURLFail    string `json:"redirect_url_fail,omitzero"`
	// CallbackURL is an older single return URL.
	CallbackURL string `json:"callback_url,omitzero"`
	// WebhookURL is a server's https URL. What TomoIDV sends there, and how one
	// would know that TomoIDV did, is not documented: take it for a hint to ask
	// for the result.
	WebhookURL string `json:"webhook_url,omitzero"`
}

// Validate names the first field that cannot be right.
func (r *StartRequest) Validate() error {
	if r == nil {
		return errNoRequest
	}
	if r.UserID != "" {
		if err := checkID("UserID", r.UserID); err != nil {
			return err
		}
	}
	if err := checkPolicy(r.Policy, r.Country); err != nil {
		return err
	}
	if err := checkText("Email", r.Email); err != nil {
		return err
	}
	for _, field := range []struct{ name, text string }{
		{"RedirectURLSuccess", r.RedirectURLSuccess}, {"RedirectURLFail", r.RedirectURLFail}, {"CallbackURL", r.CallbackURL},
	} {
		if err := checkReturnURL(field.name, field.text); err != nil {
			return err
		}
	}
	return checkWebhookURL(r.WebhookURL)
}

var errNoRequest = errors.New("request is nil")

// Started is a verification that can begin.
type Started struct {
	// URL is where the person is verified, in a browser, a web view or an
	// iframe; whoever has it can. How long it lives is not documented. (Older
	// prose of TomoIDV's calls it idv_start_uri.)
	URL string `json:"start_idv_uri"`

	meta Meta
}

// Meta tells how the answer reached this program.
func (s *Started) Meta() Meta { return s.meta }

// Start begins a verification. Store the request's UserID beside the person's
// record before the person gets the URL.
//
// It is never sent again once it may have arrived, because TomoIDV documents no
// way to tell a repetition from a second verification: after an error that is
// [ErrUnconfirmed], start another with another UserID.
//
// Source: POST /v1/idv/start.
func (c *Client) Start(ctx context.Context, req *StartRequest) (*Started, error) {
	const op = "Start"
	if err := req.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	var got Started
	meta, err := c.post(ctx, &transport.Call{Op: op, Route: "/v1/idv/start"}, req, &got, got.check)
	if err != nil {
		return nil, err
	}
	got.meta = meta
	return &got, nil
}

// check wants a URL that a browser can open.
func (s *Started) check() error {
	u, err := url.Parse(s.URL)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !transport.IsLoopback(u.Hostname())) {
		return errors.New("it has no https URL that a browser can open")
	}
	return nil
}
