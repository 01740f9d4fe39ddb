/** What Confluent's interface stands on: the registry's verbs, who asks, and the catalog its subjects live in. */
import type { Caller } from '../registry/caller.ts';
import type { Context } from '../registry/context.ts';
import type { Freshness } from '../registry/freshness.ts';

/** Replies that were given before, by the path that asked. */
export interface Remembered {
  set(
    path: string,
    reply: {
      readonly route: string;
      readonly text: string;
      readonly etag: string;
      readonly caching: 'immutable' | 'fresh';
      readonly mediaType: string;
      readonly isFresh: () => boolean;
    },
  ): void;
}

export interface ConfluentDeps extends Omit<Context, 'caller'> {
  readonly replies: Remembered;
  readonly freshness: Freshness;
}

export interface Asked {
  readonly deps: ConfluentDeps;
  readonly caller: Caller;
  readonly catalog: string;
  /** Path parameters, decoded; `{subject}` with its context. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The context a prefix `/contexts/.name` put in front; `.` without one. */
  readonly contextName: string;
  /** The path as it was asked for, with its query: what an answer is remembered by. */
  readonly url: string;
  /** `Confluent-Accept-Unknown-Properties`: the client takes members it does not know. */
  readonly takesMore: boolean;
  /** The body, parsed; undefined where there is none. */
  readonly body: unknown;
}

export function contextOf({ deps, caller }: Asked): Context {
  return { ...deps, caller };
}
