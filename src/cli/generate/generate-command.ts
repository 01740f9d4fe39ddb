/** `herald generate`: reads schema files and writes what code needs. */
import { resolve } from 'node:path';
import { type ArtifactInput, artifact } from '../../codegen/artifacts.ts';
import { CannotGenerate } from '../../codegen/cannot-generate.ts';
import { Fault } from '../../errors.ts';
import { readContract } from '../../schema/contract.ts';
import { parseSchema } from '../../schema/parse.ts';
import { registryApi } from '../api.ts';
import { type ExitCode, flag, type Input } from '../command.ts';
import type { Io } from '../io.ts';
import { visible } from '../output/visible.ts';
import { bundler } from '../source/bundle.ts';
import type { Collection } from '../source/collection.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { pinnedVersions, withPins } from '../source/pinned-versions.ts';
import { refuseTwice, surveyWorkspace } from '../source/workspace.ts';
import { codeOptionsOf, generatedFiles, outputFolder } from './generated.ts';
import { bringUpToDate, outdated } from './output-folder.ts';

export async function runGenerate(input: Input, io: Io): Promise<ExitCode> {
  const out = outputFolder(input);
  const options = codeOptionsOf(input);
  const paths = await namedPaths(io, input.positionals);
  const tree = folderTree(io.cwd, 'the working folder');
  const surveyed = await surveyWorkspace(tree, paths, moduleRunner(io.cwd));
  refuseTwice(surveyed);
  const pins = await pinnedVersions(
    io,
    io.env.HERALD_URL === undefined ? undefined : registryApi(input, io),
    surveyed,
    [],
  );
  for (const notice of pins.notices) io.err(`herald: ${visible(notice)}\n`);
  const collections = withPins(surveyed, pins);
  const inputs = inputsOf(collections);
  const made = collections.map((each) =>
    generatedFiles(each.catalog, inputs.get(each) ?? [], options, [...inputs.values()].flat()),
  );
  const files = (await Promise.all(made)).flat();
  if (files.length === 0)
    throw new Fault('INPUT_UNREADABLE', {}, { message: `There is no schema at ${paths.join(', ')}.` });
  const folder = resolve(io.cwd, out);
  const changes = await outdated(folder, files);
  const { stale, leftover } = changes;
  if (flag(input, 'check')) {
    for (const path of stale) io.out(`${out}/${path} is stale\n`);
    for (const path of leftover) io.out(`${out}/${path} is of a subject that is not there any more\n`);
    const isCurrent = stale.length + leftover.length === 0;
    const advice = `Run "herald generate ${paths.join(' ')} --out ${out}".\n`;
    io.out(isCurrent ? `${files.length} files are up to date\n` : advice);
    return isCurrent ? 0 : 1;
  }
  await bringUpToDate(folder, files, changes);
  io.out(`${stale.length} of ${files.length} files written to ${out}\n`);
  return 0;
}

interface FileProblem {
  readonly place: string;
  readonly pointer?: string;
  readonly message: string;
}

/** What code is made from. Refused with every file that none can be made from. */
function inputsOf(collections: readonly Collection[]): ReadonlyMap<Collection, readonly ArtifactInput[]> {
  const problems: FileProblem[] = collections.flatMap(({ unreadable }) =>
    unreadable.flatMap(({ file, flaws }) =>
      flaws.map(({ place, message }) => ({ place: `${file}:${place.line}:${place.column}`, message })),
    ),
  );
  const inputs = new Map(collections.map((collection) => [collection, inputsIn(collection, problems)]));
  const files = new Set(problems.map(({ place }) => place.replace(/:\d+:\d+$/, '')));
  if (files.size === 0) return inputs;
  const what = files.size === 1 ? 'This file is' : `These ${files.size} files are`;
  throw new Fault(
    'SCHEMA_INVALID',
    { problems: problems.map((problem) => ({ ...problem })) },
    { message: `${what} not what code is made from:` },
  );
}

function inputsIn(collection: Collection, problems: FileProblem[]): readonly ArtifactInput[] {
  const { catalog, definitions, deprecations } = collection;
  const bundleOf = bundler(collection);
  return definitions.flatMap((definition): readonly ArtifactInput[] => {
    const { source, file, locate, subject } = definition;
    const parsed = parseSchema(source, { bundle: bundleOf(definition) });
    if (!parsed.ok) {
      for (const { pointer, message } of parsed.problems)
        problems.push({ pointer, message, place: placed(file, locate(pointer)) });
      return [];
    }
    const { document } = parsed;
    const notice = deprecations.get(subject);
    const input = {
      catalog,
      subject,
      document,
      contract: readContract(document.root).contract,
      ...(notice && { notice }),
    };
    const reason = reasonAgainst(input);
    if (reason === undefined) return [input];
    problems.push({ message: reason, place: placed(file, locate('')) });
    return [];
  });
}

function placed(file: string, { line, column }: { readonly line: number; readonly column: number }): string {
  return `${file}:${line}:${column}`;
}

/** Why no code can be made of a schema that is valid. */
function reasonAgainst(input: ArtifactInput): string | undefined {
  try {
    // it has everything that can be out of reach in it
    artifact('validator.js', input);
    return undefined;
  } catch (error) {
    if (error instanceof CannotGenerate) return error.message;
    throw error;
  }
}
