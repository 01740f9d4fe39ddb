/**
 * Types in other languages than TypeScript, by quicktype-core: an optional peer, loaded when it is asked for. It merges the
 * branches of a `oneOf` into one class of optional members: good enough to read events with, not to tell them apart.
 */
import { bundled } from '../../codegen/bundle.ts';
import type { ArtifactInput } from '../../codegen/input.ts';
import { header, typeNames } from '../../codegen/types.ts';
import { Fault } from '../../errors.ts';
import type { GeneratedFile } from './output-folder.ts';

type Quicktype = typeof import('quicktype-core');

/** One file for each version and language: `types.go` beside `types.ts`. */
export async function languageFiles(
  inputs: readonly ArtifactInput[],
  languages: readonly string[],
  folderOf: (subject: string) => string,
): Promise<readonly GeneratedFile[]> {
  if (languages.length === 0) return [];
  const quicktype = await loaded();
  const targets = languages.map((name) => targetOf(quicktype, name));
  const files: GeneratedFile[] = [];
  for (const input of inputs)
    for (const target of targets)
      files.push({
        path: `${folderOf(input.subject)}/types.${target.extension}`,
        text: await rendered(quicktype, target, input),
      });
  return files;
}

async function loaded(): Promise<Quicktype> {
  try {
    return await import('quicktype-core');
  } catch (cause) {
    const message = '--language needs quicktype-core, which is not installed: npm install --save-dev quicktype-core';
    throw new Fault('USAGE_INVALID', {}, { message, cause });
  }
}

type Target = ReturnType<Quicktype['languageNamed']>;

function targetOf(quicktype: Quicktype, name: string): Target {
  const known = quicktype.defaultTargetLanguages.find(({ names }) => (names as readonly string[]).includes(name));
  if (known !== undefined) return known as Target;
  const all = quicktype.defaultTargetLanguages.map(({ names }) => names[0]).sort();
  throw new Fault('USAGE_INVALID', {}, { message: `There is no language "${name}"; there are ${all.join(', ')}.` });
}

async function rendered(quicktype: Quicktype, lang: Target, input: ArtifactInput): Promise<string> {
  // without a store nothing outside the document is ever fetched
  const source = new quicktype.JSONSchemaInput(undefined);
  await source.addSource({ name: typeNames(input.subject).payload, schema: JSON.stringify(bundled(input.document)) });
  const inputData = new quicktype.InputData();
  inputData.addInput(source);
  const leadingComments = [header(input).slice('// '.length).trim()];
  const { lines } = await quicktype.quicktype({ inputData, lang, leadingComments });
  return `${lines.join('\n').trimEnd()}\n`;
}
