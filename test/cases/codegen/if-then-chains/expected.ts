export type Case = {
  kind: 'a' | 'b' | 'c' | 'd';
} & (
  | {
      kind: 'a';
      x: string;
    }
  | {
      kind: 'b';
      x: number;
    }
  | {
      kind: 'c' | 'd';
      z?: boolean;
    }
);

export type Tail = {
  z?: boolean;
  kind?: unknown;
  [key: string]: unknown;
};
