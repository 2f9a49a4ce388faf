package kyc

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxText = 256

// checkText refuses what could not be stored as JSON and read back, or would
// break a line of a log or a header.
func checkText(s string) error {
	switch {
	case len(s) > maxText:
		return errors.New("must not be over 256 bytes")
	case !utf8.ValidString(s):
		return errors.New("must be UTF-8")
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("must not contain control characters")
	}
	return nil
}

// checkVendorID refuses what no vendor uses as an id and what could change
// the path of a request.
func checkVendorID(s string) error {
	if s == "." || s == ".." || strings.ContainsAny(s, `/\`) {
		return errors.New("must be one path element")
	}
	return checkText(s)
}

func checkReturnURL(s string) error {
	// Vendors append their query to it; behind a fragment it would be lost.
	if strings.Contains(s, "#") {
		return errors.New("must not have a fragment")
	}
	return checkURL(s)
}

func checkURL(s string) error {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return errors.New("must not contain spaces or control characters")
	}
	u, err := url.Parse(s) // the error repeats the URL
	if err != nil || u.Hostname() == "" || u.User != nil {
		return errors.New("must be an absolute URL without userinfo")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return errors.New("must be https")
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.ToLower(host) == "localhost" { // not EqualFold, which takes U+017F for an s
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
