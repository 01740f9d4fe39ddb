import type { Json } from '../../../schema/json.ts';
import { neither, type Row, type Rows } from '../row.ts';
import { list, show } from '../words.ts';

interface Note {
  readonly meaning: string;
  readonly words: string;
  readonly keyword: string;
  readonly previous: Json;
  readonly next: Json;
  readonly quiet?: 'warning';
  readonly mirror: Row['mirror'];
  readonly hint?: string;
  /** The whole sentence, where the two values say nothing more. */
  readonly says?: string;
}

/** A row about a keyword that no validator reads. */
function note({ meaning, words, keyword, previous, next, quiet, mirror, hint, says }: Note): Row {
  return {
    meaning,
    effect: 'none',
    quiet: quiet ?? 'info',
    mirror,
    example: {
      previous: { type: 'string', ...(previous === null ? {} : { [keyword]: previous }) },
      next: { type: 'string', ...(next === null ? {} : { [keyword]: next }) },
      at: `/${keyword}`,
      open: neither,
      closed: neither,
    },
    message: (p, at) => `${at}: ${says ?? `${words} from ${show(p.previous)} to ${show(p.next)}`}.`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A row is a change that no validator sees: of documentation, contract or handling. The differ emits it, policy may raise it. */
export const metadataRows: Rows<'metadata'> = {
  META_CLASSIFICATION_LOWERED: note({
    meaning: 'Data is declared less sensitive than before.',
    words: 'the classification falls',
    keyword: 'x-classification',
    previous: 'confidential',
    next: 'internal',
    quiet: 'warning',
    mirror: 'META_CLASSIFICATION_RAISED',
    hint: 'Stored events keep the old sensitivity: a steward approves this.',
  }),
  META_CLASSIFICATION_RAISED: note({
    meaning: 'Data is declared more sensitive than before.',
    words: 'the classification rises',
    keyword: 'x-classification',
    previous: 'internal',
    next: 'confidential',
    mirror: 'META_CLASSIFICATION_LOWERED',
    hint: 'Check that every consumer is cleared for it.',
  }),
  META_PII_TAG_REMOVED: {
    meaning: 'A tag that marks personal data is taken away.',
    effect: 'none',
    quiet: 'warning',
    mirror: { none: 'more protection surprises nobody' },
    example: {
      previous: { type: 'string', 'x-tags': ['pii', 'contact'] },
      next: { type: 'string', 'x-tags': ['contact'] },
      at: '/x-tags',
      open: neither,
      closed: neither,
    },
    message: (p, at) => `${at}: ${list(p.tags)} is no longer among the tags.`,
    hint: 'Is it no longer personal data? A steward approves this.',
  },
  META_KEY_FIELD_CHANGED: {
    meaning: 'The field that orders and partitions the stream is another one.',
    effect: 'none',
    quiet: 'warning',
    mirror: 'META_KEY_FIELD_CHANGED',
    example: {
      previous: { 'x-contract': { orderingKey: '/a' } },
      next: { 'x-contract': { orderingKey: '/b' } },
      at: '/x-contract/orderingKey',
      open: neither,
      closed: neither,
    },
    message: (p, at) => `${at}: the ordering key changes from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Events of one entity land in other partitions and lose their order: use a new subject.',
  },
  META_UNIT_CHANGED: note({
    meaning: 'The same number means another quantity.',
    words: 'the unit changes',
    keyword: 'x-unit',
    previous: 'ms',
    next: 's',
    quiet: 'warning',
    mirror: 'META_UNIT_CHANGED',
    hint: 'No validator notices: add a property in the new unit.',
  }),
  META_CONTENT_ENCODING_CHANGED: note({
    meaning: 'The same text stands for other bytes.',
    words: 'the encoding changes',
    keyword: 'contentEncoding',
    previous: 'base64',
    next: 'base16',
    quiet: 'warning',
    mirror: 'META_CONTENT_ENCODING_CHANGED',
    hint: 'No validator notices: add a property with the new encoding.',
  }),
  META_CONTENT_MEDIA_TYPE_CHANGED: note({
    meaning: 'The same text is to be read as another media type.',
    words: 'the media type changes',
    keyword: 'contentMediaType',
    previous: 'application/json',
    next: 'text/csv',
    quiet: 'warning',
    mirror: 'META_CONTENT_MEDIA_TYPE_CHANGED',
    hint: 'No validator notices: add a property with the new media type.',
  }),
  META_DEFAULT_CHANGED: note({
    meaning: 'Readers fill in another value where the property is missing.',
    words: 'the default changes',
    keyword: 'default',
    previous: 'a',
    next: 'b',
    quiet: 'warning',
    mirror: 'META_DEFAULT_CHANGED',
    hint: 'Stored events without the property change their meaning for readers that fill in defaults.',
  }),
  META_DEPRECATED_ADDED: note({
    meaning: 'It is marked deprecated.',
    words: 'deprecation changes',
    says: 'is marked deprecated now',
    keyword: 'deprecated',
    previous: null,
    next: true,
    mirror: 'META_DEPRECATED_REMOVED',
  }),
  META_DEPRECATED_REMOVED: note({
    meaning: 'It is no longer marked deprecated.',
    words: 'deprecation changes',
    says: 'is no longer marked deprecated',
    keyword: 'deprecated',
    previous: true,
    next: null,
    mirror: 'META_DEPRECATED_ADDED',
  }),
  META_OWNER_CHANGED: {
    meaning: 'Another team or service answers for the event.',
    effect: 'none',
    quiet: 'info',
    mirror: 'META_OWNER_CHANGED',
    example: {
      previous: { 'x-contract': { owner: 'a' } },
      next: { 'x-contract': { owner: 'b' } },
      at: '/x-contract/owner',
      open: neither,
      closed: neither,
    },
    message: (p, at) => `${at}: the ${show(p.role)} changes from ${show(p.previous)} to ${show(p.next)}.`,
  },
  META_TITLE_CHANGED: note({
    meaning: 'The title reads differently.',
    words: 'the title changes',
    keyword: 'title',
    previous: 'A',
    next: 'B',
    mirror: 'META_TITLE_CHANGED',
  }),
  META_DESCRIPTION_CHANGED: note({
    meaning: 'The description reads differently.',
    words: 'the description changes',
    keyword: 'description',
    previous: 'A',
    next: 'B',
    mirror: 'META_DESCRIPTION_CHANGED',
  }),
  META_EXAMPLES_CHANGED: note({
    meaning: 'The examples are others.',
    words: 'the examples change',
    keyword: 'examples',
    previous: ['a'],
    next: ['b'],
    mirror: 'META_EXAMPLES_CHANGED',
  }),
  META_COMMENT_CHANGED: note({
    meaning: 'The comment reads differently.',
    words: 'the comment changes',
    keyword: '$comment',
    previous: 'A',
    next: 'B',
    mirror: 'META_COMMENT_CHANGED',
  }),
  META_ID_CHANGED: note({
    meaning: 'The schema goes by another identifier.',
    words: 'the identifier changes',
    keyword: '$id',
    previous: 'https://example.org/a',
    next: 'https://example.org/b',
    mirror: 'META_ID_CHANGED',
  }),
  META_DIALECT_CHANGED: note({
    meaning: 'The schema is written in another dialect: the same keywords may mean something else.',
    words: 'the dialect changes',
    keyword: '$schema',
    previous: 'http://json-schema.org/draft-07/schema#',
    next: 'https://json-schema.org/draft/2020-12/schema',
    quiet: 'warning',
    mirror: 'META_DIALECT_CHANGED',
    hint: 'Check that every consumer validates with the new dialect.',
  }),
  META_READONLY_CHANGED: note({
    meaning: 'Whether only the owner sets it is stated differently.',
    words: 'readOnly changes',
    keyword: 'readOnly',
    previous: null,
    next: true,
    mirror: 'META_READONLY_CHANGED',
  }),
  META_WRITEONLY_CHANGED: note({
    meaning: 'Whether it is kept from readers is stated differently.',
    words: 'writeOnly changes',
    keyword: 'writeOnly',
    previous: null,
    next: true,
    mirror: 'META_WRITEONLY_CHANGED',
  }),
};
