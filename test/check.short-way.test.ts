/** A check reads and checks again only what it has to. What it says is what it would say if everything were read and checked whole. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '../src/check/check.ts';
import { emptyHistory, type PastVersion } from '../src/check/input.ts';
import { fieldIndex, fieldNames, unchecked } from '../src/check/neighbours.ts';
import { stricterCatalog } from '../src/check/weakening/index.ts';
import { checkWorkspace } from '../src/cli/check/checking.ts';
import { pair } from '../src/cli/check/pairing.ts';
import { type Prepared, prepare } from '../src/cli/check/prepared.ts';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { bundler } from '../src/cli/source/bundle.ts';
import { type Collection, type Located, readableValue } from '../src/cli/source/collection.ts';
import { folderTree } from '../src/cli/source/folder.ts';
import { moduleRunner } from '../src/cli/source/module.ts';
import { surveyWorkspace } from '../src/cli/source/workspace.ts';
import { canonicalize, fingerprint } from '../src/schema/canonical.ts';
import { readContract } from '../src/schema/contract.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import { asJson } from '../src/schema/json.ts';
import { libraryLimits, registryLimits } from '../src/schema/limits.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { changedRepository, type Files } from './support/changed-repository.ts';
import { runGit } from './support/git.ts';
import { testIo } from './support/io.ts';

const today = '2026-06-01';
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-short-'));
  folders.push(folder);
  return folder;
}

function write(folder: string, files: Files): void {
  for (const [path, node] of files) {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    if ('link' in node) symlinkSync(node.link, at);
    else writeFileSync(at, node.text);
  }
}

const env = {
  ...process.env,
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_CONFIG_NOSYSTEM: '1',
};

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env, stdio: 'pipe', encoding: 'utf8' }).trim();
}

/** The base committed on main, and the changed files in the folder. */
function repository(base: Files, now: Files): string {
  const folder = temporary();
  write(folder, base);
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'base');
  for (const path of base.keys()) rmSync(join(folder, path), { force: true });
  write(folder, now);
  return folder;
}

/** `calls`: what git was asked. */
async function checked(cwd: string, args: readonly string[], calls: string[][] = []) {
  const askedGit = (given: readonly string[], input?: string) => {
    calls.push([...given, input ?? '']);
    return runGit(cwd, env, given, input);
  };
  const { io, said } = testIo({ cwd, git: askedGit, now: () => Date.parse(`${today}T12:00:00Z`) });
  const exit = await run(['check', ...args], io, commands, '0.0.0');
  return { exit, ...said };
}

