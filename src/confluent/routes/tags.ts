/** Adds tags and metadata to a version, which makes a new one. */
import { isArray, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { asGiven, textOf } from '../entity.ts';
import { ConfluentError, refusals } from '../error.ts';
import { register } from '../registering.ts';
import { subjectOf, versionOf } from '../request.ts';
import type { ConfluentRoute } from '../route.ts';
import { decodeSubject } from '../subject-name.ts';
import { registered } from './subjects.ts';

export const tagRoutes: readonly ConfluentRoute[] = [
  {
    id: 'confluent.modifyTags',
    method: 'POST',
    path: '/subjects/{subject}/versions/{version}/tags',
    permission: 'publish',
    handle: async (asked) => {
      const subject = subjectOf(asked);
      const number = versionOf(asked.params.version ?? '');
      const { store } = asked.deps;
      const [found] = await store.placed({ catalog: asked.catalog, subject: subject.name, number, live: true });
      if (found === undefined) {
        const any = await store.placed({ catalog: asked.catalog, subject: subject.name, live: true });
        throw any.length === 0 || number === 'latest'
          ? refusals.subjectNotFound(subject.shown)
          : refusals.versionNotFound(number);
      }
      const body = isObject(asked.body as Json) ? (asked.body as JsonObject) : {};
      const { format, attached } = found.schema;
      const stated = member(body, 'metadata');
      const metadata = withTags(isObject(stated) ? stated : objectOr(attached?.metadata), body);
      const rules = member(body, 'ruleSet') ?? attached?.ruleSet;
      const placed = await register(asked, subject, {
        format,
        text: textOf(asGiven(found)),
        references: (attached?.references ?? []).map((each) => ({ ...each, subject: decodeSubject(each.subject) })),
        metadata,
        ...(isObject(rules) && { ruleSet: rules }),
      });
      return { json: await registered(asked, placed) };
    },
  },
];

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function withTags(metadata: JsonObject, body: JsonObject): JsonObject {
  const tags = new Map(Object.entries(objectOr(member(metadata, 'tags'))).map(([path, list]) => [path, textsOf(list)]));
  for (const { path, names } of entriesOf(member(body, 'tagsToAdd')))
    tags.set(path, [...new Set([...(tags.get(path) ?? []), ...names])]);
  for (const { path, names } of entriesOf(member(body, 'tagsToRemove')))
    tags.set(
      path,
      (tags.get(path) ?? []).filter((tag) => !names.includes(tag)),
    );
  const kept = [...tags].filter(([, list]) => list.length > 0);
  const { tags: _, ...rest } = metadata;
  return { ...rest, ...(kept.length > 0 && { tags: Object.fromEntries(kept) }) };
}

function entriesOf(value: Json | undefined): readonly { readonly path: string; readonly names: readonly string[] }[] {
  if (value === undefined || value === null) return [];
  if (!isArray(value)) throw new ConfluentError(42201, 'Tags to add and to remove are lists');
  return value.map((each) => {
    const entity = isObject(each) ? member(each, 'schemaEntity') : undefined;
    const path = isObject(entity) ? member(entity, 'entityPath') : undefined;
    if (typeof path !== 'string' || !isObject(each))
      throw new ConfluentError(42201, 'A tag names its "schemaEntity" with an "entityPath"');
    return { path, names: textsOf(member(each, 'tags')) };
  });
}

function textsOf(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
