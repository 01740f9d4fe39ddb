/**
 * A registry as a file. A line is one JSON object: a hash over the rest of it and the hash of the line before, where a key is shared
 * a signature over that hash, what it is (`kind`), its place (`line`, from 1), and the thing itself (`record`). The first line is the header, which counts what
 * follows by kind; the last is the footer. Nothing in it depends on when or where it was written: the same registry is the same file.
 */
import { sha256 } from './canonical.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';

export interface FileRow {
  readonly kind: string;
  readonly record: JsonObject;
}

/** Where in a file one is: the line read last, and its hash. */
export interface FilePosition {
  readonly line: number;
  readonly hash: string;
}

export const fileStart: FilePosition = { line: 0, hash: '0'.repeat(64) };

const format = 'herald-registry';
const formatVersion = 1;

/** The hash is the first member, and covers what follows it and the signature, as it is written. */
const hashed = /^\{"hash":"([0-9a-f]{64})",(?:"signature":"([0-9a-f]{64})",)?/;

/** `sign` gives a signature of 64 hexadecimal digits over a hash. */
export function writeLine(
  after: FilePosition,
  { kind, record }: FileRow,
  sign?: (hash: string) => string,
): { readonly text: string; readonly place: FilePosition } {
  const line = after.line + 1;
  // not in canonical form: in what order a catalog names its domains is what people see
  const body = JSON.stringify({ kind, line, record });
  const hash = sha256(`${after.hash}\n${body}`);
  const signature = sign ? `"signature":"${sign(hash)}",` : '';
  return { text: `{"hash":"${hash}",${signature}${body.slice(1)}`, place: { line, hash } };
}

export type LineReading =
  | { readonly ok: true; readonly row: FileRow; readonly place: FilePosition; readonly signature?: string }
  | { readonly ok: false; readonly problem: string };

/** The line that must follow `after`, or what is wrong with it. */
export function readLine(after: FilePosition, text: string): LineReading {
  const [start, hash = '', signature] = hashed.exec(text) ?? [];
  const body = start === undefined ? '' : `{${text.slice(start.length)}`;
  const value = parsed(body);
  const stated = isObject(value) ? member(value, 'line') : undefined;
  if (!isObject(value) || typeof stated !== 'number') return refused('is no line of an export of a registry');
  const line = after.line + 1;
  if (stated > line) return refused(`is missing: line ${stated} of the export stands in its place`);
  if (stated < line) return refused(`is line ${stated} of the export, here again or out of order`);
  if (hash !== sha256(`${after.hash}\n${body}`))
    return refused('is not as it was exported: it, or a line before it, was changed');
  const { kind, record } = value;
  if (typeof kind !== 'string' || !isObject(record)) return refused('says nothing: it has no kind or no record');
  return { ok: true, row: { kind, record }, place: { line, hash }, ...(signature !== undefined && { signature }) };
}

function refused(problem: string): LineReading {
  return { ok: false, problem };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function headerOf(counts: Readonly<Record<string, number>>): FileRow {
  return { kind: 'header', record: { format, formatVersion, counts } };
}

export function footerAfter({ line }: FilePosition): FileRow {
  return { kind: 'footer', record: { lines: line + 1 } };
}

/** What a row says of the file itself, where it stands there wrongly; undefined where all is well. */
export function misplaced({ kind, record }: FileRow, { line }: FilePosition): string | undefined {
  if ((kind === 'header') !== (line === 1)) return line === 1 ? 'is no header' : 'is a second header';
  if (kind === 'header' && record.format !== format) return 'is the header of something else';
  if (kind === 'header' && record.formatVersion !== formatVersion)
    return `says format version ${String(record.formatVersion)}; this Herald reads ${formatVersion}: export anew with a registry of its own version`;
  if (kind === 'footer' && record.lines !== line) return `ends a file of ${String(record.lines)} lines`;
  return undefined;
}

/** How far a reading of a whole file has come. */
export interface FileProgress {
  readonly place: FilePosition;
  /** Lines there will be in all; 0 before the header. */
  readonly total: number;
  readonly done: boolean;
}

export const fileUnread: FileProgress = { place: fileStart, total: 0, done: false };

/** Reads the next line of a whole file; its problem is about line `progress.place.line + 1`. */
export function readOn(
  progress: FileProgress,
  text: string,
):
  | { readonly ok: true; readonly row: FileRow; readonly progress: FileProgress }
  | { readonly ok: false; readonly problem: string } {
  if (progress.done) return { ok: false, problem: 'stands after the footer' };
  const reading = readLine(progress.place, text);
  if (!reading.ok) return reading;
  const { row, place } = reading;
  const problem = misplaced(row, place);
  if (problem !== undefined) return { ok: false, problem };
  const total = row.kind === 'header' ? totalOf(row.record) : progress.total;
  const done = row.kind === 'footer';
  if (done && total !== place.line)
    return { ok: false, problem: `is the footer of ${place.line} lines; the header counts ${total}` };
  return { ok: true, row, progress: { place, total, done } };
}

/** Header and footer are lines, too. */
function totalOf({ counts }: JsonObject): number {
  const numbers = isObject(counts) ? Object.values(counts) : [];
  return numbers.reduce<number>((sum, count) => sum + Number(count), 2);
}
