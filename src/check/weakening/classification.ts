/** Classification: the order of levels, the tags, and what each domain states for its events. */
import type { Catalog } from '../../schema/catalog.ts';
import { append } from '../../schema/pointer.ts';
import type { FindWeakenings, Weakening } from './weakening.ts';

export const classificationWeakenings: FindWeakenings = function* (before, now) {
  const { levels } = before.classification;
  const kept = now.classification.levels.filter((level) => levels.includes(level));
  if (kept.join('\n') !== levels.join('\n'))
    yield {
      pointer: '/classification/levels',
      what: 'the order of classification levels',
      before: [...levels],
      now: [...now.classification.levels],
      restore: (catalog) => ({ ...catalog, classification: { ...catalog.classification, levels } }),
    };
  const isLowered = now.samples !== undefined && levels.indexOf(now.samples) <= levels.indexOf(before.samples ?? '');
  if (now.samples !== before.samples && !isLowered)
    yield {
      pointer: now.samples === undefined ? '' : '/samples',
      what: 'what recorded samples may hold ("samples")',
      before: before.samples ?? null,
      now: now.samples ?? null,
      restore: ({ samples: _, ...catalog }) => ({
        ...catalog,
        ...(before.samples !== undefined && { samples: before.samples }),
      }),
    };
  for (const [name, tag] of Object.entries(before.classification.tags)) {
    const is = Object.hasOwn(now.classification.tags, name) ? now.classification.tags[name] : undefined;
    const isKept = is && (!tag.encryption || is.encryption) && (!tag.forbidden || is.forbidden);
    if (!isKept) yield looserTag(before, name, is);
  }
};

type Tag = Catalog['classification']['tags'][string];

function looserTag(before: Catalog, name: string, is: Tag | undefined): Weakening {
  const demands = (tag: Tag) => ({ encryption: tag.encryption ?? null, forbidden: tag.forbidden ?? false });
  const was = before.classification.tags[name];
  return {
    pointer: append('/classification/tags', name),
    what: `tag "${name}"`,
    before: was ? demands(was) : null,
    now: is ? demands(is) : null,
    restore: ({ classification, ...catalog }) => ({
      ...catalog,
      classification: { ...classification, tags: { ...classification.tags, ...(was && { [name]: was }) } },
    }),
  };
}
