/** The eleven series the documents name, and spans from the request through publisher and handler. */
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, expect, test } from 'vitest';
import { createEvents, memoryStore, openTelemetry } from '../src/events/index.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import { countedGroups } from './support/counted-groups.ts';
import { created, onEachStore, pinnedClient, type SherpaEvents, until } from './support/events.ts';

const client = await pinnedClient('choice-sherpa', ['session.created']);

onEachStore((current) => {
  test('all eleven series count what happened', async () => {
    const { register, bus, producer, close } = await countedGroups(current());
    const { id } = await producer.publish('session.created', created('s'));
    await until('both', async () =>
      (await register.metrics()).includes('events_parked_total{group="bad",type="session.created"} 1'),
    );
    bus.redeliver(id);
    await until('the skips', async () =>
      (await register.metrics()).includes('duplicate_events_skipped_total{group="good",type="session.created"} 1'),
    );
    await producer.transaction((tx) => producer.add(tx, 'session.created', created('waiting')));
    const text = await register.metrics();
    for (const line of [
      'events_published_total{type="session.created"} 1',
      'events_processed_total{group="good",type="session.created"} 1',
      'event_processed{group="good",type="session.created"} 1',
      'event_failed{group="bad",type="session.created"} 2',
      'delivery_failures{group="bad",type="session.created",class="handler"} 2',
      'duplicate_events_skipped_total{group="good",type="session.created"} 1',
      'event_processing_duration_seconds_count{group="good",type="session.created"} 1',
      'event_lag_seconds_count{group="good",type="session.created"} 1',
      'outbox_pending_count 1',
      'consumer_backlog{group="good"} 0',
    ])
      expect(text).toContain(`${line}\n`);
    expect(Number(/^outbox_age_seconds (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
    await close();
  });
});

test('one trace reaches from the request through publisher and broker to the handler and what it publishes', async () => {
  const spans = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const tracing = await openTelemetry();
  const bus = memoryBus();
  const make = (service: string) =>
    createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service, client, bus, tracing });
  let handled: string | undefined;
  await make('dashboard')
    .consumer('g', memoryStore())
    .on('session.created', () => {
      handled = trace.getActiveSpan()?.spanContext().traceId;
    })
    .start();
  const request = trace.getTracer('test').startSpan('POST /sessions');
  await context.with(trace.setSpan(context.active(), request), () =>
    make('session').publish('session.created', created('s')),
  );
  request.end();
  await until('the handler', () => handled !== undefined);
  await until('its span', () => spans.getFinishedSpans().some(({ name }) => name === 'process session.created'));
  const { traceId, spanId } = request.spanContext();
  expect(handled).toBe(traceId);
  const finished = spans.getFinishedSpans();
  const named = (name: string) => finished.find((span) => span.name === name)!;
  expect(named('publish session.created')).toMatchObject({ kind: SpanKind.PRODUCER, parentSpanContext: { spanId } });
  expect(named('process session.created')).toMatchObject({ kind: SpanKind.CONSUMER });
  expect(new Set(finished.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
  expect(bus.published()[0]?.headers['trace-id']).toBe(traceId);
});

afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});
