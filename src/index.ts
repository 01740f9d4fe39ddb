/** The authoring surface of `herald-registry`: events as TypeScript files. */

/**
 * What `defineEvent` returns: the subject, and the JSON Schema document with its contract under `x-contract`.
 *
 * @example
 * const { subject, document }: DefinedEvent = defineEvent({ subject: 'a.b.v1', producer: 'a', payload: z.object({}) });
 */
/**
 * A consumer with the fields it reads, or the condition under which it consumes.
 *
 * @example
 * const analysis: EventConsumer = { service: 'analysis', reads: ['/cycleId'], note: 'only for consequences' };
 */
/**
 * What `defineEvent` takes.
 *
 * @example
 * const definition: EventDefinition = { subject: 'a.b.v1', producer: 'a', payload: z.object({ id: z.uuid() }) };
 */
export type { DefinedEvent, EventConsumer, EventDefinition } from './authoring/define-event.ts';
/**
 * Defines an event in TypeScript. The file's default export is one version in the making.
 *
 * @example
 * import { defineEvent } from 'herald-registry';
 * import * as z from 'zod';
 *
 * export default defineEvent({
 *   subject: 'parliament.motion.scheduled.v1',
 *   producer: 'parliamentary-core',
 *   consumers: ['media', { service: 'ai-agents', note: 'only for divisions' }],
 *   classification: 'internal',
 *   retention: 'P90D',
 *   orderingKey: '/motionId',
 *   decision: 'ADR-0012',
 *   payload: z.object({
 *     motionId: z.uuid(),
 *     title: z.string().min(1),
 *     proposer: z.string().meta({ 'x-classification': 'confidential', 'x-tags': ['pii'] }),
 *   }),
 * });
 */
export { defineEvent } from './authoring/define-event.ts';
