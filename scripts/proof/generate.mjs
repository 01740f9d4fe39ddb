/** Values from a JSON Schema such as our OpenAPI document uses, by chance: ones it accepts, and ones broken in one place. */

/** Values of the formats the document names. */
const formats = {
  date: ['2027-03-31', '2026-01-01'],
  'date-time': ['2026-01-01T00:00:00.000Z'],
  'json-pointer': ['', '/a', '/a~1b/0'],
  uri: ['http://127.0.0.1:9/x'],
};

export function generator(document, random, words) {
  const resolve = (schema) => {
    let found = schema;
    while (found?.$ref !== undefined)
      found = found.$ref
        .slice(2)
        .split('/')
        .reduce((at, step) => at?.[step], document);
    return found ?? {};
  };

  const text = (schema, hint) => {
    if (formats[schema.format]) return random.pick(formats[schema.format]);
    const known = (words[hint] ?? []).filter((word) => fits(schema, word));
    if (known.length > 0 && random.next() < 0.85) return random.pick(known);
    const fitting = words.any.filter((word) => fits(schema, word));
    if (fitting.length > 0) return random.pick(fitting);
    // a pattern that no word here fits is shown by an example
    return typeof schema.example === 'string' ? schema.example : 'a'.repeat(Math.max(1, schema.minLength ?? 1));
  };

  const number = (schema) => {
    const least = Math.max(schema.minimum ?? (schema.exclusiveMinimum ?? -1) + 1, -1_000_000);
    const most = Math.min(schema.maximum ?? least + 1_000, least + 1_000);
    return least + random.below(Math.floor(most - least) + 1);
  };

  const object = (schema, depth) => {
    const entries = Object.entries(schema.properties ?? {})
      .filter(([name]) => schema.required?.includes(name) || (depth < 6 && random.next() < 0.3))
      .map(([name, inner]) => [name, make(inner, name, depth + 1)]);
    const extra = schema.additionalProperties;
    const count = typeof extra === 'object' && depth < 6 ? random.below(3) : 0;
    for (let more = 0; more < count; more += 1) {
      const name = schema.propertyNames ? make(schema.propertyNames, '', depth + 1) : random.pick(words.members);
      entries.push([String(name), make(extra, '', depth + 1)]);
    }
    return Object.fromEntries(entries);
  };

  const list = (schema, depth) => {
    const least = schema.minItems ?? 0;
    const count = Math.min(schema.maxItems ?? 4, depth < 6 ? least + random.below(3) : least);
    return Array.from({ length: count }, () => make(schema.items ?? {}, '', depth + 1));
  };

  const anything = (depth) => {
    if (depth > 3) return random.pick([null, true, 0, 'x']);
    const kinds = [
      null,
      false,
      7,
      -1.5,
      'x',
      '',
      [],
      {},
      [anything(depth + 1)],
      { [random.pick(words.members)]: anything(depth + 1) },
    ];
    return random.pick(kinds);
  };

  const make = (given, hint = '', depth = 0) => {
    const schema = resolve(given);
    if (schema === true) return anything(depth);
    if ('const' in schema) return schema.const;
    if (schema.enum) return random.pick(schema.enum);
    const choice = schema.anyOf ?? schema.oneOf;
    if (choice) return make(random.pick(choice), hint, depth);
    const type = Array.isArray(schema.type) ? random.pick(schema.type) : schema.type;
    if (type === 'string') return text(schema, hint);
    if (type === 'integer' || type === 'number') return number(schema);
    if (type === 'boolean') return random.next() < 0.5;
    if (type === 'null') return null;
    if (type === 'array') return list(schema, depth);
    if (type === 'object' || schema.properties) return object(schema, depth);
    return anything(depth);
  };

  return { make, broken: (value) => broken(value, random, anything) };
}

function fits(schema, word) {
  const length = [...word].length;
  if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Number.POSITIVE_INFINITY)) return false;
  const patterns = [schema.pattern, ...(schema.allOf ?? []).map((one) => one.pattern)].filter(Boolean);
  return patterns.every((pattern) => new RegExp(pattern, 'u').test(word));
}

/** One thing about it is different: gone, of another type, too much, or what nobody expects. */
function broken(value, random, anything) {
  if (Array.isArray(value) && value.length > 0 && random.next() < 0.7)
    return value.map((item, at) => (at === value.length - 1 ? broken(item, random, anything) : item));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return random.pick(odd(anything));
  const names = Object.keys(value);
  const name = names.length > 0 ? random.pick(names) : 'x';
  const { [name]: inner, ...rest } = value;
  return random.pick([
    () => rest,
    () => ({ ...rest, [name]: broken(inner, random, anything) }),
    () => ({ ...rest, [name]: random.pick(odd(anything)) }),
    () => ({ ...value, nobodyKnows: 1 }),
    () => JSON.parse(`{"__proto__":${JSON.stringify(value)},"constructor":1}`),
  ])();
}

const odd = (anything) => [
  null,
  true,
  -1,
  1e308,
  2 ** 53,
  0.1,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '💥',
  '../..',
  "' or 1=1 --",
  'a'.repeat(3_000),
  '2026-13-45',
  [],
  {},
  anything(0),
  [[[[]]]],
];
