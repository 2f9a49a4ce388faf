package iamporttest

import (
	"errors"
	"regexp"
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
	clockSkew            time.Duration
	sameToken            bool
	singleExtension      bool
	extensionFromRequest bool
	bearerOnly           bool
	tiers                []string
	agentSeesTiers       bool
	mids                 map[Gateway]string
	phone                bool
	nullPhone            bool
	foreigner            bool
	noCI                 bool
	noBirth              bool
	noBirthday           bool
	stringCertifiedAt    bool
	uniqueMerchantUID    bool
	unknownParameters    bool
	channelKeyOptional   bool
	ipRequired           bool
	otpLife              time.Duration
	otpTries             int
	gatewayRefusalStatus int
	impSuccess           bool
	returnErrors         bool
	nullStrings          bool
	unencodedReturn      bool
}

func defaults() settings {
	return settings{
		credentials:          fake.Random(),
		mids:                 make(map[Gateway]string),
		otpLife:              3 * time.Minute,
		otpTries:             5,
		gatewayRefusalStatus: 400,
	}
}

// WithoutListener opens no port: only RoundTripper leads to the server. A test
// in a testing/synctest bubble needs this, because a goroutine that waits for
// connections would keep time from passing.
func WithoutListener() Option {
	return set(func(s *settings) { s.noListener = true })
}

// WithAddress listens at an address, a loopback IP with a port such as
// 127.0.0.1:8402, so that URL is the same each time. By default the port is random.
func WithAddress(address string) Option {
	return func(s *settings) error {
		if !fake.IsLoopback(address) {
			return errors.New("iamporttest: WithAddress: the address must be a loopback IP with a port")
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
			return errors.New("iamporttest: WithFixedCredentials: the name must not be empty")
		}
		s.credentials = fake.Named("iamporttest " + name)
		return nil
	}
}

// WithClockSkew lets the server's clock go d ahead of the machine's, or behind
// if d is negative.
func WithClockSkew(d time.Duration) Option {
	return set(func(s *settings) { s.clockSkew = d })
}

// WithSameToken lets getToken answer with the same token again after
// RevokeToken, with the same expired_at, and accept it from then on. By default
// the next token is another.
func WithSameToken() Option {
	return set(func(s *settings) { s.sameToken = true })
}

// WithSingleExtension extends a token once only: afterwards it is handed out as
// it is until it expires. By default each last minute brings five more.
func WithSingleExtension() Option {
	return set(func(s *settings) { s.singleExtension = true })
}

// WithExtensionFromRequest counts the five minutes from the call to getToken.
// By default they are added to the old expired_at.
func WithExtensionFromRequest() Option {
	return set(func(s *settings) { s.extensionFromRequest = true })
}

// WithBearerOnly refuses a token that does not stand in Authorization after
// "Bearer". By default a bare token there, and one in X-ImpTokenHeader when
// there is no Authorization, are accepted, as they have been.
func WithBearerOnly() Option {
	return set(func(s *settings) { s.bearerOnly = true })
}

// WithTier configures a sub-merchant, by its code of three letters and digits.
// It can be given more than once. By default there is none, and every Tier
// header is refused.
func WithTier(code string) Option {
	return func(s *settings) error {
		if !isTier(code) {
			return errors.New("iamporttest: WithTier: the code must be three letters and digits")
		}
		s.tiers = append(s.tiers, code)
		return nil
	}
}

func isTier(code string) bool {
	match, _ := regexp.MatchString(`^[0-9A-Za-z]{3}$`, code)
	return match
}

// WithAgentSeesTiers shows the certifications of all tiers to requests without
// a Tier header. By default these see the agent's own only; a tier never sees
// but its own.
func WithAgentSeesTiers() Option {
	return set(func(s *settings) { s.agentSeesTiers = true })
}

// WithMID sets the merchant's id with a gateway, which is part of pg_tid and
// gives DIs their scope. MIIiasTest is that of the test channel with
// InicisUnified. The defaults are A000000000 (Danal), AO000 (KCP), MIIiasFake
// (InicisUnified) and INIfake000 (Inicis).
func WithMID(g Gateway, mid string) Option {
	return func(s *settings) error {
		if match, _ := regexp.MatchString(`^[0-9A-Za-z]{1,20}$`, mid); !match || !g.known() {
			return errors.New("iamporttest: WithMID: a known gateway and an id of letters and digits")
		}
		s.mids[g] = mid
		return nil
	}
}

