export type Case = {
  /**
   * Where the bill goes.
   *
   * @deprecated
   */
  billing?: Address;
  /** Shipping */
  shipping?: Address;
};

/** An address. */
export type Address = string;
