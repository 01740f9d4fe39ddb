/** What goes to a thread and what comes back: plain data, copied on the way. */
import type { Checks } from '../registry/checks.ts';

export type Task =
  | { readonly kind: 'check'; readonly input: Parameters<Checks['check']> }
  | { readonly kind: 'compare'; readonly input: Parameters<Checks['compare']> };

export type TaskAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: Error };
