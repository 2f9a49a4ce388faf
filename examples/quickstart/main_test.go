package main

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// asProgram makes the test binary be the program, for tests that want it in a
// process of its own.
const asProgram = "QUICKSTART_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func noEnvironment(string) string { return "" }

// demonstrate is a run without arguments.
func demonstrate(t *testing.T, calls vendorCalls) (status int, output string) {
	t.Helper()
	var stdout, stderr strings.Builder
	status = run(t.Context(), nil, noEnvironment, &stdout, &stderr, calls)
	assert.Empty(t, stderr.String())
	return status, stdout.String()
}

// demonstrateAlone is one vendor's part of that.
func demonstrateAlone(demonstrate func(*report)) (held bool, output string) {
	var out strings.Builder
	r := &report{out: &out}
	demonstrate(r)
	held = r.summary()
	return held, out.String()
}

func TestDemonstration(t *testing.T) {
	status, output := demonstrate(t, packages())
	require.Equal(t, exitOK, status, output)

	rest := output
	for _, line := range []string{
		`  the only real input here: .+`,
		`  ok    Answer to a new session +signature holds: created`,
		`  ok      with any one byte changed +560 of 560 refused by veriff\.ErrSignature`,
		`  ok    Webhook about an approval +signature holds: approved \(9001\)`,
		`  ok      with any one byte changed +642 of 642 refused by veriff\.ErrSignature`,
		`  ok    Webhook about a resubmission +signature holds: resubmission_requested \(9103\)`,
		`  ok      with any one byte changed +613 of 613 refused by veriff\.ErrSignature`,
		`  The application +http://127\.0\.0\.1:\d+`,
		`  Veriff \(a fake\) +http://127\.0\.0\.1:\d+`,
		`  The person's page +http://127\.0\.0\.1:\d+/v/\S+`,
		`  ok    The application starts a check +created`,
		`  ok    The person opens the page +200 OK, started`,
		`  ok    The person shows an ID card +approved`,
		`  ok    Signed webhooks arrive +started, submitted, approved \(9001\)`,
		`  ok    The API confirms the decision +approved \(9001\), signed: true`,
		`  ok    The browser comes back +http://127\.0\.0\.1:\d+/back/\d{38}`,
		`  ok    The application asks for the result +approved`,
		`  What the application knows now about account-42 \(a made-up person\):`,
		`    Status +approved`,
		`    Vendor +veriff: approved \(9001\)`,
		`    Name +Mirae Hong`,
		`    Born +1990-02-28, \d+ years old`,
		`    Document +id card M12345678 KR`,
		`    Decided +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`,
		`    Evidence +signature valid, SHA-256 [0-9a-f]{16}\.\.\.`,
		`  ok    Decline changed to "approved" +veriff\.ErrSignature`,
		`        veriff: webhook: signature does not hold`,
		`  ok    Webhook for another API key +veriff\.ErrAPIKey`,
		`        veriff: webhook: not our API key`,
		`  ok      both sent to the application +401, 401, nothing heard`,
		`  ok    Old approval sent again +veriff\.ErrSuperseded`,
		`        veriff: Confirm: superseded by a newer decision`,
		`  ok      sent to the application +200, hears declined \(9102\)`,
		`  ok    Decision about another session +veriff\.ErrForeign`,
		`        veriff: Decision: 200 about another session: .+`,
		`  ok    Check edited to another's session +kyc\.ErrForeign`,
		`        kyc: veriff: result: about another check: .+`,
		`  ok    Wrong secret, asking Veriff +veriff\.ErrUnauthorized`,
		`        veriff: Decision: 401 unauthorized \(1818: .+\)`,
		`  ok    Wrong secret, reading a webhook +veriff\.ErrSignature`,
		`        veriff: webhook: signature does not hold`,
		`  The application +http://127\.0\.0\.1:\d+`,
		`  Iamport \(a fake\) +http://127\.0\.0\.1:\d+`,
		`  The person's page +http://127\.0\.0\.1:\d+/certify/\d{38}`,
		`  ok    The application starts an attempt +0 requests to Iamport`,
		`  ok    The person opens the page +200 OK, with the launch fragment`,
		`  ok    The page loads iamport\.js +200 OK`,
		`  ok    The click opens Iamport's window +200 OK, begun`,
		`  ok    The person passes +certified`,
		`  ok    The browser comes back +http://127\.0\.0\.1:\d+/back/\d{38} with imp_uid, merchant_uid, success`,
		`  ok    The application verifies +200 OK`,
		`  ok    Package kyc verifies the same check +approved`,
		`  ok    Access tokens asked for in all this +1`,
		`  What the application knows now about account-52 \(a made-up person\):`,
		`  ok      Name +홍미래`,
		`  ok      Birth date +\d{4}-\d\d-\d\d`,
		`  ok      Age in full years +36`,
		`  ok      CI, the same for life +SHA-256 [0-9a-f]{16}\.\.\.`,
		`  ok      Gateway +danal`,
		`  Each return says success=true: .+`,
		`  ok    Somebody else's imp_uid +iamport\.ErrMerchantUID`,
		`        iamport: VerifyCertification: of another attempt`,
		`  ok      brought by that person +accepted`,
		`  ok      once more, for another attempt +iamport\.ErrMerchantUID`,
		`        iamport: VerifyCertification: of another attempt`,
		`  ok      once more, for the same one +the application's errUsedUp`,
		`        this attempt has been used up`,
		`  ok    An unfinished one +iamport\.ErrNotCertified`,
		`        iamport: VerifyCertification: not certified`,
		`  ok    A made-up one +iamport\.ErrNotFound`,
		`        iamport: VerifyCertification: 404 not found \(code -1\)`,
		`  ok    A minor's, from an edited page +iamport\.ErrUnderage`,
		`        iamport: VerifyCertification: under age`,
		`  ok      by the age check in document 001 +an adult`,
		`  ok    Wrong API secret, asking Iamport +iamport\.ErrUnauthorized`,
		`        iamport: getToken: 401 unauthorized \(code -1\)`,
		`  ok    One from before the attempt began +iamport\.ErrBeforeAttempt`,
		`        iamport: VerifyCertification: certified before the attempt began`,
		`  ok    A stale one, of 11 minutes ago +iamport\.ErrStale`,
		`        iamport: VerifyCertification: certified too long ago`,
		`  The application +http://127\.0\.0\.1:\d+`,
		`  TomoIDV \(a fake\) +http://127\.0\.0\.1:\d+`,
		`  ok    The application starts an attempt +open`,
		`  ok      with a token, by client assertion +/v1/oauth2/token, /v1/idv/start`,
		`  The person's page +http://127\.0\.0\.1:\d+/idv with key, token`,
		`  ok    The person opens the page +200 OK, jp:document:id_card:government_id_verf:owner_verf:document_secret`,
		`  ok    The person passes +approved`,
		`  ok    The browser comes back +http://127\.0\.0\.1:\d+/back/\d{38} with key, token`,
		`  ok    The application asks for the result +200 OK`,
		`  ok    Package kyc asks about the same one +approved`,
		`  ok    Access tokens asked for in all this +1`,
		`  What the application knows now about account-62 \(a made-up person\):`,
		`  ok      Name +佐藤花子`,
		`  ok      Birth date +\d{4}-\d\d-\d\d`,
		`  ok      Age in full years +36`,
		`  ok      Policy +jp:document:id_card:government_id_verf:owner_verf:document_secret`,
		`  ok      Status, by contract 1\.4 +approved`,
		`  ok      PPID, the same the next time +SHA-256 [0-9a-f]{16}\.\.\.`,
		`  Each return brings a token and the key to verify it with: .+`,
		`  ok    A victim's return URL, with the PPID +SHA-256 [0-9a-f]{16}\.\.\.`,
		`  ok      its query, brought by an attacker +the application's errUndecided`,
		`        nothing has been decided about this attempt`,
		`  ok      brought by that person +accepted`,
		`  ok      believed, and given to package kyc +kyc\.ErrForeign`,
		`        kyc: tomoidv: result: about another check: .+`,
		`  ok    A rejected one, at the same URL +the application's errNotApproved`,
		`        TomoIDV did not approve`,
		`  ok    One under a weaker policy +the application's errOtherPolicy`,
		`        verified under another policy`,
		`  ok      by package kyc +review: verified under another policy`,
		`  ok    One without a status \(contract 1\.3\) +review: a record of contract 1\.3 has no status`,
		`  ok    A token request, sent once more +400 invalid_client: jti was used before`,
		`  ok    The sandbox's client, in production +tomoidv\.ErrInvalidClient`,
		`        tomoidv: getToken: 400 unauthorized, invalid client \(invalid_client\): .+ must be of the environment .+`,
		`  ok    Another client's secret key +tomoidv\.ErrInvalidClient`,
		`        tomoidv: getToken: 400 unauthorized, invalid client \(invalid_client\): .+`,
		`  ok    A public JWK for the secret key +tomoidv: secret key: it is a public key: it has no d`,
		`  ok      before anything was sent +0 requests to TomoIDV`,
		`  ok    Veriff, before anyone has come +pending`,
		`  ok      when the person has passed +approved`,
		`  ok      for somebody else's check +kyc\.ErrForeign`,
		`        kyc: veriff: result: about another check: .+`,
		`  ok      when told to forget the person +deleted`,
		`  ok    Iamport, before anyone has come +pending`,
		`  ok      when the person has passed +approved`,
		`  ok      for somebody else's check +kyc\.ErrForeign`,
		`        kyc: iamport: result: about another check: .+`,
		`  ok      when told to forget the person +deleted`,
		`  ok    TomoIDV, before anyone has come +pending`,
		`  ok      when the person has passed +approved`,
		`  ok      for somebody else's check +kyc\.ErrForeign`,
		`        kyc: tomoidv: result: about another check: .+`,
		`  ok      when told to forget the person +deleted`,
		` +Veriff +Iamport +TomoIDV`,
		`Check +(\d{8}\.\.\. *){3}`,
		`Begins +at the vendor's URL +in the application's page +at the vendor's URL`,
		`Status +approved +approved +approved`,
		`In its words +approved \(9001\) +- +approved`,
		`Name +홍, 미래 +홍미래 +홍미래`,
		`Born +([\d-]{10}, 36 years old *){3}`,
		`Gender +female +female +female`,
		`Document +id card KR +- +id card JP`,
		`Keys, digested +- +ci [0-9a-f]{8}, di [0-9a-f]{8} +ppid [0-9a-f]{8}`,
		`Findings +- +- +data source passed`,
		`Decided \(UTC\) +(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d *){3}`,
		`Evidence +signature valid, [0-9a-f]{8} +signature none, [0-9a-f]{8} +signature none, [0-9a-f]{8}`,
		`Environment +- +- +test`,
		`Erased +deleted +deleted +deleted`,
		`Published samples +6 of 6 +none +none`,
		`Start to result +7 of 7 +14 of 14 +14 of 14`,
		`Refusals +9 of 9 +11 of 11 +13 of 13`,
		`By package kyc +4 of 4 +4 of 4 +4 of 4`,
		`All 86 lines came out as they must\.`,
	} {
		found := regexp.MustCompile(`(?m)^` + line + `$`).FindStringIndex(rest)
		require.NotNil(t, found, "%s\nis not, or not in this place, in\n%s", line, output)
		rest = rest[found[1]:]
	}
	assert.NotContains(t, output, "FAIL")
	assert.NotRegexp(t, `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, output, "no API key")
	assert.NotRegexp(t, `imp_?\d|channel-key|IMP\.|[0-9a-f]{40}|[0-9A-Za-z+/]{64}`, output, "no imp_uid, launch fragment, token or CI")
	assert.NotRegexp(t, `eyJ|ppid\.`, output, "no JWT, JWK or PPID")
	for _, published := range []string{"Your-API-Key", "Your-API-Secret", "cd0e2810", "cdffd996", "253e28b0"} {
		assert.NotContains(t, output, published)
	}
}

func TestDemonstrationFails(t *testing.T) {
	for name, off := range map[string]func(*vendorCalls){
		"with Veriff":  func(c *vendorCalls) { veriffProvider(provided{status: kyc.StatusReview})(&c.veriff) },
		"with Iamport": func(c *vendorCalls) { iamportProvider(provided{status: kyc.StatusReview})(&c.iamport) },
		"with TomoIDV": func(c *vendorCalls) { trusting{reason: "a record of contract 1.3 has no status"}.provide(&c.tomoidv) },
		"with any":     func(c *vendorCalls) { c.any[1] = served(c.any[1], provided{status: kyc.StatusApproved}) },
	} {
		t.Run(name, func(t *testing.T) {
			calls := packages()
			off(&calls)
			status, output := demonstrate(t, calls)
			assert.Equal(t, exitFailed, status)
			assert.Len(t, failures(output), 1, output)
			assert.Regexp(t, `(?m)^1 of 86 lines did NOT come out as they must`, output)
		})
	}
}

// tolerate is a call with one of its verifications switched off.
func tolerate(err, verification error) error {
	if errors.Is(err, verification) {
		return nil
	}
	return err
}

// failures are the lines that are marked, in order.
func failures(output string) []string {
	var out []string
	for line := range strings.Lines(output) {
		if what, ok := strings.CutPrefix(line, "  FAIL  "); ok {
			out = append(out, strings.TrimSuffix(what, "\n"))
		}
	}
	return out
}

// A provided provider does something else in one respect.
type provided struct {
	kyc.Provider
	start, result error
	status        kyc.Status
	foreign       bool // takes what is about another check
	mixedUp       bool // tells the vendor another id than the check has
}

func (p *provided) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	if p.start != nil {
		return nil, p.start
	}
	if !p.mixedUp {
		return p.Provider.Start(ctx, req)
	}
	other := *req
	other.CheckID = kyc.NewCheckID()
	check, err := p.Provider.Start(ctx, &other)
	if err == nil {
		check.ID = req.CheckID
	}
	return check, err
}

func (p *provided) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	result, err := p.Provider.Result(ctx, check)
	switch {
	case p.result != nil:
		return nil, p.result
	case p.foreign && errors.Is(err, kyc.ErrForeign):
		return &kyc.Result{CheckID: check.ID, Status: kyc.StatusApproved}, nil
	case err == nil && p.status != "":
		result.Status = p.status
	}
	return result, err
}

func TestOutputThatCannotBeWritten(t *testing.T) {
	unwritable, err := os.Open(os.DevNull) // for reading
	require.NoError(t, err)
	defer func() { _ = unwritable.Close() }()
	assert.Equal(t, exitFailed, run(t.Context(), nil, noEnvironment, unwritable, io.Discard, packages()))
}

func TestDemonstrationInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr strings.Builder
	assert.Equal(t, exitInterrupted, run(ctx, nil, noEnvironment, io.Discard, &stderr, packages()))
	assert.Equal(t, "quickstart: interrupted\n", stderr.String())
}

func TestHelp(t *testing.T) {
	var stdout, stderr strings.Builder
	assert.Equal(t, exitOK, run(t.Context(), []string{"-h"}, noEnvironment, &stdout, &stderr, packages()))
	assert.Equal(t, usage, stdout.String())
	assert.Empty(t, stderr.String())
}

func TestWrongArguments(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"unknown flag":          {[]string{"-fast"}, "flag provided but not defined: -fast"},
		"argument":              {[]string{"veriff"}, `unexpected argument "veriff"`},
		"show alone":            {[]string{"-show"}, "-show and -interval go with -live"},
		"interval alone":        {[]string{"-interval", "1s"}, "-show and -interval go with -live"},
		"no interval":           {[]string{"-live", "-interval", "0"}, "-interval must be positive"},
		"interval of no number": {[]string{"-live", "-interval", "often"}, "invalid value"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			assert.Equal(t, exitUsage, run(t.Context(), test.args, noEnvironment, &stdout, &stderr, packages()))
			assert.Empty(t, stdout.String())
			assert.Contains(t, stderr.String(), "quickstart: "+test.says)
			assert.Contains(t, stderr.String(), "Usage: quickstart")
		})
	}
}

func TestWrongEnvironment(t *testing.T) {
	srv := verifftest.NewServer(t)
	for name, test := range map[string]struct {
		set  map[string]string // in the place of what is right
		says string
	}{
		"no API key":  {map[string]string{"VERIFF_API_KEY": ""}, "not set in the environment: VERIFF_API_KEY"},
		"no secret":   {map[string]string{"VERIFF_SHARED_SECRET": ""}, "not set in the environment: VERIFF_SHARED_SECRET"},
		"no base URL": {map[string]string{"VERIFF_BASE_URL": ""}, "not set in the environment: VERIFF_BASE_URL"},
		"nothing": {map[string]string{"VERIFF_API_KEY": "", "VERIFF_SHARED_SECRET": "", "VERIFF_BASE_URL": ""},
			"not set in the environment: VERIFF_API_KEY, VERIFF_SHARED_SECRET, VERIFF_BASE_URL"},
		"blank secret":   {map[string]string{"VERIFF_SHARED_SECRET": " "}, "veriff: "},
		"plain base URL": {map[string]string{"VERIFF_BASE_URL": "http://veriff.example"}, "veriff: "},
	} {
		t.Run(name, func(t *testing.T) {
			env := func(name string) string {
				if value, ok := test.set[name]; ok {
					return value
				}
				return map[string]string{
					"VERIFF_API_KEY": srv.APIKey, "VERIFF_SHARED_SECRET": srv.Secret, "VERIFF_BASE_URL": srv.URL,
				}[name]
			}
			var stdout, stderr strings.Builder
			assert.Equal(t, exitUsage, run(t.Context(), []string{"-live"}, env, &stdout, &stderr, packages()))
			assert.Empty(t, stdout.String())
			assert.Contains(t, stderr.String(), "quickstart: -live: "+test.says)
			assert.NotContains(t, stderr.String(), srv.Secret)
		})
	}
	assert.Empty(t, srv.Requests(), "nothing is sent")
}
