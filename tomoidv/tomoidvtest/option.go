package tomoidvtest

import (
	"errors"
	"net/http"
	"time"

	"github.com/kyckit/kyckit-go/internal/fake"
)

// An Option settles something that a test needs otherwise, or something that
// is not established about the vendor.
type Option func(*settings) error

type settings struct {
	noListener          bool
	address             string
	credentials         fake.Source
	environment         Environment
	audience            string // empty for the token endpoint's address
	keyIDs              bool
	tolerance           time.Duration
	assertionLife       time.Duration
	jtiReuse            bool
	invalidClientStatus int
	tokenLife           time.Duration
	tokenRefusalStatus  int
	errors              ErrorForm
	unknownProperties   bool
	versionIgnored      bool
	policies            []countryPolicy
	digitUserIDs        bool
	attemptLife         time.Duration
	noResult            Absence
	unknownUser         Absence
	resultForm          ResultForm
	allStatuses         bool
	sentUserID          bool
	opaqueAuthIDs       bool
	sharedPPIDs         bool
	personWideResults   bool
	callbackFirst       bool
	failParameters      [][2]string
	reviewFails         bool
	finalApprovals      bool
	deleteByUserID      bool
}

func defaults() settings {
	return settings{
		credentials:         fake.Random(),
		environment:         Sandbox,
		tolerance:           time.Minute,
		assertionLife:       5 * time.Minute,
		invalidClientStatus: http.StatusBadRequest,
		tokenLife:           time.Hour,
		tokenRefusalStatus:  http.StatusUnauthorized,
		policies:            documentedPolicies(),
		attemptLife:         24 * time.Hour,
		noResult:            EmptyResults,
		unknownUser:         BadRequest,
	}
}

// WithoutListener opens no port: only RoundTripper leads to the server. A test
// in a testing/synctest bubble needs this, because a goroutine that waits for
// connections would keep time from passing.
func WithoutListener() Option {
	return set(func(s *settings) { s.noListener = true })
}

// WithAddress listens at an address, a loopback IP with a port such as
// 127.0.0.1:8403, so that URL is the same each time. By default the port is random.
func WithAddress(address string) Option {
	return func(s *settings) error {
		if !fake.IsLoopback(address) {
			return errors.New("tomoidvtest: WithAddress: the address must be a loopback IP with a port")
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
			return errors.New("tomoidvtest: WithFixedCredentials: the name must not be empty")
		}
		s.credentials = fake.Named("tomoidvtest " + name)
		return nil
	}
}

// WithEnvironment sets which of TomoIDV's environments the server is, and
// ClientID and SecretKey are good for. The default is Sandbox. See AddClient.
func WithEnvironment(e Environment) Option {
	return func(s *settings) error {
		if e != Sandbox && e != Production {
			return errors.New("tomoidvtest: WithEnvironment: the environment must be Sandbox or Production")
		}
		s.environment = e
		return nil
	}
}

// WithAudience sets the aud that an assertion must have. The default is the
// address of the token endpoint.
func WithAudience(aud string) Option {
	return func(s *settings) error {
		if aud == "" {
			return errors.New("tomoidvtest: WithAudience: the audience must not be empty")
		}
		s.audience = aud
		return nil
	}
}

// WithKeyIDs accepts a kid in the header of an assertion, and ignores it. By
// default it is refused: the vendor's own code sends none.
func WithKeyIDs() Option {
	return set(func(s *settings) { s.keyIDs = true })
}

// WithClockTolerance sets how far the client's clock may be off: an assertion's
// iat may be so far ahead, and its exp so far behind. The default is a minute,
// which no source states.
func WithClockTolerance(d time.Duration) Option {
	return func(s *settings) error {
		if d < 0 {
			return errors.New("tomoidvtest: WithClockTolerance: the time must not be negative")
		}
		s.tolerance = d
		return nil
	}
}

// WithAssertionLife sets how long after iat an assertion's exp may be. The
// default is five minutes, as much as the vendor's own code takes; what the
// vendor accepts is not established.
func WithAssertionLife(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return errors.New("tomoidvtest: WithAssertionLife: the time must be positive")
		}
		s.assertionLife = d
		return nil
	}
}

