/** Log lines for people: the JSON of each line as time, level, message and facts. Machines get the JSON itself. */
import type { DestinationStream } from 'pino';
import { isObject, type Json, type JsonObject } from '../schema/json.ts';

/** The columns of the line, which are not facts. */
const columns: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'error']);

const colors: Readonly<Record<string, number>> = { fatal: 31, error: 31, warn: 33, info: 36, debug: 90, trace: 90 };

/** Clears what a progress line has drawn, so that the log line does not continue it. */
const clearLine = '\r\u001b[2K';

/** `isTerminal`: with colours, over a progress line. */
export function textLines(to: DestinationStream, isTerminal: boolean): DestinationStream {
  return {
    write(line) {
      const record: Json = JSON.parse(line);
      to.write(isObject(record) ? `${isTerminal ? clearLine : ''}${textOf(record, isTerminal)}\n` : line);
    },
  };
}

function textOf(record: JsonObject, isTerminal: boolean): string {
  const { time, level, msg, error } = record;
  const paint = (code: number, text: string) => (isTerminal ? `\u001b[${code}m${text}\u001b[39m` : text);
  const name = String(level);
  const facts = Object.entries(record).flatMap(([key, value]) =>
    columns.has(key)
      ? []
      : [`${key}=${typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)}`],
  );
  const head = [String(time).slice(11, 23), paint(colors[name] ?? 39, name.padEnd(5)), String(msg), ...facts].join(' ');
  return error !== undefined && isObject(error) ? `${head}\n${errorText(error, '  ')}` : head;
}

/** An error as `described` gives it, its causes below it. */
function errorText({ name, code, message, frames, cause }: JsonObject, indent: string): string {
  const head = [name, code, message].filter((part) => part !== undefined).join(': ');
  const places = Array.isArray(frames) ? frames.map((frame) => `${indent}  ${frame}`) : [];
  const below = cause !== undefined && isObject(cause) ? [`${indent}caused by`, errorText(cause, `${indent}  `)] : [];
  return [`${indent}${head}`, ...places, ...below].join('\n');
}
