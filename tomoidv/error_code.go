package tomoidv

// ErrorCode is the "error" of an answer: RFC 6749 section 5.2, RFC 8707 section
// 2 and RFC 6750 section 3.1, beside the one code that TomoIDV adds. A value
// without a constant is an ordinary ErrorCode that is not Known.
type ErrorCode string

// Codes of those sources.
const (
	CodeInvalidRequest       ErrorCode = "invalid_request"
	CodeInvalidClient        ErrorCode = "invalid_client"
	CodeInvalidGrant         ErrorCode = "invalid_grant"
	CodeUnauthorizedClient   ErrorCode = "unauthorized_client"
	CodeUnsupportedGrantType ErrorCode = "unsupported_grant_type"
	CodeInvalidScope         ErrorCode = "invalid_scope"
	// CodeInvalidTarget is about WithResource.
	CodeInvalidTarget ErrorCode = "invalid_target"
	// CodeInvalidToken and CodeInsufficientScope are about the access token.
	CodeInvalidToken      ErrorCode = "invalid_token"
	CodeInsufficientScope ErrorCode = "insufficient_scope"
	// CodeUnsupportedAPIVersion is about WithContractVersion.
	CodeUnsupportedAPIVersion ErrorCode = "unsupported_api_version"
)

// Known reports whether c is one of the constants.
func (c ErrorCode) Known() bool { return c == CodeInvalidRequest || c.kind() != nil }

// kind is the sentinel of a code that has one of its own.
func (c ErrorCode) kind() error {
	switch c {
	case CodeInvalidClient:
		return ErrInvalidClient
	case CodeInvalidGrant:
		return ErrInvalidGrant
	case CodeUnauthorizedClient:
		return ErrUnauthorizedClient
	case CodeUnsupportedGrantType:
		return ErrUnsupportedGrantType
	case CodeInvalidScope:
		return ErrInvalidScope
	case CodeInvalidTarget:
		return ErrInvalidTarget
	case CodeInvalidToken:
		return ErrInvalidToken
	case CodeInsufficientScope:
		return ErrInsufficientScope
	case CodeUnsupportedAPIVersion:
		return ErrUnsupportedAPIVersion
	}
	return nil
}

// class is what a code means whatever the status: RFC 6749 lets invalid_client
// come with 400.
func (c ErrorCode) class() error {
	switch c {
	case CodeInvalidClient, CodeInvalidToken:
		return ErrUnauthorized
	case CodeUnauthorizedClient, CodeInsufficientScope:
		return ErrForbidden
	}
	return nil
}
