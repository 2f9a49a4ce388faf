package verifftest

import (
	"errors"
	"net/url"
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
	noPhotosNeeded       bool
	deletion             bool
	deletionDelay        time.Duration
	uploadContexts       []string
	dataURIs             bool
	createdStatus        bool
	oldMediaLists        bool
	mediaHost            string
	unsignedMedia        bool
	timestamps           bool
	endingsAreEvents     bool
	inactive             bool
	oldKeyRefusals       bool
	registryChecks       bool
	shortVendorData      bool
	testNames            bool
	fullAuto             bool
	fullAutoInData       bool
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

// WithTimestampRequired refuses with 1102 what document 003 requires and is
// missing: the timestamp of a new session, of an upload and of a submission,
// and a submission's frontState. By default they are optional, and judged when
// there.
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

// WithoutPhotos accepts the submission of a session through the API with no
// photo in its current attempt. By default that is refused with 1304, because
// document 003 wants all photos before; how Veriff refuses is not established.
// Submit and the hosted page are not affected.
func WithoutPhotos() Option {
	return set(func(s *settings) { s.noPhotosNeeded = true })
}

// WithSessionDeletion lets sessions be deleted. By default DELETE is refused
// with 403, as it is off at Veriff until it is asked for.
func WithSessionDeletion() Option {
	return set(func(s *settings) { s.deletion = true })
}

// WithDeletionDelay keeps the data of a deleted session for d on the server's
// clock; until then only another DELETE does not find it. Veriff takes up to 12
// hours. By default it is gone at once.
func WithDeletionDelay(d time.Duration) Option {
	return func(s *settings) error {
		if d < 0 || d > 12*time.Hour {
			return errors.New("verifftest: WithDeletionDelay: from 0 to 12 hours")
		}
		s.deletion, s.deletionDelay = true, d
		return nil
	}
}

// WithUploadContexts sets which contexts an upload may have. The default is
// every one that a source names, among them the three of document 003, face,
// document-front and document-back; Veriff's own list is not known to its end.
func WithUploadContexts(contexts ...string) Option {
	return set(func(s *settings) { s.uploadContexts = append([]string{}, contexts...) })
}

// WithDataURIs accepts a data URI as an upload's content. By default it is
// refused with 1401: Veriff's demo sends plain base64.
func WithDataURIs() Option {
	return set(func(s *settings) { s.dataURIs = true })
}

// WithCreatedStatus answers an upload and collected data with 201. The default
// is 200; the sources differ.
func WithCreatedStatus() Option {
	return set(func(s *settings) { s.createdStatus = true })
}

// WithOldMediaLists lists media as document 003 does: size in KB and duration
// as strings, no context, session or chip readings. The size is in thousands of
// bytes, rounded up. By default size in bytes and duration in seconds are
// numbers, and all of it is there.
func WithOldMediaLists() Option {
	return set(func(s *settings) { s.oldMediaLists = true })
}

// WithMediaHost lets the URLs of media lead to another host, such as
// https://magic.veriff.me, where credentials must not go. By default they lead
// to the server.
func WithMediaHost(base string) Option {
	return func(s *settings) error {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" {
			return errors.New("verifftest: WithMediaHost: an absolute http or https URL without a path")
		}
		s.mediaHost = base
		return nil
	}
}

// WithUnsignedMedia leaves downloaded media unsigned. By default the signature
// covers their bytes, as document 003 says; what Veriff does today is not
// established.
func WithUnsignedMedia() Option {
	return set(func(s *settings) { s.unsignedMedia = true })
}

// WithEndingsOnEventWebhook sends the decisions expired and abandoned, as they
// are, to the address for events, where document 003's checklist has them. By
// default they go where other decisions go, as today.
func WithEndingsOnEventWebhook() Option {
	return set(func(s *settings) { s.endingsAreEvents = true })
}

// WithTimestamps gives every medium a timestamp, and serves the two endpoints
// that document 003 has for them, with the SHA-256 of the file in hex and a
// signature that is not Guardtime's. By default a medium's timestamp is null and
// the endpoints are not there, as in Veriff's current reference.
func WithTimestamps() Option {
	return set(func(s *settings) { s.timestamps = true })
}

// WithFullAuto puts the integration on a plan with full auto decisions: every
// decision about an attempt comes with one, announced before it, with the status
// as its decision, a decisionScore of 1 for approved and of 0 for others, and no
// insights. By default there is none, and its endpoint answers 404. The JSON is
// not established.
func WithFullAuto() Option {
	return set(func(s *settings) { s.fullAuto = true })
}

// WithFullAutoInData is WithFullAuto with the full auto decision in the
// verification within data, and the ids beside data. By default all of it is in
// verification. Neither is established.
func WithFullAutoInData() Option {
	return set(func(s *settings) { s.fullAuto, s.fullAutoInData = true, true })
}

// WithTestNames lets the first name that a session was created for decide it
// when it is submitted, as in Veriff's test integrations: Approve, Decline or
// Resubmit, without a reason. By default names mean nothing, because only an
// older page of Veriff's has this.
func WithTestNames() Option {
	return set(func(s *settings) { s.testNames = true })
}

// WithShortVendorData refuses vendorData of more than 40 characters with 1500,
// as document 003 does. By default the limit is today's, 1000.
func WithShortVendorData() Option {
	return set(func(s *settings) { s.shortVendorData = true })
}

// WithRegistryChecks refuses a session for a person with too little to look up
// in a registry: 1308 without an idNumber, 1309 without a fullName or a first
// and a last name, 1310 without a dateOfBirth or an address. By default none of
// it is needed.
func WithRegistryChecks() Option {
	return set(func(s *settings) { s.registryChecks = true })
}

// WithInactiveIntegration refuses every request with 1804. By default the
// integration is active.
func WithInactiveIntegration() Option {
	return set(func(s *settings) { s.inactive = true })
}

// WithOldKeyRefusals refuses a key that is not the integration's with document
// 003's code 1101. The default is today's 1803.
func WithOldKeyRefusals() Option {
	return set(func(s *settings) { s.oldKeyRefusals = true })
}

func set(f func(*settings)) Option {
	return func(s *settings) error {
		f(s)
		return nil
	}
}
