/**
 * Who reads a subject, and what: all that is said of a service counts together. What the contract of the version before says counts
 * until the next version, and a file counts beside what the registry and the contract say, so that neither the change nor a file in
 * it can make a check milder than the registration will be.
 */
import { fieldsOf } from '../../compat/reading/samples.ts';
import { canonicalize } from '../../schema/canonical.ts';
import type { Consumer, Contract } from '../../schema/contract.ts';
import { expanded } from '../../schema/group-members.ts';
import { asJson } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import type { Rules } from '../input.ts';
import type { ReaderReport } from '../report.ts';
import { type StatedReading, type Statement, saysWhat, statementOf } from './statement.ts';

export interface Reader {
  readonly service: string;
  /** Who speaks of it with the most weight. */
  readonly origin: ReaderReport['origin'];
  readonly critical: boolean;
  /**
   * Whether anybody spoke of it before this change, and not by a file alone. Of who is new with the change, and of the producer
   * itself, nobody can conclude who else reads.
   */
  readonly isKnown: boolean;
  /** All that count; empty where it was only seen. */
  readonly statements: readonly Statement[];
}

/** `contract`: of the version that readers have now, absent for a new subject; `next`: of the candidate. By name. */
export function knownReaders(
  contract: Contract | undefined,
  next: Contract,
  rules: Pick<Rules, 'catalog' | 'before' | 'readers' | 'seen' | 'limits'>,
): readonly Reader[] {
  const { catalog, before, readers = [], seen, limits } = rules;
  const about = { limits, formats: catalog.formats };
  const found = new Map<string, readonly Statement[]>();
  const add = (service: string, stated: StatedReading, isBefore = false) => {
    const statement = statementOf(stated, about, isBefore);
    const others = found.get(service) ?? [];
    if (!others.some((other) => isSame(other, statement))) found.set(service, [...others, statement]);
  };
  const catalogs = before && before.catalog !== catalog ? [catalog, before.catalog] : [catalog];
  for (const { service, ...stated } of catalogs.flatMap((one) => consumersOf(one, next)))
    add(service, { ...stated, origin: 'contract' });
  // a group may lose members in the same change
  for (const { service, ...stated } of catalogs.flatMap((one) => consumersOf(one, contract ?? {})))
    add(service, { ...stated, origin: 'contract' }, true);
  for (const { service, ...stated } of readers) add(service, stated);
  const named = new Set(consumersOf(before?.catalog ?? catalog, contract ?? {}).map(({ service }) => service));
  const outside = readers.filter(({ origin }) => origin !== 'file').map(({ service }) => service);
  const producers = [contract?.producer, next.producer];
  const isKnown = (service: string) =>
    !producers.includes(service) && [...named, ...outside, ...(seen?.services ?? [])].includes(service);
  const stated = [...found].map(([service, statements]) => readerOf(service, statements, isKnown(service)));
  const unknown = (seen?.services ?? [])
    .filter((service) => !found.has(service))
    .map((service) => seenReader(service, isKnown(service)));
  return [...stated, ...unknown].toSorted((one, other) => (one.service < other.service ? -1 : 1));
}

function consumersOf(catalog: Rules['catalog'], { consumers = [], producer }: Contract): readonly Consumer[] {
  return expanded(catalog, consumers, producer);
}

function seenReader(service: string, isKnown: boolean): Reader {
  return { service, origin: 'seen', critical: false, isKnown, statements: [] };
}

/** Whose word has the most weight first. */
const weights: readonly Statement['origin'][] = ['declared', 'contract', 'file', 'seen'];

export function byWeight(one: Reader, other: Reader): number {
  return weights.indexOf(one.origin) - weights.indexOf(other.origin);
}

function readerOf(service: string, all: readonly Statement[], isKnown: boolean): Reader {
  // a bare name in a contract leaves it to the service to say what it reads: to the registry, where it is known whose word it is
  const isDeclared = all.some(({ origin }) => origin === 'declared');
  const statements = isDeclared ? all.filter((one) => one.origin !== 'contract' || saysMore(one)) : all;
  return {
    service,
    origin: weights.find((weight) => all.some(({ origin }) => origin === weight)) ?? 'seen',
    critical: all.some(({ critical }) => critical),
    isKnown,
    statements,
  };
}

function saysMore(statement: Statement): boolean {
  return saysWhat(statement) || statement.requires !== undefined;
}

function isSame(one: Statement, other: Statement): boolean {
  return one.origin === other.origin && contentOf(one) === contentOf(other);
}

function contentOf({ reads, requires, samples, critical }: Statement): string {
  return canonicalize(asJson({ reads: reads && [...reads].sort(), requires, samples, critical }));
}

export interface ReadPart {
  /** Read by their pointers; undefined: everything is. */
  readonly reads: readonly Pointer[] | undefined;
  readonly demands: readonly NonNullable<Statement['demand']>[];
}

/** All that is read, by whatever statement; samples speak where a statement names no fields and demands nothing. */
export function partOf(statements: readonly Statement[]): ReadPart {
  const demands = statements.flatMap(({ demand }) => (demand ? [demand] : []));
  const isWhole = statements.length === 0 || statements.some((one) => one.problem !== undefined || !saysWhat(one));
  if (isWhole) return { reads: undefined, demands };
  return { reads: [...new Set(statements.flatMap(pointersOf))], demands };
}

/** The fields that a statement says are read, beside what it demands. */
export function pointersOf({ reads, demand, samples }: Statement): readonly Pointer[] {
  return reads ?? (demand ? [] : fieldsOf(samples));
}
