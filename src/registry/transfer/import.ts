/**
 * Writes a portion of an exported registry: all of it or nothing. Rows that exist already and are equal are left alone, so a
 * portion may be sent again. Versions are not checked against history: the registry they come from did that, and their reports
 * come with them.
 */
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { readCatalog } from '../../schema/catalog.ts';
import { asJson, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { parseSchema } from '../../schema/parse.ts';
import { type FilePosition, type FileRow, misplaced, readLine } from '../../schema/registry-file.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../ports.ts';
import type { Imported } from '../records.ts';
import { audited, entry } from '../refusal.ts';
import { loadBundle } from '../versions/bundle.ts';
import type { Seal } from './seal.ts';

export interface PortionImported {
  /** The last line, and its hash: what the next portion follows. */
  readonly place: FilePosition;
  readonly created: number;
  readonly same: number;
}

/** `after` is the line before the first of `lines`. */
export async function importPortion(
  context: Context,
  after: FilePosition,
  lines: readonly string[],
): Promise<PortionImported> {
  const about = { action: 'registry.import' };
  return audited(context, about, async (transaction) => {
    if (!context.caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
    await transaction.lockForImport();
    const opened = new Map<string, number>();
    let place = after;
    let created = 0;
    for (const text of lines) {
      const line = place.line + 1;
      const { row, place: next } = readable(place, text, context.seal);
      place = next;
      if ((await imported(context, transaction, row, line)) === 'new') {
        created += 1;
        if (row.kind === 'subject') opened.set(JSON.stringify([row.record.catalog, row.record.name]), line);
      }
    }
    await refuseEmpty(transaction, opened);
    if (created > 0) {
      const details = { from: after.line + 1, to: place.line, created, hash: place.hash };
      await transaction.appendAudit({ ...entry(context, about), outcome: 'done', details });
    }
    return { place, created, same: lines.length - created };
  });
}

function readable(
  after: FilePosition,
  text: string,
  seal: Seal | undefined,
): { readonly row: FileRow; readonly place: FilePosition } {
  const reading = readLine(after, text);
  const problem = reading.ok ? (misplaced(reading.row, reading.place) ?? unsealed(reading, seal)) : reading.problem;
  if (!reading.ok || problem !== undefined) throw atLine('IMPORT_INVALID', after.line + 1, problem ?? '');
  return reading;
}

/** A registry with a key takes what was signed with it, and nothing else; one without takes what it is given. */
function unsealed(
  { place, signature }: { readonly place: FilePosition; readonly signature?: string },
  seal: Seal | undefined,
): string | undefined {
  if (!seal) return undefined;
  if (signature === undefined)
    return 'is not signed: the registry that exports must have the same HERALD_EXPORT_KEY as this one';
  return seal.holds(place.hash, signature)
    ? undefined
    : 'was signed with another key than the HERALD_EXPORT_KEY of this registry';
}

function atLine(code: 'IMPORT_INVALID' | 'IMPORT_CONFLICT', line: number, problem: string, cause?: unknown): Fault {
  return new Fault(code, { line, problem }, { message: `Line ${line} ${problem}.`, cause });
}

async function imported(context: Context, transaction: Transaction, row: FileRow, line: number): Promise<Imported> {
  if (row.kind === 'header' || row.kind === 'footer') return 'same';
  try {
    const problem = await untrue(context, transaction, row);
    if (problem !== undefined) throw new Fault('IMPORT_INVALID', { problem }, { message: problem });
    return await transaction.importRow(row);
  } catch (error) {
    if (!(error instanceof Fault) || error.status >= 500) throw error;
    throw atLine(error.code === 'IMPORT_CONFLICT' ? error.code : 'IMPORT_INVALID', line, error.message, error);
  }
}

/** A claim of the row that is false. */
async function untrue(
  context: Context,
  transaction: Transaction,
  { kind, record }: FileRow,
): Promise<string | undefined> {
  if (kind === 'catalog') return untrueCatalog(record);
  if (kind === 'version') return untrueVersion(context, transaction, record);
  return undefined;
}

function untrueCatalog({ name, rules, fingerprint: stated }: JsonObject): string | undefined {
  const reading = readCatalog(rules ?? null);
  if (!reading.ok)
    return `is not a catalog: ${reading.problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')}`;
  if (reading.catalog.name !== name) return `is catalog "${reading.catalog.name}" under another name`;
  return fingerprint(asJson(reading.catalog)) === stated ? undefined : 'has a fingerprint that is not its own';
}

async function untrueVersion(
  context: Context,
  transaction: Transaction,
  { schema }: JsonObject,
): Promise<string | undefined> {
  const text = isObject(schema) && typeof schema.text === 'string' ? schema.text : '';
  const root = parsed(text);
  if (root === undefined || !isObject(schema)) return 'has no document';
  if (fingerprint(root) !== schema.fingerprint) return 'has a fingerprint that is not its own';
  const { documents } = await loadBundle(transaction, root, context.limits.bundle);
  const reading = parseSchema({ text }, { limits: context.limits, bundle: documents });
  if (!reading.ok) return `holds no schema: ${reading.problems[0]?.message}`;
  return reading.document.dialect === schema.dialect ? undefined : 'states another dialect than its document';
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A subject and its first version come together, or a reader could see a subject without versions. */
async function refuseEmpty(transaction: Transaction, opened: ReadonlyMap<string, number>): Promise<void> {
  for (const [key, line] of opened) {
    const [catalog, name] = JSON.parse(key) as [string, string];
    if ((await transaction.subject(catalog, name))?.issued === 0)
      throw atLine('IMPORT_INVALID', line, 'opens a subject whose first version is not in the same portion');
  }
}
