/** Bipartite matching by augmenting paths: each gets one of its options, and no option is given twice. */
import { nth } from '../nth.ts';

/** The option of each, in their order; undefined where not everybody can have one of their own. */
export function matching<Option>(options: readonly (readonly Option[])[]): readonly Option[] | undefined {
  const takenBy = new Map<Option, number>();
  const given: Option[] = [];
  const augment = (at: number, seen: Set<Option>): boolean => {
    for (const option of nth(options, at)) {
      if (seen.has(option)) continue;
      seen.add(option);
      const holder = takenBy.get(option);
      if (holder !== undefined && !augment(holder, seen)) continue;
      takenBy.set(option, at);
      given[at] = option;
      return true;
    }
    return false;
  };
  for (let at = 0; at < options.length; at++) if (!augment(at, new Set())) return undefined;
  return given;
}
