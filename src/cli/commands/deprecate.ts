import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { type Api, registryApi, registryOption, subjectPath } from '../api.ts';
import { type Command, flag, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';

const verbs = ['announce', 'advance', 'postpone', 'withdraw', 'acknowledge', 'status'] as const;

/** What `advance` leads to from each stage. */
const onward: Readonly<Record<string, string>> = {
  announced: 'dual-write',
  'dual-writing': 'migrate',
  migrating: 'retire',
};

export const command: Command = {
  name: 'deprecate',
  summary: 'moves a subject to its successor: announce, dual-write, migrate, retire',
  usage: `${verbs.join('|')} CATALOG/SUBJECT [options]`,
  takes: [1, 2],
  options: {
    successor: { type: 'string', value: 'SUBJECT', summary: 'announce: what to move to.' },
    sunset: { type: 'string', value: 'DATE', summary: 'announce, postpone: the day it retires, such as 2027-03-31.' },
    reason: { type: 'string', value: 'TEXT', summary: 'Why.' },
    migration: { type: 'string', value: 'TEXT', summary: 'announce: what consumers do to move.' },
    attest: {
      type: 'boolean',
      summary:
        'advance: state what no usage shows, that both lines are written (dual-writing) or nothing uses it (retired).',
    },
    service: { type: 'string', value: 'NAME', summary: 'acknowledge: the consumer that has taken note.' },
    force: { type: 'boolean', summary: 'Skip the conditions; takes a steward and --reason. The audit log says so.' },
    registry: registryOption,
  },
  examples: [
    'herald deprecate announce choice-sherpa/session.created --successor session.created.v2 --sunset 2027-06-30 --reason "titles move" --migration "read title from session.renamed.v2"',
    'herald deprecate status choice-sherpa/session.created',
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
    if (verb === 'status' && input.positionals[1] === undefined) return printAll(api, io);
    const path = `${place(input)}/deprecation`;
    await actions[verb](api, path, input);
    if (verb === 'withdraw') io.out('The plan is withdrawn; the subject is active.\n');
    else io.out(statusText((await api.call('GET', path)).json));
    return 0;
  },
};

const actions: Readonly<Record<(typeof verbs)[number], (api: Api, path: string, input: Input) => Promise<unknown>>> = {
  announce: (api, path, input) =>
    api.call('PUT', path, {
      successor: needed(input, 'successor'),
      sunset: needed(input, 'sunset'),
      reason: needed(input, 'reason'),
      migration: needed(input, 'migration'),
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

async function printAll(api: Api, io: Io): Promise<0> {
  const { json } = await api.call('GET', '/v1/deprecations');
  const plans = isArray(json.items) ? json.items.filter(isObject) : [];
  if (plans.length === 0) io.out('Nothing is deprecated.\n');
  for (const plan of plans)
    io.out(`${plan.catalog}/${plan.subject}  ${plan.stage}, retires on ${plan.sunset}, successor ${plan.successor}\n`);
  return 0;
}

function statusText(status: JsonObject): string {
  const plan = isObject(status.plan) ? status.plan : {};
  const lines = [
    `${plan.catalog}/${plan.subject} is ${plan.stage}`,
    `  successor ${plan.successor}, announced on ${plan.announcedOn}, retires on ${plan.sunset}`,
    ...list(status.consumers).map(
      (row) =>
        `  ${row.service}: ${row.state}${row.since === undefined ? '' : ` since ${row.since}`} (here ${row.seenHere}, on the successor ${row.seenOnSuccessor})`,
    ),
    ...nextLines(isObject(status.next) ? status.next : undefined),
  ];
  return `${lines.join('\n')}\n`;
}

function nextLines(next: JsonObject | undefined): string[] {
  if (!next) return ['  nothing comes next'];
  if (next.allowed === true) return [`  next: ${next.transition}, nothing is in the way`];
  return [`  next: ${next.transition}, blocked by`, ...list(next.missing).map((lack) => `    ${lack.message}`)];
}

function list(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}
