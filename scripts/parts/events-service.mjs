/** Services on the delivered choice-sherpa catalog, for what measures and breaks the event room: contracts come from files. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createClient } from '../../dist/client/index.js';

const folder = new URL('../../schemas/choice-sherpa/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

export const subject = 'session.renamed';

export function client() {
  const key = `choice-sherpa/${subject}`;
  const schema = read(`${subject}.json`);
  const fingerprint = createHash('sha256').update(key).digest('hex');
  return createClient({
    lock: { lockVersion: 1, subjects: { [key]: { version: 1, fingerprint } } },
    schemas: { [key]: schema },
    catalogs: { 'choice-sherpa': read('catalog.json') },
  });
}

export const payload = (key, number) => ({ session_id: key, old_title: 'before', new_title: String(number) });
