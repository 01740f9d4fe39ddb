/**
 * Dynamic scope, resolved when the code is written (Core §7.1): what `$dynamicRef` and `$recursiveRef` mean depends on the resources
 * entered on the way. The outermost binding wins, so there are finitely many scopes, and a schema seen in one of them is one function.
 */
import { active } from '../../schema/dialect.ts';
import { isObject } from '../../schema/json.ts';
import {
  type DynamicScope,
  enterScope,
  noScope,
  type References,
  resolveDynamic,
  resolveRecursive,
  type SchemaLocation,
} from '../../schema/reference.ts';
import type { Scope } from '../scope.ts';

export interface DynamicScopes {
  readonly scope: Scope;
  /** Equal for equal scopes; empty where nothing is bound. */
  keyOf(place: SchemaLocation): string;
}

/** `scope`, whose locations remember the dynamic scope in which they were reached. */
export function withDynamicScopes(scope: Scope, refs: References): DynamicScopes {
  if (!refs.dynamic) return { scope, keyOf: () => '' };
  const bound = new WeakMap<SchemaLocation, DynamicScope>();
  const entered = (place: SchemaLocation, from: DynamicScope): SchemaLocation => {
    const copy = { ...place };
    bound.set(copy, enterScope(from, copy.resource, refs));
    return copy;
  };
  const around = (place: SchemaLocation) => bound.get(place) ?? enterScope(noScope, place.resource, refs);
  return {
    scope: {
      ...scope,
      root: entered(scope.root, noScope),
      child: (place, path, schema) => entered(scope.child(place, path, schema), around(place)),
      targets: (place) => targets(refs, place, around(place)).map((target) => target && entered(target, around(place))),
    },
    keyOf: (place) =>
      [...around(place)]
        .map(([name, { resource, pointer }]) => `${name} ${resource.uri}#${pointer}`)
        .sort()
        .join('\n'),
  };
}

function targets(
  refs: References,
  place: SchemaLocation,
  scope: DynamicScope,
): readonly (SchemaLocation | undefined)[] {
  const { schema, resource } = place;
  if (!isObject(schema)) return [];
  const reference = active(schema, '$ref', resource.dialect);
  const dynamic = active(schema, '$dynamicRef', resource.dialect);
  const recursive = active(schema, '$recursiveRef', resource.dialect);
  return [
    ...(typeof reference === 'string' ? [refs.resolve(place, reference)] : []),
    ...(typeof dynamic === 'string' ? [resolveDynamic(refs, place, dynamic, scope)] : []),
    ...(typeof recursive === 'string' ? [resolveRecursive(refs, place, recursive, scope)] : []),
  ];
}
