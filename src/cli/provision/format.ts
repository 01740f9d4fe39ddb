/** `--format` among those that there are; the first where it is left out. */
import { type Input, text } from '../command.ts';
import { misused } from '../events/misused.ts';

export function formatIn<Format extends string>(input: Input, formats: readonly [Format, ...Format[]]): Format {
  const stated = text(input, 'format') ?? formats[0];
  const format = formats.find((name) => name === stated);
  if (format === undefined) throw misused(`--format takes ${formats.join(', ')}.`);
  return format;
}
