export type Case = {
  a?: string;
  b?: string;
  tone?: 'high' | 'low';
} & (
  | {
      a?: never;
    }
  | {
      b?: never;
    }
);
