/** The catalog in Kafka's words, planned against what a cluster would say: values alone, since no Kafka is here to apply it to. */
import { describe, expect, it } from 'vitest';
import { kafkaGrades, kafkaRemarks, wantedOnKafka } from '../src/provision/kafka/wanted.ts';
import { planOf } from '../src/provision/plan.ts';
import { type Found, keyOf } from '../src/provision/resource.ts';
import { catalogFolder } from './support/catalogs.ts';

const topic = 'workflow.instance.started.v1';

async function planned(found: readonly Found[], prune = false) {
  const source = await catalogFolder('message-patterns');
  const wanted = wantedOnKafka([source], undefined);
  const about = { target: 'kafka://broker', server: 'Kafka', catalogs: ['message-patterns'] };
  return planOf({ ...about, wanted, found, grades: kafkaGrades, remarks: kafkaRemarks([source], wanted), prune });
}

const rules = [
  `User:analytics Describe topic ${topic}`,
  'User:analytics Read group analytics',
  `User:analytics Read topic ${topic}`,
  `User:caching-invalidation Describe topic ${topic}`,
  'User:caching-invalidation Read group caching-invalidation',
  `User:caching-invalidation Read topic ${topic}`,
  `User:core-services Describe topic ${topic}`,
  `User:core-services Write topic ${topic}`,
  `User:workflow-engine Describe topic ${topic}`,
  'User:workflow-engine Read group workflow-engine',
  `User:workflow-engine Read topic ${topic}`,
];

const there = (settings: Found['settings']): Found => ({
  kind: 'topic',
  name: topic,
  catalog: 'message-patterns',
  settings: { partitions: 6, replicas: 1, 'cleanup.policy': 'delete', 'retention.ms': -1, ...settings },
});
const granted = (...names: readonly string[]): readonly Found[] =>
  names.map((name) => ({ kind: 'acl', name, catalog: 'message-patterns', settings: {} }));

describe('Kafka', () => {
  it('gets a topic for each event of the third document, and rules for who writes and reads it', async () => {
    const { changes, remarks } = await planned([]);
    expect(changes.map((change) => `${change.class} ${keyOf(change)}`)).toEqual([
      `create topic ${topic}`,
      ...rules.map((rule) => `create acl ${rule}`),
    ]);
    expect(changes[0]?.settings.map(({ key, to }) => [key, to])).toEqual([
      ['cleanup.policy', 'delete'],
      ['partitions', 6],
      ['replicas', 1],
      ['retention.ms', -1],
    ]);
    expect(remarks).toEqual([]);
    expect((await planned([there({}), ...granted(...rules)])).changes).toEqual([]);
  });

  it.each<[string, Found['settings'], string]>([
    ['more partitions', { partitions: 3 }, 'replace'],
    ['fewer partitions', { partitions: 12 }, 'replace'],
    ['keeping longer', { 'retention.ms': 1_000 }, 'safe'],
  ])('%s is %s', async (_, settings, grade) => {
    const { changes } = await planned([there(settings), ...granted(...rules)]);
    expect(changes.map((change) => change.class)).toEqual([grade]);
  });

  it('leaves what an operator set besides, and takes rules as a set', async () => {
    const [lost = '', ...rest] = rules;
    const extra = `User:analytics Write topic ${topic}`;
    const found = [there({ 'segment.ms': 5 }), ...granted(...rest, extra)];
    const { changes, left } = await planned(found);
    expect(changes.map((change) => `${change.class} ${keyOf(change)}`)).toEqual([`create acl ${lost}`]);
    expect(left.map(keyOf)).toEqual([`acl ${extra}`]);
    const pruned = await planned(found, true);
    expect(pruned.changes.map((change) => `${change.class} ${keyOf(change)}`)).toEqual([
      `create acl ${lost}`,
      `delete acl ${extra}`,
    ]);
  });

  it('is told of names it forbids or cannot tell apart', async () => {
    const source = await catalogFolder('message-patterns');
    const [event] = source.events;
    const named = (...subjects: readonly string[]) => {
      const own = { ...source, events: subjects.map((subject) => ({ ...event!, subject })) };
      return kafkaRemarks([own], wantedOnKafka([own], undefined)).map(({ code, about }) => `${code} ${about}`);
    };
    expect(named('a.b.c.v1', 'a.b_c.v1')).toEqual(['name-collision topic a.b_c.v1']);
    expect(named('a'.repeat(250))).toEqual([`name-forbidden topic ${'a'.repeat(250)}`]);
    expect(named('a.b.c.v1')).toEqual([]);
  });
});
