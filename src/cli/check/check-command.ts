/** `herald check`: surveys the schemas, holds them against a baseline or a registry, and writes the reports. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import { registryApi } from '../api.ts';
import { type ExitCode, flag, type Input, text, texts } from '../command.ts';
import { withReaders } from '../consumers/readers.ts';
import { readLockfile } from '../generate/lockfile.ts';
import type { Loaded } from '../infer/compiler.ts';
import type { Io } from '../io.ts';
import { type FormatName, formatNames } from '../output/format.ts';
import { loadFormat } from '../output/index.ts';
import { atLeast, type Threshold } from '../output/summary.ts';
import { visible } from '../output/visible.ts';
import { progress } from '../progress.ts';
import { readBaseline } from '../source/baseline.ts';
import type { Collection } from '../source/collection.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { pinnedVersions, withPins } from '../source/pinned-versions.ts';
import { refuseTwice, surveyNotices, surveyWorkspace } from '../source/workspace.ts';
import { exchangedWaivers, excusedByFiles, unsharedNotices } from '../waivers/exchange.ts';
import { limitedWaivers } from '../waivers/too-long.ts';
import type { Beginning } from './beginning.ts';
import { type Baseline, checkWorkspace } from './checking.ts';
import { lockFindings } from './lock-findings.ts';
import type { Proposing } from './propose.ts';
import type { Run } from './run.ts';
import { mergedCauses } from './same-cause.ts';
import { inEnvelopes } from './whole-events.ts';

const thresholds: readonly Threshold[] = ['error', 'warning', 'info'];

export async function runCheckCommand(input: Input, io: Io, beginning: Beginning): Promise<ExitCode> {
  const outputs = outputsOf(input);
  const threshold = thresholds.find((name) => name === (text(input, 'fail-on') ?? 'error'));
  if (!threshold) throw new Fault('USAGE_INVALID', {}, { message: `--fail-on takes ${thresholds.join(', ')}.` });
  const proposing = proposingOf(input);
  const run = await runCheck(input, io, { ...beginning, proposing });
  const all = flag(input, 'all');
  for (const notice of run.notices ?? []) io.err(`herald: ${visible(notice)}\n`);
  for (const { name, file } of outputs) {
    const format = await loadFormat(name);
    const rendered = format.render(run, { color: io.color && file === undefined && name === 'text', all });
    if (file === undefined) io.out(rendered);
    else await writeReport(resolve(io.cwd, file), rendered);
  }
  return exitCode(run, threshold);
}

interface Output {
  readonly name: FormatName;
  /** Standard output where there is none. */
  readonly file?: string;
}

/** One run can be written in several formats: one to standard output, others into files. */
function outputsOf(input: Input): readonly Output[] {
  const asked = input.options.format;
  const outputs = (Array.isArray(asked) ? asked : ['text']).map((given: string): Output => {
    const [name = '', ...rest] = given.split('=');
    const known = formatNames.find((each) => each === name);
    if (!known)
      throw new Fault(
        'USAGE_INVALID',
        {},
        { message: `There is no format "${name}"; there are ${formatNames.join(', ')}.` },
      );
    return { name: known, ...(rest.length > 0 && { file: rest.join('=') }) };
  });
  if (outputs.filter(({ file }) => file === undefined).length > 1)
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: 'Only one format can go to standard output; write others as --format NAME=FILE.' },
    );
  return outputs;
}

async function writeReport(path: string, rendered: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch(() => undefined); // the write says what is wrong
  await writeFile(path, rendered).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new Fault('INPUT_UNREADABLE', { path }, { message: `${path} cannot be written${code}.`, cause });
  });
}

function proposingOf(input: Input): Proposing | undefined {
  const reason = text(input, 'propose');
  const link = text(input, 'link');
  if (reason === undefined && link === undefined) return undefined;
  if (reason === undefined || reason.trim() === '')
    throw new Fault('USAGE_INVALID', {}, { message: 'Say with --propose why the break is meant.' });
  if (text(input, 'registry') === undefined)
    throw new Fault('USAGE_INVALID', {}, { message: 'A proposal is left with a registry: name it with --registry.' });
  return { reason, link };
}

interface Begun extends Beginning {
  readonly proposing: Proposing | undefined;
}