describe('a check against a commit', () => {
  it('says what it says against a copy of the commit', async () => {
    const ways = [
      { at: '.', paths: ['schemas'], more: ['--format', 'json'] },
      { at: '.', paths: ['schemas/shop'], more: ['--all'] },
      { at: 'schemas', paths: ['shop'], more: ['--format', 'sarif'] },
      { at: '.', paths: ['schemas/shop/order.placed.json'], more: ['--format', 'json', '--envelope'] },
    ];
    let clean = 0;
    await fc.assert(
      fc.asyncProperty(changedRepository, fc.constantFrom(...ways), async ({ base, now }, { at, paths, more }) => {
        // a path that a copy has not is taken for the copy of one folder
        fc.pre(paths.every((path) => [...base.keys()].some((file) => `${join(at, file)}/`.includes(`${path}/`))));
        const folder = repository(base, now);
        const past = temporary();
        write(past, base);
        git(past, 'init', '-q'); // links may lead anywhere within a repository
        const cwd = join(folder, at);
        mkdirSync(cwd, { recursive: true });
        const copy = join(past, at);
        const byCommit = await checked(cwd, [...paths, '--against', 'main', ...more]);
        const byCopy = await checked(cwd, [...paths, '--against', `${copy}/`, ...more]);
        const commit = `main (${git(folder, 'rev-parse', 'main').slice(0, 7)})`;
        const named = ({ exit, out, err }: typeof byCommit, name: string) => ({
          exit,
          out: out.replaceAll(name, 'BASE'),
          err: err.replaceAll(name, 'BASE'),
        });
        expect(named(byCommit, commit)).toEqual(named(byCopy, `${copy}/`));
        if (byCommit.exit < 2) clean += 1;
      }),
      { numRuns: 25 },
    );
    expect(clean).toBeGreaterThan(0);
  }, 180_000);

  it('asks git for what changed, and for nothing else', async () => {
    const text = (note: string) => `{"type":"object","properties":{"note":{"type":"${note}"}}}`;
    const base = new Map([
      ['schemas/order.placed.json', { text: text('boolean') }],
      ['schemas/order.paid.json', { text: text('string') }],
    ]);
    const folder = repository(base, new Map([...base, ['schemas/order.paid.json', { text: text('integer') }]]));
    const calls: string[][] = [];
    const { exit, out } = await checked(folder, ['schemas', '--against', 'main'], calls);
    expect({ exit, broken: out.includes('schemas/order.paid.json') }).toEqual({ exit: 1, broken: true });
    const paid = git(folder, 'rev-parse', 'main:schemas/order.paid.json');
    expect(calls.filter((args) => args.includes('cat-file')).map((args) => args.at(-1))).toEqual([`${paid}\n`]);
    expect(calls.length).toBe(4);
  });

  it('finds what lies behind a link that is above the path it was given', async () => {
    const base = new Map([
      ['elsewhere/order.paid.json', { text: '{"type":"object"}' }],
      ['schemas/linked', { link: '../elsewhere' }],
    ]);
    const folder = repository(base, new Map([...base, ['elsewhere/order.paid.json', { text: '{"type":"string"}' }]]));
    const { exit, out } = await checked(folder, ['schemas/linked/order.paid.json', '--against', 'main']);
    expect({ exit, out }).toEqual({ exit: 1, out: expect.stringContaining('TYPE_REPLACED') });
  });

  it('reads what a file refers to beyond the paths it was given', async () => {
    const money = (type: string) => ({ text: `{"$defs":{"sum":{"type":"${type}"}}}` });
    const base = new Map([
      ['schemas/order.paid.json', { text: '{"properties":{"sum":{"$ref":"../shared/money.json#/$defs/sum"}}}' }],
      ['shared/money.json', money('integer')],
    ]);
    const folder = repository(base, new Map([...base, ['shared/money.json', money('string')]]));
    const { exit, out } = await checked(folder, ['schemas', '--against', 'main']);
    expect({ exit, out }).toEqual({ exit: 1, out: expect.stringContaining('TYPE_REPLACED') });
  });

  it('refuses a commit of whose files the content is missing', async () => {
    const base = new Map([['schemas/order.paid.json', { text: '{"type":"object"}' }]]);
    const folder = repository(base, new Map([['schemas/order.paid.json', { text: '{"type":"string"}' }]]));
    const id = git(folder, 'rev-parse', 'main:schemas/order.paid.json');
    rmSync(join(folder, '.git/objects', id.slice(0, 2), id.slice(2)));
    const { exit, err } = await checked(folder, ['schemas', '--against', 'main']);
    expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining(id) });
  });
});

async function survey(folder: string): Promise<readonly Collection[]> {
  return surveyWorkspace(folderTree(folder, folder), ['schemas'], moduleRunner(folder));
}

