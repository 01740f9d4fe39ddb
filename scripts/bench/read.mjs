/** The corpora: JSON Lines of schema pairs with what their sources say about them. Labels are claims, not truth. */
import { existsSync, readFileSync } from 'node:fs';
import { parseSchema } from '../../dist/schema/parse.js';

/**
 * A row is a corpus of pairs: its file, the world its labels are meant in, and what its sources compare without.
 * @type {readonly { name: string, world: 'open' | 'closed', ignore?: readonly string[] }[]}
 */
export const corpora = [
  { name: 'iglu-central', world: 'closed' },
  // every version of an Eiffel event carries its own number in a constant
  { name: 'eiffel', world: 'closed', ignore: ['/properties/meta/properties/version'] },
  { name: 'gbfs', world: 'closed', ignore: ['/properties/version'] },
  { name: 'apicurio-json', world: 'open' },
  { name: 'jsoncompat', world: 'closed' },
  { name: 'subset-tests-js', world: 'open' },
];

const dialects = {
  draft4: 'draft-04',
  draft6: 'draft-06',
  draft7: 'draft-07',
  '2019-09': '2019-09',
  '2020-12': '2020-12',
};

export function readLines(folder, name) {
  const path = `${folder}/${name}.jsonl`;
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}

/** A document as a comparison reads it, or why it is refused. */
export function documentFrom(root, dialect) {
  const named = dialects[dialect] ?? '2020-12';
  const parsed = parseSchema({ value: withKnownDialect(root, named) }, { closed: false, dialect: named });
  if (parsed.ok) return { document: parsed.document };
  const { rule, pointer } = parsed.problems[0];
  return { refused: `${rule} #${pointer}` };
}

/** Some sources name a meta-schema of their own (`iglucentral.com/…`): the corpus says which dialect it extends. */
function withKnownDialect(root, dialect) {
  if (typeof root !== 'object' || root === null || typeof root.$schema !== 'string') return root;
  if (root.$schema.includes('json-schema.org/')) return root;
  const { $schema: _, ...rest } = root;
  return { ...rest, $schema: schemaUris[dialect] };
}

const schemaUris = {
  'draft-04': 'http://json-schema.org/draft-04/schema#',
  'draft-06': 'http://json-schema.org/draft-06/schema#',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};
