/** What a subject is called on the wire: the templates of its catalog, filled in. */
import type { Catalog } from './catalog.ts';
import { parseSubject } from './subject.ts';
import { placeholder } from './template.ts';

export function natsSubject({ transports }: Catalog, subject: string): string {
  return fill(transports?.nats?.subject ?? '{subject}', subject);
}

export function kafkaTopic({ transports }: Catalog, subject: string): string {
  return fill(transports?.kafka?.topic ?? '{subject}', subject);
}

/** A pattern of subjects as NATS writes it; undefined where the template moves more than what stands in front. */
export function natsPattern({ transports }: Catalog, pattern: string): string | undefined {
  const template = transports?.nats?.subject ?? '{subject}';
  if (!template.endsWith('{subject}') || template.indexOf('{') !== template.length - '{subject}'.length)
    return undefined;
  return template.replace('{subject}', () => pattern.replace(/\*\*$/, '>'));
}

function fill(template: string, subject: string): string {
  const name = parseSubject(subject);
  const values = new Map([
    ['subject', subject],
    ['type', name?.type ?? subject],
    ['domain', name?.domain ?? subject],
    ['major', String(name?.major ?? 1)],
  ]);
  return template.replace(placeholder, (_, key: string) => values.get(key) ?? '');
}
