package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/kyckit/kyckit-go/veriff"
)

// An application may have this for its own services.
func TestMain(m *testing.M) {
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	m.Run()
}

// A collector keeps everything that is exported.
type collector struct {
	tracetest.InMemoryExporter
	metricPrinter // for what a test does not care about

	spans   tracetest.SpanStubs
	metrics []metricdata.Metrics
}

func (c *collector) Shutdown(context.Context) error { return nil } // it would forget all

func (c *collector) Export(_ context.Context, all *metricdata.ResourceMetrics) error {
	for _, scope := range all.ScopeMetrics {
		c.metrics = append(c.metrics, scope.Metrics...)
	}
	return nil
}

// collect runs the checks.
func collect(t *testing.T) (vendors, *collector) {
	t.Helper()
	v, err := startVendors()
	require.NoError(t, err)
	t.Cleanup(v.close)
	c := &collector{}
	require.NoError(t, run(t.Context(), newTelemetry(c, c), v))
	c.spans = c.GetSpans()
	return v, c
}

func TestSpanNames(t *testing.T) {
	_, c := collect(t)
	var names []string
	for _, span := range c.spans {
		name := span.Name
		for _, parent := range c.spans {
			if parent.SpanContext.Equal(span.Parent) {
				name += " < " + parent.Name
			}
		}
		names = append(names, name)
	}
	assert.Equal(t, []string{
		"POST /v1/sessions < check with Veriff",
		"GET /v1/sessions/{id}/decision < POST /webhooks/veriff",
		"POST /webhooks/veriff",
		"GET /v1/sessions/{id}/decision < check with Veriff", // refused with 503
		"GET /v1/sessions/{id}/decision < check with Veriff",
		"check with Veriff",
		"POST /users/getToken",
		"GET /certifications/{imp_uid} < check with Iamport",
		"check with Iamport",
		"POST /v1/oauth2/token",
		"POST /v1/idv/start < check with TomoIDV",
		"POST /v1/idv/result < check with TomoIDV",
		"check with TomoIDV",
	}, names)
}

// secrets are all ids and credentials that were anywhere in the calls, and who
// the people are.
func secrets(t *testing.T, v vendors) []string {
	t.Helper()
	out := []string{v.veriff.APIKey, v.veriff.Secret, v.iamport.APIKey, v.iamport.APISecret, v.tomoidv.ClientID, v.tomoidv.SecretKey,
		"Mirae", "홍미래", "佐藤花子", "1990-01-31"}
	for _, x := range v.veriff.Sessions() {
		out = append(out, x.ID, x.URL, x.VendorData)
	}
	for _, x := range v.iamport.Certifications() {
		out = append(out, x.ImpUID, x.MerchantUID)
	}
	for _, x := range v.tomoidv.Attempts() {
		out = append(out, x.UserID, x.URL, x.PPID)
	}
	for _, r := range v.iamport.Requests() {
		out = append(out, r.Header.Get("Authorization"))
	}
	for _, r := range v.tomoidv.Requests() {
		out = append(out, r.Header.Get("Authorization"))
	}
	for _, r := range v.veriff.Requests() {
		out = append(out, r.Header.Get("X-HMAC-SIGNATURE"))
	}
	out = slices.DeleteFunc(out, func(s string) bool { return s == "" }) // getToken has no Authorization
	require.Greater(t, len(out), 20)
	return out
}

func TestNothingTellsWho(t *testing.T) {
	v, c := collect(t)
	all := fmt.Sprintf("%+v %+v", c.spans, c.metrics) // names, attributes, events, links, descriptions
	for _, secret := range secrets(t, v) {
		assert.NotContains(t, all, secret)
	}
	for _, span := range c.spans {
		for _, a := range span.Attributes {
			if a.Key == "url.full" {
				assert.Regexp(t, `^http://127\.0\.0\.1:\d+/`, a.Value.AsString(), "what is left of it is an address")
			}
		}
	}
	assert.Equal(t, 9, strings.Count(all, "url.full"), "each client span has one")
}

