import { resolve } from 'node:path';
import { artifacts } from '../../codegen/artifacts.ts';
import { folderNames, mapName, mapText } from '../../codegen/map.ts';
import type { PrintOptions } from '../../codegen/typescript.ts';
import { Fault } from '../../errors.ts';
import { readContract } from '../../schema/contract.ts';
import { parseSchema } from '../../schema/parse.ts';
import { type Command, flag, text } from '../command.ts';
import { type GeneratedFile, staleFiles, writeFiles } from '../output-folder.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { type Collection, type Located, readWorkspace } from '../source/workspace.ts';

export const command: Command = {
  name: 'generate',
  summary: 'writes TypeScript types, validators and JSON Schema from schema files',
  usage: '[PATH…] --out DIR [--readonly] [--check]',
  takes: [0, 1_000],
  options: {
    out: { type: 'string', short: 'o', value: 'DIR', summary: 'Where to write.' },
    readonly: { type: 'boolean', summary: 'Make every property and array in the types readonly.' },
    check: { type: 'boolean', summary: 'Write nothing; exit 1 where what is there is stale.' },
  },
  examples: ['herald generate schemas --out src/events', 'herald generate schemas --out src/events --check'],
  async run(input, io) {
    const out = text(input, 'out');
    if (out === undefined) throw new Fault('USAGE_INVALID', {}, { message: 'Say where to write with --out DIR.' });
    const paths = await namedPaths(io, input.positionals);
    const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), paths, moduleRunner(io.cwd));
    const files = collections.flatMap((each) => generatedFiles(each, { readonly: flag(input, 'readonly') }));
    if (files.length === 0)
      throw new Fault('INPUT_UNREADABLE', {}, { message: `There is no schema at ${paths.join(', ')}.` });
    const folder = resolve(io.cwd, out);
    const stale = await staleFiles(folder, files);
    if (flag(input, 'check')) {
      for (const path of stale) io.out(`${out}/${path} is stale\n`);
      io.out(
        stale.length === 0
          ? `${files.length} files are up to date\n`
          : `Run "herald generate ${paths.join(' ')} --out ${out}".\n`,
      );
      return stale.length === 0 ? 0 : 1;
    }
    await writeFiles(
      folder,
      files.filter(({ path }) => stale.includes(path)),
    );
    io.out(`${stale.length} of ${files.length} files written to ${out}\n`);
    return 0;
  },
};

function generatedFiles({ catalog, definitions }: Collection, options: PrintOptions): GeneratedFile[] {
  const subjects = definitions.map(({ subject }) => subject);
  const folders = folderNames(subjects);
  const files = definitions.flatMap((definition) =>
    artifacts({ catalog, subject: definition.subject, ...documentOf(definition) }, options).map(
      ({ name, text: content }) => ({
        path: `${catalog.name}/${folders.get(definition.subject)}/${name}`,
        text: content,
      }),
    ),
  );
  const map = { path: `${catalog.name}/${mapName}`, text: mapText(catalog.name, subjects) };
  return files.length === 0 ? [] : [...files, map];
}

function documentOf({ source, file, locate }: Located) {
  const parsed = parseSchema(source, { closed: false });
  if (parsed.ok) return { document: parsed.document, contract: readContract(parsed.document.root).contract };
  const problems = parsed.problems.map(({ pointer, message }) => {
    const { line, column } = locate(pointer);
    return { pointer, message, place: `${file}:${line}:${column}` };
  });
  throw new Fault('SCHEMA_INVALID', { problems }, { message: `${file} is not a schema:` });
}
