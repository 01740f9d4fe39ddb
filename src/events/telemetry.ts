/**
 * OpenTelemetry, where a service has it: spans for publishing and handling, in the trace that came with the request or the event.
 * Without `@opentelemetry/api` nothing here is loaded, and trace ids are carried on all the same.
 */
import type { Attributes, Span, TextMapGetter } from '@opentelemetry/api';

export interface Tracing {
  /** The traceparent of the active span; undefined where there is none. */
  active(): string | undefined;
  /** Runs `body` in a span of its own: below `traceparent`, else below the active one. */
  span<Result>(
    name: string,
    kind: 'producer' | 'consumer',
    traceparent: string | undefined,
    attributes: Attributes,
    body: () => Promise<Result>,
  ): Promise<Result>;
}

export const noTracing: Tracing = { active: () => undefined, span: (_, __, ___, ____, body) => body() };

const headers: TextMapGetter<Readonly<Record<string, string>>> = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => carrier[key],
};

/**
 * Spans through the service's own OpenTelemetry set-up. Resolves to no tracing where `@opentelemetry/api` is not installed.
 *
 * @example
 * const events = createEvents<Events>({ …, tracing: await openTelemetry() });
 */
export async function openTelemetry(): Promise<Tracing> {
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (api === undefined) return noTracing;
  const { context, propagation, SpanKind, SpanStatusCode, trace } = api;
  const tracer = trace.getTracer('herald-registry/events');
  const traceparentOf = (span: Span): string | undefined => {
    const { traceId, spanId, traceFlags } = span.spanContext();
    const isReal = trace.isSpanContextValid(span.spanContext());
    return isReal ? `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? '01' : '00'}` : undefined;
  };
  return {
    active() {
      const span = trace.getActiveSpan();
      return span === undefined ? undefined : traceparentOf(span);
    },
    span(name, kind, traceparent, attributes, body) {
      const parent =
        traceparent === undefined ? context.active() : propagation.extract(context.active(), { traceparent }, headers);
      const options = { kind: kind === 'producer' ? SpanKind.PRODUCER : SpanKind.CONSUMER, attributes };
      return tracer.startActiveSpan(name, options, parent, async (span) => {
        try {
          return await body();
        } catch (error) {
          // the name alone: a message may quote the event
          span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}
