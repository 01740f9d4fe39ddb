/** A virtual host of a test's own on the RabbitMQ of `AMQP_URL`, and its management interface, which says what is really there. */
import { randomUUID } from 'node:crypto';
import { isArray, isObject, type Json, type JsonObject } from '../../src/schema/json.ts';
import { amqpUrl, managementUrl } from './servers.ts';

export interface RabbitVhost {
  readonly vhost: string;
  /** Of the broker, with this virtual host. */
  readonly url: string;
  as(user: string, password: string): string;
  /** Throws where the answer is neither a success nor 404. */
  manage(method: string, path: string, body?: Json): Promise<Response>;
  /** What the management interface lists of this virtual host. */
  list(kind: 'exchanges' | 'queues' | 'bindings' | 'policies'): Promise<readonly JsonObject[]>;
  remove(): Promise<void>;
}

export async function rabbitVhost(): Promise<RabbitVhost> {
  const vhost = `herald-${randomUUID().slice(0, 8)}`;
  const at = new URL(managementUrl()!);
  const login = Buffer.from(`${at.username || 'guest'}:${at.password || 'guest'}`).toString('base64');
  const manage = async (method: string, path: string, body?: Json): Promise<Response> => {
    const answer = await fetch(`${at.origin}/api${path}`, {
      method,
      headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok && answer.status !== 404)
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  await manage('PUT', `/vhosts/${vhost}`);
  await manage('PUT', `/permissions/${vhost}/guest`, { configure: '.*', write: '.*', read: '.*' });
  const url = `${amqpUrl()!.replace(/\/+$/, '')}/${vhost}`;
  return {
    vhost,
    url,
    as: (user, password) => url.replace(/\/\/[^@]*@/, `//${user}:${password}@`),
    manage,
    async list(kind) {
      const rows = (await (await manage('GET', `/${kind}/${vhost}`)).json()) as Json;
      return isArray(rows) ? rows.filter(isObject) : [];
    },
    remove: async () => void (await manage('DELETE', `/vhosts/${vhost}`)),
  };
}
