/** Objects (applicator vocabulary §10.3.2, validation §6.5, unevaluated vocabulary §11.3). */
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { intern } from './arena.ts';
import { counted, has, link, pprop, present, prop } from './atom.ts';
import { below, constrain, type Frame, isIgnored, property, read, undecidable } from './compile.ts';
import { and, not, or, type } from './connective.ts';
import { evaluatedKeys } from './evaluated.ts';
import { complementOf, keySet, namesAgainst, unionOf } from './keyset.ts';
import { ANY, type EvaluatedKeys, FALSE, type Lit, T, TRUE } from './node.ts';
import type { Part } from './shape.ts';

export function compileObjects(frame: Frame): void {
  const { arena } = frame.compiler;
  const minimum = read(frame, 'minProperties');
  if (typeof minimum === 'number') constrain(frame, 'minProperties', counted(arena, 'minProps', minimum));
  const maximum = read(frame, 'maxProperties');
  if (typeof maximum === 'number') constrain(frame, 'maxProperties', counted(arena, 'maxProps', maximum));
  const declared = [...compileRequired(frame), ...compileDependencies(frame)];
  compileProperties(frame, declared);
  const names = read(frame, 'propertyNames');
  if (names !== undefined) {
    const part = below(frame, ['propertyNames'], names, { kind: 'name' });
    const isString = and(arena, [type(arena, T.string), part.shape.lit]);
    const lit =
      isString === type(arena, T.string) ? TRUE : pprop(arena, allNames(arena, part.shape.lit, isString), FALSE);
    constrain(frame, 'propertyNames', lit, [part]);
  }
  const left = read(frame, 'unevaluatedProperties');
  if (left !== undefined) compileUnevaluated(frame, left);
}

/** The names that `propertyNames` forbids. */
function allNames(arena: Frame['compiler']['arena'], lit: Lit, isString: Lit) {
  if (isString === FALSE) return keySet([], [], true);
  const body = arena.nodes[isString >> 1]?.body;
  if (body?.kind === 'enum' && (isString & 1) === 0) {
    return keySet(
      [...body.values.values()].filter((value) => typeof value === 'string'),
      [],
      true,
    );
  }
  return namesAgainst(lit);
}

function compileRequired(frame: Frame): readonly string[] {
  const names = read(frame, 'required');
  if (!isArray(names)) return [];
  const strings = names.filter((name) => typeof name === 'string');
  strings.forEach((name, index) => {
    constrain(frame, 'required', has(frame.compiler.arena, name), [], String(index));
  });
  return strings;
}

/** `dependencies`, `dependentRequired`, `dependentSchemas`; returns the names they declare. */
function compileDependencies(frame: Frame): readonly string[] {
  const { arena } = frame.compiler;
  const declared: string[] = [];
  for (const keyword of ['dependencies', 'dependentRequired', 'dependentSchemas'] as const) {
    const map = read(frame, keyword);
    if (!isObject(map)) continue;
    for (const [name, value] of Object.entries(map)) {
      const when = present(arena, name);
      if (isArray(value)) {
        const needed = value.filter((needs) => typeof needs === 'string');
        declared.push(name, ...needed);
        const all = and(
          arena,
          needed.map((needs) => has(arena, needs)),
        );
        constrain(frame, keyword, or(arena, [not(arena, when), all]), [], name);
      } else if (typeof value === 'boolean' || isObject(value)) {
        const part = below(frame, [keyword, name], value, { kind: 'same', when, lends: true, must: false });
        constrain(frame, keyword, or(arena, [not(arena, when), part.shape.lit]), [part], name);
      }
    }
  }
  return declared;
}

function compileProperties(frame: Frame, required: readonly string[]): void {
  const { arena } = frame.compiler;
  const properties = read(frame, 'properties');
  const patterns = read(frame, 'patternProperties');
  const names = isObject(properties) ? Object.keys(properties) : [];
  const sources = isObject(patterns) ? Object.keys(patterns) : [];
  if (isObject(properties)) {
    const parts = names.map((key) => property(frame, key, properties[key] as Json));
    const lits = parts.map((part, at) => prop(arena, names[at] as string, part.shape.lit));
    constrain(frame, 'properties', and(arena, lits), parts);
  }
  if (isObject(patterns)) {
    const parts = sources.map((source) => {
      const step = { kind: 'keys', keys: keySet([], [source]) } as const;
      return below(frame, ['patternProperties', source], patterns[source] as Json, step);
    });
    const lits = parts.map((part, at) => pprop(arena, keySet([], [sources[at] as string]), part.shape.lit));
    constrain(frame, 'patternProperties', and(arena, lits), parts);
  }
  const own = keySet(names, sources);
  const isDeclared = (name: string) => isObject(properties) && Object.hasOwn(properties, name);
  frame.shape.declared = required.every(isDeclared) ? own : keySet([...names, ...required], sources);
  const additional = read(frame, 'additionalProperties');
  if (additional === undefined) return;
  const rest = complementOf(own);
  const part = below(frame, ['additionalProperties'], additional, { kind: 'keys', keys: rest });
  constrain(frame, 'additionalProperties', pprop(arena, rest, part.shape.lit), [part]);
  frame.shape.evaluatesAllKeys = true;
  if (isOpening(frame, part)) frame.shape.open = true;
}

/** Whether further properties are declared: `false` declares none, unless the comparison takes it as `true`. */
function isOpening({ compiler }: Frame, { shape: { place } }: Part): boolean {
  return place.schema !== false || isIgnored(compiler, place);
}

/** As with arrays, the neighbours must be compiled first. */
function compileUnevaluated(frame: Frame, schema: Json): void {
  const { compiler, shape } = frame;
  const but: EvaluatedKeys[] = [];
  const part: Part = below(frame, ['unevaluatedProperties'], schema, { kind: 'unevaluatedKeys', but });
  const place = link(compiler.arena, `${compiler.side}${shape.id}:unevaluatedProperties`);
  constrain(frame, 'unevaluatedProperties', place, [part]);
  if (isOpening(frame, part)) shape.open = true;
  shape.evaluatesAllKeys = true;
  compiler.later.push(() => {
    const evaluated = evaluatedKeys(shape);
    but.push(...(evaluated ?? []));
    const left = evaluated === undefined ? undecidable(frame) : leftOver(frame, part.shape.lit, but);
    compiler.arena.links.set(place >> 1, left);
  });
}

function leftOver(frame: Frame, lit: Lit, but: readonly EvaluatedKeys[]): Lit {
  const { arena } = frame.compiler;
  if (lit === TRUE || but.some((group) => group.when.length === 0 && group.keys === 'all')) return TRUE;
  if (but.every((group) => group.when.length === 0)) {
    const keys = unionOf(but.flatMap((group) => (group.keys === 'all' ? [] : [group.keys])));
    return pprop(arena, complementOf(keys), lit);
  }
  return intern(arena, { kind: 'unevaluatedKeys', lit, but }, ANY, T.object);
}
