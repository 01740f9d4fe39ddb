/** `validator.js` and `validator.d.ts`: payload and event of one version, checked without any library. */
import { segments } from '../../schema/pointer.ts';
import { eventDocument, payloadUri, samePlaces } from '../event.ts';
import type { ArtifactInput } from '../input.ts';
import { header, typeNames } from '../types.ts';
import { emitValidator, maxReferences } from './emit.ts';

export function validatorText(input: ArtifactInput): string {
  const { catalog, subject, contract, document } = input;
  const whole = eventDocument(catalog, subject, contract, document);
  const { text, entries } = emitValidator(whole, { asserts: catalog.formats === 'assert', entries: [payloadUri, '#'] });
  const [payload = 'true', event = 'true'] = entries;
  return [
    header(input),
    exported('validate', 'problems', payload, 'payload'),
    exported('validateEvent', 'problemsOfEvent', `${event}${agreement(input)}`, 'whole event'),
    attempt,
    ...(agreement(input) === '' ? [] : [agreeing]),
    text,
  ].join('\n');
}

/** Places that must hold the same text where both do. */
function agreement({ catalog, subject, contract }: ArtifactInput): string {
  return samePlaces(catalog, subject, contract)
    .map(([pointer, same]) => {
      const paths = [pointer, same].map((place) => JSON.stringify(segments(place))).join(', ');
      return ` && agree(v, ${paths}, ${JSON.stringify(pointer)}, ${JSON.stringify(same)}, out)`;
    })
    .join('');
}

const agreeing = `function agree(v, path, other, pointer, expected, out) {
  const at = (names) => names.reduce((value, name) => (value !== null && typeof value === 'object' && Object.hasOwn(value, name) ? value[name] : undefined), v);
  const [a, b] = [at(path), at(other)];
  if (typeof a !== 'string' || typeof b !== 'string' || a === b) return true;
  if (out === null) return false;
  return out.push({ instancePointer: pointer, schemaPointer: '', keyword: 'envelope-tenant', params: { expected } }) < 0;
}
`;

/** A value that nests too deep for the stack, or makes references multiply, is refused: neither a crash nor a stall. */
const attempt = `function refusing(test, refused) {
  left = ${maxReferences};
  try {
    return test();
  } catch (error) {
    if (error instanceof RangeError) return refused();
    throw error;
  }
}
`;

function exported(test: string, list: string, valid: string, what: string): string {
  return `/** Whether \`v\` is a valid ${what}. */
export function ${test}(v) {
  const out = null;
  return refusing(() => ${valid}, () => false);
}

/** What is wrong with \`v\` as a ${what}, without its values; empty where it is valid. */
export function ${list}(v) {
  const out = [];
  const tooDeep = {
    instancePointer: '',
    schemaPointer: '',
    keyword: 'limit',
    params: { limit: 'recursion' },
    message: 'nests too deep',
  };
  refusing(() => ${valid}, () => out.push(tooDeep));
  return out;
}
`;
}

export function validatorTypesText(input: ArtifactInput): string {
  const { payload, event } = typeNames(input.subject);
  return `${header(input)}
import type { ${payload}, ${event} } from './types.js';

/** One thing that is wrong. Names of members appear in it, their values do not. */
export interface Problem {
  /** JSON Pointer into the value. */
  readonly instancePointer: string;
  /** JSON Pointer into the schema. */
  readonly schemaPointer: string;
  readonly keyword: string;
  /** What the schema wants, and names of members. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What is wrong, to be read after the value's place. */
  readonly message: string;
}

export declare function validate(value: unknown): value is ${payload};
export declare function problems(value: unknown): readonly Problem[];
export declare function validateEvent(value: unknown): value is ${event};
export declare function problemsOfEvent(value: unknown): readonly Problem[];
`;
}
