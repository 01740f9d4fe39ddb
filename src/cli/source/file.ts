/** One source file → the document it defines. JSON and YAML are read, TypeScript is run: it is the user's own code. */
import { basename, extname } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { Fault } from '../../errors.ts';
import type { Json } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import { placeAt } from '../../schema/scan.ts';
import { type Locate, locateInJson, locateInTypeScript, nearestOffset } from './place.ts';

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

export const extensions = ['.json', '.yaml', '.yml', '.ts', '.mts', '.js', '.mjs'] as const;

export function isDefinitionFile(path: string): boolean {
  const name = basename(path);
  if (name === 'catalog.json' || name === 'waivers.json' || name.startsWith('.')) return false;
  if (/\.(test|spec|d)\.m?ts$/.test(name)) return false;
  return extensions.some((extension) => name.endsWith(extension));
}

/** The file's name without its extension: `parliament.motionScheduled.v1`. */
export function subjectOf(path: string): string {
  return basename(path, extname(path));
}

/** `run` evaluates a module's text and answers its default export. */
export async function readDefinition(
  file: SourceFile,
  run: (file: SourceFile) => Promise<unknown>,
): Promise<Definition> {
  const subject = subjectOf(file.path);
  switch (extname(file.path)) {
    case '.json':
      return { subject, source: { text: file.text }, locate: locateInJson(file.text) };
    case '.yaml':
    case '.yml':
      return { subject, ...readYaml(file) };
    default:
      return fromModule(file, subject, await run(file));
  }
}

function readYaml(file: SourceFile): Pick<Definition, 'source' | 'locate'> {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, uniqueKeys: true, merge: false });
  const [error] = document.errors;
  if (error) {
    const at = lines.linePos(error.pos[0]);
    const [message = ''] = error.message.split('\n');
    throw new Fault(
      'INPUT_UNREADABLE',
      { file: file.path },
      { message: `${file.path}:${at.line}:${at.col}: ${message}` },
    );
  }
  let offsets: ReadonlyMap<Pointer, number> | undefined;
  const locate: Locate = (pointer) => {
    offsets ??= yamlOffsets(document.contents);
    return placeAt(file.text, nearestOffset(offsets, pointer) ?? 0);
  };
  return { source: { value: document.toJS({ maxAliasCount: 100 }) as Json }, locate };
}

function yamlOffsets(root: Node | null): ReadonlyMap<Pointer, number> {
  const offsets = new Map<Pointer, number>();
  const stack: { readonly node: unknown; readonly at: Pointer }[] = [{ node: root, at: '' }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, at } = top;
    if (isMap(node))
      for (const { key, value } of node.items) {
        const name = append(at, String(isScalar(key) ? key.value : key));
        if (isScalar(key) && key.range) offsets.set(name, key.range[0]);
        stack.push({ node: value, at: name });
      }
    else if (isSeq(node))
      node.items.forEach((item, index) => {
        const range = isScalar(item) || isMap(item) || isSeq(item) ? item.range : undefined;
        if (range) offsets.set(append(at, index), range[0]);
        stack.push({ node: item, at: append(at, index) });
      });
  }
  return offsets;
}

function fromModule(file: SourceFile, subject: string, exported: unknown): Definition {
  const defined = exported as { readonly subject?: unknown; readonly document?: unknown } | null | undefined;
  if (
    typeof defined !== 'object' ||
    defined === null ||
    typeof defined.subject !== 'string' ||
    defined.document === undefined
  )
    throw new Fault(
      'INPUT_UNREADABLE',
      { file: file.path },
      { message: `${file.path} has no default export made by defineEvent({ … }).` },
    );
  if (defined.subject !== subject)
    throw new Fault(
      'INPUT_UNREADABLE',
      { file: file.path },
      { message: `${file.path} defines "${defined.subject}"; the file must be named after its subject.` },
    );
  return { subject, source: { value: defined.document as Json }, locate: locateInTypeScript(file.text) };
}
