package veriff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	legacyBaseURL       = "https://api.veriff.me"
	maxVendorData       = 1000
	maxLegacyVendorData = 40
)

// A CreateSessionRequest says whom to verify and where to send the person
// afterwards. All of it is optional. Source: POST /v1/sessions; the fields
// marked legacy are in document 003 only, and no longer in Veriff's list.
type CreateSessionRequest struct {
	// Callback is the https URL to which the person is sent after finishing.
	// It is told nothing about the outcome. "": the integration's own setting.
	Callback string `json:"callback,omitzero"`
	// Person is what is known about the person; Veriff compares names with the
	// document.
	Person SessionPerson `json:"person,omitzero"`
	// Document limits which document is taken.
	Document SessionDocument `json:"document,omitzero"`
	// Address is for UK DIATF checks.
	Address SessionAddress `json:"address,omitzero"`
	// ProofOfAddress is for integrations that collect one.
	ProofOfAddress SessionProofOfAddress `json:"proofOfAddress,omitzero"`
	// VendorData is the application's own id for this attempt, sent back
	// unchanged in decisions and webhooks; at most 1,000 characters (40 with
	// WithLegacyAPI). Make it unguessable and fresh for each attempt.
	VendorData string `json:"vendorData,omitzero"`
	// EndUserID is a UUID that names the person across sessions.
	EndUserID string `json:"endUserId,omitzero"`
	// Consents are those the person gave before, where a check needs one.
	Consents []Consent `json:"consents,omitzero"`

	// AdditionalData is a flat list of further data. Legacy.
	AdditionalData map[string]string `json:"additionalData,omitzero"`
	// Lang is the language of the pages, "en" unless set. Legacy.
	Lang string `json:"lang,omitzero"`
	// Features asks for a flow; "selfid" is the only one known. Legacy.
	Features []string `json:"features,omitzero"`
	// Timestamp is when the request was made, not over an hour ago. Legacy;
	// WithLegacyAPI sets it when it is zero.
	Timestamp Time `json:"timestamp,omitzero"`
}

// SessionPerson is what the application knows about the person.
type SessionPerson struct {
	FirstName string `json:"firstName,omitzero"`
	LastName  string `json:"lastName,omitzero"`
	// FullName is for registry checks.
	FullName    string `json:"fullName,omitzero"`
	IDNumber    string `json:"idNumber,omitzero"`
	PhoneNumber string `json:"phoneNumber,omitzero"`
	Gender      Gender `json:"gender,omitzero"`
	// DateOfBirth is YYYY-MM-DD.
	DateOfBirth   Date          `json:"dateOfBirth,omitzero"`
	Email         string        `json:"email,omitzero"`
	MaritalStatus MaritalStatus `json:"maritalStatus,omitzero"`
	IsDeceased    Tristate      `json:"isDeceased,omitzero"`
}

// SessionDocument limits which document is taken.
type SessionDocument struct {
	// Number is letters and digits only.
	Number string `json:"number,omitzero"`
	// Country is where it was issued, ISO 3166-1 alpha-2.
	Country string       `json:"country,omitzero"`
	Type    DocumentType `json:"type,omitzero"`
	// IDCardType is for Colombia.
	IDCardType IDCardType `json:"idCardType,omitzero"`
	FirstIssue Date       `json:"firstIssue,omitzero"`
}

// SessionAddress is where the person says to live.
type SessionAddress struct {
	FullAddress string `json:"fullAddress,omitzero"`
}

// SessionProofOfAddress limits which proof of address is taken.
type SessionProofOfAddress struct {
	AcceptableTypes []ProofOfAddressType `json:"acceptableTypes,omitzero"`
}

// ProofOfAddressType names a kind of proof of address.
type ProofOfAddressType struct {
	Name string `json:"name"`
}

// Consent is a consent that the person gave or refused.
type Consent struct {
	Type     ConsentType `json:"type"`
	Approved bool        `json:"approved"`
}

