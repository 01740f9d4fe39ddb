/**
 * What must be true of a registry's content after whatever happened to it: laws over plain records, so that tests can show each of
 * them a history that breaks it.
 */

const name = ({ subject, number }) => `${subject}@${number}`;
const whole = ({ subject, number, id, fingerprint }) => `${subject}@${number} id ${id} ${fingerprint}`;

/**
 * `content` against what was acknowledged (`{subject, number, id, fingerprint}`) and what a receiver was told (CloudEvents).
 * Each law gives what breaks it.
 */
export const laws = {
  'an acknowledged version is stored with its number, id and fingerprint': ({ acknowledged, content }) => {
    const stored = new Set(allOf(content).map(whole));
    return acknowledged.map(whole).filter((one) => !stored.has(one));
  },
  'numbers of a subject are 1, 2, 3 … up to its latest': ({ content }) =>
    content.subjects
      .filter(({ latest, versions }) => latest !== versions.length || versions.some((one, at) => one.number !== at + 1))
      .map(({ name: subject, latest, versions }) => `${subject} ${latest}: ${versions.map((one) => one.number)}`),
  'a subject has a content once': ({ content }) =>
    content.subjects.flatMap(({ versions }) => repeatedIn(versions.map((one) => `${one.subject} ${one.fingerprint}`))),
  'one content has one id, one id one content': ({ content }) => {
    const pairs = [...new Set(allOf(content).map(({ id, fingerprint }) => `${id} ${fingerprint}`))];
    return [
      ...repeatedIn(pairs.map((pair) => pair.split(' ')[0])),
      ...repeatedIn(pairs.map((pair) => pair.split(' ')[1])),
    ];
  },
  'a version has one outbox row': ({ content }) => {
    const said = content.announcements.map(announced);
    return [...without(allOf(content).map(whole), said), ...repeatedIn(said)];
  },
  'an outbox row has its version': ({ content }) =>
    without(content.announcements.map(announced), allOf(content).map(whole)),
  'of one subject announcements are in the order of its numbers': ({ content }) => {
    const last = new Map();
    return content.announcements.flatMap(({ subject, data }) => {
      const before = last.get(subject) ?? 0;
      last.set(subject, data.number);
      return data.number === before + 1 ? [] : [`${subject}: ${data.number} after ${before}`];
    });
  },
  'a version is on record once, and nothing else is': ({ content }) => {
    const stored = allOf(content).map((one) => `${name(one)} ${one.id}`);
    const recorded = content.audited.map((one) => `${name(one)} ${one.id}`);
    return [...without(stored, recorded), ...without(recorded, stored), ...repeatedIn(recorded)];
  },
  'the chain of the audit log is whole': ({ content }) => (content.audit.intact ? [] : [JSON.stringify(content.audit)]),
  'what was announced is stored': ({ content, received }) =>
    without(
      registrationsIn(received).map(({ data }) => told(data)),
      allOf(content).map(whole),
    ),
  'what counts as delivered was received': ({ content, received }) => {
    const got = new Set(received.map(({ sequence }) => Number(sequence)));
    return content.delivered.filter((sequence) => !got.has(sequence)).map((sequence) => `delivery of ${sequence}`);
  },
};

/** For a registry that was given the time to deliver everything. */
export const lawsOfRest = {
  'a version was announced': ({ content, received }) =>
    without(
      allOf(content).map(whole),
      registrationsIn(received).map(({ data }) => told(data)),
    ),
};

export function judge(evidence, violations, table = laws) {
  for (const [law, broken] of Object.entries(table))
    for (const example of broken(evidence)) violations.add(law, example);
}

const allOf = (content) => content.subjects.flatMap(({ versions }) => versions);
const registrationsIn = (received) => received.filter(({ type }) => type === 'herald.version.registered.v1');
const told = ({ subject, number, schemaId, fingerprint }) => whole({ subject, number, id: schemaId, fingerprint });
const announced = ({ subject, data }) => told({ subject, ...data });

function without(values, others) {
  const held = new Set(others);
  return values.filter((value) => !held.has(value));
}

function repeatedIn(values) {
  const seen = new Set();
  return values.filter((value) => seen.size === seen.add(value).size);
}
