package veriff

// ErrorCode is the vendor's number in a refused call: document 003, "Some
// Troubleshooting codes", and Veriff's troubleshooting, credentials and
// authorization tables. Answers with status 401 and 404 may have none.
//
// Zero is no code. A value without a constant is an ordinary ErrorCode that is
// not Known.
type ErrorCode int

const (
	// ErrorCodeQueryIDLength: the id in the path is not 20 to 40 characters long.
	ErrorCodeQueryIDLength ErrorCode = 1001
	// ErrorCodeQueryIDNotUUID: the id in the path is not a UUID of version 4.
	ErrorCodeQueryIDNotUUID ErrorCode = 1002
	// ErrorCodeQueryIDUsed: the id was used before.
	ErrorCodeQueryIDUsed ErrorCode = 1003

	// ErrorCodeInvalidAPIKey: the API key is not valid (legacy).
	ErrorCodeInvalidAPIKey ErrorCode = 1101
	// ErrorCodeMissingParameters: a mandatory parameter is missing.
	ErrorCodeMissingParameters ErrorCode = 1102
	// ErrorCodeInvalidParameters: a parameter is not valid.
	ErrorCodeInvalidParameters ErrorCode = 1104

	// ErrorCodeTimestampTooOld: the timestamp is more than one hour old.
	ErrorCodeTimestampTooOld ErrorCode = 1201
	// ErrorCodeTimestampFormat: the timestamp is not in ISO 8601 with an offset
	// or Z.
	ErrorCodeTimestampFormat ErrorCode = 1202
	// ErrorCodeDateFormat: a date is not YYYY-MM-DD.
	ErrorCodeDateFormat ErrorCode = 1203

	// ErrorCodeFeaturesNotSupported: a requested feature is not supported.
	ErrorCodeFeaturesNotSupported ErrorCode = 1301
	// ErrorCodeCallbackNotHTTPS: the callback is not an https URL.
	ErrorCodeCallbackNotHTTPS ErrorCode = 1302
	// ErrorCodeInvalidStatus: the status is not one that can be asked for.
	ErrorCodeInvalidStatus ErrorCode = 1303
	// ErrorCodeInvalidTransition: the session cannot go from its status to the
	// one asked for. After a repeated call it can mean that the first one did
	// its work.
	ErrorCodeInvalidTransition ErrorCode = 1304
	// ErrorCodeIDNumberMissing: idNumber is missing.
	ErrorCodeIDNumberMissing ErrorCode = 1308
	// ErrorCodeSSNNamesMissing: a check of a US social security number needs
	// the person's names.
	ErrorCodeSSNNamesMissing ErrorCode = 1309
	// ErrorCodeSSNBirthDateOrAddressMissing: a check of a US social security
	// number needs a date of birth or an address.
	ErrorCodeSSNBirthDateOrAddressMissing ErrorCode = 1310

	// ErrorCodeImageDataNotFound: the upload has no image data.
	ErrorCodeImageDataNotFound ErrorCode = 1400
	// ErrorCodeImageNotBase64: the image is not base64.
	ErrorCodeImageNotBase64 ErrorCode = 1401
	// ErrorCodeContextNotSupported: the image's context is not supported.
	ErrorCodeContextNotSupported ErrorCode = 1402
	// ErrorCodeImagePropertyMissing: the upload has no image property.
	ErrorCodeImagePropertyMissing ErrorCode = 1403

	// ErrorCodeVendorDataTooLong: vendorData is over the limit, which is 40
	// characters in document 003 and 1000 today.
	ErrorCodeVendorDataTooLong ErrorCode = 1500
	// ErrorCodeVendorDataNotString: vendorData is not a string.
	ErrorCodeVendorDataNotString ErrorCode = 1501

	// ErrorCodeAPIKeyMissing: the X-AUTH-CLIENT header is missing.
	ErrorCodeAPIKeyMissing ErrorCode = 1801
	// ErrorCodeAPIKeyNotUUID: the API key is not a UUID.
	ErrorCodeAPIKeyNotUUID ErrorCode = 1802
	// ErrorCodeIntegrationNotFound: no integration has this API key.
	ErrorCodeIntegrationNotFound ErrorCode = 1803
	// ErrorCodeIntegrationInactive: the integration is switched off.
	ErrorCodeIntegrationInactive ErrorCode = 1804
	// ErrorCodeSignatureNotSHA256: the signature is not a SHA-256 hash.
	ErrorCodeSignatureNotSHA256 ErrorCode = 1812
	// ErrorCodeQueryIDSHA256Mismatch: the legacy signature of the id in the path
	// is wrong.
	ErrorCodeQueryIDSHA256Mismatch ErrorCode = 1813
	// ErrorCodeBodySHA256Mismatch: the legacy signature of the body is wrong.
	ErrorCodeBodySHA256Mismatch ErrorCode = 1814
	// ErrorCodeNotAuthenticated: the call could not be authenticated.
	ErrorCodeNotAuthenticated ErrorCode = 1815
	// ErrorCodeQueryIDHMACMismatch: the HMAC of the id in the path is wrong.
	ErrorCodeQueryIDHMACMismatch ErrorCode = 1818
	// ErrorCodeBodyHMACMismatch: the HMAC of the body is wrong.
	ErrorCodeBodyHMACMismatch ErrorCode = 1819

	// ErrorCodeInvalidDateOfBirth: the date of birth is not a valid date.
	ErrorCodeInvalidDateOfBirth ErrorCode = 2003

	// ErrorCodeDocumentNumberLength: the document number is not 6 to 9
	// characters long.
	ErrorCodeDocumentNumberLength ErrorCode = 2101
	// ErrorCodeDocumentNumberCharacters: the document number has characters
	// other than A-Z and 0-9.
	ErrorCodeDocumentNumberCharacters ErrorCode = 2102
	// ErrorCodeDocumentTypeNotSupported: the document type is not supported.
	ErrorCodeDocumentTypeNotSupported ErrorCode = 2103
	// ErrorCodeDocumentCountryNotSupported: the document's country is not
	// supported.
	ErrorCodeDocumentCountryNotSupported ErrorCode = 2104
)

