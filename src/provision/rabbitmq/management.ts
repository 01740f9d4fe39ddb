/** RabbitMQ's management interface: HTTP, in JSON. */
import { Fault } from '../../errors.ts';
import type { Json } from '../../schema/json.ts';
import { unreachable, withoutCredentials } from '../library.ts';

export interface Management {
  get(path: string): Promise<Json>;
  put(path: string, body: Json): Promise<void>;
  post(path: string, body: Json): Promise<void>;
  remove(path: string): Promise<void>;
  /** The virtual host as paths have it. */
  readonly vhost: string;
}

const timeoutMs = 15_000;

/** `url`: of the broker. The interface is at port 15672 of its host, unless `stated` says where. */
export function management(url: string, stated: string | undefined): Management {
  const broker = new URL(url);
  const secure = broker.protocol === 'amqps:';
  const base = new URL(stated ?? `${secure ? 'https' : 'http'}://${broker.hostname}:${secure ? 15_671 : 15_672}`);
  const login = base.username === '' ? broker : base;
  const user = decodeURIComponent(login.username || 'guest');
  const password = decodeURIComponent(login.password || 'guest');
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const root = `${base.protocol}//${base.host}${base.pathname.replace(/\/$/, '')}/api`;

  const call = async (method: string, path: string, body?: Json): Promise<Response> => {
    let answer: Response;
    try {
      answer = await fetch(`${root}${path}`, {
        method,
        headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      const why = new Error(
        `its management interface is not at ${withoutCredentials(base.href)} (rabbitmq-plugins enable rabbitmq_management; --management says where it is)`,
        { cause },
      );
      throw unreachable(url, why);
    }
    if (answer.ok) return answer;
    const said = (await answer.text()).slice(0, 500);
    const message = `RabbitMQ refuses ${method} ${path}: ${answer.status} ${said}`;
    throw new Fault('BROKER_UNREACHABLE', {}, { message });
  };

  return {
    vhost: encodeURIComponent(decodeURIComponent(broker.pathname.replace(/^\//, '')) || '/'),
    get: async (path) => (await (await call('GET', path)).json()) as Json,
    put: async (path, body) => void (await call('PUT', path, body)),
    post: async (path, body) => void (await call('POST', path, body)),
    remove: async (path) => void (await call('DELETE', path)),
  };
}
