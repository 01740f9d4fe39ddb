/** Who asks a verb, and what that caller may do. */
import type { Origin } from './records.ts';
import type { Requester } from './requester.ts';

/** Who asks, under which correlation id. Every verb that writes takes it. */
export interface Caller extends Origin, Requester {
  readonly actor: string;
  readonly can: (
    permission: Permission,
    about?: { readonly catalog?: string; readonly subject?: string; readonly service?: string },
  ) => boolean;
}

export const permissions = ['read', 'publish', 'consume', 'steward', 'admin'] as const;
export type Permission = (typeof permissions)[number];
