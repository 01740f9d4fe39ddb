import fc from 'fast-check';
import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { durations } from './durations.ts';

const options = {
  name: 'seconds',
  help: 'How long it took.',
  labelNames: ['route', 'status'],
  buckets: [0.001, 0.01, 1],
};

const observation = fc.record({
  route: fc.constantFrom('a', 'b "quoted"'),
  status: fc.constantFrom('200', '404'),
  seconds: fc.oneof(fc.constantFrom(0, 0.001, 0.01, 1), fc.double({ min: 0, max: 3, noNaN: true })),
});

function both(observations: readonly { route: string; status: string; seconds: number }[]) {
  const ours = new Registry();
  const theirs = new Registry();
  const observe = durations(ours, options);
  const histogram = new Histogram({ ...options, registers: [theirs] });
  for (const { route, status, seconds } of observations) {
    observe(seconds, route, status);
    histogram.observe({ route, status }, seconds);
  }
  return { ours, theirs };
}

test('says what the library’s own histogram says, as text and gathered from several processes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(observation), fc.array(observation), async (one, other) => {
      const first = both(one);
      const second = both(other);
      expect(await first.ours.metrics()).toBe(await first.theirs.metrics());
      const gathered = async (which: 'ours' | 'theirs') =>
        AggregatorRegistry.aggregate(
          await Promise.all([first, second].map((each) => each[which].getMetricsAsJSON())),
        ).metrics();
      expect(await gathered('ours')).toBe(await gathered('theirs'));
    }),
  );
});
