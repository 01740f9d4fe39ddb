/** Files that a command can do nothing without: what is wrong with one is a fault that says where. */
import { syntaxFlaw } from '../../schema/json-syntax.ts';
import { positionAt } from '../../schema/scan.ts';
import type { Decoded } from './decode.ts';
import { type Definition, readDefinition, type SourceFile } from './file.ts';
import type { RunModule } from './module.ts';
import { refuse } from './unreadable.ts';

export function textOf(path: string, decoded: Decoded): string {
  if ('text' in decoded) return decoded.text;
  throw refuse({ subject: '', file: path, flaws: [decoded.flaw], isModule: false });
}

export async function definitionIn(file: SourceFile, run: RunModule): Promise<Definition> {
  const definition = await readDefinition(file, run);
  if ('flaws' in definition) throw refuse(definition);
  return definition;
}

/** For text that `JSON.parse` refused. */
export function notJson(path: string, text: string): string {
  const flaw = syntaxFlaw(text);
  const { line, column } = positionAt(text, flaw?.offset ?? 0);
  return `${path}:${line}:${column}: it is not JSON: ${flaw?.message ?? ''}`;
}
