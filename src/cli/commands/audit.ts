import { Fault } from '../../errors.ts';
import { isArray, isObject, type JsonObject } from '../../schema/json.ts';
import { type Api, registryApi, registryOption } from '../api.ts';
import { brokenRow } from '../audit-chain.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  name: 'audit',
  summary: 'verifies the audit log, or prints it as NDJSON',
  usage: 'verify|export [--registry URL]',
  takes: [1, 1],
  options: { registry: registryOption },
  examples: ['herald audit verify', 'herald audit export > audit.ndjson'],
  async run(input, io) {
    const [verb] = input.positionals;
    const api = registryApi(input, io);
    if (verb === 'export') {
      for await (const row of rows(api)) io.out(`${JSON.stringify(row)}\n`);
      return 0;
    }
    if (verb !== 'verify')
      throw new Fault(
        'USAGE_INVALID',
        {},
        { message: `"herald audit ${verb}" is nothing; there are verify and export.` },
      );
    const all: JsonObject[] = [];
    for await (const row of rows(api)) all.push(row);
    const broken = brokenRow(all.toSorted((a, b) => Number(a.sequence) - Number(b.sequence)));
    io.out(
      broken === undefined ? `${all.length} rows, the chain is whole\n` : `row ${broken.sequence}: ${broken.what}\n`,
    );
    return broken === undefined ? 0 : 1;
  },
};

async function* rows(api: Api): AsyncGenerator<JsonObject> {
  for (let query: string | undefined = ''; query !== undefined; ) {
    const { json } = await api.call('GET', `/v1/audit?limit=1000${query}`);
    for (const row of isArray(json.items) ? json.items : []) if (isObject(row)) yield row;
    query = typeof json.cursor === 'string' ? `&cursor=${encodeURIComponent(json.cursor)}` : undefined;
  }
}
