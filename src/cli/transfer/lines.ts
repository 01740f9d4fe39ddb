/** The lines of a text that may be larger than memory: read as they come, each within a bound. */
import { createReadStream } from 'node:fs';
import { Fault } from '../../errors.ts';

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** False for a last line that no line feed ends: a text that stops in the middle ends so. */
  readonly ended: boolean;
}

/** Fault INPUT_UNREADABLE for a line that is no UTF-8, or longer than `maxBytes`. `shown` is what the text is called. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  shown: string,
  maxBytes: number,
): AsyncGenerator<Line> {
  let number = 0;
  let held: Uint8Array[] = [];
  let size = 0;
  const line = (ended: boolean): Line => {
    number += 1;
    const text = decoded(Buffer.concat(held), shown, number);
    held = [];
    size = 0;
    return { number, text, ended };
  };
  const hold = (part: Uint8Array) => {
    size += part.length;
    if (size > maxBytes) throw unreadable(shown, `line ${number + 1} is longer than ${maxBytes} bytes.`);
    held.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      hold(chunk.subarray(from, end));
      yield line(true);
      from = end + 1;
    }
    hold(chunk.subarray(from));
  }
  if (size > 0) yield line(false);
}

export async function* fileChunks(path: string, shown: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw unreadable(shown, missing ? 'there is no such file.' : 'it cannot be read.', cause);
  }
}

function decoded(bytes: Buffer, shown: string, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(shown, `line ${number} is not UTF-8 text.`, cause);
  }
}

export function unreadable(shown: string, what: string, cause?: unknown): Fault {
  return new Fault('INPUT_UNREADABLE', { file: shown }, { message: `${shown}: ${what}`, cause });
}