// WithJTIReuse accepts an assertion again. By default it is refused, which the
// vendor's words suggest and nothing shows.
func WithJTIReuse() Option {
	return set(func(s *settings) { s.jtiReuse = true })
}

// WithInvalidClientStatus sets the status of invalid_client, 400 or 401: RFC
// 6749 allows both. The default is 400, the only one in the contract.
func WithInvalidClientStatus(status int) Option {
	return func(s *settings) error {
		if status != http.StatusBadRequest && status != http.StatusUnauthorized {
			return errors.New("tomoidvtest: WithInvalidClientStatus: the status must be 400 or 401")
		}
		s.invalidClientStatus = status
		return nil
	}
}

// WithTokenLife sets how long an access token is good, in whole seconds. The
// default is an hour, which only a stub in a vendor test has.
func WithTokenLife(d time.Duration) Option {
	return func(s *settings) error {
		if d < time.Second || d%time.Second != 0 {
			return errors.New("tomoidvtest: WithTokenLife: the time must be whole seconds, and positive")
		}
		s.tokenLife = d
		return nil
	}
}

// WithTokenRefusalStatus sets the status with which a bad access token is
// refused, 400 or 401. The default is 401 with a WWW-Authenticate header that
// says invalid_token, as RFC 6750 has it; the contract knows 400 only, for
// "invalid body or Authorization", and that comes without the header.
func WithTokenRefusalStatus(status int) Option {
	return func(s *settings) error {
		if status != http.StatusBadRequest && status != http.StatusUnauthorized {
			return errors.New("tomoidvtest: WithTokenRefusalStatus: the status must be 400 or 401")
		}
		s.tokenRefusalStatus = status
		return nil
	}
}

// An ErrorForm is what the body of a refusal looks like.
type ErrorForm int

// The forms. Which of them TomoIDV uses outside the token endpoint is not
// established.
const (
	MessageErrors ErrorForm = iota // {"message": "..."}
	OAuthErrors                    // {"error": "...", "error_description": "..."}
	TextErrors                     // plain text
)

// WithErrorForm chooses the body of refusals outside the token endpoint. The
// default is MessageErrors. A refusal of Tomo-API-Version is always one of
// OAuthErrors.
func WithErrorForm(form ErrorForm) Option {
	return func(s *settings) error {
		if form < MessageErrors || form > TextErrors {
			return errors.New("tomoidvtest: WithErrorForm: unknown form")
		}
		s.errors = form
		return nil
	}
}

// WithUnknownProperties accepts properties, form fields and claims that are in
// no documentation. By default they are refused, because they are somebody's
// typing error.
func WithUnknownProperties() Option {
	return set(func(s *settings) { s.unknownProperties = true })
}

// WithVersionIgnored is a server from before contract 1.4: it neither reads nor
// sends Tomo-API-Version, and everything is 1.3. By default it knows 1.4.
func WithVersionIgnored() Option {
	return set(func(s *settings) { s.versionIgnored = true })
}

// WithPolicy supports one more policy in a country. By default those of
// DocumentedPolicies are supported, and in every country the default policy,
// which a start without kyc_policy means.
func WithPolicy(country string, p Policy) Option {
	return func(s *settings) error {
		if !isCountry(country) || p == (Policy{}) {
			return errors.New("tomoidvtest: WithPolicy: a country of two lower-case letters and a policy that is not empty")
		}
		s.policies = append(s.policies, countryPolicy{country, p})
		return nil
	}
}

// WithDigitUserIDs refuses a user_id in Japan that is not all digits, as an
// older flow did. By default any is accepted.
func WithDigitUserIDs() Option {
	return set(func(s *settings) { s.digitUserIDs = true })
}

// WithAttemptLife sets how long the address that a start answers with is good:
// then the check has expired. The default is 24 hours, which no source states.
func WithAttemptLife(d time.Duration) Option {
	return func(s *settings) error {
		if d <= 0 {
			return errors.New("tomoidvtest: WithAttemptLife: the time must be positive")
		}
		s.attemptLife = d
		return nil
	}
}

// An Absence is how the API says that there is nothing.
type Absence int

// The ways. Which of them is TomoIDV's is not established.
const (
	EmptyResults Absence = iota // 200 and {"results": []}; 400 from /v1/idv/kyc/get, which has no such form
	BadRequest                  // 400
	NotFound                    // 404
)

