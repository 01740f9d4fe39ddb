/** Services on the delivered choice-sherpa catalog, for what measures and breaks the event room: contracts come from files. */
import { readFileSync } from 'node:fs';
import { createClient } from '../../dist/client/index.js';
import { fingerprint } from '../../dist/schema/canonical.js';

const folder = new URL('../../schemas/choice-sherpa/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

export const subject = 'session.renamed';

/** With `stream` its events go to a stream of that name, under addresses nobody else uses: for brokers that others use too. */
export function client(stream) {
  const key = `choice-sherpa/${subject}`;
  const schema = read(`${subject}.json`);
  return createClient({
    lock: { lockVersion: 1, subjects: { [key]: { version: 1, fingerprint: fingerprint(schema) } } },
    schemas: { [key]: schema },
    catalogs: { 'choice-sherpa': catalogOn(stream) },
  });
}

function catalogOn(stream) {
  const catalog = read('catalog.json');
  if (stream === undefined) return catalog;
  const domains = { ...catalog.domains, session: { ...catalog.domains.session, stream } };
  const transports = { ...catalog.transports, nats: { subject: `${stream}.{subject}` } };
  return { ...catalog, domains, transports };
}

export const payload = (key, number) => ({ session_id: key, old_title: 'before', new_title: String(number) });
