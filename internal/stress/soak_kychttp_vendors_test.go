package stress_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/iamportkyc"
	"github.com/kyckit/kyckit-go/kyc/kyctest"
	"github.com/kyckit/kyckit-go/kyc/tomoidvkyc"
	"github.com/kyckit/kyckit-go/kyc/veriffkyc"
	"github.com/kyckit/kyckit-go/tomoidv"
	"github.com/kyckit/kyckit-go/tomoidv/tomoidvtest"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// fakes are the vendors of one segment. They keep everything that was sent to
// them, so the next segment has others, with the same credentials.
type fakes struct {
	veriff  *verifftest.Server
	iamport *iamporttest.Server
	tomoidv *tomoidvtest.Server
	kyctest *kyctest.Vendor
	tested  *kyctest.Provider

	announced []*news // by Veriff, since it was last looked at
}

const fixed = "soak"

func (s *kychttpSoak) open() *fakes {
	f := &fakes{kyctest: kyctest.NewVendor(s.t)}
	f.tested = f.kyctest.Provider()
	var err error
	f.veriff, err = verifftest.Start(verifftest.WithoutListener(), verifftest.WithFixedCredentials(fixed), verifftest.WithLoopbackCallbacks())
	require.NoError(s.t, err)
	f.iamport, err = iamporttest.Start(iamporttest.WithoutListener(), iamporttest.WithFixedCredentials(fixed))
	require.NoError(s.t, err)
	f.tomoidv, err = tomoidvtest.Start(tomoidvtest.WithoutListener(), tomoidvtest.WithFixedCredentials(fixed))
	require.NoError(s.t, err)
	f.veriff.SetTime(time.Now().Add(-20 * time.Hour)) // not ahead of ours when it has gone on by some hours
	f.veriff.DeliverTo(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.announced = append(f.announced, &news{webhook: true, header: r.Header.Clone(), body: body})
	}))
	return f
}

func (f *fakes) close() {
	f.veriff.Close()
	f.iamport.Close()
	f.tomoidv.Close()
}

// gate leads a client to the fakes of the segment, unless the API is to be down.
func (s *kychttpSoak) gate(to func(*fakes) http.RoundTripper) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		x := tryOf(r.Context())
		if x == nil || strings.HasSuffix(r.URL.Path, "oken") { // a token is for everybody
			return to(s.fakes.Load()).RoundTrip(r)
		}
		p := x.plan.(*errand)
		if p.number >= p.down {
			return to(s.fakes.Load()).RoundTrip(r)
		}
		s.state.Lock()
		p.failed = true
		s.state.Unlock()
		respond := func(status int, body string) (*http.Response, error) {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			return &http.Response{
				StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: -1,
				Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
			}, nil
		}
		switch p.seed % 5 {
		case 0:
			return nil, errRefused
		case 1:
			return respond(http.StatusTooManyRequests, `{}`)
		case 2:
			return respond(http.StatusOK, "<!doctype html><title>"+soakHidden)
		case 3:
			return respond(http.StatusOK, `{"status":"success","verification":{"status":"approved"`)
		}
		return respond(http.StatusServiceUnavailable, soakHidden)
	})}
}

