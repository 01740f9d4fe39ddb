/** The reports that other programs read, held against what those programs publish about their format. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckFinding } from '../src/check/report.ts';
import type { Placed, Run } from '../src/cli/check/run.ts';
import { allFormats } from '../src/cli/output/index.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { compileValidator } from '../src/schema/validator.ts';

const nasty = '"<b>|`]]> ::error::\n\n# @all #1 & www.evil.example, 100% \u0001 ☃';

function finding(more: Partial<CheckFinding> = {}): CheckFinding {
  return {
    kind: 'compatibility',
    rule: 'TYPE_REPLACED',
    severity: 'error',
    message: `/a: ${nasty}`,
    hint: 'Add a property beside it.',
    params: {},
    fingerprint: 'f'.repeat(64),
    witness: {
      value: { a: nasty },
      confirmedBy: ['herald', 'ajv'],
      rejection: { instancePointer: '/a', keyword: 'type', schemaPointer: '/properties/a/type', params: {} },
    },
    ...more,
  };
}

const formats = await allFormats();

function placed(more: Partial<CheckFinding> = {}, at: Partial<Placed> = {}): Placed {
  return {
    catalog: 'shop',
    subject: 'order.placed',
    file: 'schemas/a b#1,%.json',
    place: { line: 3, column: 5 },
    finding: finding(more),
    ...at,
  };
}

const waiver = { id: '1', author: 'ada', reason: 'agreed', expires: '2027-01-01' };

const run: Run = {
  baseline: 'main (1234567)',
  prefix: 'services/orders/',
  files: [
    { catalog: 'shop', subject: 'order.placed', file: 'schemas/a b#1,%.json' },
    { catalog: 'shop', subject: 'order.paid', file: 'schemas/order.paid.json' },
  ],
  findings: [
    placed(),
    placed({ rule: 'WAIVED', waiver }),
    placed({ rule: 'OLDER', severity: 'warning', preexisting: true }),
    placed({ rule: 'NOTE', severity: 'info' }),
    placed(
      { rule: 'FILE_UNREADABLE', kind: 'schema' },
      { subject: 'order.lost', file: '../lost/order.lost.json', place: { line: 1, column: 1 } },
    ),
  ],
  rules: [],
  undecided: false,
};

const empty: Run = { ...run, findings: [] };

function render(name: string, of: Run, all = false): string {
  return formats.find((format) => format.name === name)!.render(of, { color: false, all });
}

interface Result {
  readonly ruleId: string;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
  }[];
}

describe('sarif', () => {
  const parsed = parseSchema({
    text: readFileSync(new URL('cases/formats/sarif-2.1.0.schema.json', import.meta.url), 'utf8'),
  });
  const compiled = parsed.ok ? compileValidator(parsed.document) : parsed;
  const refusals = (value: unknown) => {
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    return compiled.validator.validate(value as never);
  };

  it.each([
    ['findings of this change', run, false],
    ['all findings', run, true],
    ['nothing', empty, false],
    ['no baseline', { ...run, baseline: undefined }, true],
  ])('with %s is valid against the published schema', (_, of, all) => {
    expect(refusals(JSON.parse(render('sarif', of, all)))).toEqual([]);
  });

  it('is refused by that schema where it is wrong, so that the test above can fail', () => {
    const log = JSON.parse(render('sarif', run));
    log.runs[0].results[0].level = 'blocker';
    expect(refusals(log)).not.toEqual([]);
  });

  it('leads to the file from the root of the repository, as a URI', () => {
    const [first, second] = JSON.parse(render('sarif', run)).runs[0].results.map(
      (result: Result) => result.locations[0]!.physicalLocation,
    );
    expect(first.artifactLocation.uri).toBe('services/lost/order.lost.json');
    expect(second.artifactLocation.uri).toBe('services/orders/schemas/a%20b%231%2C%25.json');
    expect(second.region).toEqual({ startLine: 3, startColumn: 5 });
  });

  it('keeps waived findings as suppressed ones, and says which were there before', () => {
    const results = JSON.parse(render('sarif', run, true)).runs[0].results;
    const byRule = new Map(results.map((result: Result) => [result.ruleId, result]));
    expect(byRule.get('WAIVED')).toMatchObject({ suppressions: [{ status: 'accepted', justification: 'agreed' }] });
    expect(byRule.get('OLDER')).toMatchObject({ baselineState: 'unchanged' });
    expect(byRule.get('TYPE_REPLACED')).toMatchObject({ baselineState: 'new' });
  });
});

/** A row is an element of junit-4.xsd (Jenkins): its attributes, those it must have, and what may stand in it, in order. */
const junitElements: Readonly<Record<string, { must: string[]; may: string[]; holds: string[]; text?: true }>> = {
  testsuites: { must: [], may: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'], holds: ['testsuite'] },
  testsuite: {
    must: ['name', 'tests'],
    may: ['failures', 'errors', 'time', 'disabled', 'skipped', 'timestamp', 'hostname', 'id', 'package'],
    holds: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    must: ['name'],
    may: ['assertions', 'time', 'classname', 'status'],
    holds: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  failure: { must: [], may: ['type', 'message'], holds: [], text: true },
  error: { must: [], may: ['type', 'message'], holds: [], text: true },
};

/** What is wrong with the XML, by the table above; throws where it is no well-formed XML of elements and text. */
function junitFlaws(text: string): string[] {
  const flaws: string[] = [];
  const open: { name: string; held: string[] }[] = [];
  const body = text.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '');
  const piece = /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<>]+)/y;
  for (let at = 0; at < body.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const match = piece.exec(body);
    if (!match) throw new Error(`not well-formed at ${body.slice(at, at + 40)}`);
    const [, closing, name, attributes = '', single, content] = match;
    if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(attributes + (content ?? ''))) throw new Error('a bare ampersand');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has none of them
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(match[0])) throw new Error('a control character');
    if (name === undefined) {
      if (content?.trim() && !junitElements[open.at(-1)?.name ?? '']?.text) flaws.push(`text: ${content.trim()}`);
    } else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`);
    } else {
      const row = junitElements[name];
      const given = [...attributes.matchAll(/ ([\w-]+)=/g)].map(([, key]) => key!);
      const parent = open.at(-1);
      const order = junitElements[parent?.name ?? '']?.holds ?? (parent ? [] : ['testsuites']);
      if (!row || !order.includes(name)) flaws.push(`<${name}> in <${parent?.name}>`);
      if (parent?.held.some((other) => order.indexOf(other) > order.indexOf(name))) flaws.push(`<${name}> too late`);
      parent?.held.push(name);
      flaws.push(...(row?.must.filter((key) => !given.includes(key)) ?? []).map((key) => `${name} without ${key}`));
      flaws.push(
        ...given
          .filter((key) => ![...(row?.must ?? []), ...(row?.may ?? [])].includes(key))
          .map((key) => `${name} ${key}`),
      );
      if (!single) open.push({ name, held: [] });
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return flaws;
}

describe('junit', () => {
  it.each([
    ['findings', run],
    ['nothing', empty],
    ['no file', { ...empty, files: [] }],
  ])('with %s has the structure that Jenkins publishes', (_, of) => {
    expect(junitFlaws(render('junit', of))).toEqual([]);
  });

  it('differs from what has another structure, so that the test above can fail', () => {
    expect(junitFlaws('<testsuites><testsuite name="a" line="1"><failure/></testsuite></testsuites>')).toEqual([
      'testsuite without tests',
      'testsuite line',
      '<failure> in <testsuite>',
    ]);
    expect(() => junitFlaws('<testsuites>&</testsuites>')).toThrow();
  });

  it('counts a break as failed and an unreadable file as in error', () => {
    const text = render('junit', run);
    expect(text).toContain('<testsuites name="herald check" tests="3" failures="1" errors="1">');
    expect(text).toContain('name="order.paid"/>');
    expect(text).toMatch(/name="order.lost">\s*<error type="FILE_UNREADABLE"/);
  });
});

describe('github', () => {
  it('is one command a line, whatever the names hold', () => {
    const lines = render('github', run).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(
      '::error file=services/orders/schemas/a b#1%2C%25.json,line=3,col=5,title=TYPE_REPLACED::' +
        '/a: "<b>|`]]> ::error::%0A%0A# @all #1 & www.evil.example, 100%25 \u0001 ☃%0AWitness: ' +
        `${JSON.stringify({ a: nasty }).replaceAll('%', '%25')}%0AAdd a property beside it.%0A`,
    );
    expect(lines.slice(2)).toEqual([
      '2 schemas, against main (1234567), 2 errors, 0 warnings, 1 waived',
      '1 older finding not shown; --all shows everything',
    ]);
  });
});

