/** Options of a client. All but the registry's URL have a default. */
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';

/** Where and why a value is refused; never the value. */
export interface Rejection {
  readonly instancePointer: string;
  readonly schemaPointer: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What is wrong, to be read after the place; there where a generated validator says it. */
  readonly message?: string;
}

export interface Validator {
  validate(value: Json): readonly Rejection[];
}

/** A module `validator.js`. */
export interface GeneratedValidator {
  problems(value: unknown): readonly Rejection[];
  /** Of whole events: with it the envelope need not be compiled either. */
  problemsOfEvent?(value: unknown): readonly Rejection[];
}

/** Makes a validator. The default one is made by our own generator; it is loaded when the first event is validated. */
export type CompileValidator = (
  document: SchemaDocument,
  options: { readonly formats: 'assert' | 'annotate' },
) => Validator | Promise<Validator>;

/** What `herald.lock.json` holds. */
export interface Lock {
  /** 1; a number, so that an imported JSON file is of this type. */
  readonly lockVersion: number;
  readonly subjects: Readonly<Record<string, { readonly version: number; readonly fingerprint: string }>>;
}

export interface ClientOptions {
  /** The registry, such as `https://herald.example.org`. Left out, only what is pinned can be used. */
  readonly url?: string;
  /** Default: the global one. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** A bearer token, or what gives one. */
  readonly token?: string | (() => string | Promise<string>);
  /** Versions to use instead of the latest, from `herald.lock.json`. */
  readonly lock?: Lock;
  /** Documents of pinned versions by `catalog/subject`: with them nothing has to be fetched for these. */
  readonly schemas?: Readonly<Record<string, unknown>>;
  /** Catalogs (`catalog.json`) by name, so that whole events can be taken apart without asking. */
  readonly catalogs?: Readonly<Record<string, unknown>>;
  /** Milliseconds for one attempt. Default 5000. */
  readonly timeoutMs?: number;
  /** Attempts after the first. Default 2. */
  readonly retries?: number;
  /** Milliseconds for which `latest` is taken as known. Default 30000. */
  readonly freshMs?: number;
  /** Milliseconds after that for which the old answer is given while a new one is fetched. Default 600000. */
  readonly staleMs?: number;
  /** Bytes of schemas to keep, roughly. Default 32 MiB. */
  readonly cacheBytes?: number;
  readonly compile?: CompileValidator;
  /**
   * Generated validators (`validator.js`) of versions in `lock` by `catalog/subject`: nothing is compiled for these, which is
   * what runtimes without `eval` need.
   */
  readonly validators?: Readonly<Record<string, GeneratedValidator>>;
  /** Reports usage counts to the registry under this service's name. */
  readonly heartbeat?: { readonly service: string; readonly intervalMs?: number };
  /** Called with background failures: revalidation and heartbeats. */
  readonly onError?: (error: unknown) => void;
  readonly runtime?: Partial<Runtime>;
}

/** Clock, randomness and timers, replaceable in tests. */
export interface Runtime {
  now(): number;
  random(): number;
  /** Resolves after `ms`. */
  sleep(ms: number): Promise<void>;
  /** Calls `run` after `ms` without keeping the process alive; returns what takes that back. */
  later(ms: number, run: () => void): () => void;
}

export const systemRuntime: Runtime = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  later(ms, run) {
    const timer: unknown = setTimeout(run, ms);
    // Node and Bun give an object that can let the process end; browsers give a number
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref();
    return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
  },
};
