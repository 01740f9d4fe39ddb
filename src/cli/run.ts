/** From arguments to an exit code: finds the command, parses its options, renders faults. The one place that catches. */
import { parseArgs } from 'node:util';
import { Fault, faults } from '../errors.ts';
import type { Command, CommandRow, ExitCode, Input } from './command.ts';
import type { Io } from './io.ts';
import { visible, visibleLines } from './output/visible.ts';

export async function run(
  argv: readonly string[],
  io: Io,
  table: readonly CommandRow[],
  version: string,
): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = name === 'help' ? table.find((row) => row.name === rest[0]) : undefined;
    io.out(asked ? helpFor(await asked.load()) : overview(table));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    io.out(`${version}\n`);
    return 0;
  }
  const row = table.find((candidate) => candidate.name === name);
  if (!row) {
    io.err(`herald: there is no command "${name}".${nearest(name, table)}\nRun "herald --help" for all of them.\n`);
    return 2;
  }
  try {
    const command = await row.load();
    if (rest.includes('--help') || rest.includes('-h')) {
      io.out(helpFor(command));
      return 0;
    }
    return await command.run(parse(command, rest), io);
  } catch (error) {
    return report(error, io);
  }
}

function parse(command: Command, args: readonly string[]): Input {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, row]) => [
      name,
      { type: row.type, ...(row.short !== undefined && { short: row.short }), ...(row.multiple && { multiple: true }) },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(command, error instanceof Error ? (error.message.split('. To specify')[0] ?? '') : '');
  }
  const [min, max] = command.takes;
  const { length } = parsed.positionals;
  if (length < min)
    throw usage(command, `It takes ${min === max ? min : `at least ${min}`} argument${min === 1 ? '' : 's'}.`);
  if (length > max)
    throw usage(
      command,
      `It takes ${max === 0 ? 'no arguments' : `at most ${max}`}; "${parsed.positionals[max]}" is one too many.`,
    );
  return { positionals: parsed.positionals, options: parsed.values as Input['options'] };
}

function usage(command: Command, what: string): Fault {
  return new Fault(
    'USAGE_INVALID',
    {},
    {
      message: `${what}\nUsage: herald ${command.name} ${command.usage}\nRun "herald ${command.name} --help" for its options.`,
    },
  );
}

/** Prints a fault with its own message; any other error is reported as a bug with its stack. */
function report(error: unknown, io: Io): ExitCode {
  if (error instanceof Fault) {
    io.err(`herald: ${visibleLines(error.message)}\n`);
    for (const line of detailLines(error)) io.err(`  ${visible(line)}\n`);
    return error.exit;
  }
  io.err(
    `herald: this is a bug in herald, please report it.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return faults.INTERNAL.exit;
}

function* detailLines(fault: Fault): Generator<string> {
  const problems = fault.details.problems;
  if (Array.isArray(problems))
    for (const problem of problems.slice(0, 20)) {
      const { pointer, message, place } = problem as { pointer?: string; message?: string; place?: string };
      yield `${whereOf(place, pointer)} ${message ?? ''}`;
    }
  if (fault.code === 'USAGE_INVALID') return;
  yield `(${fault.code})`;
}

/** A place in a file does not say which member is wrong, or missing. */
function whereOf(place: string | undefined, pointer = ''): string {
  if (place === undefined) return `#${pointer}`;
  return pointer === '' || place.includes('#') ? place : `${place} #${pointer}`;
}

function overview(table: readonly CommandRow[]): string {
  const width = Math.max(...table.map((row) => row.name.length));
  const lines = table.map((row) => `  ${row.name.padEnd(width)}  ${row.summary}`);
  return `herald: an event-schema registry with a compatibility gate\n\nUsage: herald <command> [options]\n\n${lines.join('\n')}\n\nRun "herald <command> --help" for its options.\nExit codes: 0 clean, 1 findings, 2 wrong use or unreadable input, 3 could not decide.\n`;
}

function helpFor(command: Command): string {
  const rows = Object.entries(command.options).map(([name, row]) => {
    const short = row.short === undefined ? '    ' : `-${row.short}, `;
    return [`${short}--${name}${row.type === 'string' ? ` ${row.value ?? 'VALUE'}` : ''}`, row.summary] as const;
  });
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  const options = rows.map(([left, summary]) => `  ${left.padEnd(width)}  ${summary}`).join('\n');
  const examples = command.examples.map((example) => `  ${example}`).join('\n');
  return `herald ${command.name}: ${command.summary}\n\nUsage: herald ${command.name} ${command.usage}\n${options && `\n${options}\n`}${examples && `\nExamples:\n${examples}\n`}`;
}

function nearest(name: string, table: readonly CommandRow[]): string {
  const match = table.find((row) => row.name.startsWith(name.slice(0, 3)) || name.startsWith(row.name));
  return match ? ` Did you mean "${match.name}"?` : '';
}
