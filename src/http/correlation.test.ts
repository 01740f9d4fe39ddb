import { expect, test } from 'vitest';
import { traceOf } from './correlation.ts';

const sent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('a trace goes on with a span of our own', () => {
  const { traceId, spanId, traceparent } = traceOf(sent);
  expect(traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(traceparent).toBe(`00-${traceId}-${spanId}-01`);
  expect(spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(spanId).not.toBe('00f067aa0ba902b7');
});

test.each([
  ['nothing', null],
  ['no trace context', 'hello'],
  ['version ff', sent.replace(/^00/, 'ff')],
  ['a trace id of zeros', sent.replace(/4bf9\w+/, '0'.repeat(32))],
  ['a span id of zeros', sent.replace(/00f067aa0ba902b7/, '0'.repeat(16))],
  ['capitals', sent.toUpperCase()],
  ['a line more', `${sent}\nx: y`],
])('%s begins a trace', (_, given) => {
  const { traceId, traceparent } = traceOf(given);
  expect(traceId).not.toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});
