/** One row per command, in the order of the help text. A command is loaded when it runs: `herald --help` loads none. */
import type { CommandRow } from '../command.ts';

export const commands: readonly CommandRow[] = [
  {
    name: 'init',
    summary: 'write a catalog and a first event schema to start from',
    load: async () => (await import('./init.ts')).command,
  },
  {
    name: 'check',
    summary: 'say whether schemas break anyone, and follow their catalog',
    load: async () => (await import('./check.ts')).command,
  },
  {
    name: 'consume',
    summary: 'say what a service reads of each event, and publish it',
    load: async () => (await import('./consume.ts')).command,
  },
  { name: 'compare', summary: 'compare two schema files', load: async () => (await import('./compare.ts')).command },
  {
    name: 'generate',
    summary: 'write types, validators and JSON Schema from files',
    load: async () => (await import('./generate.ts')).command,
  },
  {
    name: 'validate',
    summary: 'validate events against a file or a registered subject',
    load: async () => (await import('./validate.ts')).command,
  },
  {
    name: 'matrix',
    summary: 'show who publishes and consumes what',
    load: async () => (await import('./matrix.ts')).command,
  },
  {
    name: 'search',
    summary: 'find events by words in names, fields, types, tags and descriptions',
    load: async () => (await import('./search.ts')).command,
  },
  {
    name: 'data-map',
    summary: 'show where sensitive data is, who receives it and how long it is kept',
    load: async () => (await import('./data-map.ts')).command,
  },
  {
    name: 'access',
    summary: 'say which service may publish and subscribe to what, for NATS and Kafka too',
    load: async () => (await import('./access.ts')).command,
  },
  {
    name: 'rules',
    summary: 'list the rules with the severity each catalog gives them',
    load: async () => (await import('./rules.ts')).command,
  },
  {
    name: 'explain',
    summary: 'say what a finding, a rule or an error code means',
    load: async () => (await import('./explain.ts')).command,
  },
  {
    name: 'waive',
    summary: 'permit one finding of one subject until a date',
    load: async () => (await import('./waive.ts')).command,
  },
  {
    name: 'waivers',
    summary: 'list waivers, or withdraw one',
    load: async () => (await import('./waivers.ts')).command,
  },
  {
    name: 'serve',
    summary: 'run a registry',
    load: async () => (await import('./serve.ts')).command,
  },
  {
    name: 'register',
    summary: 'register catalogs and schemas with a registry',
    load: async () => (await import('./register.ts')).command,
  },
  {
    name: 'pull',
    summary: 'write types and schemas of registered versions, pinned',
    load: async () => (await import('./pull.ts')).command,
  },
  {
    name: 'deprecate',
    summary: 'move a subject to its successor, step by step',
    load: async () => (await import('./deprecate.ts')).command,
  },
  {
    name: 'audit',
    summary: 'verify the audit log, or print it',
    load: async () => (await import('./audit.ts')).command,
  },
  {
    name: 'export',
    summary: 'write a whole registry to a file',
    load: async () => (await import('./export.ts')).command,
  },
  {
    name: 'import',
    summary: 'write an exported registry into another',
    load: async () => (await import('./import.ts')).command,
  },
  {
    name: 'promote',
    summary: 'register versions of one registry with another',
    load: async () => (await import('./promote.ts')).command,
  },
  {
    name: 'token',
    summary: 'make, list and revoke API tokens of a registry',
    load: async () => (await import('./token.ts')).command,
  },
  {
    name: 'events',
    summary: 'print the tables that services keep their outbox and inbox in',
    load: async () => (await import('./events.ts')).command,
  },
  {
    name: 'provision',
    summary: 'make a broker agree with the catalog, and show where it does not',
    load: async () => (await import('./provision.ts')).command,
  },
  {
    name: 'parked',
    summary: 'list, show, redrive and discard events that services set aside',
    load: async () => (await import('./parked.ts')).command,
  },
];
