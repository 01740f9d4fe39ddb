/** Everything the laws of laws.mjs are about, read from the store itself while no registry runs on it. */
import { openStore } from '../../dist/store/open.js';

export async function contentOf(options, catalog) {
  const store = await openStore(options);
  try {
    const subjects = [];
    for (let cursor; ; ) {
      const page = await store.subjects(catalog, {}, { limit: 1_000, ...(cursor && { cursor }) });
      for (const { name, latest } of page.items) {
        const versions = await store.history(catalog, name);
        subjects.push({ name, latest, versions: versions.map(placed) });
      }
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
    const outbox = (await store.outbox(0, 100_000_000)).filter((row) => row.catalog === catalog);
    const [webhook] = await store.webhooks();
    return {
      subjects,
      announcements: outbox.filter(({ type }) => type === 'herald.version.registered.v1'),
      audit: await store.verifyAudit(),
      audited: await registrationsOnRecord(store),
      delivered: webhook === undefined ? [] : await deliveredTo(store, webhook.id),
    };
  } finally {
    await store.close();
  }
}

const placed = ({ subject, number, schema }) => ({ subject, number, id: schema.id, fingerprint: schema.fingerprint });

async function pages(read) {
  const items = [];
  for (let cursor; ; ) {
    const page = await read({ limit: 1_000, ...(cursor && { cursor }) });
    items.push(...page.items);
    cursor = page.cursor;
    if (cursor === undefined) return items;
  }
}

async function registrationsOnRecord(store) {
  const rows = await pages((page) => store.audit(page));
  return rows
    .filter(({ action, outcome }) => action === 'version.register' && outcome === 'done')
    .map(({ subject, details }) => ({ subject, number: details.number, id: details.schemaId }));
}

async function deliveredTo(store, webhook) {
  const rows = await pages((page) => store.deliveries(webhook, page));
  return rows.filter(({ state }) => state === 'delivered').map(({ sequence }) => sequence);
}
