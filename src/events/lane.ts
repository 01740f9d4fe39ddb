/** Lanes: keys are spread over a fixed number of them, the same in every process and every release. */
import { fnv1a } from '../schema/fnv1a.ts';

export function laneOf(key: string, lanes: number): number {
  return fnv1a(key) % lanes;
}
