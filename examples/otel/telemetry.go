package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// A telemetry is where traces and metrics go.
type telemetry struct {
	traces  *sdktrace.TracerProvider
	metrics *metric.MeterProvider
}

// newTelemetry sends to these exporters, in production by OTLP and in batches
// (WithBatcher).
func newTelemetry(spans sdktrace.SpanExporter, series metric.Exporter) *telemetry {
	self := resource.NewSchemaless(semconv.ServiceName("onboarding"))
	return &telemetry{
		traces:  sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans), sdktrace.WithResource(self)),
		metrics: metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(series)), metric.WithResource(self)),
	}
}

func (t *telemetry) close(ctx context.Context) error {
	return errors.Join(t.traces.Shutdown(ctx), t.metrics.Shutdown(ctx))
}

// span is one of the application's own. What is called with its context is below
// it. The id of a check stays out, like those of the vendors.
func (t *telemetry) span(ctx context.Context, name string, do func(context.Context) error) error {
	ctx, span := t.traces.Tracer("onboarding").Start(ctx, name)
	defer span.End()
	err := do(ctx)
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	return err
}

// client is for the option WithHTTPClient of any of the three packages. They
// use it for each attempt, so a call that was repeated is several spans. An
// access token is asked for once for all who wait for it, in a trace of its own.
func (t *telemetry) client() *http.Client {
	return &http.Client{Transport: otelhttp.NewTransport(withoutIDs{http.DefaultTransport},
		otelhttp.WithTracerProvider(t.traces),
		otelhttp.WithMeterProvider(t.metrics),
		// The packages put the route's template into Pattern, so that there is
		// one name for all certifications and not one for each.
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + r.Pattern }),
		// The vendor gets neither the trace's id nor, worse, its baggage,
		// whatever the application has set for its own services.
		otelhttp.WithPropagators(nothing()),
	)}
}

// handler is for requests whose path tells nobody anything, such as a webhook's:
// the span has url.path as it came. A return route with a check's id in its path
// and an imp_uid or a token in its query is better left without a span.
func (t *telemetry) handler(handler http.Handler) http.Handler {
	return otelhttp.NewHandler(handler, "",
		otelhttp.WithTracerProvider(t.traces),
		otelhttp.WithMeterProvider(t.metrics),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Pattern }),
		otelhttp.WithPropagators(nothing()), // anybody can send a webhook's headers
	)
}

func nothing() propagation.TextMapPropagator { return propagation.NewCompositeTextMapPropagator() }

// withoutIDs stands right below otelhttp, which has just put url.full on the
// span, with whatever id the path has: a session's, or an imp_uid, by which a
// person can be found. A later value of an attribute takes the place of an
// earlier one, so the template takes the place of the path. The metrics get the
// template too: they have nothing of the path.
type withoutIDs struct{ base http.RoundTripper }

func (t withoutIDs) RoundTrip(r *http.Request) (*http.Response, error) {
	trace.SpanFromContext(r.Context()).SetAttributes(
		semconv.URLFull(fmt.Sprintf("%s://%s%s", r.URL.Scheme, r.URL.Host, r.Pattern)),
		semconv.URLTemplate(r.Pattern),
	)
	series, _ := otelhttp.ClientLabelerFromContext(r.Context())
	series.Add(semconv.URLTemplate(r.Pattern))
	resp, err := t.base.RoundTrip(r)
	if resp != nil {
		resp.Body = withoutText{resp.Body}
	}
	return resp, unquoted(err)
}

// withoutText is the body of an answer. otelhttp puts the text of an error that
// comes from it on the span, as it does with one of the request.
type withoutText struct{ io.ReadCloser }

func (b withoutText) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	return n, unquoted(err)
}

// unquoted gives an error a text that is fit for a span. That of an operation of
// the network's is. Others may be net/http's about an answer that is no HTTP,
// which quote it, and it may repeat what was sent.
func unquoted(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	text := fmt.Sprintf("%T", err)
	if op, ok := errors.AsType[*net.OpError](err); ok {
		text = op.Error()
	}
	return &unquotedError{text, err}
}

type unquotedError struct {
	text  string
	cause error
}

func (e *unquotedError) Error() string { return e.text }
func (e *unquotedError) Unwrap() error { return e.cause }
