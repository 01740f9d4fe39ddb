import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { type RegisteredReference, registeredReferences, registeredUri } from '../../schema/registered.ts';
import { type Api, apiAt, type RegistryReply, subjectPath } from '../api.ts';
import { type Command, type ExitCode, flag, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { visible } from '../output/visible.ts';
import { blockingReasons } from '../register/register-command.ts';

export const command: Command = {
  name: 'promote',
  summary: 'registers versions of one registry with another, which checks them as any registration',
  usage: 'CATALOG/SUBJECT[@VERSION]… --from URL --to URL [--dry-run]',
  takes: [1, 1_000],
  options: {
    from: { type: 'string', value: 'URL', summary: 'The registry they are in; $HERALD_FROM_TOKEN is its token.' },
    to: { type: 'string', value: 'URL', summary: 'The registry they go to; $HERALD_TOKEN is its token.' },
    'dry-run': { type: 'boolean', summary: 'Say what would happen; write nothing.' },
  },
  examples: [
    'herald promote shop/order.placed --from http://staging:8080 --to http://registry:8080 --dry-run',
    'herald promote shop/order.placed@3 shop/order.paid --from http://staging:8080 --to http://registry:8080',
  ],
  async run(input, io) {
    const [from, to] = [apiFor(input, io, 'from'), apiFor(input, io, 'to')];
    const wanted: Chosen[] = [];
    for (const given of new Set(input.positionals)) wanted.push(await chosen(from, given));
    const outcome = { promoted: 0, same: 0, refused: 0, exit: 0 as ExitCode };
    const pins = pinMap(from, to);
    for (const one of referredFirst(wanted)) await promote(to, one, { dry: flag(input, 'dry-run'), io, outcome, pins });
    const done = flag(input, 'dry-run') ? 'would be promoted' : 'promoted';
    io.out(
      `${plural(outcome.promoted, 'version')} ${done}, ${outcome.same} already there, ${outcome.refused} refused\n`,
    );
    return outcome.exit;
  },
};

function apiFor(input: Input, io: Io, end: 'from' | 'to'): Api {
  const url = text(input, end);
  if (url === undefined)
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: `Say --${end} URL: which registry they ${end === 'from' ? 'are in' : 'go to'}.` },
    );
  return apiAt(url, io, end === 'from' ? io.env.HERALD_FROM_TOKEN : io.env.HERALD_TOKEN);
}

interface Chosen {
  readonly catalog: string;
  readonly subject: string;
  readonly number: number;
  readonly fingerprint: string;
  /** As it was registered: the target is given the very same text. */
  readonly document: string;
}

async function chosen(from: Api, given: string): Promise<Chosen> {
  const [, catalog, subject, version = 'latest'] = /^([^/@]+)\/([^/@]+)(?:@([1-9]\d{0,8}))?$/.exec(given) ?? [];
  if (catalog === undefined || subject === undefined)
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: `"${given}" names no version; write CATALOG/SUBJECT or CATALOG/SUBJECT@3.` },
    );
  const { json } = await from.call('GET', `${subjectPath(catalog, subject)}/versions/${version}`);
  if (typeof json.number !== 'number' || typeof json.fingerprint !== 'string')
    throw new Fault(
      'REGISTRY_ANSWER_INVALID',
      { url: from.url },
      { message: `${from.url} did not answer a version for ${given}.` },
    );
  const { number, fingerprint } = json;
  const { text: document } = await from.call('GET', `${subjectPath(catalog, subject)}/versions/${number}/schema`);
  return { catalog, subject, number, fingerprint, document };
}

/** Those that others refer to before the others. */
function referredFirst(wanted: readonly Chosen[]): readonly Chosen[] {
  const ordered = new Set<Chosen>();
  const visiting = new Set<Chosen>();
  const visit = (one: Chosen) => {
    if (ordered.has(one) || visiting.has(one)) return;
    visiting.add(one);
    for (const { catalog, subject } of registeredReferences(JSON.parse(one.document)).values())
      for (const other of wanted) if (other.catalog === catalog && other.subject === subject) visit(other);
    ordered.add(one);
  };
  for (const one of wanted) visit(one);
  return [...ordered];
}

interface Doing {
  readonly dry: boolean;
  readonly io: Io;
  readonly pins: PinMap;
  readonly outcome: { promoted: number; same: number; refused: number; exit: ExitCode };
}

async function promote(to: Api, given: Chosen, { dry, io, outcome, pins }: Doing): Promise<void> {
  const name = `${given.catalog}/${given.subject}@${given.number}`;
  try {
    const one = { ...given, document: await pins.mapped(given.document) };
    const { verdict, created, number } = dry ? await tried(to, one, pins) : await registered(to, one, given.document);
    pins.note(given, number, one.document);
    if (created) outcome.promoted += 1;
    else outcome.same += 1;
    io.out(`${name}: ${verdict}\n`);
  } catch (fault) {
    // a registry that is gone is gone for all of them
    if (!(fault instanceof Fault) || (fault.exit === 3 && fault.code !== 'UNDECIDED')) throw fault;
    outcome.refused += 1;
    outcome.exit = outcome.exit === 1 || fault.exit === 1 ? 1 : fault.exit;
    io.err(`${name}: refused, ${visible(fault.message)} (${fault.code})\n${blockingReasons(fault.details.report)}`);
  }
}

