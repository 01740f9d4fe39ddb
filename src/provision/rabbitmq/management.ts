/** RabbitMQ's management interface: HTTP, in JSON. */
import { connect } from 'node:net';
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

/** A row is a status and what is to be done about it. */
const refusals: Readonly<Record<number, string>> = {
  401: 'Whoever provisions needs the tag "administrator" or "policymaker" (rabbitmqctl set_user_tags), and guest logs in from the same machine alone.',
  403: 'Whoever provisions needs permission to configure the virtual host (rabbitmqctl set_permissions), and the tag "policymaker" for its policies.',
  404: 'Is this RabbitMQ’s management interface, and is the virtual host there (rabbitmqctl add_vhost)?',
};

/** AMQP alone can neither list what is there nor say what a policy is: who wants no more than it does says so. */
function unmanaged(url: string, base: string): string {
  return `RabbitMQ is at ${withoutCredentials(url)}, and no management interface at ${withoutCredentials(base)}: through it alone can be read what a broker has, and limits be set. Enable it (rabbitmq-plugins enable rabbitmq_management), or say where it is (--management URL). "--management none" makes exchanges, queues and bindings over AMQP, and says what it could not read. Nothing was done.`;
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3_000 });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .on('connect', () => answer(true))
      .on('error', () => answer(false))
      .on('timeout', () => answer(false));
  });
}

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
      const port = Number(broker.port) || (secure ? 5_671 : 5_672);
      if (!(await listens(broker.hostname, port))) throw unreachable(url, cause);
      throw new Fault('BROKER_UNREACHABLE', {}, { message: unmanaged(url, base.href), cause });
    }
    if (answer.ok) return answer;
    const said = (await answer.text()).slice(0, 500);
    const why = Object.hasOwn(refusals, answer.status) ? ` ${refusals[answer.status]}` : '';
    const message = `The management interface at ${withoutCredentials(base.href)} refuses ${method} ${path}: ${answer.status} ${said}${why}`;
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
