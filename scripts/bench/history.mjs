/**
 * A registration on top of a long history beside one on top of a short one, under a transitive level: `npm run bench:history --
 * [--short 10] [--long 1000] [--times 20]`, on PostgreSQL with DATABASE_URL, otherwise on a data folder. Warm: medians of `times`
 * registrations, in turn. Cold: the first one after a start.
 */
import { machine, median, option, table } from '../parts/figures.mjs';
import { demand, newDatabase, newFolder, putPlainCatalog, startHerald, versionsAt } from '../parts/serving.mjs';

const sizes = [Number(option('short', 10)), Number(option('long', 1_000))];
const times = Number(option('times', 20));

const field = { type: 'string', maxLength: 64 };
const named = (count, of = field) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, of]));
const event = (number, properties) => ({
  type: 'object',
  description: `Version ${number}.`,
  required: ['field0'],
  properties,
});
/** How a version differs from the one before; the events of all sizes are equally large. */
const kinds = {
  'other words': (number) => event(number, named(20)),
  'a field more, a hundred in all': (number, size) =>
    event(number, named(Math.ceil((100 * number) / (size + 2 * times)))),
};

const database = process.env.DATABASE_URL ? await newDatabase(process.env.DATABASE_URL) : newFolder();
let server = await startHerald(database.args, {}, []);
await putPlainCatalog(server.url);

const subjects = Object.keys(kinds).flatMap((kind, index) =>
  sizes.map((size) => ({ kind, size, name: `kind-${index}.size-${size}` })),
);
const issued = new Map();
async function register({ kind, size, name }) {
  const number = (issued.get(name) ?? 0) + 1;
  const began = performance.now();
  await demand(server.url, 'POST', versionsAt('bench', name), kinds[kind](number, size));
  issued.set(name, number);
  return performance.now() - began;
}

for (const subject of subjects) for (let count = 0; count < subject.size; count += 1) await register(subject);
const warm = new Map(subjects.map((subject) => [subject, []]));
for (let turn = 0; turn < times; turn += 1)
  for (const subject of subjects) warm.get(subject).push(await register(subject));
const cold = new Map();
for (const subject of subjects) {
  await server.stop();
  server = await startHerald(database.args, {}, []);
  await demand(server.url, 'GET', '/v1/catalogs/bench');
  // what any first registration costs is no cost of a history
  await register({ kind: 'other words', size: 1, name: `other.of-${subject.name.replace('.', '-')}` });
  cold.set(subject, await register(subject));
}
await server.stop();
await database.remove();

const rows = Object.keys(kinds).map((kind) => {
  const [short, long] = sizes.map((size) => subjects.find((one) => one.kind === kind && one.size === size));
  const [few, all] = [median(warm.get(short)), median(warm.get(long))];
  return [
    kind,
    ...[few, all].map((ms) => ms.toFixed(1)),
    (all / few).toFixed(2),
    ...[cold.get(short), cold.get(long)].map((ms) => ms.toFixed(0)),
  ];
});
console.log(
  `Histories of ${sizes.join(' and ')} versions, ${database.store.kind}, ${times} registrations each. ${machine()}\n`,
);
console.log(
  table(
    ['each version has', `${sizes[0]}: ms`, `${sizes[1]}: ms`, 'ratio', `${sizes[0]}: cold ms`, `${sizes[1]}: cold ms`],
    rows,
  ),
);
process.exit(0);