// Known reports whether c is one of the constants.
func (c ErrorCode) Known() bool { return c.words() != "" }

// String gives the code in words: "none" for zero, "error code 9999" for a
// code that is not Known.
func (c ErrorCode) String() string { return codeString("error code", c, c.words()) }

// UnmarshalJSON takes a number or a string that holds one; null and "" give
// zero.
func (c *ErrorCode) UnmarshalJSON(data []byte) error {
	return unmarshalCode(c, "ErrorCode", data)
}

// kind is the sentinel that a code stands for by itself. No source says with
// which status each of these comes; for all other codes the status is enough.
func (c ErrorCode) kind() error {
	switch c {
	case ErrorCodeInvalidAPIKey, ErrorCodeAPIKeyMissing, ErrorCodeAPIKeyNotUUID, ErrorCodeIntegrationNotFound,
		ErrorCodeIntegrationInactive, ErrorCodeSignatureNotSHA256, ErrorCodeQueryIDSHA256Mismatch, ErrorCodeBodySHA256Mismatch,
		ErrorCodeNotAuthenticated, ErrorCodeQueryIDHMACMismatch, ErrorCodeBodyHMACMismatch:
		return ErrUnauthorized
	case ErrorCodeQueryIDUsed, ErrorCodeInvalidTransition:
		return ErrConflict
	}
	return nil
}

func (c ErrorCode) words() string {
	switch c {
	case ErrorCodeQueryIDLength:
		return "query id is not 20 to 40 characters long"
	case ErrorCodeQueryIDNotUUID:
		return "query id is not a UUID"
	case ErrorCodeQueryIDUsed:
		return "query id already used"
	case ErrorCodeInvalidAPIKey:
		return "invalid API key"
	case ErrorCodeMissingParameters:
		return "mandatory parameters missing"
	case ErrorCodeInvalidParameters:
		return "invalid parameters"
	case ErrorCodeTimestampTooOld:
		return "timestamp older than one hour"
	case ErrorCodeTimestampFormat:
		return "wrong timestamp format"
	case ErrorCodeDateFormat:
		return "date is not YYYY-MM-DD"
	case ErrorCodeFeaturesNotSupported:
		return "features not supported"
	case ErrorCodeCallbackNotHTTPS:
		return "callback is not https"
	case ErrorCodeInvalidStatus:
		return "invalid status"
	case ErrorCodeInvalidTransition:
		return "session cannot change to that status"
	case ErrorCodeIDNumberMissing:
		return "id number missing"
	case ErrorCodeSSNNamesMissing:
		return "SSN check: names missing"
	case ErrorCodeSSNBirthDateOrAddressMissing:
		return "SSN check: date of birth or address missing"
	case ErrorCodeImageDataNotFound:
		return "image data not found"
	case ErrorCodeImageNotBase64:
		return "image is not base64"
	case ErrorCodeContextNotSupported:
		return "image context not supported"
	case ErrorCodeImagePropertyMissing:
		return "image property missing"
	case ErrorCodeVendorDataTooLong:
		return "vendor data too long"
	case ErrorCodeVendorDataNotString:
		return "vendor data is not a string"
	case ErrorCodeAPIKeyMissing:
		return "X-AUTH-CLIENT header missing"
	case ErrorCodeAPIKeyNotUUID:
		return "API key is not a UUID"
	case ErrorCodeIntegrationNotFound:
		return "integration not found"
	case ErrorCodeIntegrationInactive:
		return "integration inactive"
	case ErrorCodeSignatureNotSHA256:
		return "signature is not a SHA-256 hash"
	case ErrorCodeQueryIDSHA256Mismatch:
		return "wrong SHA-256 of the query id"
	case ErrorCodeBodySHA256Mismatch:
		return "wrong SHA-256 of the body"
	case ErrorCodeNotAuthenticated:
		return "could not authenticate"
	case ErrorCodeQueryIDHMACMismatch:
		return "wrong HMAC of the query id"
	case ErrorCodeBodyHMACMismatch:
		return "wrong HMAC of the body"
	case ErrorCodeInvalidDateOfBirth:
		return "date of birth is not a valid date"
	case ErrorCodeDocumentNumberLength:
		return "document number is not 6 to 9 characters long"
	case ErrorCodeDocumentNumberCharacters:
		return "document number has other characters than A-Z and 0-9"
	case ErrorCodeDocumentTypeNotSupported:
		return "document type not supported"
	case ErrorCodeDocumentCountryNotSupported:
		return "document country not supported"
	}
	return ""
}
