/** Constraints on one type of value, and what stands for the unknown. */
import { isMultipleOf } from '../number/decimal.ts';
import { type Arena, intern } from './arena.ts';
import { and, not, type } from './connective.ts';
import { isEmptySet, type KeySet } from './keyset.ts';
import { ANY, FALSE, type Lit, type Mask, NUMBER, T, TRUE } from './node.ts';

export function bound(arena: Arena, kind: 'min' | 'max', at: number, exclusive: boolean): Lit {
  return intern(arena, { kind, bound: at, exclusive }, ANY, NUMBER);
}

export function multipleOf(arena: Arena, step: number): Lit {
  const all = isMultipleOf(1, step);
  const whole = Number.isInteger(step);
  if (step === 1) return type(arena, ANY & ~T.fraction);
  const can = whole ? ANY & ~T.fraction : ANY;
  return intern(arena, { kind: 'multiple', of: step }, can, all ? T.fraction : NUMBER);
}

type Counted = 'minLength' | 'maxLength' | 'minItems' | 'maxItems' | 'minProps' | 'maxProps';

const countedType: Readonly<Record<Counted, Mask>> = {
  minLength: T.string,
  maxLength: T.string,
  minItems: T.array,
  maxItems: T.array,
  minProps: T.object,
  maxProps: T.object,
};

export function counted(arena: Arena, kind: Counted, count: number): Lit {
  const least = kind.startsWith('min');
  if (least && count <= 0) return TRUE;
  if (!least && count === Infinity) return TRUE;
  if (!least && count < 0) return type(arena, ANY & ~countedType[kind]);
  return intern(arena, { kind, count }, ANY, countedType[kind]);
}

export function pattern(arena: Arena, source: string): Lit {
  return intern(arena, { kind: 'pattern', source }, ANY, T.string);
}

export function format(arena: Arena, name: string): Lit {
  return intern(arena, { kind: 'format', name }, ANY, T.string);
}

export function unique(arena: Arena): Lit {
  return intern(arena, { kind: 'unique' }, ANY, T.array);
}

export function item(arena: Arena, index: number, lit: Lit): Lit {
  return lit === TRUE ? TRUE : intern(arena, { kind: 'item', index, lit }, ANY, T.array);
}

export function items(arena: Arena, from: number, lit: Lit): Lit {
  if (lit === TRUE) return TRUE;
  if (lit === FALSE) return counted(arena, 'maxItems', from);
  return intern(arena, { kind: 'items', from, lit }, ANY, T.array);
}

export function atLeast(arena: Arena, count: number, lit: Lit): Lit {
  if (count <= 0) return TRUE;
  if (lit === TRUE) return counted(arena, 'minItems', count);
  if (lit === FALSE) return type(arena, ANY & ~T.array);
  return intern(arena, { kind: 'atLeast', count, lit }, ANY, T.array);
}

export function atMost(arena: Arena, count: number, lit: Lit): Lit {
  if (lit === FALSE || count === Infinity) return TRUE;
  if (lit === TRUE) return counted(arena, 'maxItems', count);
  if (count === 0) return items(arena, 0, not(arena, lit));
  return intern(arena, { kind: 'atMost', count, lit }, ANY, T.array);
}

export function has(arena: Arena, key: string): Lit {
  return intern(arena, { kind: 'has', key }, ANY, T.object);
}

/** An object that has `key`; `has` alone holds of everything that is no object. */
export function present(arena: Arena, key: string): Lit {
  return and(arena, [type(arena, T.object), has(arena, key)]);
}

export function prop(arena: Arena, key: string, lit: Lit): Lit {
  return lit === TRUE ? TRUE : intern(arena, { kind: 'prop', key, lit }, ANY, T.object);
}

export function pprop(arena: Arena, keys: KeySet, lit: Lit): Lit {
  if (lit === TRUE || isEmptySet(keys)) return TRUE;
  if (!keys.complement && keys.patterns.length === 0 && keys.schemas.length === 0) {
    return and(
      arena,
      keys.names.map((name) => prop(arena, name, lit)),
    );
  }
  return intern(arena, { kind: 'pprop', keys, lit }, ANY, T.object);
}

export function opaque(arena: Arena, key: string, reason: string): Lit {
  return intern(arena, { kind: 'opaque', key, reason }, ANY, ANY);
}

export function link(arena: Arena, key: string): Lit {
  return intern(arena, { kind: 'link', key }, ANY, ANY);
}
