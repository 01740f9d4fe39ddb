import { Fault } from '../../errors.ts';
import { isArray, isObject, type JsonObject } from '../../schema/json.ts';
import { type Api, type RegistryReply, registryApi, registryOption, subjectPath } from '../api.ts';
import { type Command, flag, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { pairsText, statusText } from '../output/deprecation-status.ts';
import { readJson, readText } from '../source/input.ts';

const verbs = ['announce', 'advance', 'postpone', 'withdraw', 'acknowledge', 'status', 'pairs', 'plans'] as const;

/** What `advance` leads to from each stage. */
const onward: Readonly<Record<string, string>> = {
  announced: 'dual-write',
  'dual-writing': 'migrate',
  migrating: 'retire',
};

export const command: Command = {
  name: 'deprecate',
  summary: 'moves a subject to its successor: announce, dual-write, migrate, retire',
  usage: 'announce|advance|postpone|withdraw|acknowledge|status CATALOG/SUBJECT | pairs CATALOG/SUBJECT FILE | plans',
  takes: [1, 3],
  options: {
    successor: { type: 'string', value: 'SUBJECT', summary: 'announce: what to move to.' },
    sunset: { type: 'string', value: 'DATE', summary: 'announce, postpone: the day it retires, such as 2027-03-31.' },
    reason: { type: 'string', value: 'TEXT', summary: 'Why.' },
    migration: { type: 'string', value: 'TEXT', summary: 'announce: what consumers do to move.' },
    backward: {
      type: 'string',
      value: 'FILE',
      summary: 'announce: JSONata that makes a payload of the subject from one of its successor.',
    },
    forward: { type: 'string', value: 'FILE', summary: 'announce: JSONata the other way, where that is possible.' },
    recorded: {
      type: 'string',
      value: 'FILE',
      summary: 'announce: payloads to try them on, as JSON: {"subject": […], "successor": […]}. They are not kept.',
    },
    attest: {
      type: 'boolean',
      summary:
        'advance: state what no usage shows, that both lines are written (dual-writing) or nothing uses it (retired).',
    },
    service: { type: 'string', value: 'NAME', summary: 'acknowledge: the consumer that has taken note.' },
    force: { type: 'boolean', summary: 'Skip the conditions; takes a steward and --reason. The audit log says so.' },
    format: { type: 'string', short: 'f', value: 'FORMAT', summary: 'plans: text (default), json, ics or markdown.' },
    catalog: { type: 'string', value: 'NAME', summary: 'plans: of this catalog alone.' },
    stage: { type: 'string', value: 'STAGE', summary: 'plans: in this stage alone.' },
    registry: registryOption,
  },
  examples: [
    'herald deprecate announce choice-sherpa/session.created --successor session.created.v2 --sunset 2027-06-30 --reason "titles move" --migration "read title from session.renamed.v2"',
    'herald deprecate status choice-sherpa/session.created',
    'herald deprecate pairs choice-sherpa/session.created pairs.json',
    'herald deprecate plans --format ics > sunsets.ics',
  ],
  async run(input, io) {
    const verb = verbs.find((name) => name === input.positionals[0]);
    if (!verb)
      throw new Fault(
        'USAGE_INVALID',
        {},
        { message: `"herald deprecate ${input.positionals[0]}" is nothing; there are ${verbs.join(', ')}.` },
      );
    const api = registryApi(input, io);
    if (verb === 'plans') {
      refuseMore(input, 1);
      return printPlans(api, input, io);
    }
    if (verb === 'status' && input.positionals[1] === undefined) return printPlans(api, input, io);
    const path = `${place(input)}/deprecation`;
    if (verb === 'pairs') return printPairs(api, path, input, io);
    refuseMore(input, 2);
    await actions[verb](api, path, input, io);
    if (verb === 'withdraw') io.out('The plan is withdrawn; the subject is active.\n');
    else io.out(statusText((await api.call('GET', path)).json));
    return 0;
  },
};

const actions: Readonly<
  Record<
    Exclude<(typeof verbs)[number], 'plans' | 'pairs'>,
    (api: Api, path: string, input: Input, io: Io) => Promise<unknown>
  >
> = {
  announce: async (api, path, input, io) =>
    api.call('PUT', path, {
      successor: needed(input, 'successor'),
      sunset: needed(input, 'sunset'),
      reason: needed(input, 'reason'),
      migration: needed(input, 'migration'),
      ...(await mapping(input, io)),
      ...force(input),
    }),
  async advance(api, path, input) {
    const { json } = await api.call('GET', path);
    const stage = isObject(json.plan) ? String(json.plan.stage) : '';
    const transition = onward[stage];
    if (transition === undefined)
      throw new Fault('TRANSITION_REFUSED', {}, { message: `The subject is ${stage}; nothing comes after it.` });
    await api.call('POST', `${path}/transitions`, {
      transition,
      ...(flag(input, 'attest') && { attest: true }),
      ...reason(input),
      ...force(input),
    });
  },
  postpone: (api, path, input) =>
    api.call('POST', `${path}/transitions`, {
      transition: 'postpone',
      sunset: needed(input, 'sunset'),
      ...reason(input),
      ...force(input),
    }),
  withdraw: (api, path, input) => api.call('POST', `${path}/transitions`, { transition: 'withdraw', ...reason(input) }),
  acknowledge: (api, path, input) =>
    api.call('PUT', `${path}/consumers/${encodeURIComponent(needed(input, 'service'))}`, { state: 'acknowledged' }),
  status: () => Promise.resolve(),
};

async function mapping(input: Input, io: Io): Promise<JsonObject> {
  const [backward, forward, recorded] = [text(input, 'backward'), text(input, 'forward'), text(input, 'recorded')];
  if (backward === undefined) {
    if (forward !== undefined || recorded !== undefined)
      throw new Fault(
        'USAGE_INVALID',
        {},
        { message: 'A mapping needs --backward; --forward and --recorded go with it.' },
      );
    return {};
  }
  return {
    mapping: {
      backward: await readText(io, backward),
      ...(forward !== undefined && { forward: await readText(io, forward) }),
      ...(recorded !== undefined && { recorded: await readJson(io, recorded) }),
    },
  };
}

function refuseMore(input: Input, max: number): void {
  const extra = input.positionals[max];
  if (extra !== undefined) throw new Fault('USAGE_INVALID', {}, { message: `"${extra}" is one argument too many.` });
}

function reason(input: Input): JsonObject {
  const given = text(input, 'reason');
  return given === undefined ? {} : { reason: given };
}

function force(input: Input): JsonObject {
  return flag(input, 'force') ? { force: { reason: needed(input, 'reason') } } : {};
}

function needed(input: Input, option: string): string {
  const given = text(input, option);
  if (given === undefined) throw new Fault('USAGE_INVALID', {}, { message: `Give --${option}.` });
  return given;
}

function place(input: Input): string {
  const [catalog, subject, ...more] = (input.positionals[1] ?? '').split('/');
  if (!catalog || !subject || more.length > 0)
    throw new Fault('USAGE_INVALID', {}, { message: 'Name the subject as CATALOG/SUBJECT.' });
  return subjectPath(catalog, subject);
}

/** Exit 1 where any pair disagrees. Places are printed, never values. */
async function printPairs(api: Api, path: string, input: Input, io: Io): Promise<0 | 1> {
  const file = input.positionals[2];
  if (file === undefined)
    throw new Fault(
      'USAGE_INVALID',
      {},
      {
        message:
          'Name the file of pairs: {"pairs": [{"old": …, "new": …}]}, or {"old": [{"correlationId", "event"}], "new": […]}.',
      },
    );
  const { json } = await api.call('POST', `${path}/pairs`, await readJson(io, file));
  io.out(pairsText(json));
  return json.disagreed === 0 ? 0 : 1;
}

/** What each format asks for. The registry makes calendar and page. */
const planFormats: Readonly<Record<string, { readonly path: string; print(answer: RegistryReply): string }>> = {
  text: { path: '/v1/deprecations', print: ({ json }) => planLines(json) },
  json: { path: '/v1/deprecations', print: ({ json }) => `${JSON.stringify(json.items, null, 2)}\n` },
  ics: { path: '/v1/deprecations.ics', print: ({ text: calendar }) => calendar },
  markdown: { path: '/v1/deprecations.md', print: ({ text: page }) => page },
};

async function printPlans(api: Api, input: Input, io: Io): Promise<0> {
  const name = text(input, 'format') ?? 'text';
  const format = Object.hasOwn(planFormats, name) ? planFormats[name] : undefined;
  if (!format)
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: `There is no format "${name}" of plans; there are ${Object.keys(planFormats).join(', ')}.` },
    );
  const query = new URLSearchParams();
  for (const filter of ['catalog', 'stage']) {
    const given = text(input, filter);
    if (given !== undefined) query.set(filter, given);
  }
  const asked = query.size === 0 ? format.path : `${format.path}?${query}`;
  io.out(format.print(await api.call('GET', asked)));
  return 0;
}

function planLines({ items }: JsonObject): string {
  const plans = isArray(items) ? items.filter(isObject) : [];
  if (plans.length === 0) return 'Nothing is deprecated.\n';
  return plans
    .map(
      ({ catalog, subject, stage, sunset, successor }) =>
        `${catalog}/${subject}  ${stage}, ${stage === 'retired' ? 'sunset was' : 'retires on'} ${sunset}, successor ${successor}\n`,
    )
    .join('');
}
