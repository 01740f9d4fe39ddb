/** RabbitMQ's management interface: HTTP, in JSON. */
import { connect } from 'node:net';
import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { unreachable, withoutCredentials } from '../reach.ts';

export interface Management {
  /** Of the broker itself. Rejects where it is another one's. */
  overview(): Promise<Json>;
  get(path: string): Promise<Json>;
  put(path: string, body: Json): Promise<void>;
  post(path: string, body: Json): Promise<void>;
  remove(path: string): Promise<void>;
  /** The virtual host as paths have it. */
  readonly vhost: string;
}

const timeoutMs = 15_000;

/** A row is a status, what the reason holds, and what is to be done about it: the first that fits. */
const refusals: readonly (readonly [number, RegExp, string])[] = [
  [
    401,
    /not management user|not authorised to access object/i,
    'Whoever provisions needs the tag "administrator" or "policymaker" (rabbitmqctl set_user_tags).',
  ],
  [
    401,
    /access refused/i,
    'Whoever provisions needs permission to configure all of the virtual host (rabbitmqctl set_permissions).',
  ],
  [401, /./, 'The user or the password is another one; and guest logs in from the same machine alone.'],
  [
    403,
    /./,
    'Whoever provisions needs permission to configure the virtual host (rabbitmqctl set_permissions), and the tag "policymaker" for its policies.',
  ],
  [404, /./, 'Is this RabbitMQ’s management interface, and is the virtual host there (rabbitmqctl add_vhost)?'],
];

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

  const shown = withoutCredentials(base.href);
  const amqpPort = Number(broker.port) || (secure ? 5_671 : 5_672);

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
      if (!(await listens(broker.hostname, amqpPort))) throw unreachable(url, cause);
      throw new Fault('BROKER_UNREACHABLE', {}, { message: unmanaged(url, base.href), cause });
    }
    if (answer.ok) return answer;
    const said = reasonIn(await answer.text());
    const [, , remedy] = refusals.find(([status, reason]) => status === answer.status && reason.test(said)) ?? [];
    const why = `${answer.status} ${said}`.trim().replace(/\.$/, '');
    const message = `The management interface at ${shown} refuses ${method} ${path}: ${why}.${remedy === undefined ? '' : ` ${remedy}`}`;
    throw new Fault('BROKER_UNREACHABLE', {}, { message });
  };

  const get = async (path: string) => (await (await call('GET', path)).json()) as Json;

  return {
    async overview() {
      const overview = await get('/overview');
      const ports = portsIn(overview);
      // where it was not said, the interface may be another broker's on the same machine
      if (stated !== undefined || ports.length === 0 || ports.includes(amqpPort)) return overview;
      const message = `The management interface at ${shown} is of a RabbitMQ that listens at ${ports.join(', ')}, not at ${amqpPort}. Say where that of ${withoutCredentials(url)} is (--management URL). Nothing was done.`;
      throw new Fault('USAGE_INVALID', {}, { message });
    },
    vhost: encodeURIComponent(decodeURIComponent(broker.pathname.replace(/^\//, '')) || '/'),
    get,
    put: async (path, body) => void (await call('PUT', path, body)),
    post: async (path, body) => void (await call('POST', path, body)),
    remove: async (path) => void (await call('DELETE', path)),
  };
}

/** What RabbitMQ says in JSON, or the answer as it is. */
function reasonIn(text: string): string {
  try {
    const said = JSON.parse(text) as Json;
    const reason = isObject(said) ? (member(said, 'reason') ?? member(said, 'error')) : undefined;
    if (typeof reason === 'string') return reason;
  } catch {
    // a proxy's page
  }
  return text.slice(0, 500);
}

/** Where the broker listens for AMQP; none where this user may not know. */
function portsIn(overview: Json): readonly number[] {
  const listeners = isObject(overview) ? member(overview, 'listeners') : undefined;
  if (!isArray(listeners)) return [];
  const ports = listeners.filter(isObject).flatMap((row) => {
    const [protocol, port] = [member(row, 'protocol'), member(row, 'port')];
    return (protocol === 'amqp' || protocol === 'amqp/ssl') && typeof port === 'number' ? [port] : [];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}
