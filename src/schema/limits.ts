/** How large a schema document may be. Past a limit it is refused with the limit's name, never half-read. */
export interface Limits {
  /** UTF-8 bytes of the text. */
  readonly bytes: number;
  /** JSON nesting levels. */
  readonly depth: number;
  /** JSON values in the document. */
  readonly values: number;
  /** Members of one `enum`. */
  readonly enumMembers: number;
  /** Branches of one `allOf`, `anyOf` or `oneOf`. */
  readonly branches: number;
  /** Schemas that meet one and the same part of an event, each referring to the next or holding it in place. */
  readonly chain: number;
  /** Documents reachable through `$ref` to registered subjects. */
  readonly bundle: number;
}

/** What a registry takes. */
export const registryLimits: Limits = {
  bytes: 1_000_000,
  depth: 128,
  values: 100_000,
  enumMembers: 10_000,
  branches: 1_000,
  chain: 256,
  bundle: 100,
};

/** What a comparison on one's own machine takes. */
export const libraryLimits: Limits = {
  bytes: 16_000_000,
  depth: 512,
  values: 2_000_000,
  enumMembers: 100_000,
  branches: 10_000,
  chain: 256,
  bundle: 1_000,
};
