import { resolve } from 'node:path';
import type { ArtifactInput } from '../../codegen/artifacts.ts';
import { Fault } from '../../errors.ts';
import { readContract } from '../../schema/contract.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { parseSchema } from '../../schema/parse.ts';
import { type Command, flag } from '../command.ts';
import { codeOptions, codeOptionsOf, codeUsage, generatedFiles, outputFolder } from '../generate/generated.ts';
import { bringUpToDate, outdated } from '../generate/output-folder.ts';
import { bundler } from '../source/bundle.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { type Collection, type Located, readWorkspace } from '../source/workspace.ts';

export const command: Command = {
  name: 'generate',
  summary: 'writes TypeScript types, validators and JSON Schema from schema files',
  usage: `[PATH…] ${codeUsage}`,
  takes: [0, 1_000],
  options: codeOptions,
  examples: ['herald generate schemas --out src/events', 'herald generate schemas --out src/events --check'],
  async run(input, io) {
    const out = outputFolder(input);
    const options = codeOptionsOf(input);
    const paths = await namedPaths(io, input.positionals);
    const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), paths, moduleRunner(io.cwd));
    const made = await Promise.all(collections.map((each) => generatedFiles(each.catalog, inputs(each), options)));
    const files = made.flat();
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
  },
};

function inputs(collection: Collection): readonly ArtifactInput[] {
  const { catalog, definitions, deprecations } = collection;
  const bundleOf = bundler(collection);
  return definitions.map((definition) => {
    const document = documentOf(definition, bundleOf(definition));
    const { contract } = readContract(document.root);
    const notice = deprecations.get(definition.subject);
    return { catalog, subject: definition.subject, document, contract, ...(notice && { notice }) };
  });
}

function documentOf({ source, file, locate }: Located, bundle: ReadonlyMap<string, SchemaDocument>): SchemaDocument {
  const parsed = parseSchema(source, { bundle });
  if (parsed.ok) return parsed.document;
  const problems = parsed.problems.map(({ pointer, message }) => {
    const { line, column } = locate(pointer);
    return { pointer, message, place: `${file}:${line}:${column}` };
  });
  throw new Fault('SCHEMA_INVALID', { problems }, { message: `${file} is not a schema:` });
}
