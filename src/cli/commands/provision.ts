import type { Command, ExitCode, Input } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';

export const command: Command = {
  name: 'provision',
  summary: 'makes a broker agree with the catalog, and shows where it does not',
  usage:
    'plan|apply|diff --target URL [--catalog DIR]… [--environment NAME] [--allow risky] [--prune] [--plan FILE] | permissions --target nats|rabbitmq [--catalog DIR]… [--keys FILE] [--jwt DIR] | alerts | dashboard',
  takes: [1, 1],
  options: {
    target: {
      type: 'string',
      value: 'URL',
      summary: 'The broker: nats://, amqp://, redis:// or kafka://. Default: $HERALD_BUS.',
    },
    catalog: {
      type: 'string',
      multiple: true,
      value: 'DIR',
      summary: 'The folder of a catalog; may be given several times. Default: the working folder.',
    },
    environment: { type: 'string', value: 'NAME', summary: 'What the catalog says differs in this environment.' },
    allow: { type: 'string', value: 'CLASS', summary: 'apply: carry out risky changes too.' },
    prune: { type: 'boolean', summary: 'Delete what was provisioned from these catalogs and is in them no longer.' },
    plan: { type: 'string', value: 'FILE', summary: 'apply: carry out this plan (--format json) or nothing.' },
    management: {
      type: 'string',
      value: 'URL',
      summary: 'The management interface of RabbitMQ, or none: over AMQP alone. Default: port 15672 of the target.',
    },
    credentials: { type: 'string', value: 'FILE', summary: 'A .creds file of NATS.' },
    keys: {
      type: 'string',
      value: 'FILE',
      summary: 'permissions of NATS: JSON of services and their public nkeys, in place of passwords.',
    },
    jwt: {
      type: 'string',
      value: 'DIR',
      summary: 'permissions of NATS in operator mode: .creds of each user in DIR, with the seeds that sign them.',
    },
    format: { type: 'string', short: 'f', value: 'FORMAT', summary: 'text (default), json or markdown.' },
  },
  examples: [
    'herald provision plan --target nats://127.0.0.1:4222 --catalog schemas/daarion --environment staging',
    'herald provision apply --target nats://127.0.0.1:4222 --catalog schemas/daarion --plan plan.json',
  ],
  async run(input, io) {
    const [verb = ''] = input.positionals;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (run === undefined)
      throw misused(`"herald provision ${verb}" is nothing; there are ${Object.keys(verbs).join(', ')}.`);
    return run(input, io);
  },
};

type Verb = (input: Input, io: Io) => Promise<ExitCode>;

const verbs: Readonly<Record<string, Verb>> = {
  plan: async (input, io) => (await import('../provision/planning.ts')).showPlan(input, io),
  diff: async (input, io) => (await import('../provision/planning.ts')).showDifferences(input, io),
  permissions: async (input, io) => (await import('../provision/permitting.ts')).showPermissions(input, io),
  alerts: async (input, io) => (await import('../provision/watching.ts')).showAlerts(input, io),
  dashboard: async (input, io) => (await import('../provision/watching.ts')).showDashboard(input, io),
  apply: async (input, io) => (await import('../provision/applying.ts')).applyPlan(input, io),
};