var (
	documentNumber = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	alpha2         = regexp.MustCompile(`^[A-Za-z]{2}$`)
	uuid           = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// Validate names the first field that Veriff would refuse.
func (r *CreateSessionRequest) Validate() error {
	if r == nil {
		return errors.New("request is nil")
	}
	if name := invalidText("", reflect.ValueOf(*r)); name != "" {
		return fmt.Errorf("%s is not valid UTF-8", name)
	}
	if err := checkCallback(r.Callback); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(r.VendorData); n > maxVendorData {
		return fmt.Errorf("VendorData has %d characters, over %d", n, maxVendorData)
	}
	for _, date := range []struct {
		name  string
		value Date
	}{{"Person.DateOfBirth", r.Person.DateOfBirth}, {"Document.FirstIssue", r.Document.FirstIssue}} {
		if _, ok := date.value.Time(); date.value != "" && !ok {
			return fmt.Errorf("%s is not a date of the form YYYY-MM-DD", date.name)
		}
	}
	for i, consent := range r.Consents {
		if consent.Type == "" {
			return fmt.Errorf("Consents[%d].Type is empty", i)
		}
	}
	for i, kind := range r.ProofOfAddress.AcceptableTypes {
		if kind.Name == "" {
			return fmt.Errorf("ProofOfAddress.AcceptableTypes[%d].Name is empty", i)
		}
	}
	switch {
	case r.Document.Number != "" && !documentNumber.MatchString(r.Document.Number):
		return errors.New("Document.Number holds other characters than letters and digits")
	case r.Document.Country != "" && !alpha2.MatchString(r.Document.Country):
		return errors.New("Document.Country is not a code of two letters")
	case strings.ContainsFunc(r.VendorData, unicode.IsControl):
		return errors.New("VendorData holds a control character")
	case r.Person.IsDeceased != Unsaid && r.Person.IsDeceased != Yes && r.Person.IsDeceased != No:
		return errors.New("Person.IsDeceased is neither Yes nor No")
	case r.EndUserID != "" && !uuid.MatchString(r.EndUserID):
		return errors.New("EndUserID is not a UUID")
	}
	return nil
}

// invalidText names the first text in a request that JSON cannot carry: the
// encoder would replace what is not UTF-8, and Veriff would compare another
// name.
func invalidText(name string, v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			return name
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				if found := invalidText(strings.TrimPrefix(name+"."+field.Name, "."), v.Field(i)); found != "" {
					return found
				}
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if found := invalidText(fmt.Sprintf("%s[%d]", name, i), v.Index(i)); found != "" {
				return found
			}
		}
	case reflect.Map:
		for entry := v.MapRange(); entry.Next(); {
			if invalidText(name, entry.Key()) != "" || invalidText(name, entry.Value()) != "" {
				return name
			}
		}
	}
	return ""
}

// checkCallback takes https, as Veriff does (error 1302), and http on
// loopback, for a fake.
func checkCallback(callback string) error {
	if callback == "" {
		return nil
	}
	u, err := url.Parse(callback)
	switch {
	case err != nil || !u.IsAbs() || u.Hostname() == "":
		return errors.New("the Callback is not an absolute URL")
	case u.User != nil:
		return errors.New("the Callback has userinfo")
	case u.Scheme == "https", u.Scheme == "http" && transport.IsLoopback(u.Hostname()):
		return nil
	}
	return errors.New("the Callback is not an https URL")
}

// A Session is one verification as CreateSession started it. Store ID beside
// the person's record before the person gets URL.
type Session struct {
	// ID names the session in every decision and webhook; a UUID.
	ID string `json:"id"`
	// URL is where the person verifies; whoever has it can. It stays good for
	// 7 days, and for new attempts after a resubmission was asked for.
	URL string `json:"url"`
	// VendorData and EndUserID are as they were sent.
	VendorData string `json:"vendorData,omitzero"`
	EndUserID  string `json:"endUserId,omitzero"`
	// Host is the host of the pages; BaseURL is its older name.
	Host    string `json:"host,omitzero"`
	BaseURL string `json:"baseUrl,omitzero"`
	Status  Status `json:"status,omitzero"`
	// SessionToken starts Veriff's mobile SDKs. Now marked legacy.
	SessionToken string `json:"sessionToken,omitzero"`

	meta Meta
}

// Meta tells how the session reached this program.
func (s *Session) Meta() Meta { return s.meta }

type sessionAnswer struct {
	status
	Verification *Session `json:"verification"`
}

// CreateSession starts a verification. Each call makes a session, billed on a
// live integration, so it is never sent again once it may have arrived: an
// error that is [ErrUnconfirmed] means that Veriff may have made one whose
// answer was lost. No person has its URL, and it expires after 7 days.
//
// Source: POST /v1/sessions.
func (c *Client) CreateSession(ctx context.Context, req *CreateSessionRequest) (*Session, error) {
	const op = "CreateSession"
	if err := c.made(op); err != nil {
		return nil, err
	}
	if err := req.Validate(); err != nil {
		return nil, invalid(op, err)
	}
	if n := utf8.RuneCountInString(req.VendorData); n > c.maxVendorData {
		return nil, invalid(op, fmt.Errorf("VendorData has %d characters, over the %d of the legacy API", n, c.maxVendorData))
	}
	verification := *req
	if c.scheme == schemeLegacy && verification.Timestamp.IsZero() {
		verification.Timestamp = legacyTimestamp()
	}
	body, err := json.Marshal(map[string]any{"verification": verification})
	if err != nil {
		return nil, invalid(op, errors.New("the request cannot be encoded"))
	}
	call := &transport.Call{Op: op, Method: http.MethodPost, Route: "/v1/sessions", Body: body}
	var got sessionAnswer
	meta, err := c.send(ctx, call, body, &got, func() error { return got.check(req) })
	if err != nil {
		return nil, err
	}
	got.Verification.meta = meta
	return got.Verification, nil
}

// check tells what is missing from an answer before a person is sent on with
// it: the id that later answers are tied to, a URL that a browser may open, and
// the vendorData of this very request.
func (a *sessionAnswer) check(req *CreateSessionRequest) error {
	if err := a.status.check(); err != nil {
		return err
	}
	session := a.Verification
	if session == nil {
		return errors.New("it names no session")
	}
	if err := transport.CheckID("its session id", session.ID); err != nil {
		return err
	}
	if u, err := url.Parse(session.URL); err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("it has no URL that a browser can open")
	}
	if session.VendorData != "" && session.VendorData != req.VendorData {
		return foreign("its vendorData is not the request's")
	}
	return nil
}
