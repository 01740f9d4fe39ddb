/** What every format says beside a finding's message: whom it breaks, what to do, how to let it pass, where to read more. */
import type { CheckFinding } from '../../check/report.ts';
import type { Placed } from '../check/run.ts';
import { fixText } from './fix.ts';

const sides = { backward: 'stored events', forward: 'running consumers' } as const;

/** `breaks stored events; in the open world also running consumers`; undefined where it breaks nobody. */
export function breaksText({ breaks }: CheckFinding): string | undefined {
  if (!breaks) return undefined;
  const closed = breaks.closed.map((direction) => sides[direction]);
  const onlyOpen = breaks.open
    .filter((direction) => !breaks.closed.includes(direction))
    .map((direction) => sides[direction]);
  const parts = [
    ...(closed.length > 0 ? [`breaks ${closed.join(' and ')}`] : []),
    ...(onlyOpen.length > 0 ? [`in the open world also breaks ${onlyOpen.join(' and ')}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

const maxReaders = 20;

/** `breaks billing on /amount; mail and search do not read it`. */
export function consumersText({
  kind,
  consumers = [],
  unaffected = [],
  lowered,
  instancePointer,
}: CheckFinding): string | undefined {
  if (kind === 'reader') return undefined;
  const on = instancePointer ? ` on ${instancePointer}` : '';
  const breaks = consumers.length > 0 ? [`breaks ${listed(consumers)}${on}`] : [];
  const spares =
    unaffected.length > 0 ? [`${listed(unaffected)} ${unaffected.length > 1 ? 'do' : 'does'} not read it`] : [];
  const parts = [...breaks, ...spares, ...(lowered === undefined ? [] : [`no error, since ${lowered}`])];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, maxReaders);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Where a break is meant, the event goes on under its next major line. */
export function successorText({ successor }: CheckFinding): string | undefined {
  return successor === undefined
    ? undefined
    : `where the break is meant: publish it as "${successor}" beside this one, then "herald deprecate announce"`;
}

/** Empty for files under no catalog, where nobody rules, and for waivers themselves; else one for each event that has it. */
export function waiveTexts({ catalog, subject, finding, alsoIn = [] }: Placed): readonly string[] {
  if (finding.severity !== 'error' || finding.kind === 'schema' || finding.rule === 'WAIVER_TOO_LONG') return [];
  return [{ catalog, subject, fingerprint: finding.fingerprint }, ...alsoIn]
    .filter((one) => one.catalog !== 'none')
    .map((one) => `herald waive ${one.catalog}/${one.subject} ${one.fingerprint} --reason TEXT --expires DATE`);
}

const maxNamed = 10;

export function alsoInText({ alsoIn = [] }: Placed): string | undefined {
  if (alsoIn.length === 0) return undefined;
  const named = alsoIn.slice(0, maxNamed).map(({ subject, file }) => `${subject} (${file})`);
  const more = alsoIn.length - named.length;
  return `for the same cause in ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export function explainText({ rule }: CheckFinding): string {
  return `herald explain ${rule}`;
}

/** In the order people need them; the message, the witness and the hint are each format's own. */
export function adviceLines(placed: Placed): readonly string[] {
  const { finding } = placed;
  const [fix] = finding.fixes ?? [];
  return [
    breaksText(finding),
    alsoInText(placed),
    consumersText(finding),
    fix && fixText(fix, placed.file, finding.instancePointer),
    finding.severity === 'error' ? successorText(finding) : undefined,
    finding.severity === 'error' ? `fingerprint: ${finding.fingerprint}` : undefined,
    ...waiveTexts(placed).map((waive) => `to let it pass: ${waive}`),
    `more: ${explainText(finding)}`,
  ].filter((line) => line !== undefined);
}