func (s *kychttpSoak) providers() []kyc.Provider {
	f := s.fakes.Load()
	veriffClient, err := veriff.NewClient(f.veriff.APIKey, f.veriff.Secret, veriff.WithBaseURL(f.veriff.URL), veriff.WithMaxAttempts(1), veriff.WithLogger(s.logger()),
		veriff.WithHTTPClient(s.gate(func(f *fakes) http.RoundTripper { return f.veriff.RoundTripper() })))
	require.NoError(s.t, err)
	verifier, err := veriff.NewVerifier(f.veriff.APIKey, f.veriff.Secret, veriff.WithPreviousSecret(soakBefore), veriff.WithLogger(s.logger()))
	require.NoError(s.t, err)
	veriffProvider, err := veriffkyc.New(veriffClient, veriffkyc.Config{Verifier: verifier})
	require.NoError(s.t, err)

	iamportClient, err := iamport.NewClient(f.iamport.APIKey, f.iamport.APISecret, iamport.WithBaseURL(f.iamport.URL), iamport.WithMaxAttempts(1), iamport.WithLogger(s.logger()),
		iamport.WithHTTPClient(s.gate(func(f *fakes) http.RoundTripper { return f.iamport.RoundTripper() })))
	require.NoError(s.t, err)
	iamportProvider, err := iamportkyc.New(iamportClient, iamportkyc.Config{UserCode: f.iamport.UserCode, ChannelKey: f.iamport.ChannelKey})
	require.NoError(s.t, err)

	tomoidvClient, err := tomoidv.NewClient(f.tomoidv.ClientID, f.tomoidv.SecretKey, tomoidv.WithBaseURL(f.tomoidv.URL), tomoidv.WithMaxAttempts(1), tomoidv.WithLogger(s.logger()),
		tomoidv.WithContractVersion("1.4"), tomoidv.WithHTTPClient(s.gate(func(f *fakes) http.RoundTripper { return f.tomoidv.RoundTripper() })))
	require.NoError(s.t, err)
	tomoidvProvider, err := tomoidvkyc.New(tomoidvClient, tomoidvkyc.Config{
		Country: "jp", Policy: tomoidv.GovernmentID(tomoidv.IDTypeIDCard, tomoidv.OwnerVerified(tomoidv.OwnerTypeDocumentSecret)),
	})
	require.NoError(s.t, err)
	return []kyc.Provider{
		&askedVeriff{veriffProvider, s}, &askedIamport{iamportProvider, s}, &askedTomoIDV{tomoidvProvider, s}, &askedKyctest{s},
	}
}

// The providers are the adapters as they are, but that the soak sees what they
// are asked and can have the vendor tell what held before.
type (
	askedVeriff struct {
		*veriffkyc.Provider
		soak *kychttpSoak
	}
	askedIamport struct {
		*iamportkyc.Provider
		soak *kychttpSoak
	}
	askedTomoIDV struct {
		*tomoidvkyc.Provider
		soak *kychttpSoak
	}
	askedKyctest struct{ soak *kychttpSoak }
)

func (p *askedVeriff) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	return p.soak.result(ctx, check, p.Provider.Result)
}

func (p *askedIamport) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	return p.soak.result(ctx, check, p.Provider.Result)
}

func (p *askedTomoIDV) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	return p.soak.result(ctx, check, p.Provider.Result)
}

func (p *askedKyctest) tested() *kyctest.Provider { return p.soak.fakes.Load().tested }
func (p *askedKyctest) Name() string              { return p.tested().Name() }

func (p *askedKyctest) Start(ctx context.Context, req *kyc.StartRequest) (*kyc.Check, error) {
	if p.soak.isDown(ctx) {
		return nil, unavailable451
	}
	return p.tested().Start(ctx, req)
}

func (p *askedKyctest) Result(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
	return p.soak.result(ctx, check, func(ctx context.Context, check *kyc.Check) (*kyc.Result, error) {
		if p.soak.isDown(ctx) {
			return nil, unavailable451
		}
		return p.tested().Result(ctx, check)
	})
}

func (p *askedKyctest) ParseReturn(r *http.Request) (*kyc.Notice, error) {
	return p.tested().ParseReturn(r)
}

func (p *askedKyctest) ParseWebhook(header http.Header, body []byte) (*kyc.Notice, error) {
	return p.tested().ParseWebhook(header, body)
}

var unavailable451 = &kyc.Error{Provider: "kyctest", Op: "result", Kind: kyc.ErrUnavailable}

func (s *kychttpSoak) isDown(ctx context.Context) bool {
	x := tryOf(ctx)
	if x == nil {
		return false
	}
	s.state.Lock()
	defer s.state.Unlock()
	p := x.plan.(*errand)
	p.failed = p.number < p.down
	return p.failed
}

