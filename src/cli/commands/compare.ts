import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { compareSides, type Side } from '../../check/compare.ts';
import { readDefinition } from '../../check/definition.ts';
import { confirm } from '../../compat/confirm/confirm.ts';
import { ignoredProblem } from '../../compat/options.ts';
import { type Comparison, type FormatPolicy, type Level, levels, type World, worlds } from '../../compat/report.ts';
import { Fault, isFaultCode } from '../../errors.ts';
import { type Lint, lint } from '../../lint/lint.ts';
import { fingerprint } from '../../schema/canonical.ts';
import type { SchemaFormat } from '../../schema/definition.ts';
import type { SchemaDocument, SchemaProblem } from '../../schema/document.ts';
import { libraryLimits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import { type Command, type ExitCode, flag, type Input, text } from '../command.ts';
import { type CrossCheck, crossCheck } from '../cross-check/cross-check.ts';
import type { Io } from '../io.ts';
import { comparisonText } from '../output/comparison.ts';
import { typeVerdictsText } from '../output/type-verdicts.ts';
import { moduleRunner } from '../source/module.ts';
import { type Locate, locateInJson, start } from '../source/place.ts';
import { definitionIn } from '../source/required.ts';

const exits = { compatible: 0, incompatible: 1, undecided: 3 } as const satisfies Record<string, ExitCode>;

export const command: Command = {
  name: 'compare',
  summary: 'compares two schema files (JSON Schema, .avsc, .proto), with no registry and no catalog',
  usage: 'PREVIOUS NEXT [--level LEVEL] [--world closed|open] [--types] [--format text|json]',
  takes: [2, 2],
  options: {
    level: { type: 'string', value: 'LEVEL', summary: `${levels.join(', ')}. Default FULL_TRANSITIVE.` },
    world: {
      type: 'string',
      value: 'WORLD',
      summary: 'closed (default): writers send what they declare. open: anything their schema accepts.',
    },
    formats: {
      type: 'string',
      value: 'POLICY',
      summary: 'assert (default): format constrains. annotate: it does not.',
    },
    ignore: {
      type: 'string',
      multiple: true,
      value: 'POINTER',
      summary: 'A place taken as true on both sides, such as a version marker. May be repeated.',
    },
    'cross-check': {
      type: 'boolean',
      summary: 'Ask json-schema-diff too, where it is sound; its answer is shown and changes nothing.',
    },
    types: {
      type: 'boolean',
      summary: 'Say too whether TypeScript that compiled with the former types compiles with the new ones.',
    },
    format: { type: 'string', short: 'f', value: 'FORMAT', summary: 'text (default) or json.' },
  },
  examples: [
    'herald compare old.json new.json --level BACKWARD',
    'herald compare old.avsc new.avsc --format json',
    'herald compare old.json new.json --types',
  ],
  async run(input, io) {
    const format = choice(input, 'format', ['text', 'json'] as const) ?? 'text';
    const level: Level | undefined = choice(input, 'level', levels);
    const world: World | undefined = choice(input, 'world', worlds);
    const formats: FormatPolicy | undefined = choice(input, 'formats', ['assert', 'annotate'] as const);
    const ignore = input.options.ignore;
    const [previous, next] = await Promise.all(input.positionals.map((path) => read(path, io)));
    if (!previous || !next) throw new Error('the command takes two files');
    const documents = [previous.document, next.document] as const;
    const isJson = previous.definition === undefined && next.definition === undefined;
    if (!isJson && Array.isArray(ignore))
      throw new Fault('USAGE_INVALID', {}, { message: '--ignore is for JSON Schemas.' });
    const wrong = ignoredProblem(documents, Array.isArray(ignore) ? ignore : []);
    if (wrong) throw new Fault('PARAMETER_INVALID', { ...wrong }, { message: `--${wrong.parameter} ${wrong.problem}` });
    const comparison = compareSides(previous, next, {
      limits: libraryLimits,
      ...(level && { level }),
      ...(world && { world }),
      ...(formats && { formats }),
      ...(Array.isArray(ignore) && { ignore }),
      confirm,
    });
    const lints = next.definition === undefined ? lint(next.document, comparison.formats) : [];
    const second = flag(input, 'cross-check') ? await secondOpinion(documents, comparison, isJson) : undefined;
    const types = flag(input, 'types') ? await typesOf(documents, io.cwd) : undefined;
    if (format === 'json')
      io.out(
        `${JSON.stringify({ ...comparison, lints: lints.map(lintRow), ...(second && { crossCheck: second }), ...(types && { types }) }, null, 2)}\n`,
      );
    else
      io.out(
        comparisonText(comparison, lints, io.color) +
          (second ? crossCheckText(second) : '') +
          (types ? typeVerdictsText(types, io.color) : ''),
      );
    return exits[comparison.verdict];
  },
};

/** Loaded when asked for: a compiler is large. */
async function typesOf([previous, next]: readonly [SchemaDocument, SchemaDocument], folder: string) {
  const [{ typeVerdicts }, { loadCompiler }] = await Promise.all([
    import('../type-level/verdict.ts'),
    import('../infer/compiler.ts'),
  ]);
  return typeVerdicts(previous, next, loadCompiler(folder, 'herald compare --types'));
}

/** A lint as a program reads it: with the severity it has where no catalog says otherwise. */
function lintRow({ rule, pointer, message, hint, params = {} }: Lint) {
  return { rule: rule.id, severity: rule.severity, pointer, message, ...(hint !== undefined && { hint }), params };
}

function crossCheckText(second: CrossCheck): string {
  if (!second.asked) return `\njson-schema-diff was not asked: ${second.because}\n`;
  const { backward, forward } = second.says;
  return `\njson-schema-diff ${second.agrees ? 'agrees' : 'disagrees'}: backward ${backward}, forward ${forward} in the open world\n`;
}

function choice<T extends string>(input: Input, option: string, known: readonly T[]): T | undefined {
  const given = text(input, option);
  if (given === undefined) return undefined;
  const match = known.find((name) => name === given || name === given.toUpperCase());
  if (!match)
    throw new Fault('USAGE_INVALID', {}, { message: `--${option} takes ${known.join(', ')}; not "${given}".` });
  return match;
}

function secondOpinion(
  [previous, next]: readonly [SchemaDocument, SchemaDocument],
  comparison: Comparison,
  isJson: boolean,
): CrossCheck | Promise<CrossCheck> {
  if (isJson) return crossCheck(previous, next, comparison);
  return { asked: false, because: 'it reads JSON Schema only' };
}

/** A row is the ending of files that are no JSON Schema, with their format. */
const formatsByEnding: Readonly<Record<string, Exclude<SchemaFormat, 'json'>>> = {
  '.avsc': 'avro',
  '.proto': 'protobuf',
};

async function read(path: string, io: Io): Promise<Side> {
  const content = await readFile(resolve(io.cwd, path), 'utf8').catch((cause: unknown) => {
    throw new Fault('INPUT_UNREADABLE', { path }, { message: `${path} cannot be read.`, cause });
  });
  const format = formatsByEnding[extname(path)];
  return format === undefined ? jsonSide(path, content, io) : nativeSide(path, content, format);
}

async function jsonSide(path: string, content: string, io: Io): Promise<Side> {
  const definition = await definitionIn({ path, text: content }, moduleRunner(io.cwd));
  const parsed = parseSchema(definition.source, { closed: false });
  if (!parsed.ok) throw unreadable(path, parsed.problems, definition.locate);
  return { document: parsed.document, fingerprint: fingerprint(parsed.document.root) };
}

function nativeSide(path: string, text: string, format: Exclude<SchemaFormat, 'json'>): Side {
  const definition = { format, text, references: [] };
  const read = readDefinition(definition, {}, { limits: libraryLimits });
  if (!read.ok) throw unreadable(path, read.problems, format === 'avro' ? locateInJson(text) : () => start);
  return { document: read.native.document, definition, fingerprint: read.fingerprint };
}

function unreadable(path: string, problems: readonly SchemaProblem[], locate: Locate): Fault {
  const placed = problems.map(({ pointer, message }) => {
    const { line, column } = locate(pointer);
    return { pointer, message, place: `${path}:${line}:${column} #${pointer}` };
  });
  const rule = problems[0]?.rule ?? '';
  const code = isFaultCode(rule) ? rule : 'SCHEMA_INVALID';
  return new Fault(code, { problems: placed }, { message: `${path} cannot be compared:` });
}
