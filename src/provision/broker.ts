/** What every broker's adapter offers to provisioning. */
import type { Catalog } from '../schema/catalog.ts';
import type { DeliveredEvent } from '../schema/delivery.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Change, Remark } from './plan.ts';
import type { Found, Grades, Wanted } from './resource.ts';

export interface ProvisionedEvent extends DeliveredEvent {
  readonly document?: SchemaDocument;
}

/** One catalog as it should stand on a broker. */
export interface Source {
  readonly catalog: Catalog;
  readonly events: readonly ProvisionedEvent[];
}

export interface Standing {
  /** Name and version of the server. */
  readonly server: string;
  readonly found: readonly Found[];
  readonly wanted: readonly Wanted[];
  readonly remarks: readonly Remark[];
  /** What this broker does not report, so that nobody can say that it agrees. */
  readonly unreported?: readonly string[];
}

/** A group that a broker reports, and the subjects of catalogs it reads. */
export interface ObservedGroup {
  readonly stream: string;
  readonly group: string;
  readonly addresses: readonly string[];
}

export interface ObservedAddress {
  readonly address: string;
  /** Events that are kept now; undefined where nobody counts them. */
  readonly messages?: number;
}

export interface Observed {
  readonly server: string;
  /** Addresses of the catalogs for which this broker has a place: of the others it knows nothing. */
  readonly placed: readonly string[];
  readonly groups: readonly ObservedGroup[];
  /** Those of which something is held, or may be: a broker that counts no events says so of a whole stream. */
  readonly addresses: readonly ObservedAddress[];
  /** What this broker does not report. */
  readonly unreported: readonly string[];
}

export interface Broker {
  readonly target: string;
  /** What services' buses of this kind call themselves, such as nats. */
  readonly kind: string;
  readonly grades: Grades;
  /** What the catalogs want of this server, and what it has. */
  read(sources: readonly Source[], environment: string | undefined): Promise<Standing>;
  /** Carries one change out. `wanted`: the resource as it should be; absent where it is deleted. */
  apply(change: Change, wanted: Wanted | undefined): Promise<void>;
  /** What the broker calls a subject. */
  address(catalog: Catalog, subject: string): string;
  observe(sources: readonly Source[]): Promise<Observed>;
  close(): Promise<void>;
}
