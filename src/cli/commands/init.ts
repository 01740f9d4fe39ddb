import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../errors.ts';
import { catalogNamePattern } from '../../schema/catalog.ts';
import { type Command, text } from '../command.ts';
import { writeFiles } from '../generate/output-folder.ts';

export const command: Command = {
  name: 'init',
  summary: 'writes a catalog and a first event schema to start from',
  usage: '[--catalog NAME]',
  takes: [0, 0],
  options: { catalog: { type: 'string', short: 'c', value: 'NAME', summary: 'Default my-events.' } },
  examples: ['herald init --catalog shop'],
  async run(input, io) {
    const name = text(input, 'catalog') ?? 'my-events';
    if (!catalogNamePattern.test(name))
      throw new Fault(
        'USAGE_INVALID',
        {},
        { message: `"${name}" is no catalog name: lower-case letters, digits and "-".` },
      );
    const folder = `schemas/${name}`;
    const files = starter(name).map(({ path, value }) => ({
      path: `${folder}/${path}`,
      text: `${JSON.stringify(value, null, 2)}\n`,
    }));
    for (const { path } of files)
      if (await exists(join(io.cwd, path)))
        throw new Fault('INPUT_UNREADABLE', { path }, { message: `${path} is there already; nothing was written.` });
    await writeFiles(io.cwd, files);
    for (const { path } of files) io.out(`wrote ${path}\n`);
    io.out(
      '\nNext:\n  herald check schemas\n  herald check schemas --against main   (in a git repository)\n  herald serve, and herald register schemas\n',
    );
    return 0;
  },
};

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function starter(name: string) {
  const catalog = {
    // where the package is installed in the project, editors complete and check the file
    $schema: '../../node_modules/herald-registry/src/schema/catalog.schema.json',
    name,
    title: name,
    names: {
      segments: [
        { name: 'domain', style: 'snake' },
        { name: 'entity', style: 'snake', optional: true },
        { name: 'fact', style: 'snake' },
      ],
      major: 'optional',
    },
    envelope: 'cloudevents-1.0',
    classification: {
      levels: ['public', 'internal', 'confidential'],
      tags: { pii: { description: 'Identifies a person.' } },
    },
    domains: { order: { title: 'Orders', owner: 'order-service', classification: 'internal', retention: 'P90D' } },
    services: { 'order-service': { title: 'Orders' }, billing: { title: 'Billing' } },
  };
  const event = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'OrderPlaced',
    description: 'A customer placed an order.',
    'x-contract': { producer: 'order-service', consumers: ['billing'], orderingKey: '/order_id' },
    type: 'object',
    required: ['order_id', 'amount'],
    properties: {
      order_id: { type: 'string', format: 'uuid', description: 'The order.' },
      amount: { type: 'integer', minimum: 0, description: 'Total in cents.' },
    },
  };
  return [
    { path: 'catalog.json', value: catalog },
    { path: 'order.placed.json', value: event },
  ];
}
