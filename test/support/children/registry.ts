/** A registry as built, on a port of its own, whose clock is moved from outside: each line it is sent is a moment. */
import { createInterface } from 'node:readline';
import type { Config } from '../../../src/config.ts';
import { input, say } from './child.ts';

interface Started {
  readonly dist: string;
  readonly env: Readonly<Record<string, string>>;
  readonly schema: string;
  readonly now: number;
}

const { dist, env, schema, now } = input<Started>();
const { readConfig }: typeof import('../../../src/config.ts') = await import(`${dist}/config.js`);
const { startServer }: typeof import('../../../src/server.ts') = await import(`${dist}/server.js`);

const reading = readConfig(env);
if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
const storage = { kind: 'postgres', url: env.DATABASE_URL ?? '', connections: 4, schema } as const;
const config: Config = { ...reading.config, storage };

let time = now;
const server = await startServer(config, { clock: { now: () => time }, sweepIntervalMs: 50 });
createInterface(process.stdin).on('line', (line) => {
  time = Date.parse(line);
  say(`it is ${line}`);
});
say(`listens on ${server.url}`);
process.on('SIGTERM', () => server.close().then(() => process.exit(0)));
