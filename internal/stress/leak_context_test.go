package stress_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kyckit/kyckit-go/iamport"
	"github.com/kyckit/kyckit-go/iamport/iamporttest"
	"github.com/kyckit/kyckit-go/kyc"
	"github.com/kyckit/kyckit-go/kyc/kychttp"
	"github.com/kyckit/kyckit-go/veriff"
	"github.com/kyckit/kyckit-go/veriff/verifftest"
)

// A witness prints the contexts that it meets, and what the goroutines do then.
type witness struct {
	mu  sync.Mutex
	met map[string]string
}

func (w *witness) see(where string, ctx context.Context) {
	var dump bytes.Buffer
	for _, detail := range []int{1, 2} { // labels, and stacks with arguments
		_ = pprof.Lookup("goroutine").WriteTo(&dump, detail)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.met == nil {
		w.met = map[string]string{}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		w.met[where+" under "+verb] = fmt.Sprintf(verb, ctx)
	}
	w.met[where+", the goroutines"] = dump.String()
}

// seeing has a witness look at each request that is under way.
type seeing struct {
	*witness
	http.RoundTripper
}

func (s seeing) RoundTrip(r *http.Request) (*http.Response, error) {
	s.see("a request", r.Context())
	return s.RoundTripper.RoundTrip(r)
}

func (w *witness) Get(ctx context.Context, _ string) (string, error) {
	w.see("a token store's Get", ctx)
	return "", nil
}

func (w *witness) Set(ctx context.Context, _, _ string, _ time.Duration) error {
	w.see("a token store's Set", ctx)
	return nil
}

func (*witness) Enabled(context.Context, slog.Level) bool { return true }

func (w *witness) Handle(ctx context.Context, _ slog.Record) error {
	w.see("a log", ctx)
	return nil
}

func (w *witness) WithAttrs([]slog.Attr) slog.Handler { return w }
func (w *witness) WithGroup(string) slog.Handler      { return w }

// No context that a package gives to somebody, no label and no stack has a
// secret in it.
func TestNoContextShowsWhatIsSent(t *testing.T) {
	for vendorName, v := range vendors {
		if v.optional() {
			continue
		}
		for name, c := range v.calls {
			cell(t, vendorName+"/"+name, func(t *testing.T) {
				w, seen := v.open(t), &witness{}
				do := c.prepare(t, w)
				network := newNetwork(t, inMemory(t), w, c.route, &fault{})
				client, err := w.connect(seeing{seen, network}, network.url(), slog.New(seen))
				require.NoError(t, err)
				require.NoError(t, do(t.Context(), client))
				synctest.Wait()
				network.CloseIdleConnections()
				require.NotEmpty(t, seen.met)
				assertShowsNone(t, name, seen.met, w.secrets)
			})
		}
	}
}

func TestNoContextOfACallbackShowsWhatIsKnown(t *testing.T) {
	seen := &witness{}
	srv := verifftest.NewServer(t, verifftest.WithoutListener())
	client, err := veriff.NewClient(srv.APIKey, srv.Secret, veriff.WithBaseURL(srv.URL), veriff.WithHTTPClient(&http.Client{Transport: srv.RoundTripper()}))
	require.NoError(t, err)
	verifier, err := veriff.NewVerifier(srv.APIKey, srv.Secret, veriff.WithLogger(slog.New(seen)))
	require.NoError(t, err)
	handler, err := veriff.NewWebhookHandler(verifier, func(ctx context.Context, _ veriff.Webhook) error {
		seen.see("a webhook's callback", ctx)
		return nil
	}, veriff.ConfirmWith(client))
	require.NoError(t, err)
	provider, err := builders["veriff"].provider(&world{fake: srv}, client)
	require.NoError(t, err)
	store := kychttp.NewMemoryStore()
	service, err := kychttp.New(kychttp.Config{
		Providers: []kyc.Provider{provider}, Store: store, BaseURL: "https://shop.example/verify", Logger: slog.New(seen),
		Begin: func(r *http.Request, _ string) (*kyc.StartRequest, error) { return nil, nil },
		Owns:  func(*http.Request, string) bool { return true },
		OnResult: func(ctx context.Context, _ *kyc.Check, _, _ *kyc.Result) error {
			seen.see("OnResult", ctx)
			return nil
		},
	})
	require.NoError(t, err)
	check, err := provider.Start(t.Context(), &kyc.StartRequest{Reference: account, Hints: hints})
	require.NoError(t, err)
	require.NoError(t, store.Create(t.Context(), &kychttp.Record{Check: *check, Started: true, Open: true, AskedAt: time.Unix(1, 0)}))
	srv.DeliverTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		assert.NoError(t, service.Refresh(r.Context(), 0))
	}), verifftest.DecisionWebhook)
	require.NoError(t, srv.Submit(check.VendorID))
	require.NoError(t, srv.Approve(check.VendorID, verifftest.Person{FirstName: "Mirae-Baeksu", IDNumber: "900301-2000007"}))

	shared, tokens := &witness{}, iamporttest.NewServer(t, iamporttest.WithoutListener())
	merchant, err := iamport.NewClient(tokens.APIKey, tokens.APISecret, iamport.WithBaseURL(tokens.URL), iamport.WithTokenStore(shared),
		iamport.WithHTTPClient(&http.Client{Transport: tokens.RoundTripper()}))
	require.NoError(t, err)
	_, err = merchant.Certification(t.Context(), "imp_1")
	require.ErrorIs(t, err, iamport.ErrNotFound)
	shared.mu.Lock()
	defer shared.mu.Unlock()

	for _, where := range []string{"a webhook's callback", "OnResult"} {
		assert.NotEmpty(t, seen.met[where+" under %v"], where)
	}
	assert.NotEmpty(t, shared.met["a token store's Get under %v"])
	secrets := []string{srv.APIKey, srv.Secret, check.ID, check.VendorID, check.URL, account, "Mirae-Baeksu", "900301-2000007", tokens.APIKey, tokens.APISecret}
	assertShowsNone(t, "the vendor", seen.met, secrets)
	assertShowsNone(t, "the store", shared.met, append(secrets, strings.TrimPrefix(tokens.Requests()[1].Header.Get("Authorization"), "Bearer ")))
}
