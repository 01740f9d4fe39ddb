/** The gate: what may be published as this service, asked of the lock file or the registry and remembered for a while. */
import type { Client, EventRules } from '../client/client.ts';
import { HeraldError, isOutage } from '../client/error.ts';
import type { Catalog } from '../schema/catalog.ts';
import { readCatalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import { type EnvelopeFiller, envelopeFiller } from '../schema/envelope-filler.ts';
import type { Bus, Channel } from './bus.ts';
import { channelOf } from './channel.ts';
import { EventFault } from './error.ts';

/** One subject as this process deals with it. */
export interface Gate {
  readonly subject: string;
  readonly catalog: Catalog;
  readonly contract: Contract;
  readonly rules: EventRules;
  readonly channel: Channel;
  readonly fill: EnvelopeFiller;
}

export interface Gates {
  /** Of a subject that is registered. Rejects with EVENT_UNKNOWN or CONTRACT_UNAVAILABLE. */
  of(subject: string): Promise<Gate>;
  /** Of a subject this service may publish now. Rejects with EVENT_FOREIGN or SUBJECT_RETIRED too. */
  toPublish(subject: string): Promise<Gate>;
}

interface GateOptions {
  readonly catalog: string;
  readonly service: string;
  readonly client: Client;
  readonly bus: Pick<Bus, 'kind'>;
  readonly now: () => number;
}

/** For how long what was found is not asked for again. */
const rememberedMs = 30_000;
const maxRemembered = 5_000;

interface Held {
  readonly at: number;
  readonly gate: Promise<Gate>;
}

export function gatesOf(options: GateOptions): Gates {
  const known = new Map<string, Held>();
  const live = new Map<string, Held>();
  const remembered = (held: Map<string, Held>, subject: string, find: () => Promise<Gate>): Promise<Gate> => {
    const found = held.get(subject);
    if (found !== undefined && options.now() - found.at < rememberedMs) return found.gate;
    if (held.size >= maxRemembered) held.clear();
    const gate = find();
    held.set(subject, { at: options.now(), gate });
    gate.catch(() => held.delete(subject));
    return gate;
  };
  const of = (subject: string) => remembered(known, subject, () => find(options, subject));
  return {
    of,
    toPublish: (subject) =>
      remembered(live, subject, async () => publishable(options, await liveOf(options, subject, of))),
  };
}

async function find({ catalog: name, client, bus }: GateOptions, subject: string): Promise<Gate> {
  const rules = await client.rules(name, subject).catch((error: unknown) => refuse(error, name, subject));
  const catalog = catalogOf(rules.catalog, name);
  const { contract } = rules;
  return {
    subject,
    catalog,
    contract,
    rules,
    channel: channelOf(catalog, subject, contract, bus.kind),
    fill: envelopeFiller(catalog, subject, contract, rules.version.label),
  };
}

/** With its defaults: what was given by hand may leave them out. */
function catalogOf(stated: Catalog, name: string): Catalog {
  const read = readCatalog(stated);
  if (read.ok) return read.catalog;
  const [problem] = read.problems;
  throw new EventFault(
    'CONTRACT_UNAVAILABLE',
    { catalog: name },
    {
      message: `The catalog ${name} cannot be used: ${problem?.pointer ?? ''} ${problem?.message ?? ''}.`,
      remedy: 'Give createClient the catalog.json that was registered.',
    },
  );
}

/** Whether it is retired only the registry knows; while that is out of reach what was pulled goes on. */
async function liveOf({ catalog, client }: GateOptions, subject: string, of: Gates['of']): Promise<Gate> {
  await client.latest(catalog, subject).catch((error: unknown) => {
    if (error instanceof HeraldError && error.code === 'SUBJECT_RETIRED') refuse(error, catalog, subject);
    if (!isOutage(error) && !(error instanceof HeraldError && error.code === 'SUBJECT_NOT_FOUND'))
      refuse(error, catalog, subject);
  });
  return of(subject);
}

function publishable({ service }: GateOptions, gate: Gate): Gate {
  const { producer } = gate.contract;
  if (producer === undefined || producer === service) return gate;
  throw new EventFault(
    'EVENT_FOREIGN',
    { subject: gate.subject, producer, service },
    {
      message: `${gate.subject} is emitted by ${producer}; this is ${service}.`,
    },
  );
}

function refuse(error: unknown, catalog: string, subject: string): never {
  if (!(error instanceof HeraldError)) throw error;
  const details = { catalog, subject, reason: error.code };
  if (error.code === 'SUBJECT_RETIRED')
    throw new EventFault('SUBJECT_RETIRED', details, { message: `${catalog}/${subject} is retired.`, cause: error });
  if (error.code === 'SUBJECT_NOT_FOUND' || error.code === 'CATALOG_NOT_FOUND')
    throw new EventFault('EVENT_UNKNOWN', details, {
      message: `${catalog}/${subject} is not registered.`,
      cause: error,
    });
  throw new EventFault('CONTRACT_UNAVAILABLE', details, {
    message: `The contract of ${catalog}/${subject} cannot be had: ${error.message}`,
    cause: error,
  });
}