/** Each event of a collection checked with everything read and parsed for it alone. */
function wholeReports(collection: Collection, past: Collection, all: boolean) {
  const { previous } = pair([collection], [past]);
  const now = prepare(collection);
  const isUnchanged = ({ definition, parsed }: Prepared) => {
    const source = previous.get(definition)?.definition.source;
    const isClosed = parsed.ok && parsed.document.bundle.size === 0;
    return isClosed && source !== undefined && 'text' in source && source.text === definition.text;
  };
  const nothingChanged = now.length === past.definitions.length && now.every(isUnchanged);
  const index = fieldIndex(now);
  const then = fieldIndex(past.definitions.map((one) => unchecked(one.subject, readableValue(one))));
  const { catalog } = stricterCatalog({
    before: past.catalog,
    now: collection.catalog,
    subjects: [...collection.definitions, ...past.definitions].map(({ subject }) => subject),
    baseline: 'base',
    waivers: collection.waivers,
    today,
  });
  const sameCatalog = canonicalize(asJson(catalog)) === canonicalize(asJson(past.catalog));
  const stages = new Map([...collection.deprecations].map(([subject, { stage }]) => [`shop/${subject}`, stage]));
  return now.map(({ subject, definition, document, parsed }) => {
    const old = previous.get(definition)?.definition;
    const names = fieldNames(document.root);
    const neighbours = index.around(subject, names, stages);
    const oldNeighbours = nothingChanged ? neighbours : then.around(subject, names, stages);
    const known = past.deprecations.get(subject);
    const { native } = definition;
    const { report } = check(
      {
        subject,
        source: definition.source,
        // what is no schema is told without what it refers to
        ...(parsed.ok && { bundle: bundler(collection)(definition) }),
        ...(native && { definition: native }),
      },
      {
        ...emptyHistory,
        ...(known?.stage === 'retired' ? known : collection.deprecations.get(subject)),
        versions: old ? versionsOf(old, bundler(past)(old)) : [],
        ...(old && old.subject !== subject && { renamedFrom: old.subject }),
      },
      {
        catalog,
        neighbours,
        before: { catalog: sameCatalog ? catalog : past.catalog, neighbours: oldNeighbours },
        waivers: collection.waivers,
        limits: registryLimits,
        newOnly: !all && !collection.waivers.some((waiver) => waiver.subject === subject),
        today,
      },
    );
    return report;
  });
}

function versionsOf({ source, native }: Located, bundle: ReadonlyMap<string, SchemaDocument>): readonly PastVersion[] {
  const parsed = native
    ? { ok: true as const, document: native.document }
    : parseSchema(source, { limits: libraryLimits, bundle, closed: false });
  if (!parsed.ok) return [];
  const { document } = parsed;
  return [
    {
      number: 1,
      label: '1.0.0',
      fingerprint: native?.fingerprint ?? fingerprint(document.root),
      document,
      ...(native && { definition: native.definition }),
      contract: readContract(document.root).contract,
    },
  ];
}

describe('a check of a workspace', () => {
  it('reports of each event what a check of that event alone with the whole catalog reports', async () => {
    const counts = { settled: 0, changed: 0, found: 0 };
    await fc.assert(
      fc.asyncProperty(changedRepository, fc.boolean(), async ({ base, now }, all) => {
        const [folder, past] = [temporary(), temporary()];
        write(folder, now);
        write(past, base);
        const shopOf = async (at: string) => (await survey(at)).find(({ catalog }) => catalog.name === 'shop')!;
        const [shop, before] = [await shopOf(folder), await shopOf(past)];
        const { files } = checkWorkspace([shop], { name: 'base', collections: [before] }, { today, all });
        expect(files.map(({ report }) => report)).toEqual(wholeReports(shop, before, all));
        for (const { settled, report } of files) {
          if (settled) counts.settled += 1;
          if (report?.change !== 'none') counts.changed += 1;
          counts.found += report?.findings.length ?? 0;
        }
      }),
      { numRuns: 200 },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(50);
  }, 120_000);

  it('takes a file of definitions alone for no event, however their name is spelt', async () => {
    const folder = temporary();
    write(
      folder,
      new Map([
        ['schemas/order.paid.json', { text: '{"type":"object"}' }],
        ['schemas/shared.one.json', { text: '{"$defs":{"sum":{"type":"integer"}}}' }],
        ['schemas/shared.two.json', { text: '{"\\u0024defs":{"sum":{"type":"integer"}}}' }],
        ['schemas/shared.three.json', { text: '{"definitions":{"sum":{"type":"integer"}}}' }],
      ]),
    );
    const subjects = (await survey(folder)).flatMap(({ definitions }) => definitions.map(({ subject }) => subject));
    expect(subjects).toEqual(['order.paid']);
  });
});
