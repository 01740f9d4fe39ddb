/** From places in the code to what a service states that it reads, and the other way round: what the code reads beyond it. */
import type { Pointer } from '../../schema/pointer.ts';
import type { Reading, Readings } from './readings.ts';

/** What the code reads of one event. */
export interface Inferred {
  /** `catalog/subject`. */
  readonly event: string;
  /** The outermost pointers; undefined: everything. */
  readonly reads: readonly Pointer[] | undefined;
  /** Where the code reads them, those first that make more of it count than a field. */
  readonly because: readonly Reading[];
}

/** Only of events that the code reads anything of. */
export function inferred({ events, readings }: Readings): readonly Inferred[] {
  return events.flatMap((event) => {
    const own = readings.filter((one) => one.event === event);
    const because = needed(own);
    if (because.length === 0) return [];
    const pointers = [...new Set(because.map(({ pointer }) => pointer))].sort();
    const reads = pointers.filter((pointer) => !pointers.some((other) => other !== pointer && covers(other, pointer)));
    return [{ event, reads: reads.includes('') ? undefined : reads, because }];
  });
}

/** That there is something is read with any field of it; that there is an event says nothing. */
function needed(readings: readonly Reading[]): readonly Reading[] {
  const isBelow = (pointer: Pointer) => readings.some((one) => one.pointer.startsWith(`${pointer}/`));
  const kept = readings.filter(({ how, pointer }) => how !== 'there' || (pointer !== '' && !isBelow(pointer)));
  return kept.toSorted((one, other) => Number(other.how === 'whole') - Number(one.how === 'whole'));
}

/** What the code reads and `declared` does not cover; undefined: everything is declared. */
export function beyond({ because }: Inferred, declared: readonly Pointer[] | undefined): readonly Reading[] {
  if (declared === undefined) return [];
  return because.filter(({ pointer }) => !declared.some((one) => covers(one, pointer)));
}

/** What is declared and leads to nothing that the code reads. */
export function unread({ reads }: Inferred, declared: readonly Pointer[] = []): readonly Pointer[] {
  if (reads === undefined) return [];
  return declared.filter((one) => !reads.some((pointer) => covers(one, pointer) || covers(pointer, one)));
}

/** Whether reading `wide` reads all at `pointer`; a star is any name. */
function covers(wide: Pointer, pointer: Pointer): boolean {
  const names = pointer.split('/');
  return wide.split('/').every((name, index) => name === names[index] || (name === '*' && names[index] !== undefined));
}
