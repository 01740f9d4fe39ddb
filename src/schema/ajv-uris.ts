/** What Ajv asks of identifiers and references, answered once: each is taken apart for every schema that states it. */
import type { UriResolver } from 'ajv/dist/types/index.js';

type Component = ReturnType<UriResolver['parse']>;

/** A fragment that nothing has to be changed in. */
const plainFragment = /^#[\w/-]*$/;

/** Answers as `uris` does. What it keeps is as large as what one document states: one is made for each. */
export function rememberingUris(uris: UriResolver): UriResolver {
  const parsed = new Map<string, Component>();
  const serialized = new Map<Component, string>();
  const resolved = new Map<string, Map<string, string>>();
  const inBase = (base: string) => resolved.get(base) ?? entered(resolved, base, new Map());
  return {
    parse: (text) => parsed.get(text) ?? entered(parsed, text, uris.parse(text)),
    serialize: (component) => serialized.get(component) ?? entered(serialized, component, uris.serialize(component)),
    resolve(base, reference) {
      if (base === '' && plainFragment.test(reference)) return reference;
      const known = inBase(base);
      return known.get(reference) ?? entered(known, reference, uris.resolve(base, reference));
    },
  };
}

function entered<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): Value {
  map.set(key, value);
  return value;
}
