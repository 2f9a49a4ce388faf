package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// printers show in lines what a collector would get. (The exporters in
// go.opentelemetry.io/otel/exporters/stdout write JSON.)
func printers(out io.Writer) (sdktrace.SpanExporter, metric.Exporter) {
	return spanPrinter{out}, metricPrinter{out}
}

type spanPrinter struct{ out io.Writer }

func (p spanPrinter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, span := range spans {
		parent := "begins this trace"
		if span.Parent().IsValid() {
			parent = "below " + span.Parent().SpanID().String()
		}
		_, err := fmt.Fprintf(p.out, "%s\n    %s in trace %s, %s\n    %s\n", span.Name(),
			span.SpanContext().SpanID(), span.SpanContext().TraceID(), parent, attributes(span.Attributes()))
		if err != nil {
			return err
		}
	}
	return nil
}

func (spanPrinter) Shutdown(context.Context) error { return nil }

// attributes are what may hold an id, if anything does.
func attributes(all []attribute.KeyValue) string {
	var b strings.Builder
	for _, a := range all {
		_, _ = fmt.Fprintf(&b, "%s=%s ", a.Key, a.Value.String())
	}
	return strings.TrimSpace(b.String())
}

type metricPrinter struct{ out io.Writer }

func (p metricPrinter) Export(_ context.Context, all *metricdata.ResourceMetrics) error {
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			durations, ok := m.Data.(metricdata.Histogram[float64])
			if !ok { // sizes
				continue
			}
			if _, err := fmt.Fprintf(p.out, "\n%s (%s)\n", m.Name, m.Description); err != nil {
				return err
			}
			for _, series := range durations.DataPoints {
				_, err := fmt.Fprintf(p.out, "    %d in %.4f s: %s\n", series.Count, series.Sum, attributes(series.Attributes.ToSlice()))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (metricPrinter) Temporality(kind metric.InstrumentKind) metricdata.Temporality {
	return metric.DefaultTemporalitySelector(kind)
}

func (metricPrinter) Aggregation(kind metric.InstrumentKind) metric.Aggregation {
	return metric.DefaultAggregationSelector(kind)
}

func (metricPrinter) ForceFlush(context.Context) error { return nil }

func (metricPrinter) Shutdown(context.Context) error { return nil }
