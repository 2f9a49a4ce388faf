package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/secret"
)

// Call is one operation.
type Call struct {
	// Op is the operation's name, as errors and logs show it.
	Op     string
	Method string
	// Route is the path below the base URL, "/v1/sessions/{id}/decision".
	// Each element in braces stands for the next of Args. Logs and
	// http.Request.Pattern get it as it is.
	Route string
	// Args are ids, held to [CheckID] and escaped each on its own.
	Args  []string
	Query url.Values
	// Header is copied for each attempt.
	Header http.Header
	// Body is sent as JSON unless Header has another Content-Type; nil is
	// none.
	Body []byte
	// Prepare makes the body of each attempt anew, in place of Body.
	Prepare func() ([]byte, error)
	// Stream makes the body of each attempt anew, in place of Body, where that
	// is too long to be held: StreamLength bytes, or the call fails. It may be
	// called again while an earlier reader is left unfinished, which is then
	// not read any more.
	Stream       func() io.Reader
	StreamLength int64
	// Sink is called when the header of a success has come, with an Answer that
	// has nothing else yet, and gets the body as it comes, at most MaxSink
	// bytes. Its error refuses the answer. Once a byte was written the call is
	// not sent again.
	Sink    func(*Answer) (io.Writer, error)
	MaxSink int64
	// Repeatable calls may be sent again although an earlier attempt may have
	// arrived.
	Repeatable bool
}

// Format keeps ids, credentials and the body out of every verb.
func (c Call) Format(f fmt.State, _ rune) { secret.Print(f, "Call") }

// LogValue keeps them out of logs.
func (c Call) LogValue() slog.Value { return secret.LogValue("Call") }

// streams says whether the call may take long without a fault.
func (c *Call) streams() bool { return c.Stream != nil || c.Sink != nil }

const maxIDBytes = 256

// CheckID refuses an id that cannot be one element of a path. Its error begins
// with name and never shows the id.
func CheckID(name, id string) error {
	switch {
	case id == "":
		return refuse(name, "is empty")
	case len(id) > maxIDBytes:
		return refuse(name, fmt.Sprintf("is over %d bytes", maxIDBytes))
	case !utf8.ValidString(id):
		return refuse(name, "is not UTF-8")
	case id == "." || id == "..":
		return refuse(name, "is a dot element")
	case strings.ContainsAny(id, `/\`):
		return refuse(name, "has a slash or backslash")
	case strings.ContainsFunc(id, unicode.IsControl):
		return refuse(name, "has a control character")
	}
	return nil
}

// Check refuses what [Client.Do] would refuse, for those who must get an access
// token first.
func (c *Call) Check() error {
	_, err := c.target(context.Background(), "")
	return err
}

// target checks the call and gives its URL.
func (c *Call) target(ctx context.Context, base string) (string, error) {
	if ctx == nil {
		return "", refuse("context", "is nil")
	}
	if !token(c.Method) {
		return "", refuse("method", "is not an HTTP method")
	}
	if c.Stream != nil && c.StreamLength <= 0 {
		return "", refuse("stream", "has no length")
	}
	for name, values := range c.Header {
		if !token(name) {
			return "", refuse("header", "has an invalid name")
		}
		for _, v := range values {
			if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return "", refuse("header "+name, "has a control character")
			}
		}
	}
	path, err := expand(c.Route, c.Args)
	if err != nil {
		return "", err
	}
	if len(c.Query) > 0 {
		path += "?" + c.Query.Encode()
	}
	return base + path, nil
}

// expand puts args, escaped, into the elements of route that are in braces.
func expand(route string, args []string) (string, error) {
	rest, ok := strings.CutPrefix(route, "/")
	if !ok {
		return "", refuse("route", "does not begin with a slash")
	}
	var path strings.Builder
	for element := range strings.SplitSeq(rest, "/") {
		path.WriteByte('/')
		name, isArg := placeholder(element)
		switch {
		case isArg && len(args) == 0:
			return "", refuse("route", "has more placeholders than arguments")
		case isArg:
			if err := CheckID(name, args[0]); err != nil {
				return "", err
			}
			path.WriteString(url.PathEscape(args[0]))
			args = args[1:]
		case !literal(element):
			return "", refuse("route", "has an element that is neither plain text nor a placeholder")
		default:
			path.WriteString(element)
		}
	}
	if len(args) > 0 {
		return "", refuse("route", "has fewer placeholders than arguments")
	}
	return path.String(), nil
}

func placeholder(element string) (name string, ok bool) {
	name, opened := strings.CutPrefix(element, "{")
	name, closed := strings.CutSuffix(name, "}")
	return name, opened && closed && !strings.ContainsAny(name, "{}")
}

// literal says whether an element of a route means the same before and after
// URL parsing and path cleaning.
func literal(element string) bool {
	return element != "" && element != "." && element != ".." && !strings.ContainsFunc(element, func(r rune) bool {
		return !alphanumeric(r) && !strings.ContainsRune("-._~:@!$&'()*+,;=", r)
	})
}

// token is RFC 9110's, what methods and header names are made of.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !alphanumeric(r) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

func alphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// request builds one attempt, all but a streamed body.
func (c *Call) request(ctx context.Context, target, userAgent string) (*http.Request, error) {
	content := c.Body
	if c.Prepare != nil {
		var err error
		if content, err = c.Prepare(); err != nil {
			return nil, refuse("body", "cannot be made") // the cause may quote it
		}
	}
	var body io.Reader
	if content != nil {
		body = bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, target, body)
	if err != nil {
		return nil, refuse("request", "cannot be built") // the cause would quote the URL
	}
	req.Pattern = c.Route
	if c.Header != nil {
		req.Header = c.Header.Clone()
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	if (content != nil || c.Stream != nil) && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("User-Agent", userAgent)
	return req, nil
}
