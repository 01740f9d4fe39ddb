/** A whole registry, out of one and into another. */
import * as z from 'zod';
import { exportRegistry } from '../../registry/transfer/export.ts';
import { importPortion } from '../../registry/transfer/import.ts';
import { fileStart } from '../../schema/registry-file.ts';
import { route } from '../route.ts';
import { fingerprint, none } from '../shapes/parameters.ts';

export const exportRoute = route({
  method: 'get',
  path: '/v1/export',
  id: 'exportRegistry',
  group: 'Operation',
  summary: 'Gives the whole registry as NDJSON: a header, a line for each thing, a footer.',
  description:
    'Each line carries a hash over itself and the line before; without its footer the export is incomplete. It contains neither webhooks nor tokens, which hold secrets, nor the audit log, which is exported separately.',
  params: none,
  query: none,
  replies: { 200: { description: 'The lines.', mediaTypes: ['application/x-ndjson'] } },
  faults: [],
  permission: 'admin',
  example: 'curl $HERALD/v1/export',
  handle: async ({ context }) => ({
    status: 200,
    pieces: await exportRegistry(context),
    mediaType: 'application/x-ndjson',
  }),
});

export const importRoute = route({
  method: 'post',
  path: '/v1/import',
  id: 'importRegistry',
  group: 'Operation',
  summary: 'Writes a portion of an exported registry: all of it, or nothing.',
  description:
    'Ids, numbers, fingerprints and times are kept. A row that exists already and is equal is left alone; one that differs is refused with its line. A portion may be sent again. It must contain the first version of each subject it opens, and end with a whole line.',
  params: none,
  query: z.strictObject({
    after: z
      .string()
      .regex(/^\d{1,9}$/, 'is not a line number')
      .transform(Number)
      .pipe(z.int().min(0).max(999_999_999))
      .default(0)
      .meta({ description: 'The line before the first one sent; 0 for the start of the file.' }),
    hash: fingerprint.default(fileStart.hash).meta({ description: 'The hash that line carries.' }),
  }),
  body: { kind: 'lines', batch: true, schema: z.string().meta({ description: 'Lines of an export.' }) },
  replies: {
    200: {
      description: 'The last line that is stored now with its hash, and the number of new ones.',
      schema: z.object({ line: z.int(), hash: fingerprint, created: z.int(), same: z.int() }),
    },
  },
  faults: ['IMPORT_INVALID', 'IMPORT_CONFLICT', 'SUBJECT_LOCKED'],
  permission: 'admin',
  action: 'registry.import',
  handle: async ({ query, body, context }) => {
    const { place, created, same } = await importPortion(context, { line: query.after, hash: query.hash }, body);
    return { status: 200, json: { ...place, created, same } };
  },
});