// result asks a provider, and writes down what the vendor told.
func (s *kychttpSoak) result(ctx context.Context, check *kyc.Check, ask func(context.Context, *kyc.Check) (*kyc.Result, error)) (*kyc.Result, error) {
	result, err := ask(ctx, check)
	s.state.Lock()
	defer s.state.Unlock()
	c := s.byID[check.ID]
	if c == nil {
		s.errorf("a vendor is asked about a check that nobody began")
		return result, err
	}
	p := &errand{} // Refresh
	if x := tryOf(ctx); x != nil {
		p = x.plan.(*errand)
		if p.check != c {
			s.errorf("a vendor is asked about another check than the one that the request is about")
		}
	}
	p.asked++
	if err != nil {
		return nil, err
	}
	if result.Status != kyc.StatusPending {
		p.shown = len(c.truths)
	}
	for len(c.results) <= p.shown {
		c.results = append(c.results, nil)
	}
	c.results[p.shown] = result
	if p.number < p.behind && p.shown > 0 && (p.shown == 1 || c.provider == "veriff") { // whose clock the soak moves
		p.shown--
		old := kyc.Result{CheckID: check.ID, Provider: check.Provider, Status: kyc.StatusPending}
		if kept := c.results[p.shown]; kept != nil && p.shown > 0 {
			old = *kept
		} else {
			p.shown = 0
		}
		old.Evidence.FetchedAt = time.Now().UTC()
		return &old, nil
	}
	return result, nil
}

// A truth is an outcome that the vendor has decided.
type truth struct{ status kyc.Status }

// news is what a vendor announces or a browser brings back.
type news struct {
	check   *checkup
	webhook bool
	seq     int // of the truth that it announces, 0 for none
	method  string
	path    string
	header  http.Header
	body    []byte
}

// A step is something that a person or a vendor does about a check.
type step struct {
	hour int
	do   func(*fakes, *checkup) []*news
}

// life plans what becomes of a check that begins in an hour.
func (s *kychttpSoak) life(r *rand.Rand, c *checkup, hour int) {
	then := func(do func(*fakes, *checkup) []*news) {
		hour += r.IntN(3)
		c.steps = append(c.steps, step{hour, do})
	}
	switch c.provider {
	case "veriff":
		if r.IntN(12) == 0 {
			then(s.veriffStep(kyc.StatusExpired, func(v *verifftest.Server, id string) error { return v.Expire(id) }))
			return
		}
		submit := s.veriffStep(kyc.StatusPending, func(v *verifftest.Server, id string) error { return v.Submit(id) })
		for r.IntN(3) == 0 && hour < 8 {
			then(submit)
			then(s.veriffStep(kyc.StatusResubmit, func(v *verifftest.Server, id string) error { return v.RequestResubmission(id, 204, "") }))
		}
		then(submit)
		if r.IntN(4) == 0 {
			then(s.veriffStep(kyc.StatusReview, func(v *verifftest.Server, id string) error { return v.Review(id) }))
		}
		approve := s.veriffStep(kyc.StatusApproved, func(v *verifftest.Server, id string) error {
			return v.Approve(id, verifftest.Person{FirstName: c.person, LastName: "Hong", DateOfBirth: "1990-02-28"})
		})
		decline := s.veriffStep(kyc.StatusDeclined, func(v *verifftest.Server, id string) error { return v.Decline(id, 102, "") })
		then(pick(r, approve, decline))
		if r.IntN(4) == 0 {
			then(s.veriffStep(kyc.StatusDeclined, func(v *verifftest.Server, id string) error {
				return v.ForceDecision(id, map[string]any{"status": "declined", "code": 9102, "reasonCode": 106})
			}))
		}
	case "kyctest":
		for _, status := range [][]kyc.Status{
			{kyc.StatusApproved}, {kyc.StatusDeclined}, {kyc.StatusReview, kyc.StatusApproved}, {kyc.StatusResubmit, kyc.StatusApproved},
			{kyc.StatusApproved, kyc.StatusDeclined}, {kyc.StatusResubmit, kyc.StatusResubmit, kyc.StatusDeclined, kyc.StatusApproved}, {kyc.StatusAbandoned},
		}[r.IntN(7)] {
			then(func(f *fakes, c *checkup) []*news {
				f.kyctest.Decide(c.id, kyctest.Decision{Status: status, Person: kyc.Person{FullName: c.person, BirthDate: "1990-02-28"}})
				c.truths = append(c.truths, truth{status})
				call, back := f.kyctest.Webhook(c.id), f.kyctest.Return(c.id)
				body, _ := io.ReadAll(call.Body)
				return []*news{
					{check: c, webhook: true, seq: len(c.truths), header: call.Header, body: body},
					{check: c, seq: len(c.truths), method: http.MethodGet, path: back.URL.RequestURI()},
				}
			})
		}
	case "tomoidv":
		passes := r.IntN(3) > 0
		then(func(f *fakes, c *checkup) []*news {
			var err error
			if passes {
				err = f.tomoidv.Pass(c.id, tomoidvtest.Person{FullName: c.person, DateOfBirth: "1990-02-28"})
				c.truths = append(c.truths, truth{kyc.StatusApproved})
			} else {
				err = f.tomoidv.Fail(c.id)
				c.truths = append(c.truths, truth{kyc.StatusDeclined})
			}
			require.NoError(s.t, err)
			back, err := f.tomoidv.ReturnURL(c.id)
			require.NoError(s.t, err)
			return []*news{{check: c, seq: 1, method: http.MethodGet, path: s.requestURI(back)}}
		})
	case "iamport":
		if r.IntN(3) == 0 { // in vain at first
			then(func(f *fakes, c *checkup) []*news {
				failed, err := f.iamport.Begin(c.attempt(s))
				require.NoError(s.t, err)
				require.NoError(s.t, f.iamport.Fail(failed, "", ""))
				c.inVain = failed
				return []*news{s.iamportReturn(f, c, 0, failed)}
			})
			hour++
		}
		then(func(f *fakes, c *checkup) []*news {
			var err error
			c.impUID, err = f.iamport.Certify(c.attempt(s), iamporttest.Person{Name: c.person, Birthday: "1990-02-28"})
			require.NoError(s.t, err)
			c.truths = append(c.truths, truth{kyc.StatusApproved})
			return []*news{s.iamportReturn(f, c, 1, c.impUID)}
		})
	}
}

