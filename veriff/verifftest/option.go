package verifftest

import (
	"errors"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// An Option settles something that a test needs otherwise, or something that
// is not established about the vendor.
type Option func(*settings) error

type settings struct {
	noListener           bool
	address              string
	credentials          fake.Source
	headers              HeaderFamily
	unsignedAnswers      bool
	refuseLegacy         bool
	legacyWebhooks       bool
	uncodedRefusals      bool
	timestampRequired    bool
	unknownProperties    bool
	documentNumberLength bool
	loopbackCallbacks    bool
	oldCreateReply       bool
	microseconds         bool
	nestedTechnicalData  bool
	stringReasonCodes    bool
	webhookTimeout       time.Duration
}

// WithoutListener opens no port: only RoundTripper leads to the server. A test
// in a testing/synctest bubble needs this, because a goroutine that waits for
// connections would keep time from passing.
func WithoutListener() Option {
	return set(func(s *settings) { s.noListener = true })
}

// WithAddress listens at an address, a loopback IP with a port such as
// 127.0.0.1:8401, so that URL is the same each time. By default the port is random.
func WithAddress(address string) Option {
	return func(s *settings) error {
		if !fake.IsLoopback(address) {
			return errors.New("verifftest: WithAddress: the address must be a loopback IP with a port")
		}
		s.address = address
		return nil
	}
}

// WithFixedCredentials makes the credentials of name, the same each time, for
// programs that have to know them beforehand. They are no secret: anybody who
// knows the name has them. By default they are random.
func WithFixedCredentials(name string) Option {
	return func(s *settings) error {
		if name == "" {
			return errors.New("verifftest: WithFixedCredentials: the name must not be empty")
		}
		s.credentials = fake.Named("verifftest " + name)
		return nil
	}
}

// A HeaderFamily is a set of names for the headers that carry the API key and
// the HMAC on answers and webhooks.
type HeaderFamily int

// The families. Which of them Veriff sends today is not established.
const (
	XHeaders    HeaderFamily = iota // X-AUTH-CLIENT and X-HMAC-SIGNATURE
	VRFHeaders                      // vrf-auth-client, vrf-hmac-signature and vrf-integration-id
	BothHeaders                     // all of them
)

// WithHeaders chooses the headers on answers and webhooks. The default is
// XHeaders. The legacy scheme has one header only and is not affected.
func WithHeaders(family HeaderFamily) Option {
	return func(s *settings) error {
		if family < XHeaders || family > BothHeaders {
			return errors.New("verifftest: WithHeaders: unknown family")
		}
		s.headers = family
		return nil
	}
}

// WithUnsignedAnswers leaves answers unsigned. By default every answer to a
// request with a valid API key and signature is signed, refusals too.
func WithUnsignedAnswers() Option {
	return set(func(s *settings) { s.unsignedAnswers = true })
}

// WithoutLegacySignatures refuses X-SIGNATURE with 1815. By default it is
// accepted, and answered with X-SIGNATURE, as Veriff's FAQ says.
func WithoutLegacySignatures() Option {
	return set(func(s *settings) { s.refuseLegacy = true })
}

// WithLegacyWebhooks signs webhooks as document 003 has it, with X-SIGNATURE
// alone. The default is HMAC.
func WithLegacyWebhooks() Option {
	return set(func(s *settings) { s.legacyWebhooks = true })
}

// WithUncodedRefusals answers 401 as document 003 has it, without a code. By
// default 401 carries the code of Veriff's credentials table.
func WithUncodedRefusals() Option {
	return set(func(s *settings) { s.uncodedRefusals = true })
}

// WithTimestampRequired refuses a session without a timestamp with 1102, as
// document 003 requires one. By default it is optional, and judged when there.
func WithTimestampRequired() Option {
	return set(func(s *settings) { s.timestampRequired = true })
}

// WithUnknownProperties accepts properties that are in no documentation. By
// default they are refused with 1104, because they are somebody's typing error.
func WithUnknownProperties() Option {
	return set(func(s *settings) { s.unknownProperties = true })
}

// WithDocumentNumberLength refuses document numbers of fewer than 6 or more
// than 9 characters with 2101. By default any length passes, because a sample
// of document 003 has 16.
func WithDocumentNumberLength() Option {
	return set(func(s *settings) { s.documentNumberLength = true })
}

// WithLoopbackCallbacks accepts http callbacks to localhost and loopback
// addresses, so that a program on one machine can run the whole flow. By
// default only https is accepted, as by Veriff (1302).
func WithLoopbackCallbacks() Option {
	return set(func(s *settings) { s.loopbackCallbacks = true })
}

// WithOldCreateReply answers a new session with id, url, sessionToken and
// baseUrl, as document 003 describes it. By default the answer is today's, with
// host, status, vendorData and endUserId.
func WithOldCreateReply() Option {
	return set(func(s *settings) { s.oldCreateReply = true })
}

// WithMicroseconds writes times with six decimals. The default is three.
func WithMicroseconds() Option {
	return set(func(s *settings) { s.microseconds = true })
}

// WithNestedTechnicalData puts technicalData inside verification, as a sample
// of document 003 from 2017 has it. By default it stands beside it.
func WithNestedTechnicalData() Option {
	return set(func(s *settings) { s.nestedTechnicalData = true })
}

// WithStringReasonCodes writes reasonCode as a string. The default is a number.
func WithStringReasonCodes() Option {
	return set(func(s *settings) { s.stringReasonCodes = true })
}

// WithWebhookTimeout sets how long the receiver of a webhook may take to
// answer. The default is 5 seconds, which no document of Veriff's states.
func WithWebhookTimeout(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return errors.New("verifftest: WithWebhookTimeout: the time must be positive")
		}
		s.webhookTimeout = d
		return nil
	}
}

func set(f func(*settings)) Option {
	return func(s *settings) error {
		f(s)
		return nil
	}
}
