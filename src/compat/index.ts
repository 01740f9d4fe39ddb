/** `herald-registry/compat`: the compatibility engine on its own. Pure: no registry, no files, no network, no clock. */
import { Fault, type FaultDetails, isFaultCode } from '../errors.ts';
import type { Dialect, SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import { parseSchema } from '../schema/parse.ts';
import { compareDocuments } from './compare.ts';
import { confirm } from './confirm/confirm.ts';
import { compareHistory as compareDocumentHistory, type HistoryComparison } from './history.ts';
import { ignoredProblem, type OptionProblem, optionProblem } from './options.ts';
import type { CompareOptions, Comparison } from './report.ts';

export { Fault } from '../errors.ts';
export { asWriter, type WriterVerdict } from './decide/as-writer.ts';
export type { HistoryComparison } from './history.ts';
export type * from './report.ts';
export { levels, worlds } from './report.ts';

/** A schema as a JSON value (an object or a boolean), or as JSON text. */
export type SchemaInput = Json;

export interface PublicOptions extends CompareOptions {
  /** For schemas that state no `$schema`. Default 2020-12. */
  readonly dialect?: Dialect;
  /** Other documents that `$ref` may reach, by absolute URI. Nothing is ever fetched. */
  readonly references?: Readonly<Record<string, SchemaInput>>;
}

/**
 * Is there an event that one side may write and the other side rejects? Answers for both directions and both worlds, with a
 * witness where there is one, `compatible` where there is none, and `undecided` with a reason where neither could be shown.
 *
 * Throws Fault PARAMETER_INVALID where an option is unknown, has a value it may not have, or ignores what is no schema, and
 * Fault SCHEMA_INVALID (or a more precise SCHEMA_… code) with `details.problems` and `details.side` where an input is no schema.
 *
 * @example
 * const { verdict, worlds } = compare({ type: 'number' }, { type: 'integer' }, { level: 'BACKWARD' });
 * verdict; // 'incompatible'
 * worlds.closed.backward.witness?.value; // 0.5
 */
export function compare(previous: SchemaInput, next: SchemaInput, options: PublicOptions = {}): Comparison {
  refuse(optionProblem(options));
  const documents = [read(previous, 'previous', options), read(next, 'next', options)] as const;
  refuse(ignoredProblem(documents, options.ignore));
  return compareDocuments(...documents, { ...options, confirm });
}

/**
 * One schema against every earlier version, oldest first; a level that is not transitive looks at the last one only.
 *
 * @example
 * compareHistory([{ properties: { a: { type: 'string' } } }, {}], { properties: { a: { type: 'integer' } } }).verdict; // 'incompatible'
 */
export function compareHistory(
  history: readonly SchemaInput[],
  next: SchemaInput,
  options: PublicOptions = {},
): HistoryComparison {
  refuse(optionProblem(options));
  const documents = history.map((previous, index) => read(previous, `history[${index}]`, options));
  const candidate = read(next, 'next', options);
  refuse(ignoredProblem([...documents, candidate], options.ignore));
  return compareDocumentHistory(documents, candidate, { ...options, confirm });
}

function refuse(found: OptionProblem | undefined): void {
  if (found === undefined) return;
  const { parameter, problem } = found;
  throw new Fault('PARAMETER_INVALID', { parameter, problem }, { message: `${parameter} ${problem}` });
}

function read(input: SchemaInput, side: string, options: PublicOptions): SchemaDocument {
  const bundle = new Map<string, SchemaDocument>();
  for (const [uri, referenced] of Object.entries(options.references ?? {}))
    bundle.set(uri, parse(referenced, `references[${JSON.stringify(uri)}]`, options, bundle));
  return parse(input, side, options, bundle);
}

function parse(
  input: SchemaInput,
  side: string,
  options: PublicOptions,
  bundle: ReadonlyMap<string, SchemaDocument>,
): SchemaDocument {
  const source = typeof input === 'string' ? { text: input } : { value: input };
  const parsed = parseSchema(source, { closed: false, bundle, ...(options.dialect && { dialect: options.dialect }) });
  if (parsed.ok) return parsed.document;
  const [first] = parsed.problems;
  const code = first && isFaultCode(first.rule) ? first.rule : 'SCHEMA_INVALID';
  const problems = parsed.problems.map(({ rule, pointer, message }) => ({ rule, pointer, message }));
  const details: FaultDetails = { side, problems };
  throw new Fault(code, details, { message: `${side}: #${first?.pointer ?? ''} ${first?.message ?? ''}` });
}
