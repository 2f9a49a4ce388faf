package tomoidv

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/transport"
)

// checkText refuses text that JSON cannot carry, or that no form has.
func checkText(name, text string) error {
	switch {
	case !utf8.ValidString(text):
		return fmt.Errorf("%s is not valid UTF-8", name)
	case strings.ContainsFunc(text, unicode.IsControl):
		return fmt.Errorf("%s has a control character", name)
	}
	return nil
}

// checkID refuses what can only be a slip: an id that is missing, or that
// another system would take for the same as one without its white space.
func checkID(name, id string) error {
	switch trimmed := strings.TrimSpace(id); {
	case trimmed == "":
		return fmt.Errorf("%s is empty", name)
	case trimmed != id:
		return fmt.Errorf("%s begins or ends with white space", name)
	}
	return checkText(name, id)
}

// checkReturnURL takes any absolute URL: an application may have a scheme of
// its own.
func checkReturnURL(name, text string) error {
	if text == "" {
		return nil
	}
	if err := checkText(name, text); err != nil {
		return err
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || !u.IsAbs() || strings.ContainsFunc(text, unicode.IsSpace):
		return fmt.Errorf("%s is not an absolute URL", name)
	case u.Scheme == "javascript" || u.Scheme == "data":
		return fmt.Errorf("%s is a script, not an address", name)
	case (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() == "":
		return fmt.Errorf("%s is not an absolute URL", name)
	case u.User != nil:
		return fmt.Errorf("%s has userinfo", name)
	}
	return nil
}

// checkWebhookURL takes https, and http on loopback, for a fake.
func checkWebhookURL(text string) error {
	if err := checkReturnURL("WebhookURL", text); err != nil || text == "" {
		return err
	}
	if u, err := url.Parse(text); err != nil || u.Scheme != "https" && (u.Scheme != "http" || !transport.IsLoopback(u.Hostname())) {
		return errors.New("WebhookURL is not an https URL")
	}
	return nil
}