func (s *kychttpSoak) veriffStep(status kyc.Status, do func(*verifftest.Server, string) error) func(*fakes, *checkup) []*news {
	return func(f *fakes, c *checkup) []*news {
		require.NoError(s.t, do(f.veriff, c.session))
		told := f.announced
		f.announced = nil
		if status != kyc.StatusPending {
			c.truths = append(c.truths, truth{status})
		}
		for _, n := range told {
			n.check = c
			if status != kyc.StatusPending {
				n.seq = len(c.truths)
			}
		}
		if status == kyc.StatusPending { // the person is done, and back
			told = append(told, &news{check: c, method: http.MethodGet, path: "/verify/veriff/return/" + c.id})
		}
		return told
	}
}

func (c *checkup) attempt(s *kychttpSoak) iamporttest.Attempt {
	return iamporttest.Attempt{MerchantUID: c.id, RedirectURL: s.base + "/iamport/return/" + c.id}
}

// iamportReturn is what a page posts, or a redirect.
func (s *kychttpSoak) iamportReturn(f *fakes, c *checkup, seq int, impUID string) *news {
	n := &news{check: c, seq: seq, method: http.MethodGet}
	if c.posts {
		said, err := json.Marshal(map[string]any{"imp_uid": impUID, "merchant_uid": c.id, "success": seq > 0})
		require.NoError(s.t, err)
		n.method, n.path, n.body = http.MethodPost, "/verify/iamport/return/"+c.id, said
		n.header = http.Header{"Content-Type": {"application/json"}, "Sec-Fetch-Site": {"same-origin"}}
		return n
	}
	back, err := f.iamport.ReturnURL(impUID)
	require.NoError(s.t, err)
	n.path = s.requestURI(back)
	return n
}

func (s *kychttpSoak) requestURI(address string) string {
	u, err := url.Parse(address)
	require.NoError(s.t, err)
	return u.RequestURI()
}

func (s *kychttpSoak) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(s.watch, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