describe('every format', () => {
  const broken = placed({
    breaks: { closed: ['forward'], open: ['forward', 'backward'] },
    consumers: ['billing', 'shipping'],
    successor: 'order.placed.v2',
    fingerprint: 'f'.repeat(64),
  });
  const only = { ...run, findings: [broken] };

  it.each(formats.map(({ name }) => name))(
    '%s names whom a break hits, its fingerprint, how to waive it and where to read on',
    (name) => {
      const text =
        name === 'markdown'
          ? render(name, only).replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
          : render(name, only);
      const wanted = [
        'billing',
        'shipping',
        'order.placed.v2',
        'f'.repeat(64),
        `herald waive shop/order.placed ${'f'.repeat(64)}`,
        'herald explain TYPE_REPLACED',
      ];
      for (const part of wanted) expect(text).toContain(part);
    },
  );

  it('says nothing of waivers for files under no catalog', () => {
    for (const { name } of formats)
      expect(render(name, { ...run, findings: [{ ...broken, catalog: 'none' }] })).not.toContain('herald waive');
  });

  it('describes each rule in SARIF', () => {
    const [rule] = JSON.parse(render('sarif', only)).runs[0].tool.driver.rules;
    expect(rule.shortDescription.text).toContain('types accepted before and now exclude each other');
    expect(rule.help.text).toContain('herald explain TYPE_REPLACED');
    expect(rule.helpUri).toBe('urn:herald:rule:TYPE_REPLACED');
  });
});

