import { expect, test } from 'vitest';
import { type PagePlan, pageText } from './page.ts';

const plan: PagePlan = {
  catalog: 'shop',
  subject: 'order.placed',
  stage: 'migrating',
  successor: 'order.placed.v2',
  announcedOn: '2026-06-01',
  sunset: '2026-12-31',
  reason: 'a | bar, <script>alert(1)</script>\n# and a heading',
  migration: '[read](javascript:x) `code`',
  entered: {},
  revision: 1,
  revisedAt: '2026-06-01T00:00:00.000Z',
  consumers: [
    { service: 'billing', state: 'pending' },
    { service: 'mail_er', state: 'moved', since: '2026-11-03' },
  ],
  next: { transition: 'retire', blockedBy: ['The sunset is 2026-12-31.'] },
};

test('the page shows each plan in a row and what blocks it', () => {
  const text = pageText([plan], '2026-12-01');
  expect(text).toContain('| 2026-12-31 | 30 | shop/order.placed | migrating | order.placed.v2 | billing |');
  expect(text).toContain('- mail\\_er: moved since 2026-11-03');
  expect(text).toContain('Next: retire, blocked by\n\n- The sunset is 2026-12-31.');
});

test('what people wrote is no markup', () => {
  const text = pageText([plan], '2026-12-01');
  expect(text).toContain('Why: a \\| bar, \\<script\\>alert(1)\\</script\\> \\# and a heading');
  expect(text).toContain('\\[read\\](javascript:x) \\`code\\`');
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual(['# Deprecations', '## shop/order.placed']);
});

test('an empty page says so', () => {
  expect(pageText([], '2026-12-01')).toContain('Nothing is deprecated.');
});
