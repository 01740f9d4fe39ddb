/** Holds payloads against a version. What was wrong is told by place and keyword, never by value. */
import { Fault } from '../../errors.ts';
import type { Json } from '../../schema/json.ts';
import { rejectionText } from '../../schema/rejection-text.ts';
import type { EventValidator } from '../../schema/validator.ts';
import type { Context } from '../context.ts';
import type { UsageRole } from '../records.ts';
import { inTurns } from '../turns.ts';
import type { Place } from '../versions/look-up.ts';
import type { Judge, Judges } from './judges.ts';
import type { Meter } from './meter.ts';
import type { WireTypes } from './wire-types.ts';

export interface Judgement {
  readonly valid: boolean;
  readonly errors: readonly {
    readonly instancePointer: string;
    readonly schemaPointer: string;
    readonly keyword: string;
    readonly message: string;
  }[];
}

/** Who validates, where it says so: then the validation is evidence of use. */
export interface Witnessed {
  readonly service?: string;
  readonly role: UsageRole;
}

export type ValidationContext = Context & {
  readonly judges: Judges;
  readonly meter: Meter;
  readonly wireTypes: WireTypes;
};

export interface ValidatedPayloads {
  readonly judge: Judge;
  readonly judgements: readonly Judgement[];
}

export async function validatePayloads(
  context: ValidationContext,
  place: Place & { readonly version: number | 'latest' },
  payloads: readonly Json[],
  witnessed: Witnessed,
): Promise<ValidatedPayloads> {
  refuseForeign(context, witnessed, place);
  const judge = await context.judges.of(context, place);
  const judgements = await inTurns(payloads, (payload) => judgement(judge.validator, payload));
  countUse(context, judge, witnessed, payloads.length);
  return { judge, judgements };
}

/** Evidence of use is given by the service itself, or by whoever speaks for it. */
export function refuseForeign(
  { caller }: Pick<Context, 'caller'>,
  { service, role }: Witnessed,
  about: Partial<Place>,
): void {
  if (service === undefined) return;
  if (!caller.can(role === 'produce' ? 'publish' : 'consume', { ...about, service }))
    throw new Fault('FORBIDDEN', { service, role }, { message: `The caller does not speak for "${service}".` });
}

export function judgement(validator: EventValidator, value: Json, prefix = ''): Judgement {
  const rejections = validator.validate(value);
  const errors = rejections.map((rejection) => ({
    instancePointer: `${prefix}${rejection.instancePointer}`,
    schemaPointer: rejection.schemaPointer,
    keyword: rejection.keyword,
    message: rejectionText(rejection),
  }));
  return { valid: errors.length === 0, errors };
}

export function countUse(
  context: ValidationContext,
  { catalog, subject, number }: Judge,
  { service, role }: Witnessed,
  count: number,
): void {
  if (service === undefined || count === 0) return;
  context.meter.add({ catalog, subject, number, service, role, count });
}
