/**
 * Order placed
 *
 * A customer ordered.
 * Ends a comment: *\/ or not.
 */
export type Case = {
  /**
   * When.
   *
   * @format date-time
   */
  when?: string;
  /**
   * Tier
   *
   * @default "a"
   */
  tier?: 'a';
  /**
   * Use new.
   *
   * @deprecated
   */
  old?: string;
  /** @classification confidential, pii */
  mail?: string;
  'kebab-key'?: string;
  '1st'?: string;
  class?: string;
  ключ?: string;
  'it\'s'?: string;
  constructor?: string;
};
