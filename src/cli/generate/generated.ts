/** What `herald generate` and `herald pull` write for the subjects of one catalog, and the options that both take. */
import { type ArtifactInput, artifacts } from '../../codegen/artifacts.ts';
import { asyncApiName, asyncApiText } from '../../codegen/asyncapi.ts';
import { folderNames } from '../../codegen/folders.ts';
import { formatStyles } from '../../codegen/format-style.ts';
import { mapName, mapText } from '../../codegen/map.ts';
import { envelopeName, envelopeText } from '../../codegen/types.ts';
import type { PrintOptions } from '../../codegen/typescript.ts';
import { Fault } from '../../errors.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { flag, type Input, text } from '../command.ts';
import { languageFiles } from './languages.ts';
import type { GeneratedFile } from './output-folder.ts';

export function outputFolder(input: Input): string {
  const out = text(input, 'out');
  if (out === undefined) throw new Fault('USAGE_INVALID', {}, { message: 'Say where to write with --out DIR.' });
  return out;
}

export interface CodeOptions extends PrintOptions {
  readonly asyncapi: boolean;
  readonly languages: readonly string[];
}

export function codeOptionsOf(input: Input): CodeOptions {
  const stated = text(input, 'formats') ?? 'plain';
  const formats = formatStyles.find((style) => style === stated);
  if (formats === undefined) {
    const message = `--formats is one of ${formatStyles.join(', ')}, not "${stated}".`;
    throw new Fault('USAGE_INVALID', {}, { message });
  }
  return {
    readonly: flag(input, 'readonly'),
    formats,
    asyncapi: flag(input, 'asyncapi'),
    languages: languagesIn(input),
  };
}

/** `--language go --language python`, or both in one separated by commas. */
function languagesIn({ options }: Input): readonly string[] {
  const stated = options.language;
  const words = Array.isArray(stated) ? stated.flatMap((word) => String(word).split(',')) : [];
  return [...new Set(words.map((word) => word.trim()).filter((word) => word !== ''))];
}

/** One folder for each subject, and beside them the map of all and the envelope. `all`: of every catalog that is written. */
export async function generatedFiles(
  catalog: Catalog,
  inputs: readonly ArtifactInput[],
  options: CodeOptions,
  all: readonly ArtifactInput[] = inputs,
): Promise<readonly GeneratedFile[]> {
  if (inputs.length === 0) return [];
  const besides: PrintOptions = { ...options, beside: { inputs: all } };
  const subjects = inputs.map(({ subject }) => subject);
  const folders = folderNames(subjects);
  const files = inputs.flatMap((input) =>
    artifacts(input, besides).map(({ name, text: content }) => ({
      path: `${catalog.name}/${folders.get(input.subject)}/${name}`,
      text: content,
    })),
  );
  files.push(
    { path: `${catalog.name}/${mapName}`, text: mapText(catalog.name, subjects) },
    { path: `${catalog.name}/${envelopeName}`, text: envelopeText(catalog, options) },
  );
  if (options.asyncapi) files.push({ path: `${catalog.name}/${asyncApiName}`, text: asyncApiText(catalog, inputs) });
  return [...files, ...(await languageFiles(catalog.name, inputs, options.languages))];
}