// WithPhone is the contract that gives phone and carrier away: both with Danal
// and KCP, the phone alone with InicisUnified, neither with Inicis. By default
// the API leaves them out.
func WithPhone() Option {
	return set(func(s *settings) { s.phone = true })
}

// WithNullPhone sends a phone and a carrier that are not to be had as null. By
// default they are absent.
func WithNullPhone() Option {
	return set(func(s *settings) { s.nullPhone = true })
}

// WithForeigner is Danal's contract that tells who is a foreigner, in foreigner
// and foreigner_v2. By default, and always with the other gateways, they are
// false and null.
func WithForeigner() Option {
	return set(func(s *settings) { s.foreigner = true })
}

// WithoutCI is the lack of the contract that InicisUnified's CI needs:
// unique_key is then empty. By default the contract is there; with the other
// gateways none is needed.
func WithoutCI() Option {
	return set(func(s *settings) { s.noCI = true })
}

// WithoutBirth leaves birth out, which today's schema does not have. By default
// it is sent, as every reply that was seen has it.
func WithoutBirth() Option {
	return set(func(s *settings) { s.noBirth = true })
}

// WithoutBirthday leaves birthday out, as the replies that the documents know
// do. By default it is sent.
func WithoutBirthday() Option {
	return set(func(s *settings) { s.noBirthday = true })
}

// WithStringCertifiedAt writes certified_at as a string. The default is a
// number.
func WithStringCertifiedAt() Option {
	return set(func(s *settings) { s.stringCertifiedAt = true })
}

// WithUniqueMerchantUID refuses a merchant_uid that was used before. By default
// only requests for a code from KCP have to be unique, among themselves.
func WithUniqueMerchantUID() Option {
	return set(func(s *settings) { s.uniqueMerchantUID = true })
}

// WithUnknownParameters accepts parameters that are in no documentation. By
// default they are refused, because they are somebody's typing error.
func WithUnknownParameters() Option {
	return set(func(s *settings) { s.unknownParameters = true })
}

// WithChannelKeyOptional accepts a request for a code without channel_key and
// takes the gateway from pg, or Danal. KCP wants one all the same. By default
// it is required, as the schema has it.
func WithChannelKeyOptional() Option {
	return set(func(s *settings) { s.channelKeyOptional = true })
}

// WithIPRequired refuses a request for a code from KCP without ip, which only a
// sample of KCP's page has. By default it is optional, and judged when there.
func WithIPRequired() Option {
	return set(func(s *settings) { s.ipRequired = true })
}

// WithOTPLife sets how long a code holds. The default is 3 minutes, which no
// source states.
func WithOTPLife(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return errors.New("iamporttest: WithOTPLife: the time must be positive")
		}
		s.otpLife = d
		return nil
	}
}

// WithOTPTries sets how many wrong codes end a certification. The default is 5,
// which no source states.
func WithOTPTries(n int) Option {
	return func(s *settings) error {
		if n <= 0 {
			return errors.New("iamporttest: WithOTPTries: the number must be positive")
		}
		s.otpTries = n
		return nil
	}
}

// WithGatewayRefusalStatus sets the status with which a code is refused that is
// wrong, too old or tried too often, and a confirmation that comes before the
// person approved in the app. The default is 400; 500 is the vendor's for what
// goes wrong at the gateway.
func WithGatewayRefusalStatus(status int) Option {
	return func(s *settings) error {
		if status < 400 || status > 599 {
			return errors.New("iamporttest: WithGatewayRefusalStatus: not the status of a refusal")
		}
		s.gatewayRefusalStatus = status
		return nil
	}
}

// WithImpSuccess calls success imp_success where the browser is redirected, as
// the mobile SDKs do.
func WithImpSuccess() Option {
	return set(func(s *settings) { s.impSuccess = true })
}

// WithReturnErrors adds error_code and error_msg where the browser is
// redirected without success. By default there are only imp_uid, merchant_uid
// and success, as in document 001.
func WithReturnErrors() Option {
	return set(func(s *settings) { s.returnErrors = true })
}

// WithNullStrings sends error_code and error_msg with every redirect, and
// "null" for what has no value, as the Flutter SDK does.
func WithNullStrings() Option {
	return set(func(s *settings) { s.nullStrings = true })
}

// WithUnencodedReturn puts "?" and the values behind m_redirect_url as they
// are, as the Flutter SDK does: neither escaped, nor with regard to a query
// that is there already. By default the URL is a proper one.
func WithUnencodedReturn() Option {
	return set(func(s *settings) { s.unencodedReturn = true })
}

func set(f func(*settings)) Option {
	return func(s *settings) error {
		f(s)
		return nil
	}
}
