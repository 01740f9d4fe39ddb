import { neither, type Rows } from '../row.ts';
import { show } from '../words.ts';

/** A row is a change of what a reference names; the differ emits it, the report prints it. */
export const referenceRows: Rows<'reference'> = {
  REF_TARGET_CHANGED: {
    meaning: 'A reference points at another definition; what differs is listed separately.',
    effect: 'none',
    quiet: 'info',
    mirror: 'REF_TARGET_CHANGED',
    example: {
      previous: { properties: { a: { $ref: '#/$defs/S' } }, $defs: { S: { type: 'string' }, I: { type: 'integer' } } },
      next: { properties: { a: { $ref: '#/$defs/I' } }, $defs: { S: { type: 'string' }, I: { type: 'integer' } } },
      lost: { a: '' },
      gained: { a: 0 },
      at: '/properties/a/$ref',
      open: neither,
      closed: neither,
    },
    message: (p, at) => `${at}: refers to ${show(p.next)} now; it was ${show(p.previous)}.`,
  },
  REF_UNRESOLVED: {
    meaning: 'A reference names nothing that is known, so what it means cannot be compared.',
    effect: 'undecided',
    quiet: 'warning',
    mirror: 'REF_UNRESOLVED',
    example: {
      previous: { properties: { a: { type: 'string' } } },
      next: { properties: { a: { $ref: 'https://example.org/unknown' } } },
      at: '/properties/a/$ref',
      open: neither,
      closed: neither,
    },
    message: (p, at) => `${at}: reference ${show(p.reference)} names nothing that is known.`,
    hint: 'References reach into the document itself and to registered subjects; nothing is fetched.',
  },
  REF_VERSION_BUMPED: {
    meaning: 'A reference to a registered subject is pinned to another version; what differs is listed separately.',
    effect: 'none',
    quiet: 'info',
    mirror: 'REF_VERSION_BUMPED',
    unshown: 'it takes registered subjects beside the document: see the tests of references',
    message: (p, at) =>
      `${at}: refers to version ${show(p.next)} of ${show(p.subject)} now; it was ${show(p.previous)}.`,
  },
};