func TestCallThatFailsTellsNobodyEither(t *testing.T) {
	v, err := startVendors()
	require.NoError(t, err)
	v.close()
	c := &collector{}
	tel := newTelemetry(c, c)
	client, err := veriff.NewClient(v.veriff.APIKey, v.veriff.Secret, veriff.WithBaseURL(v.veriff.URL),
		veriff.WithHTTPClient(tel.client()), veriff.WithMaxAttempts(1))
	require.NoError(t, err)
	const id = "12df6045-3846-3e45-946a-14fa6136d78b"
	_, err = client.Decision(t.Context(), id)
	require.ErrorIs(t, err, veriff.ErrUnavailable)
	require.NoError(t, tel.close(t.Context()))

	all := fmt.Sprintf("%+v %+v", c.GetSpans(), c.metrics)
	assert.Contains(t, all, "connection refused")
	assert.NotContains(t, all, id)
}

// What stands before a vendor may answer with anything, and repeat the request
// where no text belongs.
func TestAnswerThatIsNoHTTPTellsNobodyEither(t *testing.T) {
	for name, answer := range map[string]string{
		"the status":          "HTTP/1.1 %s\r\n\r\n",
		"no HTTP at all":      "%s\r\n",
		"a line of a header":  "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
		"the coding":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n",
		"a line of a trailer": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n%s\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			done := make(chan struct{})
			go func() {
				defer close(done)
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				defer func() { _ = conn.Close() }()
				if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = fmt.Fprintf(conn, answer, "said-"+r.Header.Get("X-Auth-Client")+" "+r.Header.Get("X-Hmac-Signature"))
				}
			}()
			c := &collector{}
			tel := newTelemetry(c, c)
			const key, id = "synthetic-api-key-5150", "12df6045-3846-3e45-946a-14fa6136d78b"
			client, err := veriff.NewClient(key, "synthetic-secret-5150", veriff.WithBaseURL("http://"+listener.Addr().String()),
				veriff.WithHTTPClient(tel.client()), veriff.WithMaxAttempts(1))
			require.NoError(t, err)
			_, err = client.Decision(t.Context(), id)
			require.ErrorIs(t, err, veriff.ErrUnavailable)
			require.NoError(t, listener.Close())
			<-done
			require.NoError(t, tel.close(t.Context()))

			spans := c.GetSpans()
			require.NotEmpty(t, spans)
			assert.Equal(t, codes.Error, spans[0].Status.Code)
			all := fmt.Sprintf("%+v %+v", spans, c.metrics)
			for _, secret := range []string{"said-", key, id} {
				assert.NotContains(t, all, secret)
			}
		})
	}
}

func TestVendorsHearNothingOfTheTrace(t *testing.T) {
	v, _ := collect(t)
	heard := 0
	tell := func(h http.Header) {
		heard++
		assert.Empty(t, h.Values("Traceparent"))
		assert.Empty(t, h.Values("Baggage"))
	}
	for _, r := range v.veriff.Requests() {
		tell(r.Header)
	}
	for _, r := range v.iamport.Requests() {
		tell(r.Header)
	}
	for _, r := range v.tomoidv.Requests() {
		tell(r.Header)
	}
	assert.Equal(t, 9, heard)
}

// A series for each route, method and status: not one for each person.
func TestMetrics(t *testing.T) {
	_, c := collect(t)
	calls := map[string]uint64{}
	for _, m := range c.metrics {
		if m.Name != "http.client.request.duration" {
			continue
		}
		for _, series := range m.Data.(metricdata.Histogram[float64]).DataPoints {
			route, _ := series.Attributes.Value("url.template")
			status, _ := series.Attributes.Value("http.response.status_code")
			calls[route.AsString()+" "+status.String()] += series.Count
		}
	}
	assert.Equal(t, map[string]uint64{
		"/v1/sessions 201":               1,
		"/v1/sessions/{id}/decision 200": 2,
		"/v1/sessions/{id}/decision 503": 1,
		"/users/getToken 200":            1,
		"/certifications/{imp_uid} 200":  1,
		"/v1/oauth2/token 200":           1,
		"/v1/idv/start 200":              1,
		"/v1/idv/result 200":             1,
	}, calls)
}

func TestWhatIsPrinted(t *testing.T) {
	v, err := startVendors()
	require.NoError(t, err)
	t.Cleanup(v.close)
	var out strings.Builder
	require.NoError(t, run(t.Context(), newTelemetry(printers(&out)), v))
	for _, line := range []string{
		"GET /v1/sessions/{id}/decision\n", "check with TomoIDV\n", "http.client.request.duration", " http.response.status_code=503 ",
	} {
		assert.Contains(t, out.String(), line)
	}
	for _, secret := range secrets(t, v) {
		assert.NotContains(t, out.String(), secret)
	}
}

var _ metric.Exporter = (*collector)(nil)
