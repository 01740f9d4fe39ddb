import { namedFields } from '../field-types.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';
import { commonestStyle, isNameStyle, nameStyle } from '../words.ts';

export const fieldNaming: PolicyRule = {
  id: 'field-naming',
  summary:
    "Field names are written in one style within the catalog. Option style: snake, camel, kebab or pascal; else the catalog's commonest.",
  severity: 'warning',
  aboutNeighbours: true,
  aboutFieldsElsewhere: true,
  fault: 'POLICY_REFUSED',
  *check({ document, neighbours, options }): Generator<PolicyFinding> {
    const style = isNameStyle(options.style) ? options.style : commonestStyle(neighbours.styles);
    if (style === undefined) return;
    for (const { name, pointer } of namedFields(document))
      if (!nameStyle[style].test(name))
        yield {
          pointer,
          message: `"${name}" is not in ${style} style, as the catalog's fields are.`,
          params: { field: name, style },
        };
  },
};
