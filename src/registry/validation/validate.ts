/** Validates payloads against a version. Errors are reported by pointer and keyword, never by value. */
import { Fault } from '../../errors.ts';
import type { Rejection } from '../../schema/rejection.ts';
import { rejectionText } from '../../schema/rejection-text.ts';
import type { Caller } from '../caller.ts';
import type { Context } from '../context.ts';
import type { UsageRole } from '../records.ts';
import type { SubjectKey, VersionKey } from '../versions/look-up.ts';
import type { EnvelopeValidators } from './envelope-validators.ts';
import type { Meter } from './meter.ts';
import { isReadable, type Payloads } from './payloads.ts';
import type { VersionValidator, VersionValidators } from './version-validators.ts';
import type { WireTypes } from './wire-types.ts';

export interface Validation {
  readonly valid: boolean;
  readonly errors: readonly {
    readonly instancePointer: string;
    readonly schemaPointer: string;
    readonly keyword: string;
    readonly message: string;
  }[];
}

/** The service that validates, where it names itself: then the validation is evidence of use. */
export interface Validating {
  readonly service?: string;
  readonly role: UsageRole;
}

export type ValidationContext = Context & {
  readonly versionValidators: VersionValidators;
  readonly envelopes: EnvelopeValidators;
  readonly meter: Meter;
  readonly wireTypes: WireTypes;
};

export interface ValidatedPayloads {
  readonly version: VersionValidator;
  readonly validations: readonly Validation[];
}

/** What is no JSON in a batch is refused at its place, and is no evidence of use. */
export async function validatePayloads(
  context: ValidationContext,
  key: VersionKey,
  payloads: Payloads,
  validating: Validating,
): Promise<ValidatedPayloads> {
  refuseForeign(context, validating, key);
  const version = await context.versionValidators.of(context, key);
  const rejected = await version.validator.validate(context.validations, payloads, context.caller);
  const validations = rejected.map((rejections) => validationOf(rejections));
  countUse(context, version, validating, rejected.filter(isReadable).length);
  return { version, validations };
}

/** Only the service itself, or a caller that speaks for it, may give evidence of its use. */
export function speaksFor(can: Caller['can'], { service, role }: Validating, about: Partial<SubjectKey>): boolean {
  if (service === undefined) return true;
  const { catalog, subject } = about;
  return can(role === 'produce' ? 'publish' : 'consume', {
    ...(catalog !== undefined && { catalog }),
    ...(subject !== undefined && { subject }),
    service,
  });
}

export function refuseForeign(
  { caller }: Pick<Context, 'caller'>,
  validating: Validating,
  about: Partial<SubjectKey>,
): void {
  const { service, role } = validating;
  if (service === undefined || speaksFor(caller.can, validating, about)) return;
  throw new Fault('FORBIDDEN', { service, role }, { message: `The caller does not speak for "${service}".` });
}

/** `prefix`: where the value stands in the event. */
export function validationOf(rejections: readonly Rejection[], prefix = ''): Validation {
  const errors = errorsOf(rejections, prefix);
  return { valid: errors.length === 0, errors };
}

export function errorsOf(rejections: readonly Rejection[], prefix = ''): Validation['errors'] {
  return rejections.map((rejection) => ({
    instancePointer: `${prefix}${rejection.instancePointer}`,
    schemaPointer: rejection.schemaPointer,
    keyword: rejection.keyword,
    message: rejectionText(rejection),
  }));
}

export function countUse(
  { meter }: Pick<ValidationContext, 'meter'>,
  { catalog, subject, number }: VersionValidator,
  { service, role }: Validating,
  count: number,
): void {
  if (service === undefined || count === 0) return;
  meter.add({ catalog, subject, number, service, role, count });
}
