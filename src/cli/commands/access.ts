import { Fault } from '../../errors.ts';
import { type Access, type Action, access, accessTable, actions } from '../../policy/access.ts';
import { type AccessExport, kafkaAcls, natsPermissions } from '../../policy/access-export.ts';
import { isArray } from '../../schema/json.ts';
import { registryApi, registryOption } from '../api.ts';
import { type CurrentCatalog, currentEvents } from '../check/current-events.ts';
import { type Command, type ExitCode, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';

const formats = ['json', 'nats', 'kafka'] as const;
type Format = (typeof formats)[number];

export const command: Command = {
  name: 'access',
  summary: 'says which service may publish and subscribe to what, for NATS and Kafka too',
  usage: '[PATH… | CATALOG --registry URL] [--service NAME --subject NAME --action ACTION | --format json|nats|kafka]',
  takes: [0, 1_000],
  options: {
    service: { type: 'string', value: 'NAME', summary: 'Ask about one service …' },
    subject: { type: 'string', value: 'NAME', summary: '… and one subject: exit 0 where it may, 1 where it may not.' },
    action: { type: 'string', value: 'ACTION', summary: 'publish or subscribe.' },
    format: {
      type: 'string',
      short: 'f',
      value: 'FORMAT',
      summary: 'json (default), nats: a configuration for nats-server, kafka: commands for kafka-acls.sh.',
    },
    registry: { ...registryOption, summary: 'Ask about the registered events of CATALOG instead of files.' },
  },
  examples: [
    'herald access schemas/daarion --service embassy --subject wallet.tx.sent --action subscribe',
    'herald access daarion --registry http://127.0.0.1:8080 --format nats > daarion.conf',
  ],
  async run(input, io) {
    const question = questionOf(input);
    const format = formats.find((name) => name === (text(input, 'format') ?? 'json'));
    if (!format) throw misused(`--format takes ${formats.join(', ')}.`);
    if (text(input, 'registry') !== undefined) return asked(input, io, question, format);
    const catalog = only(await currentEvents(input.positionals, io), question?.subject);
    if (question) return answered(io, answer(catalog, question));
    io.out(rendered(exportOf(catalog), format));
    return 0;
  },
};

interface Question {
  readonly service: string;
  readonly subject: string;
  readonly action: Action;
}

function questionOf(input: Input): Question | undefined {
  const [service, subject, stated] = [text(input, 'service'), text(input, 'subject'), text(input, 'action')];
  if (service === undefined && subject === undefined && stated === undefined) return undefined;
  if (service === undefined || subject === undefined)
    throw misused('A question names a --service, a --subject and an --action.');
  const action = actions.find((name) => name === stated);
  if (!action) throw misused(`--action takes ${actions.join(' or ')}.`);
  return { service, subject, action };
}

async function asked(input: Input, io: Io, question: Question | undefined, format: Format): Promise<ExitCode> {
  const [catalog, surplus] = input.positionals;
  if (surplus !== undefined || (catalog === undefined && !question))
    throw misused('With --registry, name one catalog.');
  const api = registryApi(input, io);
  if (!question) {
    const path = `/v1/catalogs/${encodeURIComponent(catalog ?? '')}/access?format=${format}`;
    const { text: body } = await api.call('GET', path);
    io.out(body.endsWith('\n') ? body : `${body}\n`);
    return 0;
  }
  const query = new URLSearchParams({ ...question, ...(catalog !== undefined && { catalog }) });
  const { json } = await api.call('GET', `/v1/access?${query}`);
  const because = isArray(json.because) ? json.because.map(String) : [];
  return answered(io, { allowed: json.allowed === true, because });
}

/** Where several catalogs are found, the one that has the subject. */
function only(catalogs: readonly CurrentCatalog[], subject: string | undefined): CurrentCatalog {
  const having =
    subject === undefined || catalogs.length === 1
      ? catalogs
      : catalogs.filter(({ events }) => events.some((event) => event.subject === subject));
  const [first] = having;
  if (first && having.length === 1) return first;
  const names = (having.length > 0 ? having : catalogs).map(({ catalog }) => catalog.name).join(', ');
  throw misused(`There are several catalogs: ${names}. Name the folder of one.`);
}

function answer({ catalog, events }: CurrentCatalog, { service, subject, action }: Question): Access {
  const event = events.find((one) => one.subject === subject);
  return access(catalog, service, action, subject, event);
}

function answered(io: Io, { allowed, because }: Access): ExitCode {
  io.out(`${allowed ? 'yes' : 'no'}\n${because.map((line) => `  ${line}\n`).join('')}`);
  return allowed ? 0 : 1;
}

function exportOf({ catalog, events }: CurrentCatalog): AccessExport {
  return { catalog, table: accessTable(catalog, events), subjects: events.map(({ subject }) => subject) };
}

function rendered(granted: AccessExport, format: Format): string {
  if (format === 'nats') return natsPermissions(granted);
  if (format === 'kafka') return kafkaAcls(granted);
  return `${JSON.stringify({ catalog: granted.catalog.name, services: granted.table }, null, 2)}\n`;
}

function misused(message: string): Fault {
  return new Fault('USAGE_INVALID', {}, { message });
}
