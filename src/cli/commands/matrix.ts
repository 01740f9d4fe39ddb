import { Fault } from '../../errors.ts';
import { readContract } from '../../schema/contract.ts';
import { isObject, member } from '../../schema/json.ts';
import { matrix, matrixMarkdown } from '../../schema/matrix.ts';
import { registryApi, registryOption } from '../api.ts';
import { type Command, flag, text } from '../command.ts';
import { readableValue } from '../source/collection.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { readWorkspace } from '../source/workspace.ts';

export const command: Command = {
  name: 'matrix',
  summary: 'shows who publishes and consumes what',
  usage: '[CATALOG --registry URL | PATH… [--observed URL [--report [--registry URL]]]] [--format markdown|json]',
  takes: [0, 1_000],
  options: {
    format: { type: 'string', short: 'f', value: 'FORMAT', summary: 'markdown (default) or json.' },
    observed: {
      type: 'string',
      value: 'URL',
      summary: 'Hold what this broker reports against the contracts: exit 1 where they disagree.',
    },
    report: {
      type: 'boolean',
      summary:
        'With --observed: tell the registry who reads each subject, which retires none that a group still reads.',
    },
    'bus-name': {
      type: 'string',
      value: 'NAME',
      summary: 'With --report: what services call this bus. Default: its kind, such as nats.',
    },
    management: {
      type: 'string',
      value: 'URL',
      summary: 'With --observed: the management interface of RabbitMQ. Default: port 15672 of its host.',
    },
    credentials: { type: 'string', value: 'FILE', summary: 'With --observed: a .creds file of NATS.' },
    registry: {
      ...registryOption,
      summary: 'Read the registered contracts of CATALOG instead of files. With --report: where to.',
    },
  },
  examples: [
    'herald matrix schemas/choice-sherpa',
    'herald matrix choice-sherpa --registry http://127.0.0.1:8080',
    'herald matrix schemas/daarion --observed nats://127.0.0.1:4222',
    'herald matrix schemas/daarion --observed nats://127.0.0.1:4222 --report --registry http://127.0.0.1:8080',
  ],
  async run(input, io) {
    const format = text(input, 'format') ?? 'markdown';
    if (format !== 'markdown' && format !== 'json')
      throw new Fault('USAGE_INVALID', {}, { message: '--format takes markdown or json.' });
    if (flag(input, 'report') && text(input, 'observed') === undefined)
      throw new Fault('USAGE_INVALID', {}, { message: '--report tells what a broker shows: name it with --observed.' });
    if (text(input, 'registry') !== undefined && !flag(input, 'report')) {
      if (text(input, 'observed') !== undefined)
        throw new Fault(
          'USAGE_INVALID',
          {},
          { message: '--observed holds a broker against files: leave --registry out, or add --report.' },
        );
      const [catalog] = input.positionals;
      if (catalog === undefined) throw new Fault('USAGE_INVALID', {}, { message: 'Name the catalog.' });
      const answer = await registryApi(input, io).call(
        'GET',
        `/v1/catalogs/${encodeURIComponent(catalog)}/matrix?format=${format}`,
      );
      io.out(answer.text.endsWith('\n') ? answer.text : `${answer.text}\n`);
      return 0;
    }
    if (text(input, 'observed') !== undefined)
      return (await import('../provision/observing.ts')).showObserved(input, io, format);
    const paths = await namedPaths(io, input.positionals);
    const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), paths, moduleRunner(io.cwd));
    const tables = collections.map(({ catalog, definitions }) => {
      const entries = definitions.map((definition) => {
        const root = readableValue(definition);
        const title = isObject(root) ? member(root, 'title') : undefined;
        return {
          subject: definition.subject,
          ...(typeof title === 'string' && { title }),
          contract: readContract(root).contract,
        };
      });
      return matrix(catalog, entries);
    });
    if (format === 'json') io.out(`${JSON.stringify(tables.length === 1 ? tables[0] : tables, null, 2)}\n`);
    else
      io.out(
        tables
          .map((table) => `${tables.length > 1 ? `## ${table.catalog}\n\n` : ''}${matrixMarkdown(table)}`)
          .join('\n'),
      );
    return 0;
  },
};
