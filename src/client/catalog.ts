/** A catalog's rules as a registry answers them, or as somebody's `catalog.json` has them. */
import type { Catalog } from '../schema/catalog.ts';
import { isRecord } from '../schema/json.ts';
import { HeraldError } from './error.ts';

/** Rules as they were answered or given: what is needed of them is checked where it is used. */
export type Rules = Readonly<Record<string, unknown>>;

/** What no catalog is without. The registry checked all of it when it was put there; one that was given may leave out what has a default. */
type StatedCatalog = Pick<Catalog, 'envelope' | 'names'> & Partial<Catalog>;

const defaults = {
  level: 'FULL_TRANSITIVE',
  world: 'closed',
  formats: 'assert',
  domains: {},
  services: {},
  rules: {},
  exceptions: [],
  notes: [],
  deprecation: { notice: 'P30D', dualWrite: 'P7D', quiet: 'P14D' },
} as const satisfies Partial<Catalog>;

/** The rules with their defaults. */
export function catalogFrom(rules: Rules, name: string): Catalog {
  if (!isEnvelope(rules.envelope))
    throw new HeraldError('REGISTRY_ANSWER_INVALID', `The catalog ${name} states no envelope.`);
  if (!isStated(rules))
    throw new HeraldError('REGISTRY_ANSWER_INVALID', `What the catalog ${name} states is not what catalogs state.`);
  const classification = { levels: [], tags: {}, ...rules.classification };
  return { name, title: name, ...defaults, ...rules, classification };
}

function isEnvelope(value: unknown): boolean {
  if (value === 'cloudevents-1.0') return true;
  return isRecord(value) && isRecord(value.schema) && isRecord(value.at) && typeof value.at.payload === 'string';
}

const optionalRecords = ['classification', 'domains', 'services', 'rules', 'deprecation'];

function isStated(rules: Rules): rules is Rules & StatedCatalog {
  const { names } = rules;
  if (!isEnvelope(rules.envelope) || !isRecord(names) || !Array.isArray(names.segments)) return false;
  return optionalRecords.every((member) => rules[member] === undefined || isRecord(rules[member]));
}
