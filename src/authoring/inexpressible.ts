/** What Zod can say and JSON cannot carry, or JSON Schema cannot say: found with its path before anything is converted. */

export interface Refusal {
  readonly what: string;
  readonly instead: string;
}

export interface Inexpressible extends Refusal {
  /** Into the payload: `/lines/0/when` for any element, `/rates/*` for any key. */
  readonly path: string;
}

/** Each row: a kind of schema that no JSON value or no keyword stands for, and what to write. Keys are the kinds of Zod 4. */
export const kinds: Readonly<Record<string, Refusal>> = {
  bigint: { what: 'a bigint', instead: 'z.int(), or z.string().regex(/^-?\\d+$/) beyond 2^53' },
  date: { what: 'a Date', instead: 'z.iso.datetime() (Zod 3: z.string().datetime()): the wire carries text' },
  map: { what: 'a Map', instead: 'z.record(key, value)' },
  set: { what: 'a Set', instead: 'z.array(item)' },
  symbol: { what: 'a symbol', instead: 'z.enum([…])' },
  undefined: { what: 'undefined', instead: '.optional() on the field' },
  void: { what: 'void', instead: '.optional() on the field' },
  nan: { what: 'NaN', instead: 'z.number().nullable()' },
  function: { what: 'a function', instead: 'the data it would return' },
  promise: { what: 'a promise', instead: 'what it resolves to' },
  file: { what: 'a file', instead: 'z.base64(), or a reference to where it is kept' },
  custom: { what: 'a check in code', instead: 'a schema of the parts, or z.unknown() with a description' },
  transform: { what: 'a transformation of any input', instead: 'the form the wire carries' },
  catch: { what: '.catch(), which accepts anything', instead: 'the schema without it: an event is valid or not' },
  success: { what: 'z.success()', instead: 'z.boolean()' },
};

/** Each row: a check that no keyword stands for. */
export const checks = {
  refine: {
    what: 'a refinement in code',
    instead: 'z.enum, .regex, .min, .max or a union; what is left belongs into the description',
  },
  overwrite: { what: 'a rewriting of the text (.trim, .toLowerCase …)', instead: 'a .regex that the wire form meets' },
  property: {
    what: 'a check of a property of the value (z.property)',
    instead: '.length, .min, .max or .regex; what is left belongs into the description',
  },
  format: {
    what: 'a format that is tested in code',
    instead: 'z.stringFormat(name, /pattern/) or .regex(/pattern/)',
  },
  jwt: {
    what: 'a JWT',
    instead: 'z.string().regex(/^[\\w-]+\\.[\\w-]+\\.[\\w-]*$/): what is in it is for its reader to check',
  },
  stringbool: { what: 'a text that stands for a boolean', instead: 'z.boolean(), or z.enum of the words on the wire' },
  coerce: { what: 'z.coerce, which takes any input', instead: 'the form the wire carries, such as z.number()' },
  pipe: {
    what: 'a second schema behind .pipe()',
    instead: 'what it asks for on the form the wire carries, such as z.string().regex(/^\\d+$/)',
  },
  hostname: {
    what: 'a hostname or protocol of a URL that is matched in part',
    instead: 'a pattern from ^ to $ without look-around, or .regex on the whole URL',
  },
  formats: { what: 'two formats of one text', instead: 'one of them, and .regex for the other' },
  strict: {
    what: 'an intersection with a strict object, which refuses the members of the other side',
    instead: 'one strict object with the members of both',
  },
  flags: { what: 'a regular expression with flags', instead: 'the same without flags, such as [Aa] for /a/i' },
} as const satisfies Readonly<Record<string, Refusal>>;

/** Flags that change what a pattern matches; `u` and `g` do not here. */
export function flagged(pattern: unknown): boolean {
  return pattern instanceof RegExp && /[imsvy]/.test(pattern.flags);
}

export function below(path: string, segment: string): string {
  return `${path}/${segment.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
