import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { registryApi, registryOption } from '../api.ts';
import { type Command, text } from '../command.ts';
import { visible } from '../output/visible.ts';

export const command: Command = {
  name: 'search',
  summary: 'finds events by words in names, titles, fields, types, tags and descriptions',
  usage: 'WORD… [--registry URL] [--format text|json]',
  takes: [1, 8],
  options: {
    registry: registryOption,
    format: { type: 'string', short: 'f', value: 'FORMAT', summary: 'text (default) or json.' },
  },
  examples: ['herald search user_id', 'herald search pii email --format json'],
  async run(input, io) {
    const format = text(input, 'format') ?? 'text';
    if (format !== 'text' && format !== 'json')
      throw new Fault('USAGE_INVALID', {}, { message: '--format takes text or json.' });
    const query = new URLSearchParams({ q: input.positionals.join(' ') });
    const { json } = await registryApi(input, io).call('GET', `/v1/search?${query}`);
    if (format === 'json') {
      io.out(`${JSON.stringify(json, null, 2)}\n`);
      return 0;
    }
    const items = json.items;
    const lines = isArray(items) ? items.map(lineOf) : [];
    io.out(lines.length === 0 ? 'Nothing is found. Try a shorter part of the word.\n' : `${lines.join('\n')}\n`);
    if (typeof json.cursor === 'string') io.err('There are more; narrow the search with another word.\n');
    return 0;
  },
};

/** One event on a line, with the fields a word is found in. */
function lineOf(item: Json): string {
  if (!isObject(item)) return '';
  const subject = member(item, 'subject');
  const fields = member(item, 'fields');
  const [catalog, name] = isObject(subject) ? [member(subject, 'catalog'), member(subject, 'name')] : [];
  const found = isArray(fields) && fields.length > 0 ? `  ${fields.join(' ')}` : '';
  return visible(`${catalog}/${name}${found}`);
}
