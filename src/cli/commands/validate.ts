import { registryOption } from '../api.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  name: 'validate',
  summary: 'validates events against a schema file, or a registered subject',
  usage:
    'SUBJECT|FILE EVENTS… [--as-writer] [--catalog NAME] [--registry URL] | --event [--subject SUBJECT] EVENTS… --catalog NAME',
  takes: [1, 1_000],
  options: {
    'as-writer': {
      type: 'boolean',
      summary: 'Hold events to what the closed world assumes: no member that the schema does not declare.',
    },
    event: {
      type: 'boolean',
      summary: 'The files hold whole events: envelope, sender and payload are held against what is registered.',
    },
    subject: {
      type: 'string',
      value: 'SUBJECT',
      summary: 'With --event: what the transport called the events, where the envelope does not carry its type.',
    },
    catalog: { type: 'string', short: 'c', value: 'NAME', summary: 'The catalog of the subject.' },
    version: { type: 'string', value: 'N', summary: 'The version to validate against. Default latest.' },
    registry: registryOption,
  },
  examples: [
    'herald validate schemas/choice-sherpa/session.created.json event.json',
    'herald validate session.created events.ndjson --catalog choice-sherpa',
    'herald validate --event events.ndjson --catalog choice-sherpa',
    'herald validate --event --subject vote.cast event.json --catalog political-sphere',
  ],
  // the help needs none of what it does
  run: async (input, io) => (await import('../validate/validate-command.ts')).runValidate(input, io),
};
