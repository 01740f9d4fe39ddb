/**
 * What a fuzzer knows of the registry it drives, so that it can ask what should succeed: for each operation that needs something to
 * be there, the request and what has to be asked before it. What was answered is learnt from, whoever asked.
 */
import { plainCatalog } from '../parts/serving.mjs';

const artifacts = ['types.ts', 'schema.json', 'validator.js', 'validator.d.ts', 'classification.json', 'redact.js'];
const far = '2031-03-31';
/** More webhooks would be told of everything; more plans would only make lists longer. */
const most = { webhooks: 4, plans: 30, tokens: 20, spare: 300 };

export function knownRegistry(catalog, random, receiver) {
  const plans = new Map();
  const retired = new Set();
  const webhooks = [];
  const deliveries = [];
  const tokens = [];
  const cursors = new Map();
  let lines = [];
  let made = 0;

  const inCatalog = { catalog };
  const at = (subject) => ({ catalog, subject });
  const version = (subject, number = 'latest') => ({ catalog, subject, version: number });
  const first = at('thing.first');
  const number = () => {
    made += 1;
    return made;
  };
  const schema = () => ({
    title: `number ${number()}`,
    type: 'object',
    properties: { id: { type: 'string' }, [`p${random.below(4)}`]: { type: 'string' } },
  });
  /** A subject that has a version and no plan. */
  const active = async (send) => {
    for (;;) {
      const subject = `thing.n${random.below(most.spare + retired.size)}`;
      if (plans.has(subject) || retired.has(subject)) continue;
      const { status } = await send('registerVersion', { params: at(subject), body: schema() });
      if (status < 300) return subject;
    }
  };
  const plan = (mapping) => ({
    successor: 'thing.second',
    sunset: far,
    reason: 'it is older',
    migration: 'read the other',
    ...(mapping && { mapping: { backward: '$', forward: '$' } }),
  });
  const planned = async (send) => {
    if (plans.size < 5 || (plans.size < most.plans && random.next() < 0.3)) {
      const subject = await active(send);
      await send('announceDeprecation', { params: at(subject), body: plan(false) });
    }
    return random.pick([...plans.keys()]) ?? 'thing.first';
  };
  const stepFrom = (stage) => {
    const chance = random.next();
    if (chance < 0.15) return { transition: 'postpone', sunset: `${2032 + random.below(60)}-01-31`, force };
    if (chance < 0.3) return { transition: 'withdraw', reason: 'it stays' };
    if (stage === 'announced') return { transition: 'dual-write', attest: true };
    if (stage === 'dual-writing') return { transition: 'migrate', force };
    return chance < 0.5 ? { transition: 'retire', force } : { transition: 'withdraw' };
  };
  const force = { reason: 'to see where it leads' };
  const webhook = async (send) => {
    if (webhooks.length === 0) await send('addWebhook', { body: { url: receiver } });
    return random.pick(webhooks) ?? 'none';
  };
  const paged = (id, query = {}) => {
    const cursor = cursors.get(id);
    cursors.delete(id);
    return { ...query, ...(cursor !== undefined && { cursor }), limit: String(1 + random.below(20)) };
  };
  const event = (subject) => ({
    specversion: '1.0',
    id: String(number()),
    source: '/fuzz',
    type: subject,
    time: '2026-01-01T00:00:00Z',
    data: { id: 'x' },
  });

  /** By operation: a request that should succeed. What is not here needs nothing but names and values that fit. */
  const requests = {
    putCatalog: async () => {
      const name = random.next() < 0.5 ? catalog : `other-${random.below(5)}`;
      return { params: { catalog: name }, body: rulesOf(name, `the ${number()}th`) };
    },
    listSubjects: async () => ({ params: inCatalog, query: paged('listSubjects', { q: 'thing' }) }),
    putSettings: async () => ({ params: first, body: random.pick([{}, { level: 'BACKWARD' }, { world: 'open' }]) }),
    registerVersion: async () => ({ params: at(`thing.n${random.below(most.spare)}`), body: schema() }),
    check: async () => ({ body: { catalog, candidates: [{ subject: 'thing.first', schema: schema() }] } }),
    getArtifact: async () => ({ params: { ...version('thing.first', '1'), name: random.pick(artifacts) } }),
    listVersions: async () => ({ params: first, query: paged('listVersions') }),
    getVersion: async () => ({ params: version('thing.first', random.pick(['1', 'latest'])) }),
    getVersionSchema: async () => ({ params: version('thing.first', '1') }),
    compareVersions: async () => ({ params: first, query: { from: '1', to: 'latest' } }),
    validatePayload: async () => ({ params: version('thing.first'), body: { id: random.pick(['x', 7]) } }),
    validateEvents: async () => ({ params: inCatalog, body: event(random.pick(['thing.first', 'thing.second'])) }),
    declareConsumer: async (send) => ({
      params: { ...at(await planned(send)), service: `service-${random.below(5)}` },
      body: { reads: ['/id'] },
    }),
    withdrawConsumer: async (send) => {
      const params = { ...first, service: `service-${random.below(5)}` };
      await send('declareConsumer', { params, body: {} });
      return { params };
    },
    announceDeprecation: async (send) => {
      if (plans.size >= most.plans) await send('advanceDeprecation', withdrawal(random.pick([...plans.keys()])));
      return { params: at(await active(send)), body: plan(random.next() < 0.2) };
    },
    getDeprecation: async (send) => ({ params: at(await planned(send)) }),
    advanceDeprecation: async (send) => {
      const subject = await planned(send);
      return { params: at(subject), body: stepFrom(plans.get(subject)) };
    },
    acknowledgeDeprecation: async (send) => {
      const params = { ...at(await planned(send)), service: `service-${random.below(5)}` };
      await send('declareConsumer', { params, body: {} });
      return { params, body: { note: 'soon' } };
    },
    compareDeprecationPairs: async (send) => ({
      params: at(await planned(send)),
      body: { pairs: [{ old: { id: 'x' }, new: { id: random.pick(['x', 'y']) } }] },
    }),
    recordUsage: async () => ({
      body: {
        batch: `batch ${random.below(1_000)}`,
        rows: [
          { ...first, number: 1, service: 'alpha', role: random.pick(['produce', 'consume']), day: today(), count: 1 },
        ],
      },
    }),
    giveWaiver: async () => ({
      body: { ...first, fingerprint: 'a'.repeat(64), reason: 'for once', expires: today(7) },
    }),
    listAudit: async () => ({ query: paged('listAudit') }),
    askAccess: async () => ({ query: { service: 'alpha', subject: 'thing.first', action: 'subscribe', catalog } }),
    createToken: async () => ({ body: { name: 'somebody', role: 'reader', expires: today(30) } }),
    revokeToken: async (send) => {
      if (tokens.length === 0) await send('createToken', { body: { name: 'for a moment', role: 'reader' } });
      return { params: { token: tokens.shift() ?? 'none' } };
    },
    addWebhook: async () => ({ body: { url: receiver, subjects: [`${catalog}/thing.n*`] } }),
    removeWebhook: async (send) => ({ params: { webhook: await webhook(send) } }),
    listDeliveries: async (send) => ({ params: { webhook: await webhook(send) }, query: { limit: '20' } }),
    redeliver: async (send) => {
      const known = () => deliveries.filter((one) => webhooks.includes(one.webhook));
      // what happens is told a moment later, and meanwhile others remove webhooks
      for (let times = 0; times < 20 && known().length === 0; times += 1) {
        const one = await webhook(send);
        if (times % 5 === 0) await active(send);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await send('listDeliveries', { params: { webhook: one } });
      }
      return { params: random.pick(known()) ?? { webhook: 'none', delivery: 'none' } };
    },
    importRegistry: async (send) => {
      if (lines.length === 0) await send('exportRegistry', {});
      // versions stay as they are; everything else may be another thing by now
      const isVersion = (line) => line?.includes('"kind":"version"') === true;
      const places = [...lines.keys()].filter((index) => index > 0 && isVersion(lines[index]));
      const from = random.pick(places) ?? 0;
      const query = from === 0 ? {} : { after: String(from), hash: JSON.parse(lines[from - 1]).hash };
      const portion = lines.slice(from, from + 1 + (isVersion(lines[from + 1]) ? 1 : 0));
      return { query, type: 'application/x-ndjson', body: `${portion.join('\n')}\n` };
    },
  };

  const withdrawal = (subject) => ({ params: at(subject), body: { transition: 'withdraw' } });

  /** By operation: what an answer of success teaches, and what is asked for on account of it. */
  const lessons = {
    announceDeprecation: ({ subject }) => void plans.set(subject, 'announced'),
    advanceDeprecation: ({ subject }, { stage }) => {
      if (stage === 'retired') retired.add(subject);
      if (stage === 'retired' || stage === 'active') plans.delete(subject);
      else plans.set(subject, stage);
    },
    addWebhook: (_, { id }) => {
      webhooks.push(id);
      if (webhooks.length > most.webhooks) return ['removeWebhook', { params: { webhook: webhooks[0] } }];
    },
    removeWebhook: ({ webhook: gone }) => {
      const index = webhooks.indexOf(gone);
      if (index >= 0) webhooks.splice(index, 1);
    },
    listDeliveries: ({ webhook: of }, { items }) => {
      deliveries.splice(0, deliveries.length, ...items.map(({ id }) => ({ webhook: of, delivery: id })));
    },
    createToken: (_, { id }) => {
      tokens.push(id);
      if (tokens.length > most.tokens) return ['revokeToken', { params: { token: tokens.shift() } }];
    },
    exportRegistry: (_, text) => {
      lines = text.split('\n').filter((line) => line !== '');
    },
    ...Object.fromEntries(
      ['listSubjects', 'listVersions', 'listAudit'].map((id) => [id, (_, { cursor }) => void cursors.set(id, cursor)]),
    ),
  };

  return {
    /** `{params, query, body, type}` of a request that should succeed, or nothing where the document alone is enough for one. */
    request: (id, send) => requests[id]?.(send),
    /** `params` by name, `answer` as read. Gives what should be asked next: an operation and its request. */
    learn: (id, params, answer) => lessons[id]?.(params, answer),
  };
}

export function rulesOf(name, description = 'of a test') {
  const classification = { levels: ['open'], tags: { pii: { description: 'of a person' } } };
  return plainCatalog(name, { description, classification });
}

function today(days = 0) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
