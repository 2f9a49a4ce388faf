package kyc

import (
	"crypto/rand"
	"errors"
	"time"
)

const checkVersion = 1

// A Check is one verification of one person by one vendor. It is plain data
// for the application to store, and round-trips through JSON. It holds no
// credential, but its URL lets whoever has it act as the person: keep the
// check on the server. No verb of fmt and no logger prints it.
type Check struct {
	// Version of this shape. NewCheck sets it.
	Version int `json:"version"`

	// ID binds everything that belongs to the check: the vendor gets it with
	// Start and has to name it in every answer. See NewCheckID.
	ID string `json:"id"`

	// Provider is the name of the provider that started the check.
	Provider string `json:"provider"`

	// Reference and ReturnURL are those of the StartRequest.
	Reference string `json:"reference,omitempty"`
	ReturnURL string `json:"return_url,omitempty"`

	// VendorID is the vendor's own id for the check, where it has one.
	VendorID string `json:"vendor_id,omitempty"`

	// VendorIDClaimed tells that VendorID came from a notice, not from the
	// vendor's answer to Start. It proves nothing until Result has asked, and
	// another notice may replace it: a person who failed and tried again comes
	// back with another id.
	VendorIDClaimed bool `json:"vendor_id_claimed,omitempty"`

	// URL is the vendor's page for the person, empty where the check starts in
	// the application's own page (see Launch). It is a capability: hand it to
	// that person alone.
	URL string `json:"url,omitempty"`

	// StartedAt is when Start made the check, by the local clock.
	StartedAt time.Time `json:"started_at"`

	// ExpiresAt is when the vendor gives the check up, zero where the vendor
	// does not say.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

const checkIDLength = 38

// NewCheckID returns an unguessable id of 38 decimal digits, the first not
// zero, with 126 bits from crypto/rand. Digits only and under 40 characters is
// what every vendor takes, and a DECIMAL(38) column holds it without loss.
func NewCheckID() string {
	id := make([]byte, 0, checkIDLength)
	var random [64]byte
	for {
		_, _ = rand.Read(random[:]) // never fails
		for _, b := range random {
			// 250 is a multiple of ten: any other bound would favour digits.
			if b >= 250 || len(id) == 0 && b%10 == 0 {
				continue
			}
			id = append(id, '0'+b%10)
			if len(id) == checkIDLength {
				return string(id)
			}
		}
	}
}

// IsCheckID tells whether s has the form of an id from NewCheckID: a word in a
// return or a webhook that has not can be about no check.
func IsCheckID(s string) bool {
	ok := len(s) == checkIDLength && s[0] != '0'
	for i := 0; ok && i < len(s); i++ {
		ok = '0' <= s[i] && s[i] <= '9'
	}
	return ok
}

func checkCheckID(s string) error {
	if !IsCheckID(s) {
		return errors.New("must be an id from NewCheckID")
	}
	return nil
}

// NewCheck validates req and returns the check that it starts, with the time
// of now. A provider's Start calls it first and adds what the vendor answers:
// VendorID, URL and ExpiresAt.
func NewCheck(provider string, req *StartRequest) (*Check, error) {
	if provider == "" {
		return nil, invalid("", "start", "provider has no name")
	}
	if err := req.Validate(); err != nil {
		return nil, err
	}
	check := &Check{
		Version:   checkVersion,
		ID:        req.CheckID,
		Provider:  provider,
		Reference: req.Reference,
		ReturnURL: req.ReturnURL,
		// UTC also drops the monotonic clock: read back from storage, it must
		// be the same value.
		StartedAt: time.Now().UTC(),
	}
	if check.ID == "" {
		check.ID = NewCheckID()
	}
	return check, nil
}

// Validate tells whether the check is whole and the named provider's own. A
// provider calls it first with every check that it is given, because a stored
// check may have been edited or mixed up. It returns ErrForeign for a check of
// another provider, and an ErrInvalidRequest that names the field for the rest.
func (c *Check) Validate(provider string) error {
	const op = "validate check"
	if c == nil {
		return invalid(provider, op, "Check is nil")
	}
	if c.Version != checkVersion {
		return invalid(provider, op, "Version is not one that this package knows")
	}
	if provider == "" || c.Provider != provider {
		return &Error{Provider: provider, Op: op, Kind: ErrForeign, Err: errors.New("Provider is another")}
	}
	if err := checkCheckID(c.ID); err != nil {
		return invalid(provider, op, "ID "+err.Error())
	}
	for _, field := range []struct {
		name, value string
		check       func(string) error
	}{
		{"Reference", c.Reference, checkText},
		{"ReturnURL", c.ReturnURL, checkReturnURL},
		{"VendorID", c.VendorID, checkVendorID},
		{"URL", c.URL, checkURL},
	} {
		if field.value == "" {
			continue
		}
		if err := field.check(field.value); err != nil {
			return invalid(provider, op, field.name+" "+err.Error())
		}
	}
	switch {
	case c.VendorIDClaimed && c.VendorID == "":
		return invalid(provider, op, "VendorIDClaimed needs a VendorID")
	case c.StartedAt.IsZero():
		return invalid(provider, op, "StartedAt is missing")
	case !c.ExpiresAt.IsZero() && !c.ExpiresAt.After(c.StartedAt):
		return invalid(provider, op, "ExpiresAt is not after StartedAt")
	}
	return nil
}

// Apply returns a copy of the check that knows the vendor's id from the
// notice. The id that Start set is never replaced; one that came from a notice
// is. A notice about another check is ErrForeign, one that names nothing is
// ErrInvalidNotice.
//
// The copy proves nothing yet. Ask Result with it, and store it in the place
// of the old one unless that returned ErrForeign or ErrNotFound.
func (c *Check) Apply(notice *Notice) (*Check, error) {
	const op = "apply notice"
	if c == nil {
		return nil, invalid("", op, "Check is nil")
	}
	refuse := func(kind error, why string) (*Check, error) {
		return nil, &Error{Provider: c.Provider, Op: op, Kind: kind, Err: errors.New(why)}
	}
	if notice == nil {
		return refuse(ErrInvalidRequest, "Notice is nil")
	}
	if notice.CheckID == "" && notice.VendorID == "" {
		return refuse(ErrInvalidNotice, "it names nothing")
	}
	if notice.CheckID != "" && notice.CheckID != c.ID {
		return refuse(ErrForeign, "CheckID is another")
	}
	if err := checkVendorID(notice.VendorID); err != nil {
		return refuse(ErrInvalidNotice, "VendorID "+err.Error())
	}
	applied := *c
	if notice.VendorID == "" || notice.VendorID == c.VendorID {
		return &applied, nil
	}
	if c.VendorID != "" && !c.VendorIDClaimed {
		return refuse(ErrForeign, "VendorID is another")
	}
	applied.VendorID = notice.VendorID
	applied.VendorIDClaimed = true
	return &applied, nil
}
