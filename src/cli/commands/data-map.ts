import { Fault } from '../../errors.ts';
import { type DataMap, type DataMapFilter, dataMap, filterProblem } from '../../policy/data-map.ts';
import { dataMapCsv, dataMapMarkdown } from '../../policy/data-map-text.ts';
import { registryApi, registryOption } from '../api.ts';
import { currentEvents } from '../check/current-events.ts';
import { type Command, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';

const formats = ['markdown', 'csv', 'json'] as const;
type Format = (typeof formats)[number];

export const command: Command = {
  name: 'data-map',
  summary: 'shows where sensitive data is, who receives it and how long it is kept',
  usage: '[PATH… | CATALOG --registry URL] [--tag TAG] [--level LEVEL] [--format markdown|csv|json]',
  takes: [0, 1_000],
  options: {
    tag: { type: 'string', value: 'TAG', summary: 'Only fields with this tag, such as pii.' },
    level: { type: 'string', value: 'LEVEL', summary: 'Only fields of this level and above.' },
    format: { type: 'string', short: 'f', value: 'FORMAT', summary: 'markdown (default), csv or json.' },
    registry: { ...registryOption, summary: 'Read the registered events of CATALOG instead of files.' },
  },
  examples: [
    'herald data-map schemas/choice-sherpa --tag pii',
    'herald data-map choice-sherpa --registry http://127.0.0.1:8080 --format csv > map.csv',
  ],
  async run(input, io) {
    const format = formats.find((name) => name === (text(input, 'format') ?? 'markdown'));
    if (!format) throw new Fault('USAGE_INVALID', {}, { message: `--format takes ${formats.join(', ')}.` });
    const [tag, level] = [text(input, 'tag'), text(input, 'level')];
    const filter = { ...(tag !== undefined && { tag }), ...(level !== undefined && { level }) };
    io.out(
      text(input, 'registry') === undefined
        ? rendered(await mapsOf(input, io, filter), format)
        : await registered(input, io, filter, format),
    );
    return 0;
  },
};

async function registered(input: Input, io: Io, filter: DataMapFilter, format: Format): Promise<string> {
  const [catalog, surplus] = input.positionals;
  if (catalog === undefined || surplus !== undefined)
    throw new Fault('USAGE_INVALID', {}, { message: 'With --registry, name one catalog.' });
  const query = new URLSearchParams({ ...filter, format });
  const { text: map } = await registryApi(input, io).call(
    'GET',
    `/v1/catalogs/${encodeURIComponent(catalog)}/data-map?${query}`,
  );
  return map.endsWith('\n') ? map : `${map}\n`;
}

async function mapsOf(input: Input, io: Io, filter: DataMapFilter): Promise<readonly DataMap[]> {
  return (await currentEvents(input.positionals, io)).map(({ catalog, events }) => {
    const problem = filterProblem(catalog, filter);
    if (problem !== undefined) throw new Fault('USAGE_INVALID', {}, { message: problem });
    return dataMap(catalog, events, filter);
  });
}

function rendered(maps: readonly DataMap[], format: Format): string {
  if (format === 'json') return `${JSON.stringify(maps.length === 1 ? maps[0] : maps, null, 2)}\n`;
  if (format === 'markdown') return maps.map(dataMapMarkdown).join('\n');
  if (maps.length > 1)
    throw new Fault('USAGE_INVALID', {}, { message: 'A CSV holds one catalog; name the folder of one.' });
  return maps.map(dataMapCsv).join('');
}
