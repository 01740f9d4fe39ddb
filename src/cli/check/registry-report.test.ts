import { describe, expect, it } from 'vitest';
import { check } from '../../check/check.ts';
import { emptyHistory } from '../../check/input.ts';
import { noNeighbours } from '../../policy/rule.ts';
import { catalogShape } from '../../schema/catalog.ts';
import { asJson, isRecord } from '../../schema/json.ts';
import { registryLimits } from '../../schema/limits.ts';
import { isFinding, isReport } from './registry-report.ts';

const catalog = catalogShape.parse({
  name: 'shop',
  title: 'Shop',
  names: { segments: [{ name: 'domain', style: 'snake' }], major: 'optional' },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public'] },
});

/** As it arrives: through text. */
const answered = asJson(
  check(
    { subject: 'order', source: { value: { type: 'object', properties: { a: { type: 'strnig' } } } } },
    emptyHistory,
    { catalog, waivers: [], neighbours: noNeighbours, limits: registryLimits, today: '2026-06-01' },
  ).report,
);

function withMember(value: unknown, name: string, member: unknown): unknown {
  if (!isRecord(value)) throw new Error('is an object');
  return { ...value, [name]: member };
}

describe('a report that a registry answers', () => {
  it('is one where a check made it', () => {
    expect(isReport(answered)).toBe(true);
  });

  it.each([
    ['reportVersion', 2],
    ['subject', undefined],
    ['verdict', 'fine'],
    ['change', 'huge'],
    ['findings', {}],
    ['findings', [{ rule: 'X' }]],
    ['worlds', null],
    ['compared', 'none'],
    ['gate', {}],
  ])('is none where its %s is %j', (name, member) => {
    expect(isReport(withMember(answered, name, member))).toBe(false);
  });

  it.each([[undefined], [null], ['report'], [[]]])('is not %j', (value) => {
    expect(isReport(value)).toBe(false);
  });
});

describe('a finding of one', () => {
  const finding = isReport(answered) ? answered.findings[0] : undefined;

  it('is one where a check made it', () => {
    expect(isFinding(finding)).toBe(true);
  });

  it.each([
    ['kind', 'guess'],
    ['severity', 'fatal'],
    ['message', 7],
    ['params', []],
    ['hint', {}],
    ['witness', 'an event'],
  ])('is none where its %s is %j', (name, member) => {
    expect(isFinding(withMember(finding, name, member))).toBe(false);
  });
});
