/** One source file → the document it defines. JSON and YAML are read, TypeScript is run; Avro and Protobuf stay text until their references are known. */
import { asJson, type Json } from '../../schema/json.ts';
import { isModuleFile, subjectOf } from './file-names.ts';
import type { RunModule } from './module.ts';
import { type Locate, locateInJson, start } from './place.ts';
import { locateInTypeScript } from './typescript-places.ts';
import type { Unreadable } from './unreadable.ts';

export interface SourceFile {
  /** As the user would write it, relative to where the command runs. */
  readonly path: string;
  readonly text: string;
}

export interface Definition {
  readonly subject: string;
  readonly source: { readonly text: string } | { readonly value: Json };
  readonly locate: Locate;
}

/** `run` evaluates a module's text. */
export async function readDefinition(file: SourceFile, run: RunModule): Promise<Definition | Unreadable> {
  const subject = subjectOf(file.path);
  if (isModuleFile(file.path)) return fromModule(file, subject, run);
  if (file.path.endsWith('.proto')) return { subject, source: { text: file.text }, locate: () => start };
  if (/\.(json|avsc)$/.test(file.path))
    return { subject, source: { text: file.text }, locate: locateInJson(file.text) };
  const { readYaml } = await import('./yaml.ts');
  const read = readYaml(file.text);
  if (!read.ok) return { subject, file: file.path, flaws: read.flaws, isModule: false };
  return { subject, source: { value: read.value }, locate: read.locate };
}

async function fromModule(file: SourceFile, subject: string, run: RunModule): Promise<Definition | Unreadable> {
  const unreadable = (flaws: Unreadable['flaws']) => ({ subject, file: file.path, flaws, isModule: true });
  const ran = await run(file);
  if ('flaws' in ran) return unreadable(ran.flaws);
  const defined = ran.exported as { readonly subject?: unknown; readonly document?: unknown } | null | undefined;
  if (
    typeof defined !== 'object' ||
    defined === null ||
    typeof defined.subject !== 'string' ||
    defined.document === undefined
  )
    return unreadable([{ place: start, message: 'it has no default export made by defineEvent({ … })' }]);
  const locate = locateInTypeScript(file.text);
  if (defined.subject !== subject)
    return unreadable([
      {
        place: locate('/subject'),
        message: `it defines "${defined.subject}"; the file must be named after its subject`,
      },
    ]);
  const value = plain(defined.document);
  if (value === undefined)
    return unreadable([
      { place: start, message: 'it exports a document that is no JSON: it holds itself, or a BigInt' },
    ]);
  return { subject, source: { value }, locate };
}

/** A copy without members that JSON cannot hold; undefined where there is none. */
function plain(document: unknown): Json | undefined {
  try {
    return asJson(document);
  } catch {
    return undefined;
  }
}
