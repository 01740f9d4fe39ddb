/** What a policy rule is: is this version named, documented, classified and owned as its catalog agreed? */
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';
import type { SubjectName } from '../schema/subject.ts';
import type { NameStyle } from './words.ts';

export type PolicySeverity = 'error' | 'warning' | 'info';

/** A version as rules see it. */
export interface PolicyVersion {
  readonly document: SchemaDocument;
  readonly contract: Contract;
}

export interface PolicyContext extends PolicyVersion {
  /** The subject as given, also when it is no name at all. */
  readonly subject: string;
  readonly name: SubjectName | undefined;
  readonly catalog: Catalog;
  /** The latest version before this one; absent for a new subject. */
  readonly previous: PolicyVersion | undefined;
  /** What the rest of the catalog says, for rules about consistency. */
  readonly neighbours: Neighbours;
  readonly options: Readonly<Record<string, Json>>;
}

/** Facts about the catalog's other events; empty where they are not known (a single file in an empty folder). */
export interface Neighbours {
  /** Field name → the types it has elsewhere, and which subjects have it so. At least for the names this version has. */
  readonly fields: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Style → how many names of fields elsewhere only that style allows. */
  readonly styles: ReadonlyMap<NameStyle, number>;
  /** Stage of each subject a reference may name, by `catalog/subject`. */
  readonly stages: ReadonlyMap<string, string>;
  /** Services that declared that they consume this subject, beside those its contract names. */
  readonly declared?: readonly string[];
}

export const noNeighbours: Neighbours = { fields: new Map(), styles: new Map(), stages: new Map() };

export interface PolicyFinding {
  readonly pointer: Pointer;
  readonly message: string;
  readonly hint?: string;
  readonly params?: Readonly<Record<string, Json>>;
  /** The schema it is about, as `URI#POINTER`, where events may share it. */
  readonly origin?: string;
}

export interface PolicyRule {
  readonly id: string;
  readonly summary: string;
  /** Where the catalog sets none; `off`: only where it asks. */
  readonly severity: PolicySeverity | 'off';
  /** What its options are where a catalog states none. */
  readonly options?: Readonly<Record<string, Json>>;
  /** The fault's code when this rule alone refuses a registration. A row of src/errors.ts. */
  readonly fault: string;
  /** Whether what other subjects say decides what it finds. */
  readonly aboutNeighbours?: true;
  /** Whether it asks for the fields of other events, which a large catalog takes time to gather. */
  readonly aboutFieldsElsewhere?: true;
  check(context: PolicyContext): Iterable<PolicyFinding>;
}
