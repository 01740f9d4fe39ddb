/** What code is generated from: one version of a subject, as data. */
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';

/** The deprecation of a subject, as far as generated code says it. */
export interface Notice {
  /** The calendar date it retires on. */
  readonly sunset?: string;
  readonly successor?: string;
  readonly reason?: string;
}

export interface ArtifactInput {
  readonly catalog: Catalog;
  readonly subject: string;
  /** Absent for a file that is not registered. */
  readonly version?: number;
  readonly label?: string;
  readonly document: SchemaDocument;
  readonly contract: Contract;
  readonly notice?: Notice;
}