describe('gitlab', () => {
  it('has what a code-quality report must have, and fingerprints of its own for each subject', () => {
    const issues = JSON.parse(render('gitlab', run, true));
    for (const issue of issues)
      expect(issue).toEqual({
        description: expect.any(String),
        check_name: expect.any(String),
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        severity: expect.stringMatching(/^(info|minor|major|critical|blocker)$/),
        location: { path: expect.not.stringMatching(/^\.?\//), lines: { begin: expect.any(Number) } },
      });
    expect(issues[0].location.path).toBe('services/lost/order.lost.json');
    const of = (subject: string, catalog: string) =>
      JSON.parse(render('gitlab', { ...run, findings: [placed({}, { subject, catalog })] }))[0].fingerprint;
    expect(new Set([of('a', 'x'), of('b', 'x'), of('a', 'y')]).size).toBe(3);
    expect(of('a', 'x')).toBe(of('a', 'x'));
  });
});

describe('markdown', () => {
  it('lets no name become markup, a mention, a link or a reference', () => {
    const text = render('markdown', { ...run, findings: [placed({ witness: undefined } as object)] });
    const line = text.split('\n').find((each) => each.startsWith('- **error**'))!;
    expect(line).not.toMatch(/<b>|@all|#1 |www\.|::|\||\]\]/);
    expect(line.match(/`/g)).toHaveLength(2); // those around the rule
    expect(text.split('\n').filter((each) => /^\s*#/.test(each))).toEqual(['### ❌ Herald refuses this change']);
  });

  it('keeps an event inside its block', () => {
    const text = render('markdown', {
      ...run,
      findings: [placed({ witness: { ...finding().witness!, value: '```\n# Hi' } })],
    });
    expect(text.match(/```/g)).toHaveLength(2);
  });

  it('is no longer than a comment may be', () => {
    const findings = Array.from({ length: 2_000 }, () => placed());
    const text = render('markdown', { ...run, findings });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/… and \d+ more\.\n$/);
  });
});
