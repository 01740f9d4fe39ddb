/** Which members and items the schemas that apply to one value have evaluated (Core §11.1): what `unevaluated*` leaves alone. */

export interface Evaluated {
  readonly names: Set<string>;
  allNames: boolean;
  /** Items before this index. */
  prefix: number;
  allItems: boolean;
  /** Single items, which `contains` matched. */
  readonly indexes: Set<number>;
}

export function nothingEvaluated(): Evaluated {
  return { names: new Set(), allNames: false, prefix: 0, allItems: false, indexes: new Set() };
}

/** A subschema that accepts the value lends what it evaluated to the schema around it. */
export function lend(to: Evaluated, from: Evaluated): void {
  for (const name of from.names) to.names.add(name);
  for (const index of from.indexes) to.indexes.add(index);
  to.prefix = Math.max(to.prefix, from.prefix);
  to.allNames ||= from.allNames;
  to.allItems ||= from.allItems;
}

export function isItemEvaluated({ allItems, prefix, indexes }: Evaluated, index: number): boolean {
  return allItems || index < prefix || indexes.has(index);
}

export function isNameEvaluated({ allNames, names }: Evaluated, name: string): boolean {
  return allNames || names.has(name);
}
