import { Fault } from '../../errors.ts';

export function misused(message: string): Fault {
  return new Fault('USAGE_INVALID', {}, { message });
}
