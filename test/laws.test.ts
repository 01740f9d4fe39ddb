/** The laws that crash and contention are judged by: each is shown content that keeps it and content that breaks it alone. */
import { describe, expect, test } from 'vitest';

interface Version {
  readonly subject: string;
  readonly number: number;
  readonly id: number;
  readonly fingerprint: string;
}

interface Evidence {
  readonly acknowledged: readonly Version[];
  readonly content: {
    readonly subjects: readonly {
      readonly name: string;
      readonly latest: number;
      readonly versions: readonly Version[];
    }[];
    readonly announcements: readonly { readonly subject: string; readonly data: object }[];
    readonly audit: object;
    readonly audited: readonly object[];
    readonly delivered: readonly number[];
  };
  readonly received: readonly { readonly type: string; readonly sequence: string; readonly data: object }[];
}

type Laws = Readonly<Record<string, (evidence: Evidence) => readonly string[]>>;

const scripts = new URL('../scripts/proof/', import.meta.url).href;
// JavaScript without declarations: what it exports is stated here
const { laws, lawsOfRest } = (await import(`${scripts}laws.mjs`)) as { readonly laws: Laws; readonly lawsOfRest: Laws };
const all: Laws = { ...laws, ...lawsOfRest };

const first = { subject: 'a', number: 1, id: 1, fingerprint: 'f1' };
const second = { subject: 'a', number: 2, id: 2, fingerprint: 'f2' };
const said = ({ subject, number, id, fingerprint }: Version) => ({
  subject,
  data: { number, schemaId: id, fingerprint },
});
const heard = (version: Version) => ({
  type: 'herald.version.registered.v1',
  sequence: String(version.number).padStart(20, '0'),
  data: { subject: version.subject, ...said(version).data },
});
const recorded = ({ subject, number, id }: Version) => ({ subject, number, id });

/** Content of these versions of one subject, everything about them in order. */
function kept(...versions: readonly Version[]): Evidence {
  return {
    acknowledged: versions,
    content: {
      subjects: [{ name: 'a', latest: versions.length, versions }],
      announcements: versions.map(said),
      audit: { intact: true },
      audited: versions.map(recorded),
      delivered: versions.map(({ number }) => number),
    },
    received: versions.map(heard),
  };
}

const whole = kept(first, second);
const but = (content: Partial<Evidence['content']>): Evidence => ({
  ...whole,
  content: { ...whole.content, ...content },
});
const subject = (latest: number, ...versions: readonly Version[]) => [{ name: 'a', latest, versions }];

/** A row is content that breaks a law, by the law it breaks. */
const breaches: Readonly<Record<string, Evidence>> = {
  'an acknowledged version is stored with its number, id and fingerprint': {
    ...whole,
    acknowledged: [{ ...first, id: 7 }],
  },
  'numbers of a subject are 1, 2, 3 … up to its latest': but({ subjects: subject(3, first, second) }),
  'a subject has a content once': kept(first, { ...second, id: 1, fingerprint: 'f1' }),
  'one content has one id, one id one content': kept(first, { ...second, id: 1 }),
  'a version has one outbox row': but({ announcements: [said(first), said(second), said(second)] }),
  'an outbox row has its version': but({ subjects: subject(1, first) }),
  'of one subject announcements are in the order of its numbers': but({ announcements: [said(second), said(first)] }),
  'a version is on record once, and nothing else is': but({ audited: [recorded(first)] }),
  'the chain of the audit log is whole': but({ audit: { intact: false, sequence: 1, problem: 'missing' } }),
  'what was announced is stored': { ...whole, received: [...whole.received, heard({ ...second, number: 3 })] },
  'what counts as delivered was received': { ...whole, received: [heard(first)] },
  'a version was announced': { ...whole, received: [heard(first)] },
};

describe('a law of content', () => {
  test('has a breach', () => expect(Object.keys(breaches).sort()).toEqual(Object.keys(all).sort()));

  test.each(Object.keys(all))('“%s” holds where everything is in order', (law) => expect(all[law]!(whole)).toEqual([]));

  test.each(Object.entries(breaches))('“%s” is broken where it is', (law, evidence) =>
    expect(all[law]!(evidence)).not.toEqual([]),
  );
});
