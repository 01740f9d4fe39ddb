import type { Json } from '../../schema/json.ts';
import { ownFields } from '../reach.ts';
import type { Neighbours, PolicyFinding, PolicyRule } from '../rule.ts';
import { nameStyle } from '../words.ts';

type Style = 'snake' | 'camel' | 'kebab' | 'pascal';
const styles: readonly Style[] = ['snake', 'camel', 'kebab', 'pascal'];

export const fieldNaming: PolicyRule = {
  id: 'field-naming',
  summary:
    "Field names are written in one style within the catalog. Option style: snake, camel, kebab or pascal; else the catalog's commonest.",
  severity: 'warning',
  fault: 'POLICY_REFUSED',
  *check({ document, neighbours, options }): Generator<PolicyFinding> {
    const style = stated(options.style) ?? commonest(neighbours);
    if (style === undefined) return;
    for (const { name, place } of ownFields(document))
      if (!nameStyle[style].test(name))
        yield {
          pointer: place.pointer,
          message: `"${name}" is not in ${style} style, as the catalog's fields are.`,
          params: { field: name, style },
        };
  },
};

function stated(option: Json | undefined): Style | undefined {
  return styles.find((style) => style === option);
}

/** The style most of the names of several words have that only one style allows; undefined where there are none. */
function commonest(neighbours: Neighbours): Style | undefined {
  const telling = [...neighbours.fields.keys()].flatMap((name) => {
    const fitting = styles.filter((style) => nameStyle[style].test(name));
    return fitting.length === 1 ? fitting : [];
  });
  const count = (style: Style) => telling.filter((other) => other === style).length;
  return telling.length === 0 ? undefined : styles.toSorted((left, right) => count(right) - count(left))[0];
}