// WithNoResult chooses the answer about a user who started and has no record
// that fits the question. The default is EmptyResults.
func WithNoResult(a Absence) Option {
	return func(s *settings) error {
		if a < EmptyResults || a > NotFound {
			return errors.New("tomoidvtest: WithNoResult: unknown way")
		}
		s.noResult = a
		return nil
	}
}

// WithUnknownUser chooses the answer about a user_id that nothing was started
// with and that is no PPID. The default is BadRequest.
func WithUnknownUser(a Absence) Option {
	return func(s *settings) error {
		if a < EmptyResults || a > NotFound {
			return errors.New("tomoidvtest: WithUnknownUser: unknown way")
		}
		s.unknownUser = a
		return nil
	}
}

// A ResultForm is when the API answers with one result, not a list of results.
type ResultForm int

// The forms. Which of them is TomoIDV's is not established.
const (
	SingleWhenAsked ResultForm = iota // when country and policy were given and one record fits
	SingleWhenOne                     // whenever one record fits
	AlwaysList
)

// WithResultForm chooses when /v1/idv/result answers with result and when with
// results. The default is SingleWhenAsked.
func WithResultForm(form ResultForm) Option {
	return func(s *settings) error {
		if form < SingleWhenAsked || form > AlwaysList {
			return errors.New("tomoidvtest: WithResultForm: unknown form")
		}
		s.resultForm = form
		return nil
	}
}

// WithAllStatusesIn13 shows every record under contract 1.3, which cannot tell
// an approval from a rejection. By default 1.3 shows approvals only. The same
// goes for /v1/idv/kyc/get.
func WithAllStatusesIn13() Option {
	return set(func(s *settings) { s.allStatuses = true })
}

// WithSentUserID answers under contract 1.4 with the user_id that was asked
// about. By default user_id is the person's PPID; only where nobody is known
// yet it is as it was asked.
func WithSentUserID() Option {
	return set(func(s *settings) { s.sentUserID = true })
}

// WithOpaqueAuthIDs makes auth_id an id of the server's own, the same for the
// same user. By default it is the user_id that the check was started with.
func WithOpaqueAuthIDs() Option {
	return set(func(s *settings) { s.opaqueAuthIDs = true })
}

// WithSharedPPIDs gives a person the same PPID for all clients. By default each
// client sees another.
func WithSharedPPIDs() Option {
	return set(func(s *settings) { s.sharedPPIDs = true })
}

// WithPersonWideResults answers about a user_id with all records of the person
// behind it, also those under other user_ids, as about a PPID. By default a
// user_id that is no PPID stands for its own records only.
func WithPersonWideResults() Option {
	return set(func(s *settings) { s.personWideResults = true })
}

// WithCallbackFirst sends the browser to callback_url where there is one. By
// default redirect_url_success and redirect_url_fail go first.
func WithCallbackFirst() Option {
	return set(func(s *settings) { s.callbackFirst = true })
}

// WithFailParameter adds a parameter to the query of redirect_url_fail, as an
// error code. It can be given more than once. By default there is none.
func WithFailParameter(name, value string) Option {
	return func(s *settings) error {
		if name == "" {
			return errors.New("tomoidvtest: WithFailParameter: the name must not be empty")
		}
		s.failParameters = append(s.failParameters, [2]string{name, value})
		return nil
	}
}

// WithReviewAsFailure sends a person whose check is under review to
// redirect_url_fail. By default they go to redirect_url_success, with token and
// key.
func WithReviewAsFailure() Option {
	return set(func(s *settings) { s.reviewFails = true })
}

// WithFinalApprovals answers a reset of an approved check with not_resettable.
// By default every check that ended can be reset.
func WithFinalApprovals() Option {
	return set(func(s *settings) { s.finalApprovals = true })
}

// WithDeletionByUserID deletes by a user_id of the application's own too. By
// default only a PPID will do, and everything else is not_deletable.
func WithDeletionByUserID() Option {
	return set(func(s *settings) { s.deleteByUserID = true })
}

func set(f func(*settings)) Option {
	return func(s *settings) error {
		f(s)
		return nil
	}
}
