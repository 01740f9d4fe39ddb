/** The state of one plan as text: each consumer, the evidence, and what blocks the next stage. */
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';

/** `status` as `GET …/deprecation` answers it. */
export function statusText(status: JsonObject): string {
  const plan = isObject(status.plan) ? status.plan : {};
  const consumers = list(status.consumers);
  const lines = [
    `${plan.catalog}/${plan.subject} is ${plan.stage}${sinceWhen(plan)}`,
    `  successor ${plan.successor}, announced on ${plan.announcedOn}, ${plan.stage === 'retired' ? 'sunset was' : 'retires on'} ${plan.sunset}`,
    ...(typeof plan.attestedBy === 'string' ? [`  dual-writing attested by ${plan.attestedBy}`] : []),
    ...mappingLines(isObject(plan.mapping) ? plan.mapping : undefined),
    ...list(status.pairs).slice(-1).map(pairsLine),
    ...(consumers.length === 0 ? ['  no consumer is declared, and none was seen'] : consumers.map(consumerLine)),
    ...list(status.readers).map(readersLine),
    ...nextLines(isObject(status.next) ? status.next : undefined),
  ];
  return `${lines.join('\n')}\n`;
}

function sinceWhen({ entered, stage }: JsonObject): string {
  const at = isObject(entered) ? entered[String(stage)] : undefined;
  return typeof at === 'string' ? ` since ${at.slice(0, 10)}` : '';
}

function consumerLine(consumer: JsonObject): string {
  const { service, state, since, seenHere, seenOnSuccessor, note } = consumer;
  const when = typeof since === 'string' ? ` since ${since.slice(0, 10)}` : '';
  const said = typeof note === 'string' && state !== 'pending' ? ` ("${note}")` : '';
  const evidence =
    seenHere === 'unknown' && seenOnSuccessor === 'unknown'
      ? 'usage unknown: seen on neither'
      : `last seen here ${dayOrNever(seenHere)}, on the successor ${dayOrNever(seenOnSuccessor)}`;
  return `  ${service}: ${stateText(state)}${when}${said}; ${[...readsText(consumer), evidence].join('; ')}`;
}

function stateText(state: Json | undefined): string {
  return state === 'reads-nothing' ? 'not waited for' : String(state);
}

function readsText({ reads, onSuccessor }: JsonObject): readonly string[] {
  const said = isArray(reads) ? [`reads ${reads.length === 0 ? 'nothing' : reads.join(', ')}`] : [];
  if (!isObject(onSuccessor) || onSuccessor.verdict === 'undecided') return said;
  const fields = isArray(onSuccessor.fields) ? onSuccessor.fields : [];
  const where = fields.length > 0 ? `: ${fields.join(', ')}` : '';
  return [
    ...said,
    onSuccessor.verdict === 'compatible'
      ? 'can read the successor as it is'
      : `cannot read the successor as it is${where}`,
  ];
}

function dayOrNever(day: Json | undefined): string {
  return day === 'unknown' ? 'never' : String(day);
}

function mappingLines(mapping: JsonObject | undefined): readonly string[] {
  const proof = mapping && isObject(mapping.proof) ? mapping.proof : undefined;
  if (!mapping || !proof) return [];
  const ways = mapping.forward === undefined ? 'backward' : 'backward and forward';
  const broken = list(proof.counterexamples).length;
  const doubt = broken > 0 ? `; forced in spite of ${broken} counterexample${broken === 1 ? '' : 's'}` : '';
  return [`  mapping ${ways}, tried on ${proof.generated} generated and ${proof.recorded} recorded events${doubt}`];
}

function pairsLine({ day, agreed, disagreed }: JsonObject): string {
  return `  pairs compared on ${day}: ${agreed} agreed, ${disagreed} disagreed`;
}

function readersLine({ bus, groups, undeclared, seenOn, reportedBy, expiresOn }: JsonObject): string {
  const strangers = isArray(undeclared) ? undeclared : [];
  const names = isArray(groups)
    ? groups.map((group) => (strangers.includes(group) ? `${group} (not declared)` : group))
    : [];
  const named = names.length > 0 ? `read by ${names.join(', ')}` : 'nobody reads it';
  return `  on the bus ${bus}: ${named}; seen on ${seenOn}, reported by ${reportedBy}, holds until ${expiresOn}`;
}

function nextLines(next: JsonObject | undefined): readonly string[] {
  if (!next) return ['  nothing comes next'];
  if (next.allowed === true) return [`  next: ${next.transition}, nothing is in the way`];
  return [`  next: ${next.transition}, blocked by`, ...list(next.missing).map((lack) => `    ${lack.message}`)];
}

/** `report` as `POST …/deprecation/pairs` answers it. */
export function pairsText(report: JsonObject): string {
  const unpaired = isObject(report.unpaired) ? report.unpaired : {};
  const alone = (['old', 'new'] as const).flatMap((line) => {
    const ids = isArray(unpaired[line]) ? unpaired[line] : [];
    return ids.length === 0 ? [] : [`  only in ${line}: ${ids.join(', ')}`];
  });
  const lines = [
    `${report.compared} pairs compared: ${report.agreed} agreed, ${report.disagreed} disagreed`,
    ...list(report.places).map(({ pointer, pairs }) => `  #${pointer}: ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`),
    ...list(report.disagreements).flatMap(pairLines),
    ...alone,
  ];
  return `${lines.join('\n')}\n`;
}

function pairLines({ index, correlationId, failed, differences }: JsonObject): readonly string[] {
  const name = `  pair ${typeof correlationId === 'string' ? correlationId : index}`;
  if (typeof failed === 'string') return [`${name}: the mapping fails (${failed})`];
  return list(differences).map(({ pointer, kind }) => `${name} #${pointer}: ${kindText[String(kind)] ?? kind}`);
}

const kindText: Readonly<Record<string, string>> = {
  missing: 'the old event has it, the mapped new one does not',
  unexpected: 'the mapped new event has it, the old one does not',
  different: 'not the same',
};

function list(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter(isObject) : [];
}
