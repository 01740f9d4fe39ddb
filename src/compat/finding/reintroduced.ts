/** A name that an earlier version used, a later one dropped, and the next brings back with other values. */
import type { SchemaDocument } from '../../schema/document.ts';
import { append, type Pointer, resolve, segments } from '../../schema/pointer.ts';
import type { Witness } from '../report.ts';
import type { Broken } from './attribute.ts';
import type { Statement } from './statement.ts';

/** Replaces what breaks below such a property by one statement about its name. `between`: the version that lacks it. */
export function withReintroduced(statements: readonly Statement[], between: SchemaDocument): readonly Statement[] {
  const found = new Map<Pointer, Statement & { readonly breaks: Map<Broken, Witness> }>();
  const rest = statements.filter((statement) => {
    const at = statement.breaks.size === 0 ? undefined : backAgain(statement, between);
    if (at === undefined) return true;
    const known = found.get(at) ?? aboutTheName(statement, at);
    for (const [broken, witness] of statement.breaks) known.breaks.set(broken, witness);
    found.set(at, known);
    return false;
  });
  return [...rest, ...found.values()];
}

/** The outermost property around the edit that both compared versions have and the one between has not. */
function backAgain({ previous, next, change }: Statement, between: SchemaDocument): Pointer | undefined {
  const path = segments(next);
  // an edit below other places on both sides is no reuse of one name
  if (change === undefined || previous !== next) return undefined;
  for (let end = 2; end <= path.length; end++) {
    if (path[end - 2] !== 'properties') continue;
    const pointer = append('', ...path.slice(0, end));
    if (resolve(between.root, pointer) === undefined) return pointer;
  }
  return undefined;
}

function aboutTheName(statement: Statement, pointer: Pointer): Statement & { readonly breaks: Map<Broken, Witness> } {
  const property = segments(pointer).at(-1) as string;
  const names = segments(statement.instance);
  const end = names.lastIndexOf(property) + 1;
  const instance = append('', ...(end > 0 ? names.slice(0, end) : names));
  return {
    ...statement,
    rule: 'PROPERTY_TYPE_REINTRODUCED',
    previous: pointer,
    next: pointer,
    instance,
    params: { property, cause: statement.rule },
    breaks: new Map<Broken, Witness>(),
  };
}
