/** Brokers that cannot be reached: told in time, with the reason, and never with a password. */
import { Fault } from '../errors.ts';

/** An address as people may see it: without what stands before the last @, since a password may hold one too. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/.*@/, '//');
}

export function unreachable(target: string, cause: unknown): Fault {
  const why = withoutCredentials(innermost(cause)).replace(/\.$/, '');
  const message = `${withoutCredentials(target)} does not answer, or refuses to say what it has: ${why}. Nothing more was done.`;
  return new Fault('BROKER_UNREACHABLE', {}, { message, cause });
}

/** Rejects where nothing answers for so long: clients wait on what takes connections and says nothing. */
export async function answeredWithin<Result>(ms: number, speech: string, asking: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing that speaks ${speech} within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([asking, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why a request failed: fetch says only that it did. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === 'fetch failed' && error.cause !== undefined ? innermost(error.cause) : error.message;
}
