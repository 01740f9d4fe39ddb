import { Fault } from '../../errors.ts';
import { sha256 } from '../../schema/canonical.ts';
import { isArray, isObject, type JsonObject } from '../../schema/json.ts';
import { type Api, registryApi, registryOption } from '../api.ts';
import { type Command, type ExitCode, type Input, text, texts } from '../command.ts';
import type { Io } from '../io.ts';

export const command: Command = {
  name: 'token',
  summary: 'makes, lists and revokes API tokens of a registry',
  usage: 'create NAME --role ROLE [options] | list | revoke ID | first NAME',
  takes: [1, 2],
  options: {
    role: { type: 'string', value: 'ROLE', summary: 'reader, publisher, steward or admin.' },
    service: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      summary: 'A service the publisher speaks for; repeatable.',
    },
    subject: {
      type: 'string',
      value: 'CATALOG/PATTERN',
      multiple: true,
      summary: 'Subjects the publisher is kept to, such as "shop/order.*"; repeatable.',
    },
    expires: { type: 'string', value: 'DATE', summary: 'The last day it holds. Default in 90 days, at most in 366.' },
    registry: registryOption,
  },
  examples: [
    'herald token first ada    # the first admin, for HERALD_TOKENS of a registry that has none',
    'herald token create orders-ci --role publisher --service orders --expires 2027-03-31',
    'herald token revoke 7d1a7c1e-58f1-4c2b-9a53-2f6f3d2b8a10',
  ],
  async run(input, io) {
    const [verb = '', named] = input.positionals;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!run) throw misused(`"herald token ${verb}" is nothing; there are ${Object.keys(verbs).join(', ')}.`);
    return run(input, io, named);
  },
};

type Verb = (input: Input, io: Io, named: string | undefined) => Promise<ExitCode>;

const verbs: Readonly<Record<string, Verb>> = { create, list, revoke, first };

async function create(input: Input, io: Io, name: string | undefined): Promise<ExitCode> {
  const role = text(input, 'role');
  if (name === undefined) throw misused('Say whom the token is for: herald token create NAME --role ROLE.');
  if (role === undefined) throw misused('Say what it may do: --role reader, publisher, steward or admin.');
  const expires = text(input, 'expires');
  const { json } = await registryApi(input, io).call('POST', '/v1/tokens', {
    name,
    role,
    services: [...texts(input, 'service')],
    subjects: [...texts(input, 'subject')],
    ...(expires !== undefined && { expires }),
  });
  io.err(`Token ${json.id} for ${name} (${role}), until ${json.expires}. It is shown this once:\n`);
  io.out(`${json.token}\n`);
  return 0;
}

async function list(input: Input, io: Io, surplus: string | undefined): Promise<ExitCode> {
  if (surplus !== undefined) throw misused(`"herald token list" takes no name; "${surplus}" is one too many.`);
  const rows = await tokensOf(registryApi(input, io));
  const today = new Date(io.now()).toISOString().slice(0, 10);
  const cells = rows.map((row) => [
    String(row.id),
    String(row.name),
    `${row.role}${scope(row)}`,
    tokenState(row, today),
    row.lastUsed === undefined ? 'never used' : `last used ${row.lastUsed}`,
  ]);
  io.out(cells.length === 0 ? 'No tokens but those of HERALD_TOKENS.\n' : aligned(cells));
  return 0;
}

async function revoke(input: Input, io: Io, id: string | undefined): Promise<ExitCode> {
  if (id === undefined) throw misused('Say which token: herald token revoke ID. "herald token list" shows the ids.');
  await registryApi(input, io).call('DELETE', `/v1/tokens/${encodeURIComponent(id)}`);
  io.out(`${id} opens nothing any more.\n`);
  return 0;
}

/** For a registry that has no admin yet: asks nobody, and says what to put where. */
async function first(_: Input, io: Io, name: string | undefined): Promise<ExitCode> {
  if (name === undefined) throw misused('Say whom the token is for: herald token first NAME.');
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = `herald_${Buffer.from(bytes).toString('base64url')}`;
  const setting = JSON.stringify([{ name, sha256: sha256(secret), role: 'admin' }]).replaceAll("'", '\\u0027');
  io.err('An admin for the registry that is started with:\n');
  io.err(`HERALD_TOKENS='${setting}'\n`);
  io.err('The token, shown this once; give it to "herald" as HERALD_TOKEN:\n');
  io.out(`${secret}\n`);
  return 0;
}

async function tokensOf(api: Api): Promise<readonly JsonObject[]> {
  const { items } = (await api.call('GET', '/v1/tokens')).json;
  return isArray(items) ? items.filter(isObject) : [];
}

function scope({ services, subjects }: JsonObject): string {
  const named = isArray(services) && services.length > 0 ? ` of ${services.join(', ')}` : '';
  const kept = isArray(subjects) && subjects.length > 0 ? ` within ${subjects.join(', ')}` : '';
  return `${named}${kept}`;
}

function tokenState({ expires, revokedAt, revokedBy }: JsonObject, today: string): string {
  if (revokedAt !== undefined) return `revoked ${String(revokedAt).slice(0, 10)} by ${revokedBy}`;
  return String(expires) < today ? `expired ${expires}` : `until ${expires}`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

function misused(message: string): Fault {
  return new Fault('USAGE_INVALID', {}, { message });
}