interface Promoted {
  /** What it is there, or would be. */
  readonly number: number;
  readonly verdict: string;
  readonly created: boolean;
}

async function registered(
  to: Api,
  { catalog, subject, document, fingerprint }: Chosen,
  original: string,
): Promise<Promoted> {
  const path = `${subjectPath(catalog, subject)}/versions`;
  const { status, json } = await to.call('POST', path, document, 'application/schema+json');
  if (document === original && json.fingerprint !== fingerprint)
    throw new Fault(
      'REGISTRY_ANSWER_INVALID',
      { url: to.url },
      { message: `${to.url} gives the same document another fingerprint.` },
    );
  const there = `version ${json.number} there, schema ${json.id}`;
  return status === 201
    ? { verdict: `promoted, ${there}`, created: true, number: Number(json.number) }
    : { verdict: `already ${there}`, created: false, number: Number(json.number) };
}

/** The check is what registration would say. */
async function tried(to: Api, { catalog, subject, document }: Chosen, pins: PinMap): Promise<Promoted> {
  // the registry sees beside it what would have been promoted before it
  const body = { catalog, candidates: [{ subject, text: document }, ...pins.noted] };
  const { json } = await to.call('POST', '/v1/check', JSON.stringify(body));
  const report: Json | undefined = isArray(json.reports) ? json.reports[0] : undefined;
  const gate = isObject(report) ? report.gate : undefined;
  if (!isObject(report) || !isObject(gate))
    throw new Fault('REGISTRY_ANSWER_INVALID', { url: to.url }, { message: `${to.url} did not answer a report.` });
  if (report.same !== undefined)
    return { verdict: `already version ${String(report.same)} there`, created: false, number: Number(report.same) };
  if (gate.allowed !== true) {
    const code = gate.fault === 'INCOMPATIBLE' || gate.fault === 'UNDECIDED' ? gate.fault : 'POLICY_REFUSED';
    throw new Fault(code, { report }, { message: String(gate.because) });
  }
  const number = (await latestOf(to, catalog, subject)) + 1;
  return { verdict: `would be promoted, as ${String(report.label)}`, created: true, number };
}

async function latestOf(to: Api, catalog: string, subject: string): Promise<number> {
  const versions = await numbersByFingerprint(to, catalog, subject);
  return Math.max(0, ...versions.values());
}

/** Version numbers are each registry's own: what is `/3` in one may be `/1` in the other. */
interface PinMap {
  /** The document with its references leading to the same versions in the target. */
  mapped(document: string): Promise<string>;
  note(one: Chosen, number: number, document: string): void;
  /** What was noted, as candidates of a check. */
  readonly noted: readonly { readonly catalog: string; readonly subject: string; readonly text: string }[];
}

function pinMap(from: Api, to: Api): PinMap {
  const numbers = new Map<string, number>();
  const noted: { catalog: string; subject: string; text: string }[] = [];
  const numberThere = async (reference: RegisteredReference): Promise<number> => {
    const uri = registeredUri(reference);
    const known = numbers.get(uri);
    if (known !== undefined) return known;
    const { catalog, subject, number } = reference;
    const { json } = await from.call('GET', `${subjectPath(catalog, subject)}/versions/${number}`);
    const there = (await numbersByFingerprint(to, catalog, subject)).get(String(json.fingerprint));
    if (there === undefined)
      throw new Fault(
        'SCHEMA_REFERENCE_UNRESOLVED',
        { reference: uri },
        { message: `It refers to ${uri}, and ${to.url} has no version with that content. Promote that one with it.` },
      );
    numbers.set(uri, there);
    return there;
  };
  return {
    noted,
    note: ({ catalog, subject, number }, there, text) => {
      numbers.set(registeredUri({ catalog, subject, number }), there);
      noted.push({ catalog, subject, text });
    },
    async mapped(document) {
      const value: Json = JSON.parse(document);
      const uris = new Map<string, string>();
      for (const [uri, reference] of registeredReferences(value)) {
        const number = await numberThere(reference);
        if (number !== reference.number) uris.set(uri, registeredUri({ ...reference, number }));
      }
      return uris.size === 0 ? document : JSON.stringify(withReferences(value, uris));
    },
  };
}

function withReferences(value: Json, uris: ReadonlyMap<string, string>): Json {
  if (isArray(value)) return value.map((item) => withReferences(item, uris));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name !== '$ref' || typeof member !== 'string') return [name, withReferences(member, uris)];
      const [uri = '', ...fragment] = member.split('#');
      return [name, [uris.get(uri) ?? uri, ...fragment].join('#')];
    }),
  );
}

async function numbersByFingerprint(api: Api, catalog: string, subject: string): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const path: string = `${subjectPath(catalog, subject)}/versions?limit=1000${cursor}`;
    const reply: RegistryReply | undefined = await api.call('GET', path).catch((fault: unknown) => {
      if (fault instanceof Fault && (fault.code === 'SUBJECT_NOT_FOUND' || fault.code === 'CATALOG_NOT_FOUND'))
        return undefined;
      throw fault;
    });
    const items = reply?.json.items;
    for (const item of isArray(items) ? items.filter(isObject) : [])
      found.set(String(item.fingerprint), Number(item.number));
    const next: Json | undefined = reply?.json.cursor;
    cursor = typeof next === 'string' ? `&cursor=${encodeURIComponent(next)}` : undefined;
  }
  return found;
}
