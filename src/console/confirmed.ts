/** Carrying out a form: on success the browser goes on, on refusal the page is shown again with the reason and what was typed. */
import { Fault } from '../errors.ts';
import type { Redirect, Shown } from './page.ts';

export async function confirmed(
  work: () => Promise<Redirect>,
  again: (refusal: string) => Promise<Shown> | Shown,
): Promise<Shown | Redirect> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault && error.status < 500 && error.status !== 404) return refused(again(refusalText(error)));
    throw error;
  }
}

/** The page shown again with a reason. */
export async function refused(again: Promise<Shown> | Shown): Promise<Shown> {
  return { status: 409, ...(await again) };
}

/** The sentence, and what is missing where the fault lists it. */
function refusalText({ message, details }: Fault): string {
  const missing = Array.isArray(details.missing) ? details.missing : [];
  const reasons = missing.flatMap((one) =>
    typeof one === 'object' && one !== null && 'message' in one ? [String(one.message)] : [],
  );
  return [message, ...reasons].join(' ');
}