async function runCheck(input: Input, io: Io, { proposing, blobs, ...begun }: Begun): Promise<Run> {
  const against = text(input, 'against');
  const compiler = flag(input, 'types') ? await compilerFor(io, against) : undefined;
  const isRemote = text(input, 'registry') !== undefined;
  const paths = await begun.paths();
  const tree = folderTree(io.cwd, 'the working folder', { blobs });
  const today = new Date(io.now()).toISOString().slice(0, 10);
  const surveyed = await surveyWorkspace(tree, paths, moduleRunner(io.cwd));
  refuseTwice(surveyed);
  const { collections: limited, findings: tooLong } = limitedWaivers(surveyed, today);
  const consumers = texts(input, 'consumers');
  const readings =
    consumers.length > 0 ? await (await import('../consumers/files.ts')).readConsumerFiles(io, consumers) : [];
  const { collections, notices: unchecked } = withReaders(limited, readings);
  const notices = [...(await surveyNotices(tree, paths, collections)), ...unchecked];
  const pinned = await lockFindings(io.cwd, isRemote ? registryApi(input, io) : undefined);
  const bar = progress(io, 'Checking');
  try {
    const baseline = begun.baseline && (await readBaseline(await begun.baseline()));
    if (isEmpty([...collections, ...(baseline?.collections ?? [])]) && (await readLockfile(io.cwd)) === undefined)
      throw new Fault(
        'INPUT_UNREADABLE',
        {},
        {
          message: `There is no schema at ${paths.join(', ')}${baseline ? `, neither here nor in ${baseline.name}` : ''}.`,
        },
      );
    const asked = isRemote || io.env.HERALD_URL !== undefined ? registryApi(input, io) : undefined;
    const shared = await exchangedWaivers(against === undefined && !isRemote ? undefined : asked, collections);
    const pins = isRemote
      ? undefined
      : await pinnedVersions(io, asked, shared.collections, baseline?.collections ?? []);
    const pinnedNow = withPins(shared.collections, pins);
    const pinnedBefore = baseline && { ...baseline, collections: withPins(baseline.collections, pins) };
    const checked = isRemote
      ? await (await import('./checking-remote.ts')).checkWithRegistry(registryApi(input, io), shared.collections, {
          baseline,
          today,
          onProgress: bar.step,
        })
      : checkWorkspace(pinnedNow, pinnedBefore, { today, all: flag(input, 'all'), onProgress: bar.step });
    const run = excusedByFiles(checked, collections, today);
    notices.push(...(pins?.notices ?? []), ...shared.notices, ...unsharedNotices(run, collections, shared.registered));
    if (!isRemote && run.findings.some(({ finding }) => finding.lowered !== undefined)) notices.push(loweredHere);
    if (proposing) bar.done();
    const proposals =
      proposing && (await (await import('./propose.ts')).propose(registryApi(input, io), run, collections, proposing));
    for (const { subject, outcome, page } of proposals ?? [])
      io.err(`herald: ${visible(`${subject}: ${outcome}${page === undefined ? '' : ` at ${page}`}`)}\n`);
    const shown = flag(input, 'envelope') ? inEnvelopes(run, collections) : run;
    const prefix = await begun.prefix();
    const findings = mergedCauses([...shown.findings, ...tooLong, ...pinned], collections);
    const types = compiler && pinnedBefore && (await typesOf(pinnedNow, pinnedBefore, compiler));
    return { ...shown, findings, notices, prefix, ...(proposals && { proposals }), ...(types && { types }) };
  } finally {
    bar.done();
  }
}

/** Asked for before anything is checked: what is missing is said whatever the change is. */
async function compilerFor(io: Io, against: string | undefined): Promise<Loaded> {
  if (against === undefined)
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: '--types compares with the types of the files at a git ref or in a folder: name it with --against.' },
    );
  const { loadCompiler } = await import('../infer/compiler.ts');
  return loadCompiler(io.cwd, 'herald check --types');
}

async function typesOf(collections: readonly Collection[], baseline: Baseline, compiler: Loaded) {
  const { changedTypes } = await import('./changed-types.ts');
  return changedTypes(collections, baseline, compiler);
}

const loweredHere =
  'Breaks count here by the readers that contracts and files name; a registry may know more of them, and counts those too: ask it with --registry.';

function isEmpty(collections: readonly Collection[]): boolean {
  return collections.every(({ definitions, unreadable }) => definitions.length + unreadable.length === 0);
}

/** Findings come before doubt: a break that is proved is exit 1 even where something else could not be decided. */
function exitCode(run: Run, threshold: Threshold): ExitCode {
  const failing = run.findings.filter(({ finding }) => atLeast(finding, threshold));
  if (failing.some(({ finding }) => finding.kind === 'schema')) return 2;
  const doubtful = failing.filter(({ finding }) => finding.effect === 'undecided');
  if (failing.length > doubtful.length) return 1;
  return run.undecided ? 3 : 0;
}
