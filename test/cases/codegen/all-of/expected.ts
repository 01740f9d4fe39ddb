export type Case = Stamped & {
  a: 'x' | 'y';
  b?: number;
};

export type Stamped = {
  /** @format date-time */
  at: string;
};
