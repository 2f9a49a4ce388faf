package tomoidv

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/kyckit/kyckit-go/internal/transport"
)

const (
	opReturn  = "ParseReturn"
	maxReturn = 64 << 10
)

// A Claim is what a browser brings back. It proves nothing: see [ParseReturn].
type Claim struct {
	// PPID is the sub of Token: whom the browser says to have verified. "" if
	// there is no Token.
	PPID PPID
	// Token is a JWT, and Key the public JWK that came with it, both as they
	// came. Neither has been verified, and Key is of no use for it.
	Token string
	Key   string
}

// ParseReturn reads the query of the return URL, as TomoIDV's own test page
// does: token, a JWT whose sub is a PPID, and key. A return without a token is
// an empty Claim, since what a failure brings is not documented.
//
// Nothing is verified here, because nothing can be: the key stands in the same
// URL as the token, so whoever can write one can write the other, and TomoIDV
// publishes no key to hold a token against. A token that TomoIDV did sign would
// prove as little, for it can be another person's, taken from the URL of their
// return. So a Claim selects nothing: find the attempt by what the application
// itself put into the redirect URL's path and by the person's session, and ask
// [Client.Result] with the UserID that Start sent for it. What a Claim is good
// for is a line in a log that says that somebody came back.
//
// An error is [ErrInvalidAnswer], or [ErrTooLarge] for over 64 KiB.
func ParseReturn(r *http.Request) (*Claim, error) {
	switch {
	case r == nil || r.URL == nil:
		return nil, returnError(ErrInvalidAnswer, "there is no request")
	case r.Method != "" && r.Method != http.MethodGet && r.Method != http.MethodHead:
		return nil, returnError(ErrInvalidAnswer, "neither GET nor HEAD")
	case len(r.URL.RawQuery) > maxReturn:
		return nil, returnError(ErrTooLarge, "")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, returnError(ErrInvalidAnswer, "the query cannot be read") // the cause quotes it
	}
	for _, name := range []string{"token", "key"} {
		if len(query[name]) > 1 {
			return nil, returnError(ErrInvalidAnswer, "it has two of "+name)
		}
	}
	claim := &Claim{Token: query.Get("token"), Key: query.Get("key")}
	if claim.Token == "" {
		return claim, nil
	}
	if claim.PPID, err = subjectOf(claim.Token); err != nil {
		return nil, returnError(ErrInvalidAnswer, err.Error())
	}
	return claim, nil
}

// subjectOf reads the sub of a JWT and nothing else.
func subjectOf(token string) (PPID, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", errors.New("its token is not a JWT")
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil {
		return "", errors.New("its token is not a JWT")
	}
	var claims struct {
		Subject *string `json:"sub"`
	}
	if transport.Decode(payload, &claims) != nil {
		return "", errors.New("its token's payload is not a JSON object")
	}
	if claims.Subject == nil {
		return "", errors.New("its token has no sub")
	}
	if err := checkID("its token's sub", *claims.Subject); err != nil {
		return "", err
	}
	return PPID(*claims.Subject), nil
}

func returnError(kind error, detail string) *Error {
	return &Error{Op: opReturn, kinds: []error{kind}, detail: detail}
}
