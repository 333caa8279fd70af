package serve

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracer tells a collector of each request. Without tracing it does nothing.
type tracer struct {
	api.Tracer
	end func(context.Context) error
}

// newTracer returns a tracer that sends to the collector that the usual variables of the
// environment name, such as OTEL_EXPORTER_OTLP_ENDPOINT.
func newTracer(ctx context.Context, on bool, version string) (tracer, error) {
	if !on {
		return tracer{noop.NewTracerProvider().Tracer(""), func(context.Context) error { return nil }}, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return tracer{}, err
	}
	about := resource.NewSchemaless(attribute.String("service.name", "eldercare"), attribute.String("service.version", version))
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about))
	return tracer{provider.Tracer("eldercare"), provider.Shutdown}, nil
}

// begin begins a span, below that of the client if it has one. The span knows which address it was,
// and nothing that came in.
func (t tracer) begin(r *http.Request, path string) (*http.Request, api.Span) {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.Start(ctx, methodName(r.Method)+" "+path, api.WithSpanKind(api.SpanKindServer), api.WithAttributes(
		attribute.String("http.request.method", methodName(r.Method)), attribute.String("http.route", path)))
	return r.WithContext(ctx), span
}

// endSpan ends a span with how the request ended.
func endSpan(span api.Span, status int, code string) {
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if code != "" {
		span.SetAttributes(attribute.String("error.type", code))
	}
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, code)
	}
	span.End()
}
