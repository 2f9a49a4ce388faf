package transport

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	product               = "kyckit-go"
	defaultMaxAttempts    = 3
	defaultAttemptTimeout = 30 * time.Second
)

// Config is what a vendor package's options fill in. Its zero value needs a
// base URL and nothing else.
type Config struct {
	baseURL        string
	httpClient     *http.Client
	logger         *slog.Logger
	maxAttempts    int
	attemptTimeout time.Duration
	application    string
	tls13          bool
}

// SetBaseURL takes an absolute https URL, or an http one whose host is a
// loopback IP or localhost. A path prefix is kept, trailing slashes are not.
func (c *Config) SetBaseURL(raw string) error {
	if strings.TrimSpace(raw) == "" {
		return errors.New("base URL is empty")
	}
	u, err := url.Parse(raw)
	switch {
	case strings.ContainsFunc(raw, unicode.IsSpace):
		return errors.New("base URL has white space")
	case err != nil:
		return errors.New("base URL is not a URL") // the cause would quote it, userinfo included
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("base URL is neither https nor http")
	case u.Opaque != "" || u.Hostname() == "":
		return errors.New("base URL has no host")
	case u.User != nil:
		return errors.New("base URL has userinfo")
	case strings.Contains(raw, "#"):
		return errors.New("base URL has a fragment")
	case strings.Contains(raw, "?"):
		return errors.New("base URL has a query")
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		return errors.New("base URL is http and its host is not loopback")
	}
	c.baseURL = u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/")
	return nil
}

// BaseURL is empty until SetBaseURL has accepted one.
func (c *Config) BaseURL() string { return c.baseURL }

// IsLoopback says whether a URL's host is a loopback IP or localhost. It says no
// to every other name: whoever answers DNS could point it anywhere.
func IsLoopback(host string) bool {
	if strings.ToLower(host) == "localhost" { // not EqualFold, which takes U+017F for an s
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// SetHTTPClient takes the client whose Transport and Timeout are used. It is
// read, never changed.
func (c *Config) SetHTTPClient(hc *http.Client) error {
	if hc == nil {
		return errors.New("HTTP client is nil")
	}
	c.httpClient = hc
	return nil
}

// SetMinTLS13 refuses older versions of TLS, unless there is an HTTP client,
// which has its own configuration.
func (c *Config) SetMinTLS13() { c.tls13 = true }

// SetLogger takes the logger of attempts. There is none by default.
func (c *Config) SetLogger(l *slog.Logger) error {
	if l == nil {
		return errors.New("logger is nil")
	}
	c.logger = l
	return nil
}

// SetMaxAttempts bounds how often one call is sent, the first time included.
func (c *Config) SetMaxAttempts(n int) error {
	if n < 1 || n > 10 {
		return fmt.Errorf("max attempts is %d, not within 1 and 10", n)
	}
	c.maxAttempts = n
	return nil
}

// SetAttemptTimeout bounds one attempt, from the connection to the last byte
// of the answer. Of a call that streams it bounds how long the network may let
// the stream wait: for the header, and between any two bytes.
func (c *Config) SetAttemptTimeout(d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("attempt timeout is %s, not positive", d)
	}
	c.attemptTimeout = d
	return nil
}

// SetUserAgent names the application, "shop/1.4", in front of this module.
func (c *Config) SetUserAgent(app string) error {
	switch {
	case strings.TrimSpace(app) == "":
		return errors.New("user agent is empty")
	case !utf8.ValidString(app):
		return errors.New("user agent is not UTF-8")
	case strings.ContainsFunc(app, unicode.IsControl):
		return errors.New("user agent has a control character")
	}
	c.application = app
	return nil
}
