export type Case = {
  id: string;
  count?: number;
  ok?: boolean;
  /** Anything at all. */
  note?: unknown;
};
