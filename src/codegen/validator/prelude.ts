/**
 * Runtime functions that generated validators contain, because they import nothing. A row is one function as JavaScript text,
 * emitted when a validator uses its name; `needs` names the rows it calls. `test/codegen.validator.test.ts` runs them against our own validator.
 */
import { linearText } from '../pattern/matcher.ts';

interface Row {
  readonly text: string;
  readonly needs?: readonly string[];
}

const rows = {
  bad: {
    text: `function bad(out, instancePointer, schemaPointer, keyword, params) {
  out.push({ instancePointer, schemaPointer, keyword, params, message: sentences[keyword](params) });
  return false;
}`,
  },
  never: {
    text: `function never(at, out, schemaPointer) {
  return out ? bad(out, at, schemaPointer, 'false', {}) : false;
}`,
    needs: ['bad'],
  },
  // of failing branches those that came nearest: of the type that is there, then with the discriminant that is there
  nearest: {
    text: `function nearest(branches, at) {
  const isHere = ({ instancePointer }) => instancePointer === at;
  const isMember = ({ instancePointer }) => instancePointer.slice(0, instancePointer.lastIndexOf('/')) === at;
  const isValue = ({ keyword }) => keyword === 'const' || keyword === 'enum';
  const distance = (errors) => {
    if (errors.some((error) => isHere(error) && (error.keyword === 'type' || isValue(error)))) return 2;
    return errors.some((error) => isMember(error) && isValue(error)) ? 1 : 0;
  };
  const least = Math.min(...branches.map(distance));
  return branches.filter((errors) => distance(errors) === least).flat();
}`,
  },
  step: {
    text: `function step(at, name) {
  return at + '/' + String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}`,
  },
  own: { text: 'function own(value, name) {\n  return Object.hasOwn(value, name) ? value[name] : undefined;\n}' },
  size: {
    text: `function size(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}`,
  },
  // names sorted, so that equal values have equal texts
  canonical: {
    text: `function canonical(value) {
  if (Array.isArray(value)) return '[' + value.map(canonical).join() + ']';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
  return '{' + names.map((name) => JSON.stringify(name) + ':' + canonical(value[name])).join() + '}';
}`,
  },
  // the decimals people see, not the doubles behind them: 0.3 is a multiple of 0.1
  decimal: {
    text: `function decimal(number) {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\\d+)(?:\\.(\\d+))?(?:e([+-]?\\d+))?$/.exec(String(number));
  return [BigInt(sign + whole + fraction), Number(exponent) - fraction.length];
}`,
  },
  divides: {
    text: `function divides(divisor, number) {
  if (Number.isInteger(divisor) && Number.isSafeInteger(number)) return number % divisor === 0;
  const [a, m] = decimal(number);
  const [b, n] = decimal(divisor);
  const least = Math.min(m, n);
  return (a * 10n ** BigInt(m - least)) % (b * 10n ** BigInt(n - least)) === 0n;
}`,
    needs: ['decimal'],
  },
  linear: { text: linearText },
  fresh: { text: 'function fresh() {\n  return { names: new Set(), items: new Set() };\n}' },
  merge: {
    text: `function merge(into, from) {
  if (!into) return;
  for (const name of from.names) into.names.add(name);
  for (const item of from.items) into.items.add(item);
}`,
  },
} as const satisfies Record<string, Row>;

export type HelperName = keyof typeof rows;

/** The texts of `used` and of what they need, in the order of the table. */
export function preludeText(used: ReadonlySet<HelperName>): string {
  const all = new Set<string>(used);
  for (const name of all) for (const needed of needsOf(name)) all.add(needed);
  return Object.entries(rows)
    .filter(([name]) => all.has(name))
    .map(([, { text }]) => `${text}\n`)
    .join('\n');
}

function needsOf(name: string): readonly string[] {
  const row: Row = rows[name as HelperName];
  return row.needs ?? [];
}
