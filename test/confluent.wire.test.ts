/** Confluent's interface on the wire: Confluent's own Python client and librdkafka, over the broker that librdkafka brings along. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startServer } from '../src/server.ts';
import { inlineWork } from './support/inline-work.ts';

/** Debian's, as its packages are for that one alone. */
const python = '/usr/bin/python3';
const isThere = spawnSync(python, ['-c', 'import confluent_kafka, requests, jsonschema, google.protobuf']).status === 0;
if (!isThere && process.env.TEST_REQUIRES_KAFKA_CLIENT)
  throw new Error('python3-confluent-kafka is not installed, and TEST_REQUIRES_KAFKA_CLIENT is set.');

const script = new URL('support/kafka-wire.py', import.meta.url).pathname;

function run(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [script, url]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(out) : reject(new Error(err))));
  });
}

it.skipIf(!isThere)(
  'what is produced with schemas in Herald is consumed, in all three formats, and a break is refused to the producer',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'herald-wire-'));
    const reading = readConfig({ PORT: '0', HERALD_DATA: join(folder, 'data'), HERALD_CONFLUENT: '/' });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const server = await startServer(reading.config, { log: { write: () => {} }, work: inlineWork() });
    try {
      const seen = JSON.parse(await run(server.url));
      expect(seen).toEqual({
        json: [{ id: 'a', total: 1 }, { id: 'b' }],
        protobuf: [
          ['a', 2],
          ['b', 0],
        ],
        avro: [{ by: 'card' }, { by: 'cash' }],
        refused: { status: 409, code: 40901, message: expect.stringContaining('TYPE_REPLACED') },
        subjects: ['orders-value', 'payments-value', 'shipments-value'],
      });
    } finally {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
