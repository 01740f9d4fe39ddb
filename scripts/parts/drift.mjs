/**
 * Changes a provisioned server behind its back, with the server's own client, and says how a plan must show it. Something of others' is
 * put beside.
 */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';

/** `outcomes`: what was made. Resolves to `changes`, as `class kind name`, and whether what others made is there. */
export function drifted(url, management, outcomes) {
  const kind = new URL(url).protocol.replace(':', '');
  const drift = kinds[kind];
  if (drift === undefined) throw new Error(`no drift is known of ${kind}`);
  return drift({ url, management, made: (of) => outcomes.filter((outcome) => outcome.kind === of) });
}

const dayNs = 86_400_000_000_000;

const kinds = {
  async nats({ url, made }) {
    const nc = await connect({ servers: url });
    const jsm = await jetstreamManager(nc);
    const [kept, longer] = made('stream').filter(({ name }) => name !== 'HERALD_LEASES');
    const lost = made('durable').at(-1);
    await jsm.streams.update(kept.name, { max_age: dayNs });
    await jsm.streams.update(longer.name, { max_age: 0 });
    await jsm.consumers.delete(lost.of, lost.name);
    await jsm.streams.add({ name: 'STRANGER', subjects: ['stranger.>'] });
    await nc.close();
    return {
      changes: [`safe stream ${kept.name}`, `risky stream ${longer.name}`, `create durable ${lost.name}`],
      async isStrangerThere() {
        const again = await connect({ servers: url });
        const { config } = await (await jetstreamManager(again)).streams.info('STRANGER');
        await again.close();
        return config.name === 'STRANGER';
      },
    };
  },
  async redis({ url, made }) {
    const redis = new Redis(url);
    const [kept, longer] = made('stream');
    const lost = made('group').at(-1);
    const key = (stream) => `herald:{${stream}}`;
    await redis.hset(`${key(kept.name)}:settings`, 'retentionMs', 1_000);
    await redis.hset(`${key(longer.name)}:settings`, 'retentionMs', 0);
    await redis.xgroup('DESTROY', key(lost.of), lost.name);
    await redis.xgroup('CREATE', key(kept.name), 'stranger', '$');
    redis.disconnect();
    return {
      changes: [`safe stream ${kept.name}`, `risky stream ${longer.name}`, `create group ${lost.name}`],
      async isStrangerThere() {
        const again = new Redis(url);
        const groups = await again.xinfo('GROUPS', key(kept.name));
        again.disconnect();
        return groups.some((row) => row.includes('stranger'));
      },
    };
  },
  async amqp({ url, management, made }) {
    const at = new URL(management);
    const vhost = encodeURIComponent(decodeURIComponent(new URL(url).pathname.slice(1)) || '/');
    const login = Buffer.from(`${at.username || 'guest'}:${at.password || 'guest'}`).toString('base64');
    // a connection that is kept is gone by the time the commands between have run
    const headers = { authorization: `Basic ${login}`, 'content-type': 'application/json', connection: 'close' };
    const manage = async (method, path, body) => {
      const answer = await fetch(`${at.origin}/api${path}`, { method, headers, body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
      return answer;
    };
    const [kept, longer] = made('policy').filter(({ of }) => of.endsWith('.log'));
    const lost = made('binding').at(-1);
    for (const [policy, age] of [
      [kept, '1s'],
      [longer, '2000Y'],
    ]) {
      const pattern = `^${policy.of.replaceAll('.', '\\.')}$`;
      const definition = Object.fromEntries(policy.settings.map(({ key, to }) => [key, key === 'max-age' ? age : to]));
      await manage('PUT', `/policies/${vhost}/${policy.name}`, {
        pattern,
        'apply-to': 'queues',
        priority: 1,
        definition,
      });
    }
    const [, exchange, key] = /^(.+) → .+ \[(.*)\]$/.exec(lost.name);
    await manage('DELETE', `/bindings/${vhost}/e/${exchange}/q/${lost.of}/${encodeURIComponent(key)}`);
    await manage('PUT', `/queues/${vhost}/stranger`, { durable: true });
    return {
      changes: [`safe policy ${kept.name}`, `risky policy ${longer.name}`, `create binding ${lost.name}`],
      isStrangerThere: async () => (await manage('GET', `/queues/${vhost}/stranger`)).ok,
    };
  },
};
