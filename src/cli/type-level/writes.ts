/** Code that makes events: one with what is required alone, and from there one for each member and each value that may stand in it. */
import type { ts } from '@ts-morph/common';
import { append } from '../../schema/pointer.ts';
import type { Types } from './reads.ts';
import { chosen, eventType, indented, type Snippets } from './snippet.ts';

const maxDepth = 8;

/** A value as code, and where it differs from the plainest one. */
interface Made {
  readonly code: string;
  readonly place: string;
}

export function writingSnippets({ compiler, checker }: Types, event: ts.Type): Snippets {
  const { TypeFlags } = compiler;

  /** The plainest value first; undefined where none can be made up. */
  const make = (type: ts.Type, place: string, path: readonly ts.Type[]): readonly Made[] | undefined => {
    if (path.length > maxDepth || path.includes(type)) return undefined;
    const further = [...path, type];
    if (type.isUnion()) {
      const each = type.types.flatMap((one) => make(one, place, further) ?? []);
      return each.length === 0 ? undefined : each;
    }
    const plain = plainValue(type);
    if (plain !== undefined) return [{ code: plain, place }];
    if (checker.isTupleType(type)) return product(checker.getTypeArguments(type as ts.TypeReference), place, further);
    if (checker.isArrayType(type)) {
      const items = make(checker.getTypeArguments(type as ts.TypeReference)[0]!, append(place, '*'), further) ?? [];
      return [{ code: '[]', place }, ...items.map((item) => ({ ...item, code: `[${item.code}]` }))];
    }
    return (type.flags & TypeFlags.Object) === 0 ? undefined : makeObject(type, place, further);
  };

  const plainValue = (type: ts.Type): string | undefined => {
    if (type.isStringLiteral()) return JSON.stringify(type.value);
    if (type.isNumberLiteral()) return String(type.value);
    const { flags } = type;
    if ((flags & (TypeFlags.BooleanLiteral | TypeFlags.Null)) !== 0) return checker.typeToString(type);
    if ((flags & TypeFlags.String) !== 0) return '"text"';
    if ((flags & TypeFlags.Number) !== 0) return '1';
    return (flags & TypeFlags.Unknown) !== 0 ? '{}' : undefined;
  };

  const product = (items: readonly ts.Type[], place: string, path: readonly ts.Type[]): Made[] | undefined => {
    const made = items.map((item, index) => make(item, append(place, String(index)), path));
    if (made.some((one) => one === undefined)) return undefined;
    const plain = made.map((one) => one![0]!.code);
    const changed = made.flatMap((variants, index) =>
      variants!.slice(1).map((variant) => ({ ...variant, code: `[${plain.with(index, variant.code).join(', ')}]` })),
    );
    return [{ code: `[${plain.join(', ')}]`, place }, ...changed];
  };

  const makeObject = (type: ts.Type, place: string, path: readonly ts.Type[]): Made[] | undefined => {
    const required: { name: string; made: readonly Made[] }[] = [];
    const optional: { name: string; made: readonly Made[] }[] = [];
    for (const property of checker.getPropertiesOfType(type)) {
      const isOptional = (property.flags & compiler.SymbolFlags.Optional) !== 0;
      const made = make(stated(checker.getTypeOfSymbol(property), isOptional), append(place, property.name), path);
      if (made !== undefined) (isOptional ? optional : required).push({ name: property.name, made });
      else if (!isOptional) return undefined;
    }
    const plain = required.map(({ name, made }) => [name, made[0]!.code] as const);
    const written = (more: readonly (readonly [string, string])[]) =>
      `{ ${[...new Map([...plain, ...more])].map(([name, code]) => `${JSON.stringify(name)}: ${code}`).join(', ')} }`;
    const [index] = checker.getIndexInfosOfType(type);
    const entries = index === undefined ? [] : (make(index.type, append(place, '*'), path) ?? []);
    return [
      { code: written([]), place },
      ...required.flatMap(({ name, made }) =>
        made.slice(1).map((one) => ({ ...one, code: written([[name, one.code]]) })),
      ),
      ...optional.flatMap(({ name, made }) => made.map((one) => ({ ...one, code: written([[name, one.code]]) }))),
      ...entries.map((one) => ({ ...one, code: written([['a name', one.code]]) })),
    ];
  };

  const stated = (type: ts.Type, isOptional: boolean) => (isOptional ? checker.getNonNullableType(type) : type);

  const all = make(event, '', []) ?? [];
  const made = all.map(({ code, place }) => ({
    side: 'writing' as const,
    use: 'make' as const,
    place,
    code: `(): ${eventType} {\n${indented(`return ${code};`)}\n}`,
  }));
  return chosen(made, false);
}
