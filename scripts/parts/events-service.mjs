/** Services on the delivered choice-sherpa catalog, for what measures and breaks the event room: contracts come from files. */
import { readFileSync } from 'node:fs';
import { createClient } from '../../dist/client/index.js';
import { fingerprint } from '../../dist/schema/canonical.js';

const folder = new URL('../../schemas/choice-sherpa/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

export const subject = 'session.renamed';

export function client() {
  const key = `choice-sherpa/${subject}`;
  const schema = read(`${subject}.json`);
  return createClient({
    lock: { lockVersion: 1, subjects: { [key]: { version: 1, fingerprint: fingerprint(schema) } } },
    schemas: { [key]: schema },
    catalogs: { 'choice-sherpa': read('catalog.json') },
  });
}

export const payload = (key, number) => ({ session_id: key, old_title: 'before', new_title: String(number) });
