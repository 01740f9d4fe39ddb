/** Objects (JSON Schema core §10.3.2, validation §6.5). A member that is `undefined` is not there, as in JSON. */
import { active, type Keyword } from '../../schema/dialect.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { escapeSegment } from '../../schema/pointer.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { call, constant, demand, type Emission, fail, patternConstant, text, use } from './emission.ts';

export function objectChecks(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const read = (keyword: Keyword) => active(schema, keyword, dialect);
  return [
    ...required(emission, place, read('required')),
    ...counts(emission, place, schema),
    ...listed(emission, place, read('properties')),
    ...eachMember(emission, place, schema),
    ...dependent(emission, place, schema),
  ];
}

/** The own member `name` of `v`: names of Object.prototype have to be asked for. */
function memberOf(emission: Emission, name: string): string {
  return name in Object.prototype ? `${use(emission, 'own')}(v, ${text(name)})` : `v[${text(name)}]`;
}

function required(emission: Emission, place: SchemaLocation, names: Json | undefined): readonly string[] {
  if (!isArray(names)) return [];
  return names
    .filter((name) => typeof name === 'string')
    .map(
      (name) =>
        `if (${memberOf(emission, name)} === undefined) ${fail(emission, place, 'required', `{ missingProperty: ${text(name)} }`)}`,
    );
}

function counts(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  return (
    [
      ['minProperties', '<'],
      ['maxProperties', '>'],
    ] as const
  ).flatMap(([keyword, failing]) => {
    const limit = active(schema, keyword, dialect);
    if (typeof limit !== 'number') return [];
    const count = 'Object.keys(v).filter((name) => v[name] !== undefined).length';
    return [`if (${count} ${failing} ${limit}) ${fail(emission, place, keyword, `{ limit: ${limit} }`)}`];
  });
}

function listed(emission: Emission, place: SchemaLocation, properties: Json | undefined): readonly string[] {
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) => {
    const child = emission.scope.child(place, ['properties', name], schema);
    const valid = call(emission, child, 'x', { at: `at + ${text(`/${escapeSegment(name)}`)}` });
    const mark = emission.tracks ? `if (seen) seen.names.add(${text(name)});` : '';
    if (valid === 'true' && mark === '') return [];
    return [
      `{ const x = ${memberOf(emission, name)}; if (x !== undefined) { ${[demand(valid), mark].filter(Boolean).join(' ')} } }`,
    ];
  });
}

/** One loop over the members for everything that looks at names. */
function eachMember(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const patterns = active(schema, 'patternProperties', dialect);
  const additional = active(schema, 'additionalProperties', dialect);
  const naming = active(schema, 'propertyNames', dialect);
  const body: string[] = [];
  const sources = isObject(patterns) ? Object.keys(patterns) : [];
  if (naming !== undefined && naming !== true) body.push(...nameCheck(emission, place, naming));
  for (const source of sources) {
    const child = emission.scope.child(place, ['patternProperties', source], (patterns as JsonObject)[source]!);
    const valid = call(emission, child, 'v[k]', { at: `${use(emission, 'step')}(at, k)` });
    const mark = emission.tracks ? 'if (seen) seen.names.add(k);' : '';
    const test = `${patternConstant(emission, source)}.test(k)`;
    const then = [additional === undefined ? '' : 'known = true;', demand(valid), mark].filter(Boolean).join(' ');
    if (then !== '') body.push(`if (${test}) { ${then} }`);
  }
  if (additional !== undefined && (additional !== true || emission.tracks))
    body.push(...rest(emission, place, additional));
  if (body.length === 0) return [];
  const properties = active(schema, 'properties', dialect);
  const names = isObject(properties) ? Object.keys(properties) : [];
  const known =
    names.length === 0 ? 'false' : `${constant(emission, `/* @__PURE__ */ new Set(${text(names)})`)}.has(k)`;
  const flag = additional === undefined ? [] : [`let known = ${known};`];
  return [
    'for (const k of Object.keys(v)) {',
    ...['if (v[k] === undefined) continue;', ...flag, ...body].map((line) => `  ${line}`),
    '}',
  ];
}

function nameCheck(emission: Emission, place: SchemaLocation, naming: Json): readonly string[] {
  const valid = call(emission, emission.scope.child(place, ['propertyNames'], naming), 'k', { at: 'at', out: 'null' });
  return [`if (!${valid}) ${fail(emission, place, 'propertyNames', '{ propertyName: k }')}`];
}

function rest(emission: Emission, place: SchemaLocation, additional: Json): readonly string[] {
  const mark = emission.tracks ? ' if (seen) seen.names.add(k);' : '';
  if (additional === false)
    return [`if (!known) ${fail(emission, place, 'additionalProperties', '{ additionalProperty: k }')}`];
  const child = emission.scope.child(place, ['additionalProperties'], additional);
  const valid = call(emission, child, 'v[k]', { at: `${use(emission, 'step')}(at, k)` });
  return [`if (!known) { ${demand(valid)}${mark} }`];
}

function dependent(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const lines: string[] = [];
  for (const keyword of ['dependentRequired', 'dependentSchemas', 'dependencies'] as const) {
    const stated = active(schema, keyword, dialect);
    if (!isObject(stated)) continue;
    for (const [name, needs] of Object.entries(stated)) {
      const inner = isArray(needs)
        ? missing(emission, place, keyword, name, needs)
        : [
            demand(
              call(emission, emission.scope.child(place, [keyword, name], needs), 'v', { at: 'at', seen: 'seen' }),
            ),
          ];
      const body = inner.filter((line) => line !== '');
      if (body.length > 0)
        lines.push(`if (${memberOf(emission, name)} !== undefined) {`, ...body.map((line) => `  ${line}`), '}');
    }
  }
  return lines;
}

function missing(
  emission: Emission,
  place: SchemaLocation,
  keyword: string,
  name: string,
  needs: readonly Json[],
): readonly string[] {
  return needs
    .filter((need) => typeof need === 'string')
    .map((need) => {
      const params = `{ property: ${text(name)}, missingProperty: ${text(need)} }`;
      return `if (${memberOf(emission, need)} === undefined) ${fail(emission, place, keyword, params)}`;
    });
}

/** `unevaluatedProperties`, after everything that may have evaluated. */
export function unevaluatedProperties(
  emission: Emission,
  place: SchemaLocation,
  schema: JsonObject,
): readonly string[] {
  const others = active(schema, 'unevaluatedProperties', place.resource.dialect);
  if (others === undefined) return [];
  const child = emission.scope.child(place, ['unevaluatedProperties'], others);
  const check =
    others === false
      ? fail(emission, place, 'unevaluatedProperties', '{ unevaluatedProperty: k }')
      : demand(call(emission, child, 'v[k]', { at: `${use(emission, 'step')}(at, k)` }));
  return [
    "if (typeof v === 'object' && v !== null && !Array.isArray(v)) for (const k of Object.keys(v)) {",
    '  if (v[k] === undefined || seen.names.has(k)) continue;',
    `  ${check}`,
    '  seen.names.add(k);',
    '}',
  ];
}
